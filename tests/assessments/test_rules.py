"""Is the questionnaire complete, is the level reached? Truth tables, then laws that hold for any answers."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.assessments.rules import (
    Expectation,
    Given,
    Movement,
    Outcome,
    changed_criteria,
    compare_answers,
    criteria_below,
    gaps,
    is_complete,
    is_level_reached,
    is_met,
    missing_criteria,
    missing_ranks,
    movement_of,
    outcome_of,
    percent,
    status_of,
    status_of_procedure,
)

ABSENT = object()


def expectation(criterion="a", *, obligation=True, rank=3, accepts=True):
    return Expectation(criterion, obligation, rank, accepts)


# — Truth tables —


@pytest.mark.parametrize(
    ("rank", "accepts", "met", "missing"),
    [
        (ABSENT, True, False, 3),
        (ABSENT, False, False, 3),
        (None, True, True, 0),
        (None, False, False, 3),
        (1, True, False, 2),
        (2, False, False, 1),
        (3, True, True, 0),
        (3, False, True, 0),
        (4, True, True, 0),
    ],
)
def test_an_expectation_of_rank_three_is_met_or_misses_so_many_levels(rank, accepts, met, missing):
    ranks = {} if rank is ABSENT else {"a": rank}
    assert is_met(expectation(accepts=accepts), ranks) is met
    assert missing_ranks(expectation(accepts=accepts), ranks) == missing


def test_only_obligations_are_gaps_and_options_below_are_still_told():
    expected = [
        expectation("a", obligation=True, rank=3),
        expectation("b", obligation=False, rank=3),
        expectation("c", obligation=True, rank=2),
        expectation("d", obligation=True, rank=2, accepts=False),
        expectation("e", obligation=True, rank=4),
    ]
    ranks = {"a": 2, "b": 1, "c": 2, "d": None}
    assert gaps(expected, ranks) == ["a", "d", "e"]
    assert criteria_below(expected, ranks) == ["a", "b", "d", "e"]
    assert not is_level_reached(expected, ranks)
    assert is_level_reached(expected, {"a": 3, "c": 4, "d": 2, "e": 4})


def test_where_nothing_is_expected_the_level_is_reached():
    assert is_level_reached([], {})
    assert gaps([], {"a": 1}) == []


@pytest.mark.parametrize(
    ("validated", "outcome"),
    [
        (None, Outcome.UNKNOWN),
        ({}, Outcome.UNKNOWN),
        ({"a": 4}, Outcome.UNKNOWN),
        ({"a": 4, "b": 1}, Outcome.REACHED),
        ({"a": 2, "b": 4}, Outcome.NOT_REACHED),
        ({"a": None, "b": None}, Outcome.REACHED),
        ({"a": 3, "b": 1, "z": 1}, Outcome.REACHED),
    ],
)
def test_the_outcome_is_unknown_until_a_validation_covers_all_that_is_asked(validated, outcome):
    expected = [expectation("a", rank=3), expectation("b", obligation=False, rank=3)]
    assert outcome_of(expected, validated) is outcome


def test_nothing_asked_and_validated_is_reached():
    assert outcome_of([], None) is Outcome.UNKNOWN
    assert outcome_of([], {}) is Outcome.REACHED


@pytest.mark.parametrize(
    ("asked", "answered", "validated", "status"),
    [
        ("ab", "", None, "to_complete"),
        ("ab", "a", None, "in_progress"),
        ("ab", "ab", None, "in_progress"),
        ("ab", "z", None, "to_complete"),
        ("ab", "ab", "ab", "done"),
        ("ab", "", "ab", "done"),
        ("ab", "ab", "abz", "done"),
        ("abc", "ab", "ab", "in_progress"),
        ("abc", "", "z", "in_progress"),
        ("", "", None, "to_complete"),
        ("", "z", None, "to_complete"),
        ("", "", "", "done"),
    ],
)
def test_the_status_of_a_questionnaire(asked, answered, validated, status):
    assert status_of(tuple(asked), list(answered), None if validated is None else list(validated)) == status


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([], "to_complete"),
        (["to_complete"], "to_complete"),
        (["in_progress"], "in_progress"),
        (["done"], "done"),
        (["to_complete", "to_complete"], "to_complete"),
        (["to_complete", "in_progress"], "in_progress"),
        (["to_complete", "done"], "in_progress"),
        (["in_progress", "done"], "in_progress"),
        (["done", "done"], "done"),
    ],
)
def test_the_status_of_a_procedure(statuses, status):
    for order in itertools.permutations(statuses):
        assert status_of_procedure(order) == status


def test_what_is_missing_is_told_in_the_order_asked():
    assert missing_criteria(["c", "a", "b"], ["a"]) == ["c", "b"]
    assert missing_criteria([], ["a"]) == []
    assert is_complete(["a"], ["a", "z"])
    assert not is_complete(["a"], ["z"])


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 7, 0), (1, 7, 14), (6, 7, 85), (7, 7, 100), (35, 36, 97), (199, 200, 99), (0, 0, 100), (1, 3, 33)]
)
def test_a_percentage_is_rounded_down(part, whole, shown):
    assert percent(part, whole) == shown


def test_what_changed_is_the_level_the_comment_or_the_presence():
    before = {"a": Given("low", ""), "b": Given("low", "x"), "c": Given("low", ""), "d": Given("low", "")}
    after = {"a": Given("low", ""), "b": Given("low", "y"), "c": Given("high", ""), "e": Given("", "z")}
    assert changed_criteria(before, after) == ["b", "c", "d", "e"]
    assert changed_criteria(after, before) == ["b", "c", "d", "e"]
    assert changed_criteria({}, {}) == []


RANKS_OF_LEVELS = {"aside": None, "away": None, "low": 1, "high": 4}


@pytest.mark.parametrize(
    ("before", "after", "movement"),
    [
        (None, None, Movement.UNCHANGED),
        (Given("low", "x"), Given("low", "x"), Movement.UNCHANGED),
        (None, Given("", ""), Movement.UNCHANGED),
        (Given("low", ""), Given("high", ""), Movement.ROSE),
        (Given("high", ""), Given("low", "x"), Movement.FELL),
        (Given("low", ""), Given("aside", ""), Movement.MOVED),
        (Given("aside", ""), Given("high", ""), Movement.MOVED),
        (Given("aside", ""), Given("away", ""), Movement.MOVED),
        (Given("lost", ""), Given("high", ""), Movement.MOVED),
        (Given("low", ""), Given("low", "x"), Movement.COMMENTED),
        (Given("", "x"), Given("", "y"), Movement.COMMENTED),
        (None, Given("", "x"), Movement.COMMENTED),
        (None, Given("low", ""), Movement.APPEARED),
        (Given("", "x"), Given("low", "x"), Movement.APPEARED),
        (Given("low", ""), None, Movement.DISAPPEARED),
        (Given("low", "x"), Given("", "x"), Movement.DISAPPEARED),
    ],
)
def test_what_became_of_an_answer(before, after, movement):
    assert movement_of(before, after, RANKS_OF_LEVELS) is movement


def test_a_comparison_tells_each_criterion_of_either_side():
    before = {"b": Given("low", ""), "a": Given("low", "x")}
    after = {"c": Given("high", ""), "a": Given("high", "y")}
    found = compare_answers(before, after, RANKS_OF_LEVELS)
    assert [(one.criterion, one.movement, one.is_change, one.is_comment_changed) for one in found] == [
        ("a", Movement.ROSE, True, True),
        ("b", Movement.DISAPPEARED, True, False),
        ("c", Movement.APPEARED, True, False),
    ]
    assert compare_answers({}, {}, RANKS_OF_LEVELS) == []


# — Laws —

CODES = st.sampled_from("abcdefgh")
EXPECTATIONS = st.lists(
    st.builds(Expectation, CODES, st.booleans(), st.integers(1, 4), st.booleans()), max_size=8, unique_by=lambda e: e.criterion
)
RANKS = st.dictionaries(CODES, st.none() | st.integers(1, 4))


@given(EXPECTATIONS, RANKS, st.data())
def test_raising_one_level_never_takes_away_what_was_reached(expected, ranks, data):
    raisable = sorted(code for code, rank in ranks.items() if rank is not None)
    if not raisable:
        return
    code = data.draw(st.sampled_from(raisable))
    higher = {**ranks, code: data.draw(st.integers(ranks[code], 4))}
    assert set(gaps(expected, higher)) <= set(gaps(expected, ranks))
    assert not is_level_reached(expected, ranks) or is_level_reached(expected, higher)


@given(EXPECTATIONS, RANKS, CODES, st.none() | st.integers(1, 4))
def test_answering_one_more_criterion_never_takes_away_what_was_reached(expected, ranks, code, rank):
    if code not in ranks:
        assert set(gaps(expected, {**ranks, code: rank})) <= set(gaps(expected, ranks))


@given(EXPECTATIONS, RANKS)
def test_the_level_is_reached_exactly_when_every_obligation_misses_nothing(expected, ranks):
    assert is_level_reached(expected, ranks) is all(missing_ranks(e, ranks) == 0 for e in expected if e.obligation)
    assert set(gaps(expected, ranks)) <= set(criteria_below(expected, ranks))
    assert criteria_below(expected, ranks) == [e.criterion for e in expected if missing_ranks(e, ranks)]


@given(EXPECTATIONS, RANKS)
def test_what_is_missing_is_never_more_than_what_is_expected(expected, ranks):
    assert all(0 <= missing_ranks(e, ranks) <= e.rank for e in expected)


@given(EXPECTATIONS, RANKS)
def test_an_option_never_changes_the_outcome_of_what_is_fully_answered(expected, ranks):
    answered = {**dict.fromkeys((e.criterion for e in expected), 1), **ranks}
    assert outcome_of(expected, answered) is outcome_of([e for e in expected if e.obligation], answered)


@given(EXPECTATIONS, RANKS)
def test_an_outcome_is_known_exactly_when_all_that_is_asked_was_answered(expected, ranks):
    asked = [e.criterion for e in expected]
    assert (outcome_of(expected, ranks) is not Outcome.UNKNOWN) is is_complete(asked, ranks)
    assert (status_of(asked, [], ranks) == "done") is is_complete(asked, ranks)


@given(EXPECTATIONS, RANKS)
def test_a_lower_bar_is_never_harder(expected, ranks):
    lower = [Expectation(e.criterion, e.obligation, max(1, e.rank - 1), e.accepts_not_concerned) for e in expected]
    assert set(gaps(lower, ranks)) <= set(gaps(expected, ranks))


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_hundred_percent_means_all_of_it(part, whole):
    part = min(part, whole)
    assert (percent(part, whole) == 100) is (part == whole)
    assert 0 <= percent(part, whole) <= 100


LEVELS = st.sampled_from(["", "aside", "away", "low", "high"])
MIRROR = {
    Movement.ROSE: Movement.FELL,
    Movement.FELL: Movement.ROSE,
    Movement.APPEARED: Movement.DISAPPEARED,
    Movement.DISAPPEARED: Movement.APPEARED,
}
SETS = st.dictionaries(CODES, st.builds(Given, LEVELS, st.sampled_from(["", "x", "y"])))


@given(SETS, SETS)
def test_a_comparison_the_other_way_is_its_mirror_image(before, after):
    there, back = compare_answers(before, after, RANKS_OF_LEVELS), compare_answers(after, before, RANKS_OF_LEVELS)
    assert [(one.criterion, MIRROR.get(one.movement, one.movement), one.after, one.before) for one in there] == [
        (one.criterion, one.movement, one.before, one.after) for one in back
    ]
    assert {one.criterion for one in there} == before.keys() | after.keys()


@given(SETS)
def test_nothing_changes_compared_with_itself(answers):
    assert not any(one.is_change or one.is_comment_changed for one in compare_answers(answers, answers, RANKS_OF_LEVELS))


@given(SETS, SETS)
def test_a_comparison_finds_a_change_only_where_an_answer_differs(before, after):
    found = {one.criterion for one in compare_answers(before, after, RANKS_OF_LEVELS) if one.is_change}
    assert found <= set(changed_criteria(before, after))
    empty = Given("", "")
    assert found == {code for code in changed_criteria(before, after) if before.get(code, empty) != after.get(code, empty)}


GIVEN = st.dictionaries(CODES, st.builds(Given, st.sampled_from(["", "low", "high"]), st.sampled_from(["", "x"])))


@given(GIVEN, GIVEN)
def test_changes_are_the_same_both_ways_and_none_with_oneself(before, after):
    assert changed_criteria(before, after) == changed_criteria(after, before) == sorted(set(changed_criteria(before, after)))
    assert changed_criteria(before, before) == []
    assert (changed_criteria(before, after) == []) is (before == after)
