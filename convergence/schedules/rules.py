"""Which reminder is to be sent now? Of those whose moment has come, the last one alone: nobody is warned twice of what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from convergence.candidatures.deadlines import reminders

PASSED = 0
"""The reminder that says it is too late; the others are named by how many days before they leave."""

BEFORE_EXPIRY = (30, 7)
"""Days before a piece of evidence is no longer valid."""


def reminder_now(due: datetime, days_before: Sequence[int], since: datetime, at: datetime) -> int | None:
    """How many days before the due moment the reminder is that should have left last; `PASSED` once it is over; None before the first."""
    if at >= due:
        return PASSED
    left: list[tuple[datetime, int]] = []
    for days in days_before:
        left += [(moment, days) for moment in reminders(due, [days], since)]
    sent = [(moment, days) for moment, days in sorted(left) if moment <= at]
    return sent[-1][1] if sent else None


def expiry_reminder_on(expires_on: date, today: date) -> int | None:
    """How many days before its expiry a document is reminded of today; None too early, or once it is no longer valid."""
    if today > expires_on:
        return None
    come = [days for days in BEFORE_EXPIRY if today >= expires_on - timedelta(days=days)]
    return min(come) if come else None
