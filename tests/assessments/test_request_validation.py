"""Asking for a validation: by who may answer and not validate, once all is answered, one request at a time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from convergence.assessments.actions import (
    Incomplete,
    request_validation,
    send_back_validation,
    validate_assessment,
    withdraw_validation_request,
)
from convergence.assessments.listings import awaited_validations
from convergence.assessments.models import Standing, Validation, ValidationRequest
from convergence.assessments.permissions import can_validate_assessment, validators_of
from convergence.assessments.queries import askings_of
from convergence.catalogue.actions import archive_product, grant_rights
from foundation.accounts.models import Person
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SOCLES,
    again,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


@pytest.fixture
def enrolment(cast, at):
    """A product Karim may answer for, and not validate."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    return enrolment


@pytest.fixture
def assessment(cast, at, enrolment):
    return answered(enrolment, ARCHITECTURE, cast.karim, at)


def asking_of(enrolment):
    """As the page shows it: beside what was saved last."""
    asking = askings_of(enrolment.subject).get((ARCHITECTURE, "answers"))
    return asking.beside(Standing.objects.get(enrolment=enrolment, questionnaire=ARCHITECTURE).saved_at) if asking else None


def awaited(person):
    """As the next request sees: the person is read again."""
    person = Person.objects.get(pk=person.pk)
    return [(one.questionnaire.key, one.to_settle, one.by) for one in awaited_validations(person, person.seats[0].company, 9)]


# — Asked —


def test_a_request_waits_and_says_by_whom_since_when_and_for_which_procedure(cast, at, enrolment, assessment):
    with remembered("assessments.ValidationRequested") as entries:
        request_validation(assessment, enrolment, by=cast.karim, at=at)
    request = ValidationRequest.objects.get()
    assert (request.state, request.requested_by, request.requested_at, request.enrolment) == ("pending", cast.karim, at, enrolment)
    fields = json.loads(entries[0].body)["fields"]
    assert (entries[0].company, entries[0].about) == (cast.aubepine.pk, f"assessment:{assessment.pk}")
    assert (fields["questionnaire"], fields["procedure"], fields["request"]) == (ARCHITECTURE, "evaluation-socles-2023", request.pk)
    asking = asking_of(enrolment)
    assert (asking.is_pending, asking.requester, asking.requested_by, asking.is_outdated) == (True, cast.karim.pk, "Karim", False)


def test_what_is_missing_is_listed_as_for_a_validation(cast, at, enrolment):
    assessment = begun(enrolment, ARCHITECTURE, cast.karim, at)
    answer(assessment, {"ILL-URB-02": "low", "ILL-URB-05": "high"}, cast.karim, at)
    with refused("Il reste 4 critères sans réponse.", code="incomplete", status=409) as caught:
        request_validation(assessment, enrolment, by=cast.karim, at=at)
    assert isinstance(caught.value, Incomplete)
    assert caught.value.missing == ["ILL-URB-01", "ILL-URB-03", "ILL-URB-04", "ILL-URB-06"]
    assert not ValidationRequest.objects.exists()


