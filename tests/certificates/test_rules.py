"""Until when it stands, how its numbers are written."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.certificates.rules import LETTERS, after_months, certificate_number, is_declared_late, listing_number, standing
from convergence.certificates.workflow import CERTIFICATE, EXPIRED, SUSPENDED, VALID, WITHDRAWN

LAST = date(2026, 11, 16)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 16), 36, date(2029, 11, 16)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 1), 1, date(2026, 2, 1)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
    ],
)
def test_the_same_day_some_months_later(day, months, expected):
    assert after_months(day, months) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 240))
def test_months_never_skip_nor_stop(day, months):
    later = after_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later > day


@pytest.mark.parametrize(
    ("state", "until", "today", "expected"),
    [
        (VALID, None, LAST, VALID),
        (VALID, LAST, LAST, VALID),
        (VALID, LAST, LAST + DAY, EXPIRED),
        (SUSPENDED, LAST, LAST, SUSPENDED),
        (SUSPENDED, LAST, LAST + DAY, EXPIRED),
        (WITHDRAWN, LAST, LAST + DAY, WITHDRAWN),
        (EXPIRED, LAST, LAST + DAY, EXPIRED),
    ],
)
def test_what_it_is_on_a_day(state, until, today, expected):
    assert standing(state, until, today) == expected
    assert standing(state, until, today) in CERTIFICATE.states


def test_numbers_say_what_of_and_when_and_nothing_of_how_many():
    last = certificate_number("dmn", 2026, lambda letters: letters[-1])
    assert last == "DMN-2026-99999999"
    assert not set("ILO01") & set(LETTERS)
    assert re.fullmatch("[1-9][0-9]{9}", listing_number(lambda digits: digits[0]))


@pytest.mark.parametrize(("days", "late"), [(0, False), (14, False), (15, False), (16, True)])
def test_the_last_day_to_declare_still_counts(days, late):
    assert is_declared_late(LAST, LAST + days * DAY, 15) is late
