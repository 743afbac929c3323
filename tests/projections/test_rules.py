"""Is a projection complete, do its dates hold, when is the level reached? Truth tables, and generated cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.assessments.rules import Expectation, is_met
from convergence.projections.rules import (
    NO_TARGET,
    Fault,
    Forecast,
    Prospect,
    Shift,
    Target,
    faults_of,
    forecast,
    is_decided,
    late_criteria,
    latest_of,
    outdated_criteria,
    quarter_reached,
    shift_of,
    status_of_projection,
    undecided_criteria,
)
from foundation.core.quarter import Quarter

T4, T1, T2, T3 = Quarter(2026, 4), Quarter(2027, 1), Quarter(2027, 2), Quarter(2027, 3)
PAST = Quarter(2026, 3)


def expected(code: str = "A", rank: int = 3, *, obligation: bool = True, aside: bool = True) -> Expectation:
    return Expectation(code, obligation, rank, aside)


@pytest.mark.parametrize(
    ("quarters", "today", "aside", "found"),
    [
        ({}, 1, False, {}),
        ({2: T4}, 1, False, {}),  # the present quarter is not past
        ({2: PAST}, 1, False, {2: Fault.PAST}),
        ({2: T1, 3: T2}, 1, False, {}),
        ({2: T1, 3: T1}, 1, False, {}),  # two levels at once: they do not go backwards
        ({2: T2, 3: T1}, 1, False, {3: Fault.BACKWARDS}),
        ({2: T2, 3: T1, 4: T1}, 1, False, {3: Fault.BACKWARDS, 4: Fault.BACKWARDS}),
        ({2: T2, 4: T1}, 1, False, {4: Fault.BACKWARDS}),  # a level left out does not hide it
        ({2: T1}, 2, False, {2: Fault.HELD}),
        ({1: T1, 3: T2}, 2, False, {1: Fault.HELD}),
        ({1: T1}, None, False, {}),  # « Non concerné » is under every level
        ({3: T1}, 1, True, {3: Fault.CONTRADICTED}),
        ({2: PAST, 3: T1}, 1, False, {2: Fault.PAST}),
    ],
)
def test_dates_that_cannot_be_kept(quarters, today, aside, found):
    assert faults_of(Target(quarters, aside), today, T4) == found


@pytest.mark.parametrize(
    ("target", "decided", "reached"),
    [
        (Target(), False, None),
        (Target({2: T1}), False, None),  # a step under what is recommended decides nothing
        (Target({3: T2}), True, T2),
        (Target({4: T3}), True, T3),  # higher than recommended will do
        (Target({2: T1, 3: T2, 4: T3}), True, T2),
        (Target({}, True), True, None),
    ],
)
def test_what_decides_a_criterion_and_when_it_is_reached(target, decided, reached):
    assert is_decided(expected(), target) is decided
    assert quarter_reached(expected(), target) == reached


def test_only_what_is_below_is_asked_for_in_order():
    expectations = [expected("C"), expected("A"), expected("B", obligation=False), expected("N", aside=False)]
    ranks = {"A": 3, "B": 1, "C": 2, "N": None}
    assert undecided_criteria(expectations, ranks, {}) == ["C", "B", "N"]
    assert undecided_criteria(expectations, ranks, {"C": Target({3: T1}), "B": Target({}, True)}) == ["N"]


@pytest.mark.parametrize(
    ("ranks", "targets", "told"),
    [
        (None, {}, Forecast(Prospect.UNKNOWN)),
        ({"A": 1}, {}, Forecast(Prospect.UNKNOWN)),  # B was asked since
        ({"A": 3, "B": 3}, None, Forecast(Prospect.ALREADY)),
        ({"A": 1, "B": 3}, None, Forecast(Prospect.UNKNOWN)),  # never projected
        ({"A": 1, "B": 1}, {"A": Target({3: T1}), "B": Target({3: T3})}, Forecast(Prospect.DATED, T3, 0, T1)),
        ({"A": 1, "B": 1}, {"A": Target({3: T1}), "B": Target({2: T1})}, Forecast(Prospect.NOT_REACHED, None, 1, T1)),
        ({"A": 1, "B": 1}, {"A": Target({}, True), "B": Target({}, True)}, Forecast(Prospect.NOT_REACHED, None, 2, None)),
        ({"A": 1, "B": 3}, {"A": Target({3: T2}), "B": Target({4: T3})}, Forecast(Prospect.DATED, T2, 0, T2)),  # beyond: no need
    ],
)
def test_when_a_procedure_is_reached(ranks, targets, told):
    assert forecast([expected("A"), expected("B")], ranks, targets) == told


def test_an_option_is_asked_for_but_does_not_delay_the_procedure():
    expectations = [expected("A"), expected("O", obligation=False)]
    assert forecast(expectations, {"A": 1, "O": 1}, {"A": Target({3: T1}), "O": Target({3: T3})}).quarter == T1


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([], Prospect.UNKNOWN),
        ([Forecast(Prospect.ALREADY), Forecast(Prospect.UNKNOWN)], Prospect.UNKNOWN),
        ([Forecast(Prospect.ALREADY)], Prospect.ALREADY),
        ([Forecast(Prospect.ALREADY), Forecast(Prospect.DATED, T2)], Prospect.DATED),
        ([Forecast(Prospect.DATED, T2), Forecast(Prospect.NOT_REACHED, untargeted=2)], Prospect.NOT_REACHED),
    ],
)
def test_a_whole_procedure(parts, told):
    assert latest_of(parts).prospect is told


def test_the_whole_takes_the_latest_quarter_and_adds_what_has_no_target():
    assert latest_of([Forecast(Prospect.DATED, T3, 0, T1), Forecast(Prospect.DATED, T2, 0, T2)]) == Forecast(Prospect.DATED, T3, 0, T1)
    assert latest_of([Forecast(Prospect.NOT_REACHED, None, 1, T2), Forecast(Prospect.NOT_REACHED, None, 2)]).untargeted == 3


def test_late_is_a_promise_over_and_not_held():
    expectations = [expected("A"), expected("B"), expected("C")]
    targets = {"A": Target({3: PAST}), "B": Target({3: PAST}), "C": Target({3: T4})}
    assert late_criteria(expectations, {"A": 2, "B": 3, "C": 1}, targets, T4) == ["A"]


def test_a_level_held_since_makes_its_date_outdated():
    assert outdated_criteria([expected("A"), expected("B")], {"A": 2, "B": 1}, {"A": Target({2: T1, 3: T2}), "B": Target({2: T1})}) == ["A"]


@pytest.mark.parametrize(
    ("is_open", "has_targets", "holds", "status"),
    [
        (False, True, True, "closed"),
        (True, False, None, "to_complete"),
        (True, True, None, "in_progress"),
        (True, True, True, "done"),
        (True, False, True, "done"),
        (True, False, False, "in_progress"),
    ],
)
def test_where_a_projection_stands(is_open, has_targets, holds, status):
    assert status_of_projection(is_open, has_targets, holds) == status


QUARTERS = st.builds(Quarter, st.integers(2025, 2029), st.integers(1, 4))
TARGETS = st.builds(Target, st.dictionaries(st.integers(1, 4), QUARTERS, max_size=4), st.booleans())
RANKS = st.one_of(st.none(), st.integers(1, 4))


@given(TARGETS, RANKS)
def test_without_faults_quarters_rise_with_the_levels_from_now_on(target, today):
    if faults_of(target, today, T4):
        return
    dated = [quarter for _, quarter in sorted(target.quarters.items())]
    assert dated == sorted(dated)
    assert all(quarter >= T4 for quarter in dated)
    assert all(rank > (today or 0) for rank in target.quarters)
    assert not (target.not_applicable and target.quarters)


@given(st.dictionaries(st.sampled_from("ABCD"), st.tuples(RANKS, TARGETS, st.booleans()), min_size=1))
def test_dated_means_every_obligation_missing_has_a_quarter_and_no_other_says_so(given_by_criterion):
    expectations = [expected(code, obligation=must) for code, (_, _, must) in given_by_criterion.items()]
    ranks = {code: rank for code, (rank, _, _) in given_by_criterion.items()}
    targets = {code: target for code, (_, target, _) in given_by_criterion.items()}
    told = forecast(expectations, ranks, targets)
    needed = [one for one in expectations if one.obligation and not is_met(one, ranks)]
    reached = [quarter_reached(one, targets[one.criterion]) for one in needed]
    assert (told.prospect is Prospect.ALREADY) == (not needed)
    assert (told.prospect is Prospect.DATED) == (bool(needed) and all(reached))
    assert told.untargeted == sum(1 for quarter in reached if quarter is None)
    if told.quarter:
        assert all(quarter <= told.quarter for quarter in reached)


@pytest.mark.parametrize(
    ("before", "after", "shift"),
    [
        (Target({3: T1}), Target({3: T1}), Shift.UNCHANGED),
        (NO_TARGET, NO_TARGET, Shift.UNCHANGED),
        (Target({3: T2}), Target({3: T1}), Shift.EARLIER),
        (Target({3: T1}), Target({3: T2}), Shift.LATER),
        (NO_TARGET, Target({3: T2}), Shift.DATED),
        (Target(not_applicable=True), Target({3: T2}), Shift.DATED),
        (Target({3: T2}), NO_TARGET, Shift.UNDATED),
        (Target({3: T2}), Target({2: T2}), Shift.UNDATED),  # a step is left, not the level recommended
        (Target({3: T2}), Target(not_applicable=True), Shift.SET_ASIDE),
        (NO_TARGET, Target(not_applicable=True), Shift.SET_ASIDE),
        (Target({2: T4, 3: T2}), Target({2: T1, 3: T2}), Shift.MOVED),
        (Target({3: T2}), Target({3: T2, 4: T2}), Shift.MOVED),
        (Target(not_applicable=True), NO_TARGET, Shift.MOVED),
        (Target({2: T4}), Target({2: T1}), Shift.MOVED),
    ],
)
def test_what_became_of_a_target(before, after, shift):
    assert shift_of(expected(), before, after) is shift
