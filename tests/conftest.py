"""What every test stands on: one loaded pack and the cast per session, a client that forgives nothing."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import user_logged_in
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpRequest
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

from convergence.catalogue.models import Subject
from convergence.content import library as shelves
from convergence.content.actions import publish_release
from convergence.content.library import Library, forget_library, library
from convergence.content.reading import ReadPiece
from convergence.reviews.places import deduced, kept
from foundation.accounts.models import Company, Person
from foundation.core.clock import today
from foundation.core.verdict import Refused
from foundation.credentials.rules import Means
from foundation.credentials.sessions import MEANS, PROVED
from foundation.files.purposes import purposes
from foundation.help.actions import take_in_help
from foundation.help.reading import HelpPack, read_help
from foundation.journal.actor import SYSTEM
from ops import demo
from ops.words import compiled
from tests.cast import Cast, cast_on_stage
from tests.client import StrictClient
from tests.factories.files import TERMS, terms_of_test
from tests.factories.packs import never_yet_begun, real_packs
from tests.queue import empty_queue
from web.public.caching import forget_pages

purposes[TERMS] = terms_of_test

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
"""Monday, ten in the morning in Paris. Time is passed, never frozen."""

hypothesis_settings.register_profile("house", deadline=None)  # two cores shared by many: slowness is not a failure
hypothesis_settings.load_profile("house")


def pytest_sessionstart() -> None:
    """Pages in English say what the catalogue says now; and the garbage of so many small objects is looked for less often."""
    gc.set_threshold(100_000, 50, 50)
    compiled()


@pytest.fixture(scope="session")
def at() -> datetime:
    return AT


@pytest.fixture(scope="session")
def packs() -> list[ReadPiece]:
    """The real packs, read once. A problem in any of them fails everything, with its file and line."""
    return real_packs()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, packs: list[ReadPiece]) -> None:
    """The content and the cast stay in the database from one test to the next; each test rolls its own writes back."""
    with django_db_blocker.unblock():
        empty_queue()  # of a run whose last test really committed, or was killed
        fill_stage(packs)


_compiled: dict[str, Library] = {}
"""The content of the stage, compiled once for all the tests that do not publish."""


def fill_stage(packs: list[ReadPiece]) -> None:
    """Publish the packs and seat the cast, unless a kept database already has both.

    A kept database is emptied first where a run was killed in it, or where a pack changed since under the same edition.
    """
    if Subject.objects.exists():
        _empty_stage()
    try:
        _publish(packs)
    except Refused as refused:
        if refused.code != "pack_refused":
            raise
        _empty_stage()
        _publish(packs)
    take_in_help(help_pack(), by=SYSTEM, at=AT - timedelta(days=200))
    if not Company.objects.exists():
        demo.seat_cast(AT - timedelta(days=120))
    forget_library()
    _compiled["stage"] = library()
    _photograph.update(_rows_of_every_table())


_photograph: dict[str, bytes] = {}
"""The rows of the stage, table by table, as the database copies them out."""

PUT_BACK_BY_DJANGO = {"django_content_type", "auth_permission"}


def _rows_of_every_table() -> Iterator[tuple[str, bytes]]:
    for table in set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - PUT_BACK_BY_DJANGO:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')  # noqa: S608 - our own tables
            if not cursor.fetchone()[0]:
                continue
            with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as copy:
                yield table, b"".join(bytes(piece) for piece in copy)


def restore_stage() -> None:
    """The same rows again, in tables that were emptied: several times quicker than publishing. No trigger has anything to say of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in _photograph.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                copy.write(rows)


@cache
def help_pack() -> HelpPack:
    """The real answers of the help, read once."""
    procedures = {read.piece.code for read in real_packs() if read.kind == "procedures"}
    pack, problems = read_help(Path(settings.PACKS_DIR) / "help", procedures)
    assert pack is not None, "\n".join(str(problem) for problem in problems)
    return pack


def _publish(packs: list[ReadPiece]) -> None:
    try:
        publish_release(never_yet_begun(packs, today()), by=SYSTEM, at=AT - timedelta(days=200))
    except Refused as refused:
        if refused.code != "unchanged":
            raise


def _empty_stage() -> None:
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that really commits leaves an empty database behind: the stage is filled again for the next one."""
    try:
        return (yield)  # type: ignore[return-value]
    finally:  # also where a fixture complained on its way out: the next test is not to blame
        if nextitem is not None and really_commits(item):
            with item.config.stash[blocking_manager_key].unblock():
                empty_queue()
                restore_stage()


ABOUT_CANDIDATURES = {
    "candidatures",
    "reviews",
    "agreements",
    "advice",
    "schedules",
    "decisions",
    "boards",
    "certificates",
    "web",
    "journeys",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Whatever a test did to candidatures, their places in the queue are those their steps say (decision 0028)."""
    done = yield
    fixtures = set(getattr(item, "fixturenames", ()))
    is_about = item.path.relative_to(Path(__file__).parent).parts[0] in ABOUT_CANDIDATURES
    if is_about and {"db", "transactional_db"} & fixtures and not connection.needs_rollback:
        assert kept() == deduced()
    return done


DYING = ("test_dying", "test_killed_midway")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that fork go first: a process that has walked the journeys is ten times longer to copy."""
    items.sort(key=lambda item: item.path.stem not in DYING)


def really_commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    marked = marker is not None and marker.kwargs.get("transaction", False)
    return marked or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


@pytest.fixture
def committed_db(transactional_db: None) -> None:
    """Writes are really committed, so that several connections see each other. The stage is filled again afterwards."""


@pytest.fixture
def shelf(db: None) -> Library:
    return library()


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_on_stage()


@pytest.fixture
def browse(db: None) -> Callable[[Person | None], StrictClient]:
    """`browse(cast.claire)` is a client signed in as Claire; `browse(None)` is a visitor."""

    def as_person(person: Person | None) -> StrictClient:
        client = StrictClient()
        if person is not None:
            client.force_login(person)
        return client

    return as_person


def _put_in_by_a_test(request: HttpRequest, **_: Any) -> None:
    """`force_login` is the demonstration's click: a session that does not say how it was opened opens nothing at the agency."""
    if request.method is None:  # a real request has one
        request.session.update({MEANS: Means.DEMO.value, PROVED: time.time()})


user_logged_in.connect(_put_in_by_a_test, dispatch_uid="put in by a test")


@pytest.fixture(autouse=True)
def _stage_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with the library of the stage, just looked at; one that publishes leaves it as it was."""
    monkeypatch.setattr(shelves, "_kept", _compiled.get("stage"))
    monkeypatch.setattr(shelves, "_looked_at", time.monotonic())
    monkeypatch.setattr(shelves, "RECHECK", math.inf)  # a test is asked of one release, however slow the machine
    forget_pages()
