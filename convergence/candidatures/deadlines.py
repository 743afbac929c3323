"""When must it be done? The clock of a delay: started, stopped while the other side is awaited, started again. Pure.

Units and boundaries are those of `foundation/core/calendar.py`. A delay given in days counts the whole days during which its
clock ran; one given in hours counts running time to the second; one given in months counts as many days as there are until the
same day, so many months later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from foundation.core.calendar import days_after, end_of, is_working_day, months_later, start_of
from foundation.core.clock import PARIS, day_of

REMINDED_AT = time(9)
"""At what time in Paris a reminder leaves."""


class Unit(StrEnum):
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    ELAPSED_HOURS = "elapsed_hours"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time during which the clock ran, or was stopped. `ends_at` is empty for the one under way."""

    begins_at: datetime
    ends_at: datetime | None
    is_running: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What moved the clock, and when: « start », « pause » or « resume »; and because of what."""

    at: datetime
    does: str
    because: str = ""


def stretches(turns: Sequence[Turn]) -> list[Stretch]:
    """From its turns, in the order of time. What changes nothing (stopped twice, started twice) is passed over, so is what comes before the start."""
    found: list[Stretch] = []
    for turn in sorted(turns, key=lambda turn: turn.at):
        runs = turn.does != "pause"
        if not found and turn.does != "start":
            continue
        if found and found[-1].is_running == runs:
            continue
        if found:
            found[-1] = Stretch(found[-1].begins_at, turn.at, found[-1].is_running, found[-1].because)
        found.append(Stretch(turn.at, None, runs, turn.because))
    return found


def is_stopped(turns: Sequence[Turn]) -> bool:
    """Whether the clock has begun and waits for the other side."""
    past = stretches(turns)
    return bool(past) and not past[-1].is_running


def due_at(length: int, unit: Unit, turns: Sequence[Turn]) -> datetime | None:
    """The first moment that is too late, as things stand. None where the clock has not begun, or is stopped: no date can be told."""
    past = stretches(turns)
    if not past or not past[-1].is_running:
        return None
    if unit is Unit.ELAPSED_HOURS:
        spent = sum((one.ends_at - one.begins_at for one in past if one.ends_at is not None and one.is_running), timedelta())
        return past[-1].begins_at.astimezone(UTC) + max(timedelta(hours=length) - spent, timedelta())
    needed = _days_needed(length, unit, past)
    counted = (day for day in days_after(day_of(past[0].begins_at)) if _counts(day, unit, past))
    return end_of(next(islice(counted, needed - 1, None)))


def due_at_if_resumed(length: int, unit: Unit, turns: Sequence[Turn], at: datetime) -> datetime | None:
    """What `due_at` would be if the other side answered now: what a stopped clock may promise."""
    return due_at(length, unit, [*turns, Turn(at, "resume")])


def spent_days(length: int, unit: Unit, turns: Sequence[Turn], at: datetime) -> int:
    """How many whole days have counted so far (« 23 jours sur 60 »), never more than the delay has."""
    past = stretches(turns)
    if not past:
        return 0
    counted = 0
    for day in days_after(day_of(past[0].begins_at)):
        if end_of(day) > at or counted == _days_needed(length, unit, past):
            return counted
        counted += _counts(day, unit, past)
    raise AssertionError("les jours ne finissent pas")


def days_needed(length: int, unit: Unit, turns: Sequence[Turn]) -> int:
    """How many days a delay given in days or months has (« sur 60 »)."""
    return _days_needed(length, unit, stretches(turns))


def _days_needed(length: int, unit: Unit, past: list[Stretch]) -> int:
    if unit is not Unit.MONTHS or not past:
        return length
    begun = day_of(past[0].begins_at)
    return (months_later(begun, length) - begun).days


def _counts(day: date, unit: Unit, past: list[Stretch]) -> bool:
    """Whether a day counts: the clock ran from its midnight to the next, and working days are working days."""
    if unit is Unit.WORKING_DAYS and not is_working_day(day):
        return False
    begins, ends = start_of(day), end_of(day)
    return any(one.is_running and one.begins_at <= begins and (one.ends_at is None or one.ends_at >= ends) for one in past)


def is_late(at: datetime, due: datetime | None) -> bool:
    """Whether it is too late: at the deadline itself, it is. Without a deadline, never."""
    return due is not None and at >= due


def reminders(due: datetime, days_before: Sequence[int], since: datetime) -> list[datetime]:
    """When to warn: at nine in Paris, so many days before the last day on which it can be done, for those still to come after `since`."""
    last = day_of(due - timedelta(microseconds=1))
    moments = {datetime.combine(last - timedelta(days=days), REMINDED_AT, PARIS).astimezone(UTC) for days in days_before}
    return sorted(moment for moment in moments if since < moment < due)
