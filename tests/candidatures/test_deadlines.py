"""When must it be done? Truth tables, both changes of hour, and an independent oracle that counts second by second or day by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergence.candidatures.deadlines import (
    Turn,
    Unit,
    days_needed,
    due_at,
    due_at_if_resumed,
    is_late,
    is_stopped,
    reminders,
    spent_days,
    stretches,
)
from foundation.core.calendar import is_working_day

PARIS = ZoneInfo("Europe/Paris")


def paris(text):
    """« 2026-11-25 14:00 » in Paris, as an aware moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def started(text, *others):
    return [Turn(paris(text), "start"), *(Turn(paris(when), does) for when, does in others)]


@pytest.mark.parametrize(
    ("length", "unit", "begun", "due"),
    [
        (5, Unit.CALENDAR_DAYS, "2026-11-02 10:00", "2026-11-08 00:00"),
        (5, Unit.CALENDAR_DAYS, "2026-11-02 00:00", "2026-11-08 00:00"),
        (5, Unit.WORKING_DAYS, "2026-11-02 10:00", "2026-11-10 00:00"),
        (5, Unit.WORKING_DAYS, "2026-11-06 23:59", "2026-11-17 00:00"),  # over the 11th of November
        (5, Unit.WORKING_DAYS, "2026-04-30 10:00", "2026-05-12 00:00"),  # over the 1st and the 8th of May
        (1, Unit.WORKING_DAYS, "2027-03-26 10:00", "2027-03-31 00:00"),  # Good Friday is worked, Easter Monday is not
        (24, Unit.ELAPSED_HOURS, "2026-10-24 12:00", "2026-10-25 11:00"),  # the clocks go back: one more hour on the wall
        (24, Unit.ELAPSED_HOURS, "2027-03-27 12:00", "2027-03-28 13:00"),  # and forward
        (1, Unit.CALENDAR_DAYS, "2026-10-24 12:00", "2026-10-26 00:00"),
        (60, Unit.CALENDAR_DAYS, "2026-09-21 09:12", "2026-11-21 00:00"),
        (1, Unit.MONTHS, "2027-01-31 08:00", "2027-03-01 00:00"),
        (12, Unit.MONTHS, "2028-02-29 08:00", "2029-03-01 00:00"),
    ],
)
def test_a_delay_that_nothing_stops(length, unit, begun, due):
    assert due_at(length, unit, started(begun)) == paris(due)


@pytest.mark.parametrize(
    ("turns", "due"),
    [
        # stopped from the 5th to the 13th: the days it stops and begins again do not count, nor those between
        (started("2026-10-01 09:00", ("2026-10-05 10:00", "pause"), ("2026-10-13 14:41", "resume")), "2026-10-21 00:00"),
        # stopped and started again within one day: that day does not count
        (started("2026-10-01 09:00", ("2026-10-05 10:00", "pause"), ("2026-10-05 11:00", "resume")), "2026-10-13 00:00"),
        # stopped at midnight sharp, started at midnight sharp: every other day counts
        (started("2026-10-01 09:00", ("2026-10-05 00:00", "pause"), ("2026-10-06 00:00", "resume")), "2026-10-13 00:00"),
        # twice stopped, twice started, in a muddle: what changes nothing is passed over
        (
            started("2026-10-01 09:00", ("2026-10-05 10:00", "pause"), ("2026-10-06 10:00", "pause"), ("2026-10-13 14:41", "resume"), ("2026-10-14 09:00", "resume"), ("2026-10-15 09:00", "start")),
            "2026-10-21 00:00",
        ),
    ],
)  # fmt: skip
def test_ten_days_whose_clock_stops(turns, due):
    assert due_at(10, Unit.CALENDAR_DAYS, turns) == paris(due)


def test_a_stopped_clock_tells_no_date_but_what_an_answer_now_would_give():
    turns = started("2026-10-01 09:00", ("2026-10-05 10:00", "pause"))
    assert is_stopped(turns)
    assert due_at(10, Unit.CALENDAR_DAYS, turns) is None
    assert due_at_if_resumed(10, Unit.CALENDAR_DAYS, turns, paris("2026-10-13 14:41")) == paris("2026-10-21 00:00")
    assert spent_days(10, Unit.CALENDAR_DAYS, turns, paris("2026-10-30 00:00")) == 3


def test_hours_that_stop_are_counted_to_the_second():
    turns = started("2026-11-02 10:00", ("2026-11-02 11:30", "pause"), ("2026-11-03 08:00", "resume"))
    assert due_at(24, Unit.ELAPSED_HOURS, turns) == paris("2026-11-04 06:30")
    over = started("2026-11-02 10:00", ("2026-11-05 10:00", "pause"), ("2026-11-06 08:00", "resume"))
    assert due_at(24, Unit.ELAPSED_HOURS, over) == paris("2026-11-06 08:00")  # spent already: late at once


