"""Codes: how they are drawn, how often they are sent, how long they serve."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.agreements.rules import LIFE, MOST_PER_HOUR, MOST_TRIES, PAUSE, digits_from, is_code_alive, tidy_code, wait_before_code

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_six_digits(digest):
    code = digits_from(digest)
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()


def test_codes_are_spread():
    first = Counter(digits_from(sha256(str(n).encode()).digest())[0] for n in range(10_000))
    assert set(first) == set("0123456789")
    assert min(first.values()) > 850


@pytest.mark.parametrize("typed", ["042 137", "042-137", " 042137 ", "042\u202f137", "042137\t"])
def test_a_code_is_read_as_people_copy_it(typed):
    assert tidy_code(typed) == "042137"


@pytest.mark.parametrize(
    ("sent", "wait"),
    [
        ([], timedelta()),
        ([AT], PAUSE),
        ([AT - PAUSE + SECOND], SECOND),
        ([AT - PAUSE], timedelta()),
        ([AT - timedelta(minutes=5 * n) for n in range(1, MOST_PER_HOUR)], timedelta()),
        ([AT - timedelta(minutes=5 * n) for n in range(1, MOST_PER_HOUR + 1)], timedelta(minutes=60 - 25)),
        ([AT - timedelta(hours=1)] * 9, timedelta()),
    ],
)
def test_when_another_code_may_be_sent(sent, wait):
    assert wait_before_code(sent, AT) == wait


@given(st.lists(st.integers(0, 90)), st.integers(1, 40))
def test_never_more_than_so_many_in_any_hour(gaps, more):
    """Whoever asks as soon as they may, for as long as they like."""
    at, sent = AT, []
    for gap in [*gaps, *[0] * more]:
        at += timedelta(seconds=gap) + wait_before_code(sent, at + timedelta(seconds=gap))
        sent.append(at)
    for one in sent:
        assert sum(one - timedelta(hours=1) < other <= one for other in sent) <= MOST_PER_HOUR


@pytest.mark.parametrize(
    ("after", "tries", "spent", "alive"),
    [
        (timedelta(), 0, False, True),
        (LIFE - SECOND, MOST_TRIES - 1, False, True),
        (LIFE, 0, False, False),
        (timedelta(), MOST_TRIES, False, False),
        (timedelta(), 0, True, False),
    ],
)
def test_a_code_serves_once_for_a_while(after, tries, spent, alive):
    assert is_code_alive(AT, tries, AT + after, spent=spent) is alive
