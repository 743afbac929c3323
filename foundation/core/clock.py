"""What time is it, and in which quarter? Only faces, jobs and commands ask; everything below receives its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from foundation.core.language import language

PARIS = ZoneInfo("Europe/Paris")


moved_by: Callable[[], timedelta] | None = None
"""By how much the clock is ahead, in a demonstration alone (`foundation/demonstration` says it); otherwise there is nothing to ask."""


def now() -> datetime:
    """The present, aware, in UTC: elapsed time is added in UTC, calendar days are counted in Paris."""
    return real_now() if moved_by is None else real_now() + moved_by()


def real_now() -> datetime:
    """The present of the machine, even where a demonstration lives at another time."""
    return datetime.now(UTC)


def day_of(when: datetime) -> date:
    """The day a moment falls on in Paris: what is in force from a date is in force from midnight there."""
    return when.astimezone(PARIS).date()


def today() -> date:
    """The present day, in Paris. As `now`, asked by faces, jobs and commands only."""
    return day_of(now())


def told_day(day: date) -> str:
    """« 1er janvier 2027 », « 1 January 2027 »: a day, as a sentence says it."""
    words = date_format(day, "j F Y")
    return f"1er{words[1:]}" if day.day == 1 and language() == "fr" else words


def told(when: datetime) -> str:
    """« 3 novembre 2026 à 11 h 20 », « 3 November 2026 at 11:20 », in Paris: a moment, as a sentence says it."""
    return date_format(when.astimezone(PARIS), "j F Y à G\u00a0\\h\u00a0i" if language() == "fr" else "j F Y \\a\\t H:i")


def told_hour(when: datetime) -> str:
    """« 11 h 20 », « 11:20 », in Paris."""
    return date_format(when.astimezone(PARIS), "G\u00a0\\h\u00a0i" if language() == "fr" else "H:i")
