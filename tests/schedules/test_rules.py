"""Which reminder now? Truth tables at nine in Paris, and never two of the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.schedules.rules import expiry_reminder_on, reminder_now
from tests.factories.schedules import paris

DUE, SINCE = paris("2026-12-14 14:00"), paris("2026-11-16 10:00")


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-12-07 08:59", None),
        ("2026-12-07 09:00", 7),
        ("2026-12-10 12:00", 7),
        ("2026-12-12 09:00", 2),
        ("2026-12-13 09:00", 1),
        ("2026-12-14 13:59", 1),
        ("2026-12-14 14:00", 0),
        ("2027-01-14 14:00", 0),
    ],
)
def test_the_last_reminder_whose_moment_has_come(at: str, days: int | None) -> None:
    assert reminder_now(DUE, (7, 2, 1), SINCE, paris(at)) == days


@pytest.mark.parametrize(
    ("since", "at", "days"), [("2026-12-11 10:00", "2026-12-11 12:00", None), ("2026-12-11 10:00", "2026-12-12 10:00", 2)]
)
def test_what_should_have_left_before_it_was_known_does_not(since: str, at: str, days: int | None) -> None:
    assert reminder_now(DUE, (7, 2, 1), paris(since), paris(at)) == days


@given(st.lists(st.integers(1, 30), unique=True, max_size=5), st.integers(0, 60 * 24 * 40))
def test_it_is_one_of_those_asked_and_never_goes_back(days_before: list[int], minutes: int) -> None:
    at = SINCE + timedelta(minutes=minutes)
    now, later = reminder_now(DUE, days_before, SINCE, at), reminder_now(DUE, days_before, SINCE, at + timedelta(hours=5))
    assert now is None or now == 0 or now in days_before
    if now is not None:
        assert later is not None
        assert later <= now


@pytest.mark.parametrize(
    ("today", "days"),
    [("2026-11-30", None), ("2026-12-01", 30), ("2026-12-23", 30), ("2026-12-24", 7), ("2026-12-31", 7), ("2027-01-01", None)],
)
def test_a_document_is_reminded_of_before_it_expires(today: str, days: int | None) -> None:
    assert expiry_reminder_on(date(2026, 12, 31), date.fromisoformat(today)) == days
