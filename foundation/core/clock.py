"""What time is it, and in which quarter? Only faces, jobs and commands ask; everything below receives its time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present, aware, in UTC: elapsed time is added in UTC, calendar days are counted in Paris."""
    return datetime.now(UTC)
