"""The clock of the demonstration: moved on by the support, read by every process, nowhere else than in a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.core import clock
from foundation.core.clock import now, real_now
from foundation.demonstration.actions import FURTHEST, move_clock
from foundation.demonstration.queries import demo_clock, forget_offset, offset_kept
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of
from tests.factories.people import someone
from tests.factories.schedules import timed, to_correct
from tests.refusals import refused, remembered

Browse = Callable[[Person | None], StrictClient]
DAY = 86_400


@pytest.fixture(autouse=True)
def demonstrated(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """As the room's own `ready` does where the clock may be moved."""
    settings.DEMO_CLOCK = True
    monkeypatch.setattr(clock, "moved_by", offset_kept)
    forget_offset()
    yield
    forget_offset()


@pytest.fixture
def support(cast: Cast, at: datetime) -> Person:
    return someone("support", Role.SUPPORT, None, at)


def ahead() -> timedelta:
    return now() - real_now()


def test_it_is_moved_on_remembered_and_brought_back(support: Person, at: datetime) -> None:
    assert abs(ahead()) < timedelta(seconds=1)
    with remembered("demonstration.ClockMoved") as entries:
        move_clock(demo_clock(), 30 * DAY, by=support, at=at)
    assert '"seconds":2592000' in entries[0].body
    assert abs(ahead() - timedelta(days=30)) < timedelta(seconds=1)
    with remembered():
        move_clock(demo_clock(), 30 * DAY, by=support, at=at)
    move_clock(demo_clock(), 0, by=support, at=at)
    assert abs(ahead()) < timedelta(seconds=1)


def test_it_costs_one_query_in_two_seconds(support: Person, at: datetime) -> None:
    move_clock(demo_clock(), DAY, by=support, at=at)
    with CaptureQueriesContext(connection) as captured:
        for _ in range(50):
            now()
    assert len(captured) == 1


def test_never_behind_nor_too_far(support: Person, at: datetime) -> None:
    with refused("L'horloge avance", code="backwards", status=400):
        move_clock(demo_clock(), -1, by=support, at=at)
    with refused("trois ans", code="too_far", status=400):
        move_clock(demo_clock(), FURTHEST + 1, by=support, at=at)


def test_by_the_support_in_a_demonstration(cast: Cast, support: Person, at: datetime, settings: Any) -> None:
    for person in (cast.claire, cast.ines):
        with refused("Le support seul"):
            move_clock(demo_clock(), DAY, by=person, at=at)
    settings.DEMO = False
    with refused("que dans une démonstration"):
        move_clock(demo_clock(), DAY, by=support, at=at)


def test_the_page_moves_it_says_so_everywhere_and_what_is_due_follows(browse: Browse, cast: Cast, support: Person, at: datetime) -> None:
    found = to_correct(timed(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at, real_now())
    page, client = reverse("agency:move_clock"), browse(support)
    assert "Horloge de la démonstration :" not in text_of(client.get(page))
    assert client.post(page, {"step": "9"}).status_code == 400
    for _ in range(2):
        client.post(page, {"step": "3"})
    found.refresh_from_db()
    assert found.state == "rejected", "cinq jours ouvrés sont passés d'un coup"
    assert "Horloge de la démonstration :" in text_of(browse(cast.zoe).get(reverse("company:dashboard")))
    assert "Revenir à l’heure réelle" in text_of(browse(support).get(page))
    browse(support).post(page, {"step": "real"})
    assert "Horloge de la démonstration :" not in text_of(browse(cast.zoe).get(reverse("company:dashboard")))
