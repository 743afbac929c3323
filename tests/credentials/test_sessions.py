"""Which sessions are open, and what ends them? Each end is effective at the next request."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings as in_force
from django.contrib.auth import login
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from foundation.accounts.actions import give_seat
from foundation.accounts.models import Person, Seat
from foundation.accounts.queries import bring, person_brought, person_with_seats
from foundation.accounts.rights import Role
from foundation.core.clock import now
from foundation.credentials.actions import close_other_sessions, close_session
from foundation.credentials.models import BrowserSession
from foundation.credentials.queries import session_of, sessions_of
from foundation.credentials.rules import device_of, handle_of
from foundation.credentials.sessions import SEEN_EVERY
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import text_of
from tests.race import race
from tests.refusals import refused, remembered

SECURITY, HOME = "/compte/securite/", "/tableau-de-bord/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
Browse = Callable[[Person | None], StrictClient]


def signed_in(person: Person, agent: str = FIREFOX, address: str = "192.0.2.7") -> StrictClient:
    client = StrictClient(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert client.post("/connexion/", {"login": person.email, "password": in_force.DEMO_PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def handle(client: Client) -> str:
    return handle_of(client.session.session_key or "")


# — Seen ——————————————————————————————————————————————————————————————————————————————————


def test_each_session_says_from_what_from_where_and_since_when(cast: Cast) -> None:
    here, there = signed_in(cast.claire), signed_in(cast.claire, PHONE, "2001:db8::7")
    signed_in(cast.karim, "curl/8.0")
    page = text_of(here.get(SECURITY))
    for words in (
        "Firefox sur Windows",
        "celle-ci",
        "192.0.2.7",
        "Safari sur iPhone",
        "2001:db8::7",
        "par mot de passe",
        "Ouverte le",
        "Vue le",
    ):
        assert words in page
    assert "Navigateur inconnu" not in page  # Karim's is his own
    for client in (here, there):
        assert str(client.session.session_key) not in page  # a page never carries what opens a session
    assert [line.is_this_one for line in sessions_of(cast.claire, there.session.session_key, now())] == [True, False]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (PHONE, "Safari sur iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36", "Chrome sur Linux"),
        ("Mozilla/5.0 (Macintosh; …) Chrome/143.0.0.0 Safari/537.36 Edg/143.0", "Edge sur macOS"),
        ("Mozilla/5.0 (Linux; Android 15) … Chrome/143.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("curl/8.0", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_named_as_people_name_it(agent: str, words: str) -> None:
    assert device_of(agent) == words


def test_a_session_in_use_is_seen_again_every_five_minutes_and_no_oftener(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(cast.claire)
    row = BrowserSession.objects.get(person=cast.claire)
    start = time.time()
    monkeypatch.setattr(time, "time", lambda: start + SEEN_EVERY - 5)
    assert is_in(client)
    assert BrowserSession.objects.get(pk=row.pk).seen_at == row.seen_at
    monkeypatch.setattr(time, "time", lambda: start + SEEN_EVERY + 5)
    assert is_in(client)
    seen = BrowserSession.objects.get(pk=row.pk)
    assert seen.seen_at is not None
    assert row.seen_at is not None
    assert seen.seen_at - row.seen_at >= timedelta(seconds=SEEN_EVERY)
    assert seen.opened_at == row.opened_at
    assert seen.expire_date > row.expire_date  # used, it lasts


# — Closed ————————————————————————————————————————————————————————————————————————————————


def test_a_session_closed_elsewhere_is_over_at_its_next_request(cast: Cast) -> None:
    here, there = signed_in(cast.claire), signed_in(cast.claire, PHONE)
    with remembered("credentials.SessionClosed") as entries:
        answer = here.post(f"{SECURITY}sessions/{handle(there)}/fermer/", follow=True)
    assert "La session « Safari sur iPhone » est fermée." in text_of(answer)
    assert (is_in(here), is_in(there)) == (True, False)
    assert entries[0].details["device"] == "Safari sur iPhone"
    assert "iPhone" not in entries[0].body


def test_all_the_others_are_closed_at_once(cast: Cast) -> None:
    browsers = [signed_in(cast.claire) for _ in range(3)]
    karim = signed_in(cast.karim)
    with remembered("credentials.OtherSessionsClosed") as entries:
        browsers[0].post(f"{SECURITY}sessions/fermer/")
    assert '"closed":2' in entries[0].body
    assert [is_in(client) for client in [*browsers, karim]] == [True, False, False, True]
    with remembered():
        browsers[0].post(f"{SECURITY}sessions/fermer/")


def test_the_present_one_is_left_by_signing_out(cast: Cast) -> None:
    client = signed_in(cast.claire)
    with remembered():
        answer = client.post(f"{SECURITY}sessions/{handle(client)}/fermer/")
    assert answer.status_code == 409
    assert is_in(client)
    client.post("/deconnexion/")
    assert not BrowserSession.objects.filter(person=cast.claire).exists()


def test_someone_else_s_session_is_not_even_there(cast: Cast, at: datetime) -> None:
    claire, zoe = signed_in(cast.claire), signed_in(cast.zoe)
    with remembered():
        assert zoe.post(f"{SECURITY}sessions/{handle(claire)}/fermer/").status_code == 404
        assert zoe.post(f"{SECURITY}sessions/{claire.session.session_key}/fermer/").status_code == 404
    assert is_in(claire)
    session = session_of(cast.claire, handle(claire), now())
    assert session is not None
    with refused("n'est pas la vôtre"):
        close_session(session, by=cast.zoe, at=at)
    with refused("ses propres sessions"):
        close_other_sessions(cast.claire, None, by=cast.zoe, at=at)
    with remembered("credentials.SessionClosed"):
        close_session(session, by=SYSTEM, at=at)
    assert not is_in(claire)


def test_a_new_password_closes_the_others(cast: Cast) -> None:
    """Django's own mark; the list does not show what no longer opens."""
    here, there = signed_in(cast.claire), signed_in(cast.claire, PHONE)
    person = Person.objects.get_queryset().get(pk=cast.claire.pk)
    person.set_password("trois mots au hasard")
    person.save()
    assert sessions_of(person, None, now()) == []
    assert (is_in(here), is_in(there)) == (False, False)


