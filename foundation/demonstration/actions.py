"""Every write to the clock of the demonstration: moving it, on or back to the real time."""

from __future__ import annotations

from datetime import datetime

from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.demonstration.events import ClockMoved
from foundation.demonstration.models import DemoClock
from foundation.demonstration.permissions import can_move_clock
from foundation.demonstration.queries import forget_offset
from foundation.journal.action import action

FURTHEST = 3 * 366 * 24 * 3600
"""Seconds: three years ahead is enough to see a certificate renewed."""


@action(ClockMoved)
def move_clock(clock: DemoClock, seconds: int, *, by: Person, at: datetime) -> ClockMoved | None:
    """Ahead of the real time by so much, never behind it: what has happened stays in the past."""
    can_move_clock(by, clock).or_refuse()
    if seconds < 0:
        raise Refused(_("L'horloge avance : choisissez un moment à venir, ou revenez à l'heure réelle."), code="backwards", status=400)
    if seconds > FURTHEST:
        raise Refused(_("L'horloge avance de trois ans au plus."), code="too_far", status=400)
    if seconds == clock.seconds:
        return None
    clock.seconds, clock.moved_at, clock.moved_by = seconds, at, by
    clock.save()
    forget_offset()
    return ClockMoved(about="clock:1", seconds=seconds)
