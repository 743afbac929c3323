"""Which verdict holds, what a section becomes: the tables, and what is true of every one of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.reviews.rules import (
    ACCEPTED,
    CHANGES_ASKED,
    CONFIRMATION,
    FIRST,
    NOT_APPLICABLE,
    SECTION_ACCEPTED,
    SECTION_RETURNED,
    TO_CONFIRM,
    Given,
    Settlement,
    holding,
    is_closed,
    settlement,
)

OUTCOMES = st.sampled_from([ACCEPTED, CHANGES_ASKED, NOT_APPLICABLE])


@pytest.mark.parametrize(
    ("given_before", "returned", "now", "holds"),
    [
        ([], [], 1, None),
        ([(1, ACCEPTED)], [], 1, (1, ACCEPTED)),
        ([(1, CHANGES_ASKED)], [], 1, (1, CHANGES_ASKED)),
        ([(1, ACCEPTED)], [], 2, (1, ACCEPTED)),  # what is accepted stays accepted
        ([(1, NOT_APPLICABLE)], [], 3, (1, NOT_APPLICABLE)),
        ([(1, CHANGES_ASKED)], [1], 2, None),  # sent back: to examine again
        ([(1, ACCEPTED)], [1], 2, None),  # sent back by the second look, though the first had accepted
        ([(1, CHANGES_ASKED), (2, ACCEPTED)], [1], 3, (2, ACCEPTED)),
        ([(1, ACCEPTED), (2, ACCEPTED)], [2], 3, None),
    ],
)
def test_the_verdict_that_holds(given_before, returned, now, holds):
    found = holding([Given(number, FIRST, outcome) for number, outcome in given_before], returned, FIRST, now)
    assert (found and (found.round, found.outcome)) == holds
    assert is_closed(found, now) == (holds is not None and holds[0] < now)


def test_a_look_does_not_hold_for_the_other():
    assert holding([Given(1, FIRST, ACCEPTED)], [], CONFIRMATION, 1) is None


CODES = ("A", "B")


@pytest.mark.parametrize(
    ("first", "second", "look", "second_look", "blind", "comes_to"),
    [
        ({}, {}, FIRST, False, False, Settlement(undecided=CODES)),
        ({"A": ACCEPTED}, {}, FIRST, False, False, Settlement(undecided=("B",))),
        ({"A": ACCEPTED, "B": NOT_APPLICABLE}, {}, FIRST, False, False, Settlement(result=SECTION_ACCEPTED)),
        ({"A": ACCEPTED, "B": ACCEPTED}, {}, FIRST, True, False, Settlement(result=TO_CONFIRM)),
        ({"A": ACCEPTED, "B": CHANGES_ASKED}, {}, FIRST, True, False, Settlement(result=SECTION_RETURNED, sent_back=("B",))),
        ({"A": ACCEPTED, "B": ACCEPTED}, {}, CONFIRMATION, True, False, Settlement(result=SECTION_ACCEPTED)),
        ({"A": ACCEPTED, "B": ACCEPTED}, {"B": CHANGES_ASKED}, CONFIRMATION, True, False, Settlement(result=SECTION_RETURNED, sent_back=("B",))),
        ({"A": ACCEPTED, "B": ACCEPTED}, {"B": ACCEPTED}, CONFIRMATION, True, True, Settlement(undecided=("A",))),
        ({"A": ACCEPTED, "B": ACCEPTED}, {"A": ACCEPTED, "B": ACCEPTED}, CONFIRMATION, True, True, Settlement(result=SECTION_ACCEPTED)),
    ],
)  # fmt: skip
def test_what_giving_back_comes_to(first, second, look, second_look, blind, comes_to):
    assert settlement(CODES, first, second, look=look, second_look=second_look, blind=blind) == comes_to


@given(
    first=st.dictionaries(st.sampled_from(CODES), OUTCOMES),
    second=st.dictionaries(st.sampled_from(CODES), OUTCOMES),
    look=st.sampled_from([FIRST, CONFIRMATION]),
    second_look=st.booleans(),
    blind=st.booleans(),
)
def test_nothing_is_accepted_while_a_change_is_asked_or_something_undecided(first, second, look, second_look, blind):
    found = settlement(CODES, first, second, look=look, second_look=second_look, blind=blind)
    said = first if look == FIRST else second
    assert bool(found.undecided) != bool(found.result)
    if CHANGES_ASKED in said.values():
        assert found.result in ("", SECTION_RETURNED)
    if look == FIRST and second_look:
        assert found.result != SECTION_ACCEPTED
    assert bool(found.sent_back) == (found.result == SECTION_RETURNED)
