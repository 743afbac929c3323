"""What the answers of an edition give to the next: as drafts, never over what was begun there, and the old one left as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given as for_all
from hypothesis import strategies as st

from convergence.assessments.actions import (
    Change,
    Left,
    begin_assessment,
    request_validation,
    save_answers,
    validate_assessment,
)
from convergence.assessments.carrying import carried_to
from convergence.assessments.editions import change_of_editions, questionnaires_left
from convergence.assessments.models import Answer, Assessment, Standing, Validation, ValidationRequest
from convergence.assessments.queries import has_left, results_of, sheet_of
from convergence.assessments.rules import LONGEST_COMMENT, Given, carried_answers, joined_comments, lowest_level
from convergence.catalogue.actions import change_edition, enrol_product, grant_rights, requalify_product
from convergence.catalogue.models import Enrolment
from convergence.catalogue.queries import edition_moves, enrolments_of
from convergence.content.library import library
from convergence.content.schema import Carries, MapLine, Relation
from convergence.projections.models import Outlook
from foundation.core.verdict import Refused
from foundation.journal import action
from foundation.journal.models import Entry
from ops.demo import LISTED, NOT_LISTED
from tests.factories.catalogue import (
    ARCHITECTURE,
    ETHICS,
    GDPR,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    again,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.factories.editions import NEXT_INTEROPERABILITY, asking, bring_forward, next_edition_at
from tests.race import Meanwhile, race
from tests.refusals import refused
from tests.truth import published_bodies, standings_that_are, standings_that_should_be

RANKS = {"not_concerned": None, "very_low": 1, "low": 2, "medium": 3, "high": 4}
LEVELS = ("", *RANKS)
CARRYING = ("level_and_comment", "comment", "nothing")


def line(old, new, relation, carries="level_and_comment"):
    return MapLine(old=old, new=new, relation=relation, carries=carries)


# — The rule —


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (line(["a"], ["a"], "same"), {"a": Given("medium", "oui")}),
        (line(["a"], ["x"], "same"), {"x": Given("medium", "oui")}),
        (line(["a"], ["a"], "changed"), {"a": Given("medium", "oui")}),
        (line(["a"], ["a"], "changed", "comment"), {"a": Given("", "oui")}),
        (line(["a"], ["a"], "changed", "nothing"), {}),
        (line(["a"], ["x", "y"], "split"), {"x": Given("medium", "oui"), "y": Given("medium", "oui")}),
        (line(["a"], ["x", "y"], "split", "comment"), {"x": Given("", "oui"), "y": Given("", "oui")}),
        (line(["a", "b"], ["x"], "merged"), {"x": Given("low", "oui\n\nnon")}),
        (line(["a", "b"], ["x"], "merged", "comment"), {"x": Given("", "oui\n\nnon")}),
        (line(["a", "none"], ["x"], "merged"), {"x": Given("", "oui")}),
        (line(["a", "aside"], ["x"], "merged"), {"x": Given("medium", "oui")}),
        (line(["none"], ["x"], "same"), {}),
        (line(["none", "empty"], ["x"], "merged"), {}),
        (line(["a"], [], "gone", "nothing"), {}),
        (line([], ["x"], "new", "nothing"), {}),
    ],
)
def test_what_each_kind_of_line_carries(one, found):
    given = {"a": Given("medium", "oui"), "b": Given("low", "non"), "aside": Given("not_concerned", ""), "empty": Given("", "")}
    assert carried_answers([one], given, RANKS) == found


@pytest.mark.parametrize(
    ("levels", "lowest"),
    [
        (["high", "low", "medium"], "low"),
        (["not_concerned", "high"], "high"),
        (["not_concerned", "not_concerned"], "not_concerned"),
        (["high", ""], ""),
        (["medium"], "medium"),
    ],
)
def test_criteria_made_one_take_the_lowest_level_given(levels, lowest):
    assert lowest_level(levels, RANKS) == lowest


def test_comments_follow_one_another_each_once_and_never_too_long():
    assert joined_comments(["un", "", "deux", "un"]) == "un\n\ndeux"
    long = joined_comments(["a" * LONGEST_COMMENT, "b"])
    assert len(long) == LONGEST_COMMENT
    assert long.endswith("a…")


@st.composite
def lines_and_answers(draw):
    """A map in which each criterion is named once, and answers to some of its old criteria."""
    lines, given = [], {}
    for rank, relation in enumerate(draw(st.lists(st.sampled_from(list(Relation)), max_size=6))):
        many = draw(st.integers(2, 3))
        counts = {"same": (1, 1), "changed": (1, 1), "split": (1, many), "merged": (many, 1), "gone": (many, 0), "new": (0, many)}[relation]
        old, new = ([f"{side}{rank}.{place}" for place in range(count)] for side, count in zip("on", counts, strict=True))
        carries = (
            "level_and_comment" if relation == "same" else "nothing" if relation in ("gone", "new") else draw(st.sampled_from(CARRYING))
        )
        lines.append(line(old, new, relation, carries))
        for code in old:
            if draw(st.booleans()):
                given[code] = Given(draw(st.sampled_from(LEVELS)), draw(st.sampled_from(["", "oui", "non"])))
    return lines, given


@for_all(lines_and_answers())
def test_nothing_is_carried_that_was_not_said(case):
    lines, given = case
    found = carried_answers(lines, given, RANKS)
    named = {code: one for one in lines for code in one.new}
    assert set(found) <= set(named)
    for code, one in named.items():
        sources = [given.get(source, Given("", "")) for source in one.old]
        carried = found.get(code, Given("", ""))
        assert code not in found or carried != Given("", "")
        if one.carries is Carries.NOTHING:
            assert code not in found
            continue
        assert carried.comment == "\n\n".join(dict.fromkeys(source.comment for source in sources if source.comment))
        if carried.level:
            assert one.carries is Carries.LEVEL_AND_COMMENT
            assert carried.level in {source.level for source in sources}
            held = [RANKS[source.level] for source in sources if RANKS[source.level] is not None]
            assert all(RANKS[carried.level] <= rank for rank in held) if held else RANKS[carried.level] is None
        else:
            assert one.carries is Carries.COMMENT or any(not source.level for source in sources)


def test_the_real_map_carries_what_it_says(shelf):
    given = {criterion.code: Given("medium", f"sur {criterion.code}") for _, criterion in shelf.criteria(INTEROPERABILITY)}
    given["ILL-INT-06"] = Given("low", "annuaire à revoir")
    found = carried_to(shelf, INTEROPERABILITY, NEXT_INTEROPERABILITY, given)
    assert found["A08.1.1"] == given["A08.1.1"]
    assert found["ILL-INT-12"] == Given("low", "sur ILL-INT-03\n\nannuaire à revoir")
    assert found["ILL-INT-04"] == Given("", "sur ILL-INT-04")
    assert found["ILL-INT-13"] == found["ILL-INT-14"] == Given("", "sur ILL-INT-05")
    assert set(found).isdisjoint({"ILL-INT-08", "ILL-INT-09", "ILL-INT-15", "ILL-INT-16"})
    assert carried_to(shelf, NEXT_INTEROPERABILITY, INTEROPERABILITY, given) == {}


# — The move —


@pytest.fixture
def later(cast):
    return next_edition_at()


def furnished(cast, at):
    """A product in two procedures: « Interopérabilité » validated then changed, « Urbanisation » begun."""
    product = product_at("active", cast.claire, at)
    socles = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    assessment = answered(socles, INTEROPERABILITY, cast.claire, at, level="medium")
    validated(assessment, socles, cast.claire, at)
    answer(assessment, {"A08.1.1": "high"}, cast.claire, at, comment="mieux depuis l'été")
    answer(begun(socles, ARCHITECTURE, cast.claire, at), {"ILL-URB-02": "low"}, cast.claire, at)
    return product


def followed(product, code=SOCLES):
    return Enrolment.objects.select_related("subject").get(subject=product, code=code)


def drafts(product, questionnaire=NEXT_INTEROPERABILITY):
    rows = Answer.objects.filter(assessment__subject=product, assessment__questionnaire=questionnaire)
    return {one.criterion: one for one in rows}


def test_the_answers_that_map_are_drafts_of_the_new_edition(cast, at, later):
    product = furnished(cast, at)
    change_edition(product, by=cast.claire, at=later)
    found = drafts(product)
    assert {code: (one.level, one.comment) for code, one in found.items()} == {
        "A08.1.1": ("high", "mieux depuis l'été"),
        **dict.fromkeys(("ILL-INT-01", "ILL-INT-02", "ILL-INT-12", "ILL-INT-07", "ILL-INT-10"), ("medium", "")),
    }
    assert {(one.version, one.saved_at, one.saved_by_id, one.carried_from) for one in found.values()} == {
        (1, later, cast.claire.pk, INTEROPERABILITY)
    }
    assessment = Assessment.objects.get(subject=product, questionnaire=NEXT_INTEROPERABILITY)
    assert (assessment.begun_at, assessment.begun_by) == (later, cast.claire)
    assert not Validation.objects.filter(assessment=assessment).exists()


def test_what_was_answered_and_validated_before_is_left_as_it_was(cast, at, later):
    product = furnished(cast, at)
    tables = (Answer, Assessment, Validation)
    before = [list(table._default_manager.order_by("pk").values()) for table in tables]
    change_edition(product, by=cast.claire, at=later)
    kept = [{row["id"] for row in rows} for rows in before]
    assert [list(t._default_manager.filter(pk__in=pks).order_by("pk").values()) for t, pks in zip(tables, kept, strict=True)] == before


def test_the_standings_are_those_of_the_new_edition(cast, at, later):
    product = furnished(cast, at)
    change_edition(product, by=cast.claire, at=later)
    assert standings_that_are(product) == standings_that_should_be(product, published_bodies())
    rows = Standing.objects.filter(enrolment=followed(product)).values_list("questionnaire", "order", "status", "answered", "asked")
    assert list(rows) == [
        (NEXT_INTEROPERABILITY, 0, "in_progress", 6, 12),
        (ARCHITECTURE, 1, "in_progress", 1, 6),
        (SECURITY, 2, "to_complete", 0, 36),
    ]
    assert set(Outlook.objects.filter(enrolment__subject=product).values_list("questionnaire", flat=True)) == {
        NEXT_INTEROPERABILITY, ARCHITECTURE, SECURITY,
    }  # fmt: skip


def test_one_set_of_answers_serves_both_procedures_after_the_move(cast, at, later):
    product = furnished(cast, at)
    change_edition(product, by=cast.claire, at=later)
    for code in (SOCLES, WITHOUT_EXCHANGE):
        assert sheet_of(followed(product, code), NEXT_INTEROPERABILITY).answers["A08.1.1"].level == "high"
    assert Assessment.objects.filter(subject=product, questionnaire=NEXT_INTEROPERABILITY).count() == 1


def test_a_draft_begun_in_the_new_edition_is_never_overwritten(cast, at, later):
    product = furnished(cast, at)
    enrol_product(product, library().procedure("mes-avec-echange-2027"), by=cast.claire, at=later)
    ahead = followed(product, "mes-avec-echange")
    begin_assessment(ahead, NEXT_INTEROPERABILITY, by=cast.claire, at=later)
    assessment = Assessment.objects.get(subject=product, questionnaire=NEXT_INTEROPERABILITY)
    typed = {"A08.1.1": Change("low", "tapé ici", 0), "ILL-INT-02": Change("", "à voir", 0)}
    save_answers(assessment, typed, by=cast.claire, at=later)
    change_edition(product, by=cast.claire, at=later + timedelta(days=1))
    found = drafts(product)
    assert (found["A08.1.1"].level, found["A08.1.1"].comment, found["A08.1.1"].carried_from) == ("low", "tapé ici", "")
    assert (found["ILL-INT-02"].level, found["ILL-INT-02"].comment) == ("", "à voir")
    assert (found["ILL-INT-01"].level, found["ILL-INT-01"].carried_from) == ("medium", INTEROPERABILITY)
    assert standings_that_are(product) == standings_that_should_be(product, published_bodies())


def test_answers_hidden_by_the_qualification_are_carried_too(cast, at, later):

    product = furnished(cast, at)
    requalify_product(product, dict(NOT_LISTED), by=cast.claire, at=at)
    change_edition(product, by=cast.claire, at=later)
    assert drafts(product)["ILL-INT-10"].level == "medium"
    requalify_product(again(product), dict(LISTED), by=cast.claire, at=later)
    assert standings_that_are(product)[SOCLES, NEXT_INTEROPERABILITY]["answered"] == 6


def test_nothing_begun_begins_nothing(cast, at, later):
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    change_edition(product, by=cast.claire, at=later)
    assert not Assessment.objects.exists()
    begin_assessment(enrolment, NEXT_INTEROPERABILITY, by=cast.claire, at=later)  # read again under its lock
    other = product_at("active", cast.claire, at, name="Autre")
    begun(enrolled(other, SOCLES, cast.claire, at), INTEROPERABILITY, cast.claire, at)
    change_edition(other, by=cast.claire, at=later)
    assert not Assessment.objects.filter(subject=other, questionnaire=NEXT_INTEROPERABILITY).exists()


def test_a_carried_answer_is_so_until_it_is_saved_or_validated(cast, at, later):
    product = furnished(cast, at)
    change_edition(product, by=cast.claire, at=later)
    enrolment = followed(product)
    assert sheet_of(enrolment, NEXT_INTEROPERABILITY).carried == [
        "A08.1.1",
        "ILL-INT-01",
        "ILL-INT-02",
        "ILL-INT-12",
        "ILL-INT-07",
        "ILL-INT-10",
    ]
    assessment = Assessment.objects.get(subject=product, questionnaire=NEXT_INTEROPERABILITY)
    save_answers(assessment, {"A08.1.1": Change("medium", "", 1)}, by=cast.claire, at=later)
    assert "A08.1.1" not in sheet_of(enrolment, NEXT_INTEROPERABILITY).carried
    rest = {code: Change("low", "", 0) for code in sheet_of(enrolment, NEXT_INTEROPERABILITY).asked if code not in drafts(product)}
    save_answers(assessment, rest, by=cast.claire, at=later)
    validate_assessment(assessment, enrolment, by=cast.claire, at=later)
    assert sheet_of(enrolment, NEXT_INTEROPERABILITY).carried == []


def test_what_was_left_is_read_with_its_edition_from_both_procedures(cast, at, later):
    product = furnished(cast, at)
    before = results_of(followed(product), INTEROPERABILITY)
    change_edition(product, by=cast.claire, at=later)
    for code, edition in ((SOCLES, "2023"), (WITHOUT_EXCHANGE, "2026")):
        found = results_of(followed(product, code), INTEROPERABILITY)
        assert found.is_left
        assert (found.procedure.edition, found.questionnaire.key, found.validation.number) == (edition, INTEROPERABILITY, 1)
        assert {verdict.procedure.key for verdict in found.verdicts} == {"evaluation-socles-2023", "mes-sans-echange-2026"}
    assert [row.given for row in results_of(followed(product), INTEROPERABILITY).rows] == [row.given for row in before.rows]
    assert has_left(followed(product), INTEROPERABILITY)
    assert not has_left(followed(product), NEXT_INTEROPERABILITY)
    assert not has_left(followed(product), "unknown-1")
    assert not results_of(followed(product), ARCHITECTURE) or not results_of(followed(product), ARCHITECTURE).is_left


def test_a_questionnaire_left_is_answered_validated_and_asked_for_no_more(cast, at, later):
    product = furnished(cast, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    stale = followed(product)
    assessment = Assessment.objects.get(subject=product, questionnaire=INTEROPERABILITY)
    change_edition(product, by=cast.claire, at=later)
    with refused("Ce questionnaire n'est plus celui de ce produit", code="left", status=409):
        save_answers(assessment, {"A08.1.1": Change("low", "", 2)}, by=cast.claire, at=later)
    with refused("Ce questionnaire n'est plus celui de ce produit", code="left", status=409):
        validate_assessment(assessment, stale, by=cast.claire, at=later)
    with refused("Ce questionnaire n'est plus celui de ce produit", code="left", status=409):
        request_validation(assessment, stale, by=cast.karim, at=later)


def test_a_validation_asked_for_in_the_edition_left_is_withdrawn(cast, at, later):
    product = furnished(cast, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assessment = Assessment.objects.get(subject=product, questionnaire=INTEROPERABILITY)
    request_validation(assessment, followed(product), by=cast.karim, at=at)
    change_edition(product, by=cast.claire, at=later)
    request = ValidationRequest.objects.get()
    assert (request.state, request.settled_at, request.settled_by) == ("withdrawn", later, cast.claire)


def test_questionnaires_may_come_and_go_with_an_edition(cast, at, packs):
    """« Urbanisation » and « Sécurité » are dropped, « Téléconsultation » is added: what was answered is kept, and read."""
    product = furnished(cast, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    security = answered(followed(product), SECURITY, cast.claire, at)
    request_validation(security, followed(product), by=cast.karim, at=at)
    request_validation(Assessment.objects.get(subject=product, questionnaire=INTEROPERABILITY), followed(product), by=cast.karim, at=at)
    reduced = [
        asking(one, "teleconsultation-2023") if one.piece.key in ("evaluation-socles-2027", "mes-sans-echange-2027") else one
        for one in packs
    ]
    bring_forward(reduced, at)
    at += timedelta(days=4)
    moves, _ = edition_moves([followed(product).procedure, followed(product, WITHOUT_EXCHANGE).procedure], "product", at.date())
    change = change_of_editions(product, moves)
    assert [one.new.key for one in change.comparisons] == [NEXT_INTEROPERABILITY]
    assert [piece.key for piece in change.added] == ["teleconsultation-2023"]
    assert [piece.key for piece in change.dropped] == [ARCHITECTURE, SECURITY, ETHICS, GDPR]
    assert [piece.key for piece in change.awaited] == [SECURITY, INTEROPERABILITY]
    assert not change.is_empty
    change_edition(product, by=cast.claire, at=at)
    assert standings_that_are(product) == standings_that_should_be(product, published_bodies())
    assert set(ValidationRequest.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Answer.objects.filter(assessment=security).count() == 36
    assert results_of(followed(product), SECURITY).is_left
    enrolments = enrolments_of(product)
    assert [one.questionnaire.key for one in questionnaires_left(product, enrolments)] == [INTEROPERABILITY, ARCHITECTURE, SECURITY]
    assert {one.procedure.key for one in questionnaires_left(product, enrolments)} == {"evaluation-socles-2023"}


def test_the_cost_does_not_grow_with_the_answers(cast, at, later):
    counts = []
    for rank, share in enumerate((1, 11)):
        product = product_at("active", cast.claire, at, name=f"Produit {rank}")
        enrolment = enrolled(product, SOCLES, cast.claire, at)
        asked = sheet_of(enrolment, INTEROPERABILITY).asked[:share]
        answer(begun(enrolment, INTEROPERABILITY, cast.claire, at), dict.fromkeys(asked, "medium"), cast.claire, at)
        with CaptureQueriesContext(connection) as captured:
            change_edition(product, by=cast.claire, at=later)
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_all_or_nothing(cast, at, later, monkeypatch):
    def fails(event):
        raise Refused("Rien ne va plus.")

    product = furnished(cast, at)
    kind = next(kind for kind in action.at_once if kind.__name__ == "EditionChanged")
    monkeypatch.setitem(action.at_once, kind, (*action.at_once[kind], fails))
    before = Assessment.objects.count(), Answer.objects.count(), Entry.objects.count(), standings_that_are(product)
    with pytest.raises(Refused):
        change_edition(product, by=cast.claire, at=later)
    assert (Assessment.objects.count(), Answer.objects.count(), Entry.objects.count(), standings_that_are(product)) == before
    assert followed(product).procedure == "evaluation-socles-2023"


def test_an_answer_saved_during_the_move_waits_then_is_told_that_the_edition_was_left(committed_db, cast, at, later, monkeypatch):
    product = product_at("active", cast.claire, at)
    assessment = answered(enrolled(product, SOCLES, cast.claire, at), INTEROPERABILITY, cast.claire, at)
    kind = next(kind for kind in action.at_once if kind.__name__ == "EditionChanged")
    saving = []

    def save_meanwhile(event):
        saving.append(Meanwhile(lambda: save_answers(assessment, {"A08.1.1": Change("high", "", 1)}, by=cast.claire, at=later)))
        saving[0].wait_until_blocked()

    monkeypatch.setitem(action.at_once, kind, (save_meanwhile, *action.at_once[kind]))
    change_edition(product, by=cast.claire, at=later)
    assert isinstance(saving[0].outcome(), Left)
    assert Answer.objects.get(assessment=assessment, criterion="A08.1.1").level == "medium"


@pytest.mark.slow  # five real races, each on two connections
def test_a_save_and_a_move_at_once_never_lose_the_answer_between_them(committed_db, cast, at, later):
    """Either the save came first and was carried, or it came second and was refused: never kept where nobody looks."""
    for rank in range(5):
        product = product_at("active", cast.claire, at, name=f"Produit {rank}")
        assessment = answered(enrolled(product, SOCLES, cast.claire, at), INTEROPERABILITY, cast.claire, at)
        saved, moved = race(
            lambda assessment=assessment: save_answers(assessment, {"A08.1.1": Change("high", "", 1)}, by=cast.claire, at=later),
            lambda product=product: change_edition(product, by=cast.claire, at=later),
        )
        assert moved.questionnaires == {INTEROPERABILITY: NEXT_INTEROPERABILITY}
        expected = "medium" if isinstance(saved, Left) else "high"
        assert drafts(product)["A08.1.1"].level == expected
        assert Answer.objects.get(assessment=assessment, criterion="A08.1.1").level == expected
