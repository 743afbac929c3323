"""Taking one's request back, while it waits."""

from __future__ import annotations

import pytest

from convergence.assessments.actions import request_validation, send_back_validation, withdraw_validation_request
from convergence.assessments.models import ValidationRequest
from convergence.catalogue.actions import grant_rights
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at
from tests.refusals import refused, remembered


@pytest.fixture
def assessment(cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    assessment = answered(enrolment, ARCHITECTURE, cast.karim, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    return assessment


def test_who_asked_withdraws_and_may_ask_again(cast, at, assessment):
    enrolment = ValidationRequest.objects.get().enrolment
    with remembered("assessments.ValidationRequestWithdrawn"):
        withdraw_validation_request(assessment, by=cast.karim, at=at)
    request = ValidationRequest.objects.get()
    assert (request.state, request.settled_by, request.settled_at, request.reason) == ("withdrawn", cast.karim, at, "")
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    assert sorted(ValidationRequest.objects.values_list("state", flat=True)) == ["pending", "withdrawn"]


@pytest.mark.parametrize("who", ["claire", "zoe", "ines", "hugo"])
def test_nobody_else_withdraws_it(cast, at, assessment, who):
    with refused("Seule la personne qui a demandé la validation, Karim, peut retirer sa demande."):
        withdraw_validation_request(assessment, by=cast.everyone()[who], at=at)


def test_who_no_longer_sees_the_product_no_longer_withdraws(cast, at, assessment):
    grant_rights(assessment.subject, cast.karim, (), by=cast.claire, at=at)
    with refused("peut retirer sa demande."):
        withdraw_validation_request(assessment, by=cast.karim, at=at)


def test_what_is_settled_is_not_withdrawn(cast, at, assessment):
    send_back_validation(assessment, "À reprendre.", by=cast.claire, at=at)
    with refused("Aucune demande de validation n'est en attente", code="wrong_state", status=409):
        withdraw_validation_request(assessment, by=cast.karim, at=at)
