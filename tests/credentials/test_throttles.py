"""How many tries, from one place and on one account, counted by every process together? And does an answer tell who has one?"""

from __future__ import annotations

import importlib
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.conf import settings as in_force
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from foundation.accounts.actions import welcome_person
from foundation.accounts.models import Person
from foundation.accounts.queries import new_person
from foundation.core.clock import now
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.factories.pages import text_of
from tests.race import race
from web.public.entrance import TOO_MANY, WRONG


def tried(email: str, password: str = "pas-celui-ci", address: str = "192.0.2.1", **more: str) -> str:
    """What the page answers: « in », « wait » or « wrong »."""
    answer = Client(REMOTE_ADDR=address, **more).post("/connexion/", {"login": email, "password": password})
    if answer.status_code == 302:
        return "in"
    page = text_of(answer)
    return "wait" if str(TOO_MANY) in page else "wrong" if str(WRONG) in page else page


def test_an_account_tried_from_everywhere_must_wait(cast: Cast) -> None:
    """The count is the account's: another address changes nothing, nor does the case of the account."""
    said = [tried("Claire@demo.invalid" if rank % 2 else cast.claire.email, address=f"192.0.2.{rank}") for rank in range(7)]
    assert said == ["wrong"] * 5 + ["wait"] * 2
    assert tried(cast.claire.email, in_force.DEMO_PASSWORD, "198.51.100.1") == "wait"


def test_a_place_that_tries_everyone_must_wait(db: None) -> None:
    said = [tried(f"essai{rank}@demo.invalid", address="192.0.2.9") for rank in range(12)]
    assert said == ["wrong"] * 10 + ["wait"] * 2


def test_a_place_is_a_whole_network_in_version_six(db: None) -> None:
    """Whoever has one address of the sixth version has billions."""
    said = [tried(f"essai{rank}@demo.invalid", address=f"2001:db8::{rank:x}") for rank in range(12)]
    assert said[-1] == "wait"


def test_an_address_made_up_in_a_header_changes_nothing(db: None) -> None:
    said = [tried(f"essai{rank}@demo.invalid", address="192.0.2.9", HTTP_X_FORWARDED_FOR=f"198.51.100.{rank}") for rank in range(12)]
    assert said[-1] == "wait"


def test_a_right_password_now_and_then_does_not_buy_more_tries(cast: Cast) -> None:
    said = [tried(cast.claire.email) for _ in range(4)]
    said.append(tried(cast.claire.email, in_force.DEMO_PASSWORD))
    said += [tried(cast.claire.email) for _ in range(2)]
    assert said == ["wrong"] * 4 + ["in"] + ["wrong", "wait"]


def test_trying_many_others_does_not_push_the_count_out(cast: Cast) -> None:
    """The counts are kept in the cache: it must hold more of them than someone can make."""
    assert in_force.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000
    for _ in range(5):
        tried(cast.claire.email)
    for rank in range(400):
        cache.set(f"other-{rank}", rank)
    assert tried(cast.claire.email, in_force.DEMO_PASSWORD) == "wait"


@pytest.fixture
def _no_count_left(committed_db: None) -> Iterator[None]:
    """The counts of what was really committed, before and after."""
    cache.clear()
    yield
    cache.clear()


@pytest.mark.slow  # eight connections
@pytest.mark.usefixtures("_no_count_left")
def test_tries_made_at_once_are_all_counted(cast: Cast) -> None:
    outcomes = race(*[partial(tried, cast.claire.email, address=f"192.0.2.{rank}") for rank in range(8)], within=60)
    assert set(outcomes) <= {"wrong", "wait"}
    assert outcomes.count("wrong") <= 5
    assert Entry.objects.filter(kind="accounts.SignInFailed", about=cast.claire.key).count() == outcomes.count("wrong")


@pytest.mark.slow  # an interpreter is started
@pytest.mark.usefixtures("_no_count_left")
def test_another_process_counts_with_us(cast: Cast) -> None:
    for _ in range(4):
        tried(cast.claire.email)
    script = (
        "import tests.settings as s; s.ALLOWED_HOSTS = ['testserver']; s.DATABASES['default']['NAME'] = {name!r};"
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings';"
        "import django; django.setup();"
        "from tests.credentials.test_throttles import tried;"
        "import sys; sys.stdout.write(tried({email!r}) + ' ' + tried({email!r}))"
    ).format(name=in_force.DATABASES["default"]["NAME"], email=cast.claire.email)
    done = subprocess.run([sys.executable, "-c", script], cwd=in_force.BASE_DIR, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "wrong wait", done.stderr[-2000:]
    assert tried(cast.claire.email, in_force.DEMO_PASSWORD) == "wait"


# — Who has an account? ———————————————————————————————————————————————————————————————————


@pytest.fixture
def strangers(cast: Cast) -> dict[str, str]:
    """An account, none, one that is closed, one without a password."""
    for name in ("fermee", "sans"):
        welcome_person(
            new_person(email=f"{name}@demo.invalid", name=name), by=SYSTEM, at=now(), password="x" * 20 if name == "fermee" else None
        )
    Person.objects.get_queryset().filter(email="fermee@demo.invalid").update(is_active=False)
    return {
        "known": cast.claire.email,
        "unknown": "personne@demo.invalid",
        "closed": "fermee@demo.invalid",
        "no password": "sans@demo.invalid",
    }


def test_the_answer_says_nothing_of_who_has_an_account(strangers: dict[str, str]) -> None:
    pages = set()
    for name, email in strangers.items():
        answer = Client().post("/connexion/", {"login": email, "password": "x" * 20 if name == "closed" else "pas-celui-ci"})
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()).replace(f'value="{email}" required', "…")
        pages.add((answer.status_code, page, tuple(sorted(name for name in answer.headers if name != "Set-Cookie"))))
    assert len(pages) == 1


def test_a_password_is_hashed_once_whoever_it_is_for(strangers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes time is done as often: reckoned, not clocked, as other work on the machine would blur a clock."""
    hasher = hashers.get_hasher("md5")
    done: list[str] = []
    encode = type(hasher).encode
    monkeypatch.setattr(type(hasher), "encode", lambda self, *args, **more: (done.append("x"), encode(self, *args, **more))[1])
    for name, email in strangers.items():
        done.clear()
        assert tried(email) == "wrong"
        assert len(done) == 1, name


@pytest.mark.slow  # a real hash takes a tenth of a second, on purpose
def test_the_time_it_takes_says_nothing_either(strangers: dict[str, str], settings: Settings) -> None:
    """With the real hash: no kind of account is answered in less than half the time of another. The ratio is printed."""
    settings.PASSWORD_HASHERS = importlib.import_module("config.settings").PASSWORD_HASHERS
    known = Person.objects.get_queryset().get(email=strangers["known"])
    known.set_password("trois mots au hasard")
    known.save()
    took = {name: statistics.median(_clocked(partial(tried, email)) for _ in range(3)) for name, email in strangers.items()}
    ratio = max(took.values()) / min(took.values())
    print(f"temps de réponse, au plus {ratio:.2f} fois l'un de l'autre : {took}")
    assert ratio < 2.5


def _clocked(act: Callable[[], str]) -> float:
    cache.clear()
    start = time.process_time()  # of this process: the others on the machine do not count
    act()
    return time.process_time() - start
