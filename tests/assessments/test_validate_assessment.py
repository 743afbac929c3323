"""Validating: complete or refused with what is missing, then frozen for ever, with its author and its content version."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from convergence.assessments.actions import Incomplete, validate_assessment
from convergence.assessments.models import Answer, Standing, Validation
from convergence.catalogue.actions import grant_rights, requalify_product
from convergence.content.library import library
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answer,
    answered,
    asked_by,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.race import Meanwhile, race
from tests.refusals import refused, remembered


@pytest.fixture
def enrolment(cast, at):
    return enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)


def standing(enrolment, questionnaire=ARCHITECTURE):
    return Standing.objects.get(enrolment=enrolment, questionnaire=questionnaire)


# — What is missing —


def test_what_is_missing_is_listed_in_the_order_asked(cast, at, enrolment):
    assessment = begun(enrolment, ARCHITECTURE, cast.claire, at)
    answer(assessment, {"ILL-URB-05": "high", "ILL-URB-02": "low"}, cast.claire, at)
    answer(assessment, {"ILL-URB-04": ""}, cast.claire, at, comment="Un commentaire n'est pas une réponse.")
    with refused("Il reste 4 critères sans réponse.", code="incomplete", status=409) as caught:
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    assert isinstance(caught.value, Incomplete)
    assert caught.value.missing == ["ILL-URB-01", "ILL-URB-03", "ILL-URB-04", "ILL-URB-06"]
    assert not Validation.objects.exists()


def test_one_missing_criterion_is_said_in_the_singular(cast, at, enrolment):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at, ILL_URB_03="")
    with refused("Il reste 1 critère sans réponse.", code="incomplete", status=409) as caught:
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    assert caught.value.missing == ["ILL-URB-03"]


def test_a_criterion_the_procedure_leaves_out_is_not_missing_there(cast, at, enrolment):
    other = enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    assessment = answered(other, ARCHITECTURE, cast.claire, at)
    with refused("Il reste 1 critère sans réponse.", code="incomplete", status=409):
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    validated(assessment, other, cast.claire, at)
    assert (standing(other).status, standing(other).outcome) == ("done", "reached")
    assert (standing(enrolment).status, standing(enrolment).outcome) == ("in_progress", "unknown")


# — What is kept —


def test_a_validation_keeps_answers_author_release_qualification_and_procedure(cast, at, enrolment):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at, ILL_URB_03="high")
    later = at + timedelta(hours=3)
    with remembered("assessments.AssessmentValidated") as entries:
        validation = validated(assessment, enrolment, cast.claire, later)
    assert (validation.number, validation.validated_at, validation.validated_by, validation.validated_by_name) == (
        1,
        later,
        cast.claire,
        "Claire",
    )
    assert (validation.procedure, validation.release, validation.qualification) == ("evaluation-socles-2023", library().number, LISTED)
    assert list(validation.answers) == sorted(asked_by(enrolment, ARCHITECTURE))
    assert validation.answers["ILL-URB-03"] == {"level": "high", "comment": "", "saved_by": cast.claire.pk, "saved_at": at.isoformat()}
    fields = json.loads(entries[0].body)["fields"]
    assert (fields["number"], fields["levels"]["ILL-URB-03"]) == (1, "high")


def test_a_draft_saved_afterwards_changes_no_validation(cast, at, enrolment):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    validation = validated(assessment, enrolment, cast.claire, at)
    kept = dict(validation.answers)
    answer(assessment, {"ILL-URB-01": "very_low"}, cast.claire, at + timedelta(hours=1), comment="Recul.")
    validation.refresh_from_db()
    assert validation.answers == kept
    assert (standing(enrolment).status, standing(enrolment).has_draft) == ("done", True)


def test_the_second_validation_is_numbered_two_and_leaves_the_first_alone(cast, at, enrolment):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at, level="low")
    first = validated(assessment, enrolment, cast.claire, at)
    answer(assessment, dict.fromkeys(asked_by(enrolment, ARCHITECTURE), "high"), cast.claire, at)
    second = validated(assessment, enrolment, cast.claire, at + timedelta(days=30))
    assert (first.number, second.number) == (1, 2)
    assert Validation.objects.get(pk=first.pk).answers["ILL-URB-01"]["level"] == "low"
    assert (standing(enrolment).outcome, standing(enrolment).validated_at) == ("reached", second.validated_at)


@pytest.mark.parametrize("statement", ["UPDATE assessments_validation SET number = 9", "UPDATE assessments_validation SET answers = '{}'", "DELETE FROM assessments_validation"])  # fmt: skip
def test_the_database_refuses_to_change_a_validation(cast, at, enrolment, statement):
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at), enrolment, cast.claire, at)
    with pytest.raises(IntegrityError, match="assessments_validation is written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_empty_the_validations(cast):
    with pytest.raises(IntegrityError, match="may not be emptied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL convergence.scratch = off")
        cursor.execute("TRUNCATE assessments_validation")


def test_hidden_answers_stay_out_of_the_validation_and_in_the_draft(cast, at, enrolment):
    product = enrolment.subject
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at)
    requalify_product(product, dict(NOT_LISTED), by=cast.claire, at=at)
    validation = validated(assessment, enrolment, cast.claire, at)
    assert len(validation.answers) == 7
    assert "ILL-INT-07" not in validation.answers
    assert Answer.objects.filter(assessment=assessment).count() == 11


# — Who may —


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_who_has_no_right_to_validate_is_refused(cast, at, enrolment, who):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    with refused("Votre rôle ne permet pas de valider : enregistrez votre brouillon, ou demandez la validation."):
        validate_assessment(assessment, enrolment, by=cast.everyone()[who], at=at)
    assert not Validation.objects.exists()


@pytest.mark.parametrize(
    ("rights", "questionnaire", "may"),
    [
        (("view", "edit"), "", False),
        (("validate",), "", True),
        (("validate",), "urbanisation", True),
        (("validate",), "securite", False),
    ],
)
def test_an_employee_validates_what_was_granted_for_it(cast, at, enrolment, rights, questionnaire, may):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, rights, questionnaire=questionnaire, by=cast.claire, at=at)
    if may:
        assert validated(assessment, enrolment, cast.karim, at).validated_by == cast.karim
        return
    with refused("Votre rôle ne permet pas de valider"):
        validate_assessment(assessment, enrolment, by=cast.karim, at=at)


def test_answers_are_not_validated_for_another_product_nor_for_a_procedure_that_does_not_ask_them(cast, at, enrolment):
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    elsewhere = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    with refused("Cette évaluation est celle d'un autre produit.", status=400):
        validate_assessment(assessment, elsewhere, by=cast.claire, at=at)
    theirs = enrolled(product_at("active", cast.zoe, at), SOCLES, cast.zoe, at)
    with refused("Cette évaluation est celle d'un autre produit.", status=400):
        validate_assessment(assessment, theirs, by=cast.claire, at=at)


# — What it means —


def test_the_same_answers_reach_the_level_of_one_procedure_and_not_of_the_other(cast, at, enrolment):
    """Guide, pages 34 and 46: « forte » recommended by the Doctrine for A08.1.1, « moyenne » enough for Mon espace santé."""
    mes = enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at)
    validated(assessment, enrolment, cast.claire, at)
    doctrine, listing = standing(enrolment, INTEROPERABILITY), standing(mes, INTEROPERABILITY)
    assert (doctrine.outcome_word, doctrine.gaps) == ("Non atteint", 2)
    assert (listing.outcome_word, listing.gaps) == ("Atteint", 0)
    assert (doctrine.status_word, listing.status_word) == ("Terminé", "Terminé")


def test_not_concerned_counts_where_it_is_accepted(cast, at, enrolment):
    """« Sécurité » accepts it everywhere for the Doctrine; two criteria refuse it for Mon espace santé."""
    mes = enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    assessment = answered(enrolment, SECURITY, cast.claire, at, level="not_concerned")
    validated(assessment, enrolment, cast.claire, at)
    assert (standing(enrolment, SECURITY).outcome, standing(enrolment, SECURITY).gaps) == ("reached", 0)
    assert (standing(mes, SECURITY).outcome, standing(mes, SECURITY).gaps) == ("not_reached", 2)


def test_a_double_click_is_one_validation(committed_db, cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    outcomes = race(*[lambda: validate_assessment(assessment, enrolment, by=cast.claire, at=at)] * 5)
    assert [outcome.number for outcome in outcomes if outcome is not None] == [1]
    assert list(Validation.objects.values_list("number", flat=True)) == [1]


def test_who_validates_while_the_product_is_requalified_is_told_what_is_missing_from_then_on(committed_db, cast, at):
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at)
    with transaction.atomic():
        requalify_product(product, dict(EXCHANGING), by=cast.claire, at=at)
        validating = Meanwhile(lambda: validate_assessment(assessment, enrolment, by=cast.claire, at=at))
        validating.wait_until_blocked()
    outcome = validating.outcome()
    assert isinstance(outcome, Incomplete), outcome
    assert outcome.missing == ["ILL-INT-11"]
    assert (standing(enrolment, INTEROPERABILITY).answered, standing(enrolment, INTEROPERABILITY).asked) == (11, 12)
