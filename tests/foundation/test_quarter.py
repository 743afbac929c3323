"""Which quarter is it? Calendar quarters in Paris, whatever UTC says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.core.clock import PARIS
from foundation.core.quarter import Quarter

QUARTERS = st.builds(Quarter, st.integers(2000, 2090), st.integers(1, 4))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 16, 9, tzinfo=UTC), "2026-T4"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-T1"),  # half past midnight in Paris
        (datetime(2027, 3, 31, 21, 59, tzinfo=UTC), "2027-T1"),
        (datetime(2027, 3, 31, 22, 0, tzinfo=UTC), "2027-T2"),  # summer time: midnight in Paris
    ],
)
def test_the_quarter_of_a_moment(at, text):
    assert str(Quarter.of(at)) == text


@pytest.mark.parametrize("text", ["", "2027", "2027-T5", "2027-T0", "1999-T1", "2027-Q1", " 2027-T1", "2027-T1\n", "２０２７-T1"])
def test_what_is_not_a_quarter_is_none(text):
    assert Quarter.read(text) is None


@given(QUARTERS, st.integers(-40, 40))
def test_written_read_and_counted(quarter, count):
    assert Quarter.read(str(quarter)) == quarter
    assert quarter.after(count).after(-count) == quarter
    assert (quarter.after(count) > quarter) == (count > 0)
    assert len(quarter.until(quarter.after(count))) == max(0, count + 1)


@given(QUARTERS)
def test_the_last_day_is_in_it_and_the_next_is_not(quarter):
    def of(day):
        return Quarter.of(datetime(day.year, day.month, day.day, 12, tzinfo=PARIS))

    assert of(quarter.last_day) == quarter
    assert of(quarter.last_day + timedelta(days=1)) == quarter.after(1)


@given(QUARTERS, QUARTERS)
def test_their_text_sorts_as_they_do(one, other):
    assert (one < other) == (str(one) < str(other))
