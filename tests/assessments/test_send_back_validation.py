"""Sending a request back: by who may validate, with a reason the person who asked can read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convergence.assessments.actions import request_validation, send_back_validation, validate_assessment
from convergence.assessments.models import Answer, ValidationRequest
from convergence.catalogue.actions import grant_rights
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


def asked(cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assessment = answered(enrolment, ARCHITECTURE, cast.karim, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    return enrolment, assessment


def test_a_request_goes_back_with_its_reason_and_the_answers_stay(cast, at):
    _, assessment = asked(cast, at)
    before = list(Answer.objects.values_list("criterion", "version"))
    later = at + timedelta(hours=1)
    with remembered("assessments.ValidationSentBack") as entries:
        send_back_validation(assessment, "  Précisez le critère 2.\n", by=cast.claire, at=later)
    request = ValidationRequest.objects.get()
    assert (request.state, request.settled_by, request.settled_at) == ("sent_back", cast.claire, later)
    assert request.reason == "Précisez le critère 2."
    assert "Précisez" not in entries[0].body
    assert list(Answer.objects.values_list("criterion", "version")) == before


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_reason_is_needed(cast, at, reason):
    _, assessment = asked(cast, at)
    with refused("Écrivez le motif du renvoi", code="no_reason", status=400):
        send_back_validation(assessment, reason, by=cast.claire, at=at)


def test_the_longest_reason(cast, at):
    _, assessment = asked(cast, at)
    with refused("Ce texte compte 1001 caractères, pour 1000 au plus", code="too_long", status=400):
        send_back_validation(assessment, "x" * 1001, by=cast.claire, at=at)
    send_back_validation(assessment, "x" * 1000, by=cast.claire, at=at)
    assert ValidationRequest.objects.get().state == "sent_back"


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_who_may_not_validate_sends_nothing_back(cast, at, who):
    _, assessment = asked(cast, at)
    with refused("Seules les personnes qui peuvent valider ce questionnaire renvoient une demande."):
        send_back_validation(assessment, "Non.", by=cast.everyone()[who], at=at)
    assert ValidationRequest.objects.get().state == "pending"


def test_an_employee_granted_to_validate_sends_back(cast, at):
    _, assessment = asked(cast, at)
    grant_rights(assessment.subject, cast.karim, ("validate",), questionnaire="urbanisation", by=cast.claire, at=at)
    send_back_validation(assessment, "Je me suis trompé.", by=cast.karim, at=at)
    assert ValidationRequest.objects.get().settled_by == cast.karim


def test_nothing_waits_nothing_goes_back(cast, at):
    enrolment, assessment = asked(cast, at)
    validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    with refused("Aucune demande de validation n'est en attente", code="wrong_state", status=409):
        send_back_validation(assessment, "Trop tard.", by=cast.claire, at=at)


def test_validated_and_sent_back_at_the_same_moment_is_one_of_the_two(committed_db, cast, at):
    enrolment, assessment = asked(cast, at)
    outcomes = race(
        lambda: validate_assessment(assessment, enrolment, by=cast.claire, at=at),
        lambda: send_back_validation(assessment, "Non.", by=cast.claire, at=at),
    )
    kinds = kinds_of(outcomes)
    request = ValidationRequest.objects.get()
    if kinds[1] == "Refused":
        assert (kinds[0], request.state) == ("AssessmentValidated", "validated")
    else:
        assert (kinds, request.state) == (["AssessmentValidated", "ValidationSentBack"], "sent_back")