def test_rights_taken_back_are_gone_at_the_next_request(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.karim)
    assert is_in(client)
    Seat.objects.filter(person=cast.karim).update(ended_at=at)
    assert client.get(HOME).status_code == 404
    give_seat(cast.karim, Role.EMPLOYEE, cast.aubepine, by=SYSTEM, at=at)
    assert is_in(client)


def test_a_session_not_used_or_too_old_is_over(cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(cast.claire)
    BrowserSession.objects.filter(person=cast.claire).update(expire_date=now() - timedelta(seconds=1))
    assert not is_in(client)
    call_command("clearsessions")
    assert not BrowserSession.objects.filter(person=cast.claire).exists()
    client, start = signed_in(cast.claire), time.time()
    monkeypatch.setattr(time, "time", lambda: start + settings.SESSION_LONGEST - 60)
    assert is_in(client)
    monkeypatch.setattr(time, "time", lambda: start + settings.SESSION_LONGEST + 60)
    assert not is_in(client)


# — Fixed beforehand ——————————————————————————————————————————————————————————————————————


def test_a_session_planted_beforehand_is_not_the_one_that_opens(browse: Browse, cast: Cast) -> None:
    """Whoever put their own key in someone's browser, or made one up, is left outside."""
    attacker = browse(None)
    attacker.get("/connexion/")
    session = attacker.session
    session["planted"] = "yes"
    session.save()
    for planted in (session.session_key, "a" * 32):
        victim = StrictClient()
        victim.cookies[in_force.SESSION_COOKIE_NAME] = planted
        victim.post("/connexion/", {"login": cast.claire.email, "password": in_force.DEMO_PASSWORD})
        assert victim.session.session_key != planted
        assert is_in(victim)
        assert not is_in(attacker)


def test_one_s_session_does_not_pass_to_the_next_person(cast: Cast) -> None:
    client = signed_in(cast.claire)
    session = client.session
    session["hers"] = "yes"
    session.save()
    client.post("/connexion/demonstration/", {"email": cast.zoe.email})
    assert "hers" not in client.session
    assert not BrowserSession.objects.filter(person=cast.claire).exists()


def test_a_session_that_does_not_say_how_it_was_opened_opens_nothing_at_the_agency(cast: Cast, rf: object) -> None:
    """A way in written one day that forgets to say so fails on the safe side."""
    client = Client()
    client.get("/connexion/")
    request = client.get("/connexion/").wsgi_request
    request.session = client.session
    login(request, cast.ines, backend=in_force.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    client.cookies[in_force.SESSION_COOKIE_NAME] = request.session.session_key
    assert client.get(SECURITY).status_code == 200
    assert client.get("/agence/contenus/")["Location"].startswith("/compte/securite/double-authentification/")


# — Two at once ———————————————————————————————————————————————————————————————————————————


@pytest.mark.slow  # several connections
def test_a_page_under_way_does_not_bring_a_closed_session_back(committed_db: None, cast: Cast) -> None:
    client = signed_in(cast.claire)
    key = client.session.session_key
    row = BrowserSession.objects.get(session_key=key)

    def under_way() -> int:
        other = Client()
        other.cookies[in_force.SESSION_COOKIE_NAME] = key
        return other.get(HOME).status_code

    race(under_way, lambda: close_session(row, by=SYSTEM, at=now()), under_way)
    assert not BrowserSession.objects.filter(session_key=key).exists()
    assert under_way() == 302


def test_a_request_asks_once_for_its_session_and_whose_it_is(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(HOME).status_code == 200
    assert sum("credentials_browsersession" in one["sql"] for one in asked) == 1
    assert sum("FROM accounts_person person" in one["sql"] for one in asked) == 0


def test_who_came_with_a_session_is_given_once_and_to_nobody_else(cast: Cast) -> None:
    brought = person_with_seats(cast.claire.pk)
    bring(brought)
    other = person_brought(cast.karim.pk)
    assert other == cast.karim
    assert person_brought(cast.claire.pk) is not brought  # what was not asked for next is read again
    bring(brought)
    assert person_brought(cast.claire.pk) is brought
    assert person_brought(cast.claire.pk) is not brought


def test_the_session_of_a_closed_account_brings_nobody(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    Person.objects.filter(pk=cast.claire.pk).update(is_active=False)
    assert client.get(HOME).status_code == 302
