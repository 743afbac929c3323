"""What the dates of an edition give to the next: those of the criteria whose level is carried, as drafts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from convergence.assessments.actions import Left
from convergence.catalogue.actions import change_edition, enrol_product
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from convergence.content.schema import MapLine
from convergence.projections.actions import Plan, begin_projection, save_targets, validate_projection
from convergence.projections.models import Outlook, PlannedTarget, Projection, ProjectionValidation
from convergence.projections.queries import projection_sheet_of, questionnaires_projected
from convergence.projections.rules import Target, carried_targets, faults_of, merged_target
from foundation.core.quarter import Quarter
from foundation.core.verdict import Refused
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, answer, answered, begun, enrolled, product_at, validated
from tests.factories.editions import NEXT_INTEROPERABILITY, next_edition_at
from tests.factories.projections import planned, projected, projection

T = {text: Quarter.read(text) for text in ("2027-T1", "2027-T2", "2027-T3", "2028-T1")}
ASIDE = Target(not_applicable=True)


def line(old, new, relation, carries="level_and_comment"):
    return MapLine(old=old, new=new, relation=relation, carries=carries)


def dated(**quarters):
    ranks = {"low": 2, "medium": 3, "high": 4}
    return Target({ranks[level]: T[text] for level, text in quarters.items()})


# — The rule —


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (line(["a"], ["a"], "same"), {"a": dated(medium="2027-T1", high="2027-T3")}),
        (line(["a"], ["x", "y"], "split"), dict.fromkeys("xy", dated(medium="2027-T1", high="2027-T3"))),
        (line(["a"], ["x"], "changed", "comment"), {}),
        (line(["a"], ["x"], "changed", "nothing"), {}),
        (line(["a"], [], "gone", "nothing"), {}),
        (line(["aside"], ["x"], "changed"), {"x": ASIDE}),
        (line(["none"], ["x"], "changed"), {}),
        (line(["empty"], ["x"], "changed"), {}),
        (line(["a", "b"], ["x"], "merged"), {"x": dated(medium="2027-T2", high="2027-T3")}),
        (line(["a", "aside"], ["x"], "merged"), {"x": dated(medium="2027-T1", high="2027-T3")}),
    ],
)
def test_what_each_kind_of_line_carries(one, found):
    targets = {"a": dated(medium="2027-T1", high="2027-T3"), "b": dated(medium="2027-T2"), "aside": ASIDE, "empty": Target()}
    assert carried_targets([one], targets) == found


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        ([], Target()),
        ([Target(), ASIDE], ASIDE),
        ([dated(medium="2028-T1"), dated(high="2027-T1")], dated(medium="2028-T1", high="2028-T1")),
        ([dated(low="2027-T1"), dated(low="2027-T2", medium="2027-T3")], dated(low="2027-T2", medium="2027-T3")),
    ],
)
def test_criteria_made_one_are_reached_when_the_last_of_them_is(targets, found):
    assert merged_target(targets) == found


QUARTERS = st.integers(0, 12).map(lambda after: Quarter.read("2027-T1").after(after))
TARGETS = st.one_of(
    st.just(ASIDE),
    st.lists(QUARTERS, max_size=3).map(lambda found: Target(dict(zip((2, 3, 4), sorted(found), strict=False)))),
)


@for_all(st.lists(TARGETS, max_size=4))
def test_a_merged_target_holds_and_is_never_earlier_than_its_sources(targets):
    found = merged_target(targets)
    assert faults_of(found, None, T["2027-T1"]) == {}
    assert not (found.not_applicable and found.quarters)
    for rank, quarter in found.quarters.items():
        assert all(quarter >= target.quarters[rank] for target in targets if rank in target.quarters)


# — The move —


@pytest.fixture
def later(cast):
    return next_edition_at()


def furnished(cast, at):
    """« Interopérabilité » evaluated low, then dated: kept as it is, merged, and of a criterion whose level is not carried."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at, level="low", ILL_INT_10="high"), enrolment, cast.claire, at)
    held = projection(enrolment, INTEROPERABILITY, cast.claire, at)
    dates = {code: {"medium": "2029-T1"} for code in ("ILL-INT-01", "ILL-INT-02", "ILL-INT-03", "ILL-INT-04", "ILL-INT-05", "ILL-INT-09")}
    dates |= {"A08.1.1": {"high": "2029-T4"}, "ILL-INT-06": {"medium": "2029-T2"}, "ILL-INT-07": None}
    planned(held, enrolment, dates, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    return enrolment


def again(enrolment):
    return Enrolment.objects.select_related("subject").get(pk=enrolment.pk)


def test_the_dates_that_map_are_drafts_behind_an_evaluation_to_be_validated(cast, at, later):
    enrolment = furnished(cast, at)
    before = list(PlannedTarget.objects.order_by("pk").values()), list(ProjectionValidation.objects.values())
    change_edition(enrolment.subject, by=cast.claire, at=later)
    new = PlannedTarget.objects.filter(projection__questionnaire=NEXT_INTEROPERABILITY).order_by("criterion")
    assert [(one.criterion, one.quarters, one.not_applicable) for one in new] == [
        ("A08.1.1", {"high": "2029-T4"}, False),
        ("ILL-INT-01", {"medium": "2029-T1"}, False),
        ("ILL-INT-02", {"medium": "2029-T1"}, False),
        ("ILL-INT-07", {}, True),
        ("ILL-INT-12", {"medium": "2029-T2"}, False),
    ]
    assert {(one.version, one.saved_at, one.saved_by_id) for one in new} == {(1, later, cast.claire.pk)}
    old = PlannedTarget.objects.filter(projection__questionnaire=INTEROPERABILITY)
    assert (list(old.order_by("pk").values()), list(ProjectionValidation.objects.values())) == before
    told = Outlook.objects.get(enrolment=enrolment, questionnaire=NEXT_INTEROPERABILITY)
    assert (told.status, told.prospect, told.validated_at) == ("closed", "unknown", None)
    assert not Outlook.objects.filter(enrolment=enrolment, questionnaire=INTEROPERABILITY).exists()


def test_dates_planned_in_the_new_edition_are_never_overwritten(cast, at, later):
    enrolment = furnished(cast, at)
    Projection.objects.create(subject=enrolment.subject, questionnaire=NEXT_INTEROPERABILITY, begun_at=later, begun_by=cast.claire)
    held = Projection.objects.get(questionnaire=NEXT_INTEROPERABILITY)
    PlannedTarget.objects.create(projection=held, criterion="A08.1.1", quarters={"high": "2031-T1"}, saved_at=later, saved_by=cast.claire)
    change_edition(enrolment.subject, by=cast.claire, at=later)
    assert PlannedTarget.objects.get(projection=held, criterion="A08.1.1").quarters == {"high": "2031-T1"}
    assert PlannedTarget.objects.filter(projection=held).count() == 5


def test_nothing_planned_begins_nothing(cast, at, later):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    answer(begun(enrolment, INTEROPERABILITY, cast.claire, at), {"ILL-INT-04": "low"}, cast.claire, at)
    change_edition(enrolment.subject, by=cast.claire, at=later)
    assert not Projection.objects.exists()


def test_only_dates_that_do_not_map_begin_nothing(cast, at, later):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at, level="low"), enrolment, cast.claire, at)
    planned(projection(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, {"ILL-INT-05": {"medium": "2029-T1"}}, cast.claire, at)
    change_edition(enrolment.subject, by=cast.claire, at=later)
    assert list(Projection.objects.values_list("questionnaire", flat=True)) == [INTEROPERABILITY]


def test_the_projection_left_is_read_and_changed_no_more(cast, at, later):
    enrolment = furnished(cast, at)
    held = Projection.objects.get(questionnaire=INTEROPERABILITY)
    change_edition(enrolment.subject, by=cast.claire, at=later)
    for act in (
        lambda: save_targets(held, enrolment, {"ILL-INT-01": Plan({"medium": "2030-T1"}, False, 1)}, by=cast.claire, at=later),
        lambda: validate_projection(held, enrolment, by=cast.claire, at=later),
    ):
        with pytest.raises(Left):
            act()
    with pytest.raises(Refused):
        begin_projection(enrolment, INTEROPERABILITY, by=cast.claire, at=later)
    assert projection_sheet_of(again(enrolment), INTEROPERABILITY, at=later) is None
    read = projection_sheet_of(again(enrolment), INTEROPERABILITY, at=later, validated=True)
    assert (read.is_left, read.procedure.edition, len(read.validations), read.prospects[0].here) == (True, "2023", 1, True)
    assert questionnaires_projected(enrolment.subject, [INTEROPERABILITY, NEXT_INTEROPERABILITY]) == {INTEROPERABILITY}


def test_a_product_that_joins_the_new_edition_first_meets_its_dates_when_it_moves(cast, at, later):
    enrolment = furnished(cast, at)
    enrol_product(enrolment.subject, library().procedure("mes-sans-echange-2027"), by=cast.claire, at=later)
    change_edition(enrolment.subject, by=cast.claire, at=later + timedelta(days=1))
    assert PlannedTarget.objects.filter(projection__questionnaire=NEXT_INTEROPERABILITY).count() == 5
