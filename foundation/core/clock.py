"""What time is it, and in which quarter? Only faces, jobs and commands ask; everything below receives its time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present, aware, in UTC: elapsed time is added in UTC, calendar days are counted in Paris."""
    return datetime.now(UTC)


def told(when: datetime) -> str:
    """« 3 novembre 2026 à 11 h 20 », in Paris: a moment, as a sentence says it."""
    return date_format(when.astimezone(PARIS), "j F Y à G\u00a0\\h\u00a0i")
