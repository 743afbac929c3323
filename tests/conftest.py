"""What every test stands on: one loaded pack and the cast per session, a client that forgives nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from convergence.content.actions import publish_release
from convergence.content.library import Library, forget_library, library
from convergence.content.reading import ReadPiece, read_packs
from foundation.accounts.models import Company, Person
from foundation.journal.actor import SYSTEM
from ops import demo
from tests.cast import Cast
from tests.client import StrictClient

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
"""Monday, ten in the morning in Paris. Time is passed, never frozen."""


@pytest.fixture(scope="session")
def at() -> datetime:
    return AT


@pytest.fixture(scope="session")
def packs() -> list[ReadPiece]:
    """The real packs, read once. A problem in any of them fails everything, with its file and line."""
    pieces, problems = read_packs(Path(settings.PACKS_DIR))
    assert not problems, "\n".join(str(problem) for problem in problems)
    return pieces


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, packs: list[ReadPiece]) -> None:
    """The content and the cast stay in the database from one test to the next; each test rolls its own writes back."""
    with django_db_blocker.unblock():
        fill_stage(packs)


def fill_stage(packs: list[ReadPiece]) -> None:
    """Publish the packs and seat the cast, unless a kept database already has both."""
    from foundation.core.verdict import Refused

    try:
        publish_release(packs, by=SYSTEM, at=AT - timedelta(days=200))
    except Refused as refused:
        assert refused.code == "unchanged", refused.reason
    if not Company.objects.exists():
        demo.seat_cast(AT - timedelta(days=120))
    forget_library()


@pytest.fixture
def shelf(db: None) -> Library:
    return library()


@pytest.fixture
def cast(db: None) -> Cast:
    people = {person.email.split("@")[0]: person for person in Person.objects.get_queryset()}
    return Cast(
        claire=people["claire"],
        karim=people["karim"],
        zoe=people["zoe"],
        ines=people["ines"],
        hugo=people["hugo"],
        aubepine=Company.objects.get(siren=demo.AUBEPINE),
        boree=Company.objects.get(siren=demo.BOREE),
    )


@pytest.fixture
def browse(db: None) -> Callable[[Person | None], StrictClient]:
    """`browse(cast.claire)` is a client signed in as Claire; `browse(None)` is a visitor."""

    def as_person(person: Person | None) -> StrictClient:
        client = StrictClient()
        if person is not None:
            client.force_login(person)
        return client

    return as_person


@pytest.fixture(autouse=True)
def _fresh_library() -> Iterator[None]:
    yield
    forget_library()