def test_a_second_request_is_told_who_asked_and_when(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    with refused("Vous avez déjà demandé la validation le 16 novembre 2026 à 10", code="duplicate", status=409):
        request_validation(assessment, enrolment, by=cast.karim, at=at + timedelta(hours=1))
    ValidationRequest.objects.update(requested_by=cast.claire)  # who asked may have been given the right to validate since
    with refused("Claire a déjà demandé la validation le 16 novembre 2026 à 10", code="duplicate", status=409):
        request_validation(assessment, enrolment, by=cast.karim, at=at + timedelta(hours=1))


def test_two_requests_at_the_same_moment_are_one(committed_db, cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("edit",), by=cast.claire, at=at)
    assessment = answered(enrolment, ARCHITECTURE, cast.karim, at)
    outcomes = race(*[lambda: request_validation(assessment, enrolment, by=cast.karim, at=at)] * 3)
    assert sorted(kinds_of(outcomes)) == ["Refused", "Refused", "ValidationRequested"]
    assert ValidationRequest.objects.count() == 1


def test_the_database_keeps_one_waiting_request(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    with pytest.raises(IntegrityError, match="request_one_pending"), transaction.atomic():
        ValidationRequest.objects.create(assessment=assessment, enrolment=enrolment, requested_at=at, requested_by=cast.karim)


def test_answers_saved_since_are_said(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    answer(assessment, {"ILL-URB-02": "low"}, cast.karim, at + timedelta(minutes=5))
    assert asking_of(enrolment).is_outdated


# — Who may —


def test_who_may_validate_has_nothing_to_ask(cast, at, enrolment, assessment):
    with refused("Vous pouvez valider vous-même ce questionnaire"):
        request_validation(assessment, enrolment, by=cast.claire, at=at)
    grant_rights(enrolment.subject, cast.karim, ("edit", "validate"), by=cast.claire, at=at)
    with refused("Vous pouvez valider vous-même ce questionnaire"):
        request_validation(assessment, enrolment, by=cast.karim, at=at)


@pytest.mark.parametrize("who", ["zoe", "ines", "hugo"])
def test_who_may_not_answer_may_not_ask(cast, at, enrolment, assessment, who):
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        request_validation(assessment, enrolment, by=cast.everyone()[who], at=at)
    assert not ValidationRequest.objects.exists()


def test_a_colleague_who_only_reads_may_not_ask(cast, at, enrolment, assessment):
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    with refused("Vous pouvez lire ce questionnaire, pas y répondre."):
        request_validation(assessment, enrolment, by=cast.karim, at=at)


def test_nothing_is_asked_for_an_archived_product_nor_another_one(cast, at, enrolment, assessment):
    elsewhere = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    with refused("Cette évaluation est celle d'un autre produit.", status=400):
        request_validation(assessment, elsewhere, by=cast.karim, at=at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    with refused("Ce produit n'est pas, ou plus, dans votre catalogue"):
        request_validation(assessment, enrolment, by=cast.karim, at=at)


# — Settled by the validation —


def test_a_validation_settles_the_request_in_the_same_event(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    later = at + timedelta(hours=2)
    with remembered("assessments.AssessmentValidated") as entries:
        validate_assessment(assessment, enrolment, by=cast.claire, at=later)
    request = ValidationRequest.objects.get()
    assert (request.state, request.settled_by, request.settled_at, request.reason) == ("validated", cast.claire, later, "")
    assert json.loads(entries[0].body)["fields"]["request"] == request.pk
    assert asking_of(enrolment) is None


def test_a_request_for_what_is_already_validated_makes_a_validation_all_the_same(cast, at, enrolment, assessment):
    """Otherwise the request would wait for ever."""
    validated(assessment, enrolment, cast.claire, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at + timedelta(hours=1))
    validate_assessment(assessment, enrolment, by=cast.claire, at=at + timedelta(hours=2))
    assert list(Validation.objects.values_list("number", flat=True)) == [2, 1]
    assert ValidationRequest.objects.get().state == "validated"


def test_a_validation_refused_leaves_the_request_waiting(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    answer(assessment, {"ILL-URB-02": ""}, cast.karim, at + timedelta(minutes=5))
    with refused("Il reste 1 critère sans réponse.", code="incomplete", status=409):
        validate_assessment(assessment, enrolment, by=cast.claire, at=at)
    assert ValidationRequest.objects.get().state == "pending"


# — Awaited —


def test_the_request_awaits_those_who_may_validate_then_who_asked_once_sent_back(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    assert awaited(cast.claire) == [(ARCHITECTURE, True, "Karim")]
    assert awaited(cast.karim) == awaited(cast.zoe) == []
    send_back_validation(assessment, "À reprendre.", by=cast.claire, at=at + timedelta(hours=1))
    assert awaited(cast.claire) == []
    assert awaited(cast.karim) == [(ARCHITECTURE, False, "Claire")]
    request_validation(assessment, enrolment, by=cast.karim, at=at + timedelta(hours=2))
    assert awaited(cast.karim) == []
    withdraw_validation_request(assessment, by=cast.karim, at=at + timedelta(hours=3))
    assert awaited(cast.karim) == awaited(cast.claire) == []


def test_a_validation_made_since_ends_what_was_sent_back(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    send_back_validation(assessment, "À reprendre.", by=cast.claire, at=at + timedelta(hours=1))
    assert asking_of(enrolment).reason == "À reprendre."
    validated(assessment, enrolment, cast.claire, at + timedelta(hours=2))
    assert (asking_of(enrolment), awaited(cast.karim)) == (None, [])


@pytest.mark.parametrize(
    ("rights", "questionnaire"),
    [
        ((), ""),
        (("view", "edit"), ""),
        (("validate",), ""),
        (("validate",), "urbanisation"),
        (("validate",), "interoperabilite"),
        (("edit",), "urbanisation"),
    ],
)
def test_the_list_the_mails_and_the_permission_agree_on_who_may_validate(cast, at, rights, questionnaire):
    """`VALIDATES_SQL`, `validators_of` and `can_validate` are one rule, written where each is read."""
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    ValidationRequest.objects.create(assessment=assessment, enrolment=enrolment, requested_at=at, requested_by=cast.claire)
    grant_rights(enrolment.subject, cast.karim, rights, questionnaire=questionnaire, by=cast.claire, at=at)
    people = [cast.claire, cast.karim, cast.zoe]
    may = {person.name for person in people if can_validate_assessment(person, again(assessment))}
    assert {person.name for person in people if awaited(person)} == may
    assert {person.name for person in validators_of(enrolment.subject, ARCHITECTURE)} == may


def test_who_left_or_was_closed_out_validates_nothing(cast, at, enrolment):
    grant_rights(enrolment.subject, cast.karim, ("validate",), by=cast.claire, at=at)
    Person.objects.get_queryset().filter(pk=cast.karim.pk).update(is_active=False)
    assert validators_of(enrolment.subject, INTEROPERABILITY) == [cast.claire]


def test_an_archived_product_awaits_nobody(cast, at, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    assert awaited(cast.claire) == []
