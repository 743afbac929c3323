"""By how much is the clock ahead? Asked of the database every two seconds at most, by each process."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import Error

from foundation.demonstration.models import DemoClock

RECHECK = 2.0
"""Seconds during which a process believes what it read last: the others learn of a move within that time."""

_kept = timedelta()
_read_at = float("-inf")


def offset_kept() -> timedelta:
    """What is added to the real time. Where the database does not answer, what was known."""
    global _kept, _read_at
    if time.monotonic() - _read_at >= RECHECK:
        _read_at = time.monotonic()
        try:
            seconds = DemoClock.objects.filter(pk=1).values_list("seconds", flat=True).first() or 0
        except Error:
            return _kept
        _kept = timedelta(seconds=seconds)
    return _kept


def forget_offset() -> None:
    """Read it again at once: it has just been moved from this process."""
    global _read_at
    _read_at = float("-inf")


def demo_clock() -> DemoClock:
    """The clock, or one that was never moved."""
    return DemoClock.objects.filter(pk=1).first() or DemoClock(pk=1, seconds=0)
