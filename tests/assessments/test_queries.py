"""What do the company's lists show? The right rows, in the order asked for, for the same number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergence.assessments.listings import SORTS, followed_procedures, pending_questionnaires
from convergence.assessments.queries import changes_of_criteria, results_of, shared_questionnaires_of, sheet_of
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.queries import enrolment_of
from foundation.accounts.models import Person
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.factories.catalogue import (
    ARCHITECTURE,
    ETHICS,
    GDPR,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answer,
    answered,
    begun,
    enrolled,
    followed_products,
    product_at,
    validated,
)


def shown(person, **wanted):
    """(reference, procedure) of each line, and how many there are in all."""
    lines, total = followed_procedures(person, **wanted)
    return [(line.reference, line.procedure.code) for line in lines], total


@pytest.fixture
def three(cast, at):
    """Three products of Aubépine: one done, one begun in two procedures, one untouched; and one of Borée."""
    done, begun_one, untouched = (
        product_at("active", cast.claire, at, name=name, version=version)
        for name, version in (("Œuvre Évaluée", "1.0"), ("Agenda", "3.0"), ("Borne d'accueil", "2.0"))
    )
    first = enrolled(done, SOCLES, cast.claire, at)
    for questionnaire in (INTEROPERABILITY, ARCHITECTURE, SECURITY):
        validated(answered(first, questionnaire, cast.claire, at), first, cast.claire, at)
    second = enrolled(begun_one, WITHOUT_EXCHANGE, cast.claire, at)
    enrolled(begun_one, SOCLES, cast.claire, at)
    answer(begun(second, ARCHITECTURE, cast.claire, at), {"ILL-URB-01": "low"}, cast.claire, at + timedelta(hours=1))
    enrolled(untouched, SOCLES, cast.claire, at)
    enrolled(product_at("active", cast.zoe, at, name="Borée Dossier"), SOCLES, cast.zoe, at)
    return done, begun_one, untouched


# — Vos démarches —


def test_a_line_says_where_each_procedure_stands(cast, at, three):
    done, begun_one, untouched = three
    lines, total = followed_procedures(cast.claire)
    told = {(line.reference, line.procedure.code): (line.done, line.total, line.status_word, line.is_yours) for line in lines}
    assert total == 4
    assert told == {
        (done.reference, SOCLES): (3, 3, "Terminé", False),
        (begun_one.reference, SOCLES): (0, 3, "En cours", True),
        (begun_one.reference, WITHOUT_EXCHANGE): (0, 5, "En cours", True),
        (untouched.reference, SOCLES): (0, 3, "À compléter", True),
    }
    activity = {line.reference: line.last_activity for line in lines}
    assert activity == {done.reference: at, begun_one.reference: at + timedelta(hours=1), untouched.reference: None}
    assert {(line.name, line.version, line.track.code) for line in lines if line.reference == done.reference} == {
        ("Œuvre Évaluée", "1.0", "doctrine")
    }


ORDERS = {
    "reference": ["Œuvre Évaluée", "Agenda", "Agenda", "Borne d'accueil"],
    "-reference": ["Borne d'accueil", "Agenda", "Agenda", "Œuvre Évaluée"],
    "version": ["Œuvre Évaluée", "Borne d'accueil", "Agenda", "Agenda"],
    "-version": ["Agenda", "Agenda", "Borne d'accueil", "Œuvre Évaluée"],
    "status": ["Borne d'accueil", "Agenda", "Agenda", "Œuvre Évaluée"],
    "-status": ["Œuvre Évaluée", "Agenda", "Agenda", "Borne d'accueil"],
}


def test_lines_come_in_the_order_asked_for(cast, three):
    assert {sort: [line.name for line in followed_procedures(cast.claire, sort=sort)[0]] for sort in ORDERS} == ORDERS


def test_each_sort_runs_both_ways_and_shows_the_same_lines(cast, three):
    everything = sorted(shown(cast.claire)[0])
    for sort in SORTS:
        assert sorted(shown(cast.claire, sort=sort)[0]) == sorted(shown(cast.claire, sort=f"-{sort}")[0]) == everything


def test_the_track_and_the_questionnaires_done_are_sorted_too(cast, three):
    by_track = [line.track.code for line in followed_procedures(cast.claire, sort="track")[0]]
    assert by_track == sorted(by_track)
    by_done = [line.done for line in followed_procedures(cast.claire, sort="-questionnaires")[0]]
    assert by_done == [3, 0, 0, 0]
    by_procedure = [line.procedure.code for line in followed_procedures(cast.claire, sort="procedure")[0]]
    assert by_procedure == sorted(by_procedure)


def test_an_unknown_sort_is_the_usual_one(cast, three):
    for sort in ("", "nope", "reference; DROP TABLE assessments_standing", "name"):
        assert shown(cast.claire, sort=sort) == shown(cast.claire, sort="reference"), sort
        assert shown(cast.claire, sort=f"-{sort}") == shown(cast.claire, sort="-reference"), sort


FOUND = {
    "": 4,
    "evaluee": 1,
    "ŒUVRE évaluée": 1,
    "agenda": 2,
    "agenda échange": 1,
    "mon espace santé": 1,
    "doctrine": 3,
    "doctrine agenda": 1,
    "2.0": 1,
    "borée": 0,
    "absent": 0,
    "%": 0,
    "'; DROP TABLE assessments_standing; --": 0,
}


def test_lines_are_found_by_product_procedure_or_track(cast, three):
    found = {words: shown(cast.claire, words=words) for words in FOUND}
    assert {words: total for words, (_, total) in found.items()} == FOUND
    assert all(len(lines) == total for lines, total in found.values())


def test_a_line_is_found_by_the_reference_of_its_product(cast, three):
    assert shown(cast.claire, words=str(three[2].reference)) == ([(three[2].reference, SOCLES)], 1)


def test_lines_are_narrowed_to_a_procedure_a_product_or_a_company(cast, three):
    done, begun_one, _ = three
    assert shown(cast.claire, code=WITHOUT_EXCHANGE) == ([(begun_one.reference, WITHOUT_EXCHANGE)], 1)
    assert shown(cast.claire, subject=done) == ([(done.reference, SOCLES)], 1)
    assert shown(cast.claire, company=cast.aubepine)[1] == 4
    assert shown(cast.claire, company=cast.boree) == ([], 0)


def test_lines_are_read_page_by_page(cast, three):
    everything, _ = shown(cast.claire)
    pages = [shown(cast.claire, limit=3, offset=offset) for offset in (0, 3)]
    assert pages == [(everything[:3], 4), (everything[3:], 4)]


def test_zoe_sees_none_of_aubepines(cast, at, three):
    references = {product.reference for product in three}
    lines, total = shown(cast.zoe)
    assert total == 1
    assert not references & {reference for reference, _ in lines}
    assert shown(cast.zoe, company=cast.aubepine) == ([], 0)
    assert shown(cast.zoe, subject=three[0]) == ([], 0)
    assert shown(cast.zoe, words=str(three[0].reference)) == ([], 0)
    assert pending_questionnaires(cast.zoe, cast.aubepine, 10) == []


def test_the_agency_sees_no_line_and_karim_only_what_he_was_granted(cast, at, three):
    for person in (cast.ines, cast.hugo, cast.karim):
        assert shown(person) == ([], 0)
    grant_rights(three[0], cast.karim, ("view",), by=cast.claire, at=at)
    karim = Person.objects.get(pk=cast.karim.pk)
    assert shown(karim) == ([(three[0].reference, SOCLES)], 1)
    assert {one.reference for one in pending_questionnaires(karim, cast.aubepine, 10)} == set()  # what he sees is done


def queries_for(person_key, reader):
    """How many queries a reader costs to a person read anew, content being compiled already."""
    person = Person.objects.get(pk=person_key)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        reader(person)
    return len(captured)


@pytest.mark.slow
def test_one_three_or_fifty_lines_cost_the_same_queries(cast, at, shelf):
    """Slow: fifty products by real actions."""
    counts = []
    for more in (1, 2, 47):
        followed_products(more, cast.claire, at)
        lines = queries_for(cast.claire.pk, lambda person: followed_procedures(person, words="produit"))
        pending = queries_for(cast.claire.pk, lambda person: pending_questionnaires(person, cast.aubepine, 5))
        counts.append((lines, pending))
    assert followed_procedures(cast.claire)[1] == 50
    assert counts == [counts[0]] * 3
    assert max(counts[0]) <= 2  # the seats, then the list itself


# — To do —


def test_what_was_saved_last_is_continued_first_and_each_questionnaire_once(cast, at, three):
    _, begun_one, untouched = three
    found = pending_questionnaires(cast.claire, cast.aubepine, 10)
    told = [(one.reference, one.questionnaire.key, one.is_begun) for one in found]
    assert told[0] == (begun_one.reference, ARCHITECTURE, True)
    assert sorted(told[1:]) == sorted(
        [(begun_one.reference, key, False) for key in (INTEROPERABILITY, SECURITY, ETHICS, GDPR)]
        + [(untouched.reference, key, False) for key in (INTEROPERABILITY, ARCHITECTURE, SECURITY)]
    )
    assert len(pending_questionnaires(cast.claire, cast.aubepine, 2)) == 2


# — Pages of one questionnaire —


@pytest.mark.parametrize("questionnaire", [ARCHITECTURE, SECURITY])
def test_a_sheet_costs_the_same_queries_however_many_criteria_it_has(cast, at, shelf, questionnaire, django_assert_max_num_queries):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    answered(enrolment, questionnaire, cast.claire, at)
    enrolment = enrolment_of(enrolment.subject.reference, SOCLES, cast.claire)
    with django_assert_max_num_queries(4):
        sheet = sheet_of(enrolment, questionnaire)
        assert sheet.answered == len(sheet.asked)
        assert sum(len(criteria) for _, criteria in sheet.sections()) == len(sheet.asked)


def test_a_sheet_of_a_questionnaire_the_procedure_does_not_ask_does_not_exist(cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assert sheet_of(enrolment, "politique-globale-2021") is None
    assert sheet_of(enrolment, "urbanisation-1999") is None


def test_results_show_the_last_validation_the_draft_since_and_every_verdict(cast, at):
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at)
    validated(assessment, enrolment, cast.claire, at)
    answer(assessment, {"ILL-INT-01": "very_low"}, cast.claire, at + timedelta(hours=1))
    results = results_of(enrolment, INTEROPERABILITY)
    assert [row.criterion.code for row in results.gap_rows] == ["A08.1.1", "ILL-INT-07"]
    assert results.draft_changes == ["ILL-INT-01"]
    assert {verdict.procedure.code: verdict.outcome_word for verdict in results.verdicts} == {
        SOCLES: "Non atteint",
        WITHOUT_EXCHANGE: "Atteint",
    }
    assert results.here.gaps == 2
    assert [line.validation.number for line in results.history] == [1]
    validated(assessment, enrolment, cast.claire, at + timedelta(hours=2))
    assert len(results_of(enrolment, INTEROPERABILITY).gap_rows) == 3
    assert len(results_of(enrolment, INTEROPERABILITY, number=1).gap_rows) == 2
    assert results_of(enrolment, INTEROPERABILITY, number=3) is None
    assert results_of(enrolment, ARCHITECTURE) is None  # never begun


def test_a_shared_questionnaire_is_shown_once_with_what_each_procedure_says(cast, at):
    product = product_at("active", cast.claire, at)
    for code in (SOCLES, WITHOUT_EXCHANGE):
        enrolled(product, code, cast.claire, at)
    shared = {one.questionnaire.key: [procedure.code for procedure, _, _ in one.standings] for one in shared_questionnaires_of(product)}
    common = {key: [SOCLES, WITHOUT_EXCHANGE] for key in (INTEROPERABILITY, ARCHITECTURE, SECURITY)}
    assert shared == common | {key: [WITHOUT_EXCHANGE] for key in (ETHICS, GDPR)}


@pytest.mark.parametrize(
    ("before", "after", "appearing", "disappearing"),
    [(LISTED, NOT_LISTED, 0, 4), (NOT_LISTED, LISTED, 4, 0), (LISTED, EXCHANGING, 1, 0), (NOT_LISTED, EXCHANGING, 5, 0)],
)
def test_a_change_of_qualification_says_beforehand_what_appears_and_disappears(cast, at, before, after, appearing, disappearing):
    product = product_at("active", cast.claire, at, qualification=before)
    enrolled(product, SOCLES, cast.claire, at)
    (change,) = changes_of_criteria(product, dict(after))
    assert change.questionnaire.key == INTEROPERABILITY
    assert (len(change.appearing), len(change.disappearing)) == (appearing, disappearing)
    assert changes_of_criteria(product, dict(before)) == []
