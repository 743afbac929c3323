"""Which days count, and when is it too late? Calendar days and working days are counted in Paris, elapsed time in UTC.

A day counts once it has passed whole, from midnight to midnight: the day something begins, stops or begins again does not.
A deadline is the first moment that is too late: « cinq jours » given on Monday the 2nd end when Saturday the 7th ends, and
midnight of the 8th is late, as 14:00 is for what closes at 14:00.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from holidays import country_holidays

from foundation.core.clock import PARIS


def start_of(day: date) -> datetime:
    """The midnight a day begins with in Paris, in UTC: one hour later or sooner on the days the clocks change."""
    return datetime.combine(day, time.min, PARIS).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a day: the midnight the next one begins with."""
    return start_of(day + timedelta(days=1))


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    """The public holidays of metropolitan France (Code du travail, article L3133-1)."""
    return frozenset(country_holidays("FR", years=year, observed=False))


def is_working_day(day: date) -> bool:
    """Monday to Friday, public holidays excepted."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the last one where the month is shorter: 31 January and one month is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_after(day: date) -> Iterator[date]:
    """Every day that follows, in order."""
    while True:
        day += timedelta(days=1)
        yield day
