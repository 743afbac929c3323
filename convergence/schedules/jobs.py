"""What is done when time passes? Warn of what will be due, then let the ends of clocks have their effect; again and again, once each."""

from __future__ import annotations

from datetime import datetime

from convergence.candidatures.actions import LAPSES, lapse_step
from convergence.candidatures.watch import dues_under_way
from convergence.schedules.actions import remind_expiry, send_reminder
from convergence.schedules.queries import expiring
from convergence.schedules.rules import PASSED, expiry_reminder_on, reminder_now
from foundation.core.clock import day_of, now
from foundation.core.event import Event
from foundation.core.verdict import Refused
from foundation.journal.actor import SYSTEM


def watch_deadlines(at: datetime) -> int:
    """Each thing due on a candidature under way: its reminder, or its effect once it has passed. How many of either."""
    done = 0
    for due in dues_under_way():
        days = reminder_now(due.due_at, due.days_before, due.since, at)
        if days is None:
            continue
        if days == PASSED and due.at_end in LAPSES and due.awaits == "company":
            try:
                lapse_step(due.step, due.code, by=SYSTEM, at=at)
            except Refused:  # answered, or ended, in the meantime
                continue
            done += 1
        else:
            done += send_reminder(due.candidature, due, days, by=SYSTEM, at=at) is not None
    return done


def watch_expiries(at: datetime) -> int:
    """Each document that will soon be no longer valid: its reminder. How many."""
    today, done = day_of(at), 0
    for deposit in expiring(today):
        assert deposit.expires_on is not None
        days = expiry_reminder_on(deposit.expires_on, today)
        if days is not None:
            done += remind_expiry(deposit, days, by=SYSTEM, at=at) is not None
    return done


def watch_again(event: Event) -> None:
    """The clock of the demonstration has just been moved: what it brings is seen at once."""
    at = now()
    watch_deadlines(at)
    watch_expiries(at)
