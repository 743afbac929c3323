"""When does a piece of content apply? Truth tables, and the laws of logic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from convergence.content.conditions import Condition, Facts, applies
from tests.truth import truth


def condition(**written):
    return Condition.model_validate(written)


def holds(written, **facts):
    return Condition.model_validate(written).holds(Facts(**facts))


YES, NO = {"all": []}, {"any": []}


@pytest.mark.parametrize(("answer", "expected"), [("consumes", True), ("both", True), ("none", False), ("", False), (None, False)])
def test_a_question_holds_for_the_answers_it_names_and_never_unanswered(answer, expected):
    given_answers = {} if answer is None else {"mes_exchange": answer}
    assert holds({"question": "mes_exchange", "in": ["consumes", "both"]}, qualification=given_answers) is expected


def test_the_negation_of_an_unanswered_question_holds():
    assert holds({"not": {"question": "mes_exchange", "in": ["none"]}})


@pytest.mark.parametrize(("answer", "expected"), [("external", True), ("internal", False), (None, False)])
def test_a_field_is_read_in_the_form_and_not_in_the_qualification(answer, expected):
    form = {} if answer is None else {"hosting": answer}
    assert holds({"field": "hosting", "in": ["external"]}, form=form, qualification={"hosting": "external"}) is expected


@pytest.mark.parametrize(("profiles", "expected"), [({"pro"}, True), ({"pro", "ins"}, True), ({"ins"}, False), (set(), False)])
def test_a_profile_holds_when_it_was_chosen(profiles, expected):
    assert holds({"profile": "pro"}, profiles=frozenset(profiles)) is expected


@pytest.mark.parametrize(("subject", "expected"), [("product", True), ("global_strategy", False), ("", False)])
def test_a_subject_holds_for_its_kind(subject, expected):
    assert holds({"subject": "product"}, subject=subject) is expected


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(YES, YES, True, True), (YES, NO, False, True), (NO, YES, False, True), (NO, NO, False, False)],
)
def test_all_and_any_follow_their_truth_table(left, right, both, either):
    assert holds({"all": [left, right]}) is both
    assert holds({"any": [left, right]}) is either
    assert holds({"not": {"all": [left, right]}}) is not both
    assert holds({"not": {"any": [left, right]}}) is not either


def test_all_of_nothing_is_true_and_any_of_nothing_is_false():
    assert holds(YES)
    assert not holds(NO)


def test_no_condition_means_always():
    assert applies(None, Facts())
    assert not applies(condition(profile="pro"), Facts())


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"profile": "pro", "subject": "product"},
        {"all": [], "any": []},
        {"question": "q"},
        {"field": "f"},
        {"question": "q", "in": []},
        {"profile": "pro", "in": ["x"]},
        {"in": ["x"]},
        {"question": "q", "is": "x"},
        {"not": [{"profile": "pro"}]},
        {"all": {"profile": "pro"}},
        {"question": "q", "in": "abc"},
        {"question": 3, "in": ["x"]},
    ],
)
def test_what_is_not_exactly_one_well_formed_operator_is_refused(written):
    with pytest.raises(ValidationError):
        Condition.model_validate(written)


def test_leaves_are_every_fact_named_in_reading_order():
    tree = condition(
        all=[
            {"question": "a", "in": ["x"]},
            {"any": [{"not": {"profile": "b"}}, {"field": "c", "in": ["y"]}]},
            {"subject": "product"},
        ]
    )
    assert [leaf.question or leaf.profile or leaf.field or leaf.subject for leaf in tree.leaves()] == ["a", "b", "c", "product"]


NAMES, CHOICES = st.sampled_from("abc"), st.sampled_from("xyz")
LEAVES = st.one_of(
    st.builds(lambda name, values: {"question": name, "in": values}, NAMES, st.lists(CHOICES, min_size=1, max_size=3)),
    st.builds(lambda name, values: {"field": name, "in": values}, NAMES, st.lists(CHOICES, min_size=1, max_size=3)),
    st.builds(lambda name: {"profile": name}, NAMES),
    st.sampled_from([{"subject": "product"}, {"subject": "global_strategy"}]),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda child: st.one_of(
        st.lists(child, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(child, max_size=3).map(lambda parts: {"any": parts}),
        child.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)
FACTS = st.builds(
    Facts,
    qualification=st.dictionaries(NAMES, CHOICES),
    form=st.dictionaries(NAMES, CHOICES),
    profiles=st.frozensets(NAMES),
    subject=st.sampled_from(["", "product", "global_strategy"]),
)


@given(CONDITIONS, FACTS)
def test_any_condition_means_what_an_independent_reading_says(written, facts):
    assert Condition.model_validate(written).holds(facts) is truth(written, facts)


@given(st.lists(CONDITIONS, max_size=4), FACTS)
def test_de_morgan(parts, facts):
    negated = [{"not": part} for part in parts]
    assert Condition.model_validate({"not": {"all": parts}}).holds(facts) is Condition.model_validate({"any": negated}).holds(facts)
    assert Condition.model_validate({"not": {"any": parts}}).holds(facts) is Condition.model_validate({"all": negated}).holds(facts)


@given(CONDITIONS, FACTS)
def test_a_double_negation_and_a_group_of_one_change_nothing(written, facts):
    expected = Condition.model_validate(written).holds(facts)
    for same in ({"not": {"not": written}}, {"all": [written]}, {"any": [written]}, {"any": [written, NO]}, {"all": [written, YES]}):
        assert Condition.model_validate(same).holds(facts) is expected


@given(CONDITIONS, FACTS)
def test_a_condition_published_and_read_again_is_the_same(written, facts):
    original = Condition.model_validate(written)
    stored = Condition.model_validate(original.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    assert stored == original
    assert stored.holds(facts) is original.holds(facts)