def test_what_has_not_begun_has_no_date():
    assert due_at(5, Unit.CALENDAR_DAYS, []) is None
    assert not is_stopped([])
    assert spent_days(5, Unit.CALENDAR_DAYS, [], paris("2026-11-02 10:00")) == 0
    assert stretches([Turn(paris("2026-11-02 10:00"), "pause"), Turn(paris("2026-11-02 11:00"), "resume")]) == []


def test_days_spent_never_pass_the_delay():
    turns = started("2026-09-21 09:12")
    assert spent_days(60, Unit.CALENDAR_DAYS, turns, paris("2026-11-02 10:00")) == 41
    assert spent_days(60, Unit.CALENDAR_DAYS, turns, paris("2027-06-01 10:00")) == 60
    assert (days_needed(60, Unit.CALENDAR_DAYS, turns), days_needed(1, Unit.MONTHS, started("2027-01-31 08:00"))) == (60, 28)
    assert days_needed(2, Unit.MONTHS, []) == 2


@pytest.mark.parametrize(("at", "late"), [("13:59:59", False), ("14:00:00", True), ("14:00:01", True)])
def test_what_closes_at_two_is_closed_at_two(at, late):
    assert is_late(paris(f"2026-12-14 {at}"), paris("2026-12-14 14:00")) is late
    assert is_late(paris(f"2026-12-14 {at}"), None) is False


def test_reminders_leave_at_nine_in_paris_before_the_last_day():
    closes = paris("2026-12-14 14:00")
    assert reminders(closes, (7, 2, 1), paris("2026-11-25 10:00")) == [
        paris("2026-12-07 09:00"),
        paris("2026-12-12 09:00"),
        paris("2026-12-13 09:00"),
    ]
    assert reminders(closes, (7, 2, 1), paris("2026-12-12 09:00")) == [paris("2026-12-13 09:00")]
    end_of_the_day = paris("2026-12-15 00:00")  # the last day is still the 14th
    assert reminders(end_of_the_day, (1,), paris("2026-11-25 10:00")) == [paris("2026-12-13 09:00")]
    assert reminders(paris("2026-10-26 14:00"), (1,), paris("2026-10-01 10:00")) == [paris("2026-10-25 09:00")]  # the day the clocks change


# — An independent oracle: it walks the days and the minutes, one by one —

MINUTES = st.integers(0, 60 * 24 * 400)


@st.composite
def histories(draw):
    """A clock begun somewhere in two years that hold four changes of hour, stopped and started up to four times, and running at the end."""
    begun = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(MINUTES))
    gaps = draw(st.lists(st.integers(1, 60 * 24 * 20), max_size=8))
    turns, at = [Turn(begun, "start")], begun
    for rank, minutes in enumerate(gaps[: len(gaps) // 2 * 2]):
        at += timedelta(minutes=minutes)
        turns.append(Turn(at, "pause" if rank % 2 == 0 else "resume"))
    return turns


def running_at(turns, moment):
    state = False
    for turn in turns:
        if turn.at <= moment:
            state = turn.does != "pause"
    return state


def walked_days(length, turns, counts):
    """Each day after the first, judged by looking at its first minute and at every turn inside it."""
    day, counted = turns[0].at.astimezone(PARIS).date(), 0
    while True:
        day += timedelta(days=1)
        begins = datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)
        following = day + timedelta(days=1)
        ends = datetime(following.year, following.month, following.day, tzinfo=PARIS).astimezone(UTC)
        whole = running_at(turns, begins) and not any(begins < turn.at < ends and turn.does == "pause" for turn in turns)
        counted += whole and counts(day)
        if counted == length:
            return ends


def walked_hours(length, turns):
    """Minute after minute, counting those that begin with the clock running. The turns are on the minute."""
    moment, counted = turns[0].at, 0
    while True:
        if moment >= turns[-1].at and counted >= length * 60:
            return moment
        counted += running_at(turns, moment)
        moment += timedelta(minutes=1)


@settings(max_examples=1000)
@given(histories(), st.integers(1, 60))
def test_calendar_and_working_days_agree_with_the_walk(turns, length):
    assert due_at(length, Unit.CALENDAR_DAYS, turns) == walked_days(length, turns, lambda day: True)
    assert due_at(length, Unit.WORKING_DAYS, turns) == walked_days(length, turns, is_working_day)


@settings(max_examples=40)
@given(histories(), st.integers(1, 48))
def test_hours_agree_with_the_walk(turns, length):
    assert due_at(length, Unit.ELAPSED_HOURS, turns) == walked_hours(length, turns)


@settings(max_examples=300)
@given(histories(), st.integers(1, 40), st.integers(1, 60 * 24 * 30))
def test_it_is_due_once_every_day_is_spent(turns, length, more):
    due = due_at(length, Unit.CALENDAR_DAYS, turns)
    assert spent_days(length, Unit.CALENDAR_DAYS, turns, due) == length
    assert spent_days(length, Unit.CALENDAR_DAYS, turns, due - timedelta(microseconds=1)) == length - 1
    later = due_at(length + 1, Unit.CALENDAR_DAYS, turns)
    assert later > due
