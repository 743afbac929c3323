"""What may happen to the clock of the demonstration?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ClockMoved(Event):
    """By how many seconds the clock is ahead of the real time; 0 when it is the real time again."""

    about: str
    seconds: int
