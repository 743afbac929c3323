"""Is a slot filled? Truth tables, then whatever Hypothesis can think of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.evidence.rules import REJECTED, Filed, Slot, counted_by_slot, has_room, is_counted, is_filled, missing_slots
from foundation.files.workflow import FILE


@pytest.mark.parametrize(
    ("in_place", "state", "counted"),
    [
        (True, "quarantined", True),  # the deposit meets the deadline, not its examination
        (True, "clean", True),
        (True, "held", True),
        (True, "infected", False),
        (True, "refused", False),
        (False, "quarantined", False),
        (False, "clean", False),
        (False, "held", False),
        (False, "infected", False),
        (False, "refused", False),
    ],
)
def test_what_counts(in_place, state, counted):
    assert is_counted(Filed("a", in_place, state)) is counted


def test_every_state_of_a_file_has_its_line():
    assert set(FILE.states) == {"quarantined", "clean", "held", *REJECTED}


@pytest.mark.parametrize(
    ("minimum", "count", "filled"),
    [(1, 0, False), (1, 1, True), (1, 2, True), (2, 1, False), (2, 2, True), (0, 0, True)],
)
def test_a_slot_is_filled_by_as_many_files_as_it_asks(minimum, count, filled):
    slot = Slot("a", minimum)
    counted = {"a": count} if count else {}
    assert is_filled(slot, counted) is filled
    assert missing_slots([slot], counted) == ([] if filled else ["a"])


@pytest.mark.parametrize(
    ("many", "count", "room"), [(False, 0, True), (False, 1, False), (True, 1, True), (True, 2, True), (True, 3, False)]
)
def test_a_slot_that_does_not_take_several_takes_one(many, count, room):
    assert has_room(Slot("a", many=many), {"a": count}, 3) is room


def test_what_is_missing_is_told_in_the_order_it_is_expected():
    assert missing_slots([Slot("b"), Slot("a"), Slot("c")], {"a": 1}) == ["b", "c"]


filings = st.lists(st.builds(Filed, st.sampled_from("abc"), st.booleans(), st.sampled_from(sorted(FILE.states))), max_size=12)


@given(filings)
def test_counting_is_the_sum_of_what_counts(deposits):
    counted = counted_by_slot(deposits)
    assert sum(counted.values()) == sum(is_counted(one) for one in deposits)
    assert all(count > 0 for count in counted.values())


@given(filings, st.sampled_from("abc"))
def test_one_more_sound_file_never_empties_a_slot(deposits, slot):
    expected = [Slot(code) for code in "abc"]
    before = missing_slots(expected, counted_by_slot(deposits))
    after = missing_slots(expected, counted_by_slot([*deposits, Filed(slot, True, "quarantined")]))
    assert set(after) == set(before) - {slot}


@given(filings, st.integers(0, 11))
def test_archiving_or_condemning_a_file_never_fills_a_slot(deposits, rank):
    if not deposits:
        return
    expected = [Slot(code) for code in "abc"]
    one = deposits[rank % len(deposits)]
    rest = [other for other in deposits if other is not one]
    before = set(missing_slots(expected, counted_by_slot(deposits)))
    for gone in (Filed(one.slot, False, one.file_state), Filed(one.slot, True, "infected")):
        assert before <= set(missing_slots(expected, counted_by_slot([*rest, gone])))
