"""Which days count in Paris? Public holidays against the list of the law, midnights on both changes of hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.core.calendar import end_of, is_working_day, months_later, start_of
from foundation.core.clock import day_of

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def easter(year):
    """Oudin's method (the Gregorian computus): an oracle of our own, beside the library."""
    golden, century = year % 19, year // 100
    h = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    i = h - (h // 28) * (1 - (29 // (h + 1)) * ((21 - golden) // 11))
    sunday = i - (year + year // 4 + i + 2 - century + century // 4) % 7
    month = 3 + (sunday + 40) // 44
    return date(year, month, sunday + 28 - 31 * (month // 4))


def holidays_of_the_law(year):
    moving = [easter(year) + timedelta(days=days) for days in (1, 39, 50)]
    fixed = [date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))]
    return {*moving, *fixed}


@given(DAYS)
def test_a_working_day_is_a_weekday_that_the_law_does_not_take(day):
    assert is_working_day(day) == (day.weekday() < 5 and day not in holidays_of_the_law(day.year))


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2027, 3, 29), date(2026, 7, 14), date(2026, 12, 25)])
def test_labour_day_easter_monday_and_others_are_not_worked(day):
    assert day.weekday() < 5
    assert not is_working_day(day)


@given(DAYS)
def test_a_day_lasts_twenty_four_hours_but_twice_a_year(day):
    hours = (end_of(day) - start_of(day)) / timedelta(hours=1)
    changes = {3: 23, 10: 25}
    is_change = day.month in changes and day.weekday() == 6 and (day + timedelta(days=7)).month != day.month
    assert hours == (changes[day.month] if is_change else 24)
    assert day_of(start_of(day)) == day
    assert day_of(end_of(day) - timedelta(microseconds=1)) == day


def test_half_past_two_that_happens_twice_is_one_day():
    for hour in (0, 1):  # 02:30 in Paris, before and after the clocks go back
        assert day_of(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(day, months, later):
    assert months_later(day, months) == later
