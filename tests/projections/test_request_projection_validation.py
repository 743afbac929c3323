"""Asking for dates to be validated: the same request as for the answers, beside it and never in its place."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from convergence.assessments.actions import request_validation, send_back_validation, withdraw_validation_request
from convergence.assessments.listings import awaited_validations
from convergence.assessments.models import Assessment, Standing, ValidationRequest
from convergence.assessments.queries import askings_of
from convergence.assessments.workflow import ANSWERS, TARGETS
from convergence.catalogue.actions import archive_product, grant_rights
from convergence.projections.actions import Undecided, request_projection_validation, validate_projection
from convergence.projections.models import Outlook, ProjectionValidation
from foundation.accounts.models import Person
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answer, answered, enrolled, product_at, validated
from tests.factories.projections import planned, projected, projection
from tests.queue import work_off
from tests.race import kinds_of, race
from tests.refusals import refused, remembered

ALL = {
    "ILL-URB-02": {"medium": "2027-T1"},
    "ILL-URB-03": {"high": "2027-T3"},
    "ILL-URB-04": {"medium": "2027-T2"},
    "ILL-URB-05": {"medium": "2027-T2"},
}


def evaluated(cast, at):
    """A product whose dates Karim may give, and not validate."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    grant_rights(found.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), found, cast.claire, at)
    return found


@pytest.fixture
def enrolment(cast, at):
    return evaluated(cast, at)


@pytest.fixture
def held(cast, at, enrolment):
    found = projection(enrolment, ARCHITECTURE, cast.karim, at)
    planned(found, enrolment, ALL, cast.karim, at)
    return found


@pytest.fixture
def assessment(enrolment):
    return Assessment.objects.get(subject=enrolment.subject)


@pytest.fixture
def act(db):
    """Do it, then what is queued."""

    def done(what, *args, **kwargs):
        what(*args, **kwargs)
        work_off()

    return done


def asking_of(enrolment, matter=TARGETS):
    return askings_of(enrolment.subject).get((ARCHITECTURE, matter))


def awaited(person):
    person = Person.objects.get(pk=person.pk)
    return [(one.is_of_targets, one.to_settle, one.by) for one in awaited_validations(person, person.seats[0].company, 9)]


def test_it_waits_names_the_projection_and_awaits_those_who_may_validate(cast, at, enrolment, held):
    with remembered("projections.ProjectionValidationRequested") as entries:
        request_projection_validation(held, enrolment, by=cast.karim, at=at)
    request = ValidationRequest.objects.get()
    assert (request.matter, request.state, request.requested_by, request.enrolment) == ("targets", "pending", cast.karim, enrolment)
    fields = json.loads(entries[0].body)["fields"]
    assert (entries[0].about, fields["request"], fields["procedure"]) == (f"projection:{held.pk}", request.pk, "evaluation-socles-2023")
    assert (asking_of(enrolment).is_pending, asking_of(enrolment).is_of_targets) == (True, True)
    assert asking_of(enrolment, ANSWERS) is None
    assert awaited(cast.claire) == [(True, True, "Karim")]
    assert awaited(cast.karim) == awaited(cast.zoe) == []


def test_what_has_no_target_is_listed_as_for_a_validation(cast, at, enrolment):
    found = projection(enrolment, ARCHITECTURE, cast.karim, at)
    with refused("Il reste 4 critères sans cible.", code="undecided", status=409) as caught:
        request_projection_validation(found, enrolment, by=cast.karim, at=at)
    assert isinstance(caught.value, Undecided)
    assert not ValidationRequest.objects.exists()


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("claire", "Vous pouvez valider vous-même ce questionnaire"),
        ("zoe", "Vous pouvez lire ce questionnaire, pas y répondre."),
        ("ines", "Vous pouvez lire ce questionnaire, pas y répondre."),
    ],
)
def test_who_may_validate_or_may_not_plan_does_not_ask(cast, at, enrolment, held, who, sentence):
    with refused(sentence):
        request_projection_validation(held, enrolment, by=cast.everyone()[who], at=at)


def test_a_second_request_is_told_who_asked(cast, at, enrolment, held):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    with refused("Vous avez déjà demandé la validation le 16 novembre 2026 à 10", code="duplicate", status=409) as caught:
        request_projection_validation(held, enrolment, by=cast.karim, at=at + timedelta(hours=1))
    assert "Vos dates sont enregistrées" in caught.value.reason


def test_answers_and_dates_are_asked_about_side_by_side(cast, at, enrolment, held, assessment):
    """Settling one leaves the other as it was."""
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    assert sorted(awaited(cast.claire)) == [(False, True, "Karim"), (True, True, "Karim")]
    validated(assessment, enrolment, cast.claire, at)
    assert awaited(cast.claire) == [(True, True, "Karim")]
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    projected(held, enrolment, cast.claire, at)
    assert awaited(cast.claire) == [(False, True, "Karim")]
    states = dict(ValidationRequest.objects.order_by("pk").values_list("matter", "state"))
    assert states == {"answers": "pending", "targets": "validated"}


def test_sent_back_with_a_reason_it_awaits_who_asked_until_asked_again(cast, at, enrolment, held, assessment):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    with remembered("assessments.ValidationSentBack") as entries:
        send_back_validation(assessment, "2027-T3 est trop tôt.", TARGETS, by=cast.claire, at=at + timedelta(hours=1))
    assert json.loads(entries[0].body)["fields"]["matter"] == "targets"
    assert (asking_of(enrolment).is_pending, asking_of(enrolment).reason) == (False, "2027-T3 est trop tôt.")
    assert awaited(cast.karim) == [(True, False, "Claire")]
    request_projection_validation(held, enrolment, by=cast.karim, at=at + timedelta(hours=2))
    first = ValidationRequest.objects.order_by("pk").first()
    assert first.followed_at == at + timedelta(hours=2)
    assert (awaited(cast.karim), asking_of(enrolment).is_pending) == ([], True)


def test_a_validation_made_since_ends_what_was_sent_back(cast, at, enrolment, held, assessment):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    send_back_validation(assessment, "À reprendre.", TARGETS, by=cast.claire, at=at)
    answer(assessment, {"ILL-URB-02": "very_low"}, cast.claire, at)
    validated(assessment, enrolment, cast.claire, at)  # of the answers: it says nothing of the dates
    assert awaited(cast.karim) == [(True, False, "Claire")]
    projected(held, enrolment, cast.claire, at + timedelta(hours=1))
    assert (asking_of(enrolment), awaited(cast.karim)) == (None, [])


def test_withdrawn_by_who_asked_alone(cast, at, enrolment, held, assessment):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    with refused("Aucune demande de validation n'est en attente", code="wrong_state", status=409):
        withdraw_validation_request(assessment, by=cast.karim, at=at)  # that of the answers
    with refused("Seule la personne qui a demandé la validation, Karim, peut retirer sa demande."):
        withdraw_validation_request(assessment, TARGETS, by=cast.claire, at=at)
    with remembered("assessments.ValidationRequestWithdrawn"):
        withdraw_validation_request(assessment, TARGETS, by=cast.karim, at=at)
    assert ValidationRequest.objects.get().state == "withdrawn"
    assert asking_of(enrolment) is None


def test_dates_saved_since_are_said(cast, at, enrolment, held):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    outlook = Outlook.objects.get(enrolment=enrolment, questionnaire=ARCHITECTURE)
    assert not asking_of(enrolment).beside(outlook.saved_at).is_outdated
    assert not asking_of(enrolment).beside(None).is_outdated
    planned(held, enrolment, {"ILL-URB-02": {"medium": "2027-T2"}}, cast.karim, at + timedelta(minutes=5))
    outlook.refresh_from_db()
    assert asking_of(enrolment).beside(outlook.saved_at).is_outdated


def test_a_validation_asked_for_is_one_even_where_nothing_changed(cast, at, enrolment, held):
    projected(held, enrolment, cast.claire, at)
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    assert projected(held, enrolment, cast.claire, at).number == 2
    assert validate_projection(held, enrolment, by=cast.claire, at=at) is None
    assert ValidationRequest.objects.get().state == "validated"


def test_an_archived_product_awaits_nobody(cast, at, enrolment, held):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    archive_product(enrolment.subject, by=cast.claire, at=at)
    assert awaited(cast.claire) == []


def test_each_is_told_by_mail_of_the_projection(cast, at, act, settings, enrolment, held, assessment):
    settings.SITE_ADDRESS = "https://convergence.example"
    act(request_projection_validation, held, enrolment, by=cast.karim, at=at)
    act(send_back_validation, assessment, "Précisez <le> 2.", TARGETS, by=cast.claire, at=at)
    act(request_projection_validation, held, enrolment, by=cast.karim, at=at)
    act(validate_projection, held, enrolment, by=cast.claire, at=at)
    asked, back, again, done = mail.outbox
    assert [message.to for message in mail.outbox] == [[f"{who}@demo.invalid"] for who in ("claire", "karim", "claire", "karim")]
    assert asked.subject == "Validation demandée : projection Urbanisation 2021, TéléSuivi Cardio [Site Web]"
    where = f"https://convergence.example/produits/{enrolment.subject.reference}/demarches/{SOCLES}/{ARCHITECTURE}/"
    told = [message.body.replace("\u00a0", " ") for message in (asked, back, done)]
    assert "Karim demande la validation de la projection « Urbanisation 2021 »" in told[0]
    assert f"{where}projection/" in told[0]
    assert "Précisez <le> 2." in told[1]
    assert "Vos dates sont enregistrées" in told[1]
    assert "Claire a fait la validation de la projection « Urbanisation 2021 »" in told[2]
    assert f"{where}feuille-de-route/" in told[2]
    assert again.subject == asked.subject


def test_without_an_address_the_mail_says_where_it_is(cast, at, act, enrolment, held):
    act(request_projection_validation, held, enrolment, by=cast.karim, at=at)
    act(validate_projection, held, enrolment, by=cast.claire, at=at)
    assert "http" not in mail.outbox[0].body + mail.outbox[1].body
    assert "la feuille de route est accessible depuis la page de la démarche" in mail.outbox[1].body


def test_the_database_keeps_one_waiting_request_of_each_matter(cast, at, enrolment, held, assessment):
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    again = {"assessment": assessment, "enrolment": enrolment, "requested_at": at, "requested_by": cast.karim}
    with pytest.raises(IntegrityError, match="request_one_pending"), transaction.atomic():
        ValidationRequest.objects.create(matter=TARGETS, **again)
    with pytest.raises(IntegrityError, match="request_matter_known"), transaction.atomic():
        ValidationRequest.objects.create(matter="dreams", **again)
    ValidationRequest.objects.create(matter=ANSWERS, **again)


def test_validated_and_sent_back_at_the_same_moment_is_one_of_the_two(committed_db, cast, at):
    enrolment = evaluated(cast, at)
    held = projection(enrolment, ARCHITECTURE, cast.karim, at)
    planned(held, enrolment, ALL, cast.karim, at)
    request_projection_validation(held, enrolment, by=cast.karim, at=at)
    assessment = Assessment.objects.get(subject=enrolment.subject)
    kinds = kinds_of(
        race(
            lambda: validate_projection(held, enrolment, by=cast.claire, at=at),
            lambda: send_back_validation(assessment, "Non.", TARGETS, by=cast.claire, at=at),
        )
    )
    state = ValidationRequest.objects.get().state
    assert (kinds, state) in (
        (["ProjectionValidated", "Refused"], "validated"),
        (["ProjectionValidated", "ValidationSentBack"], "sent_back"),
    )
    assert ProjectionValidation.objects.count() == 1


def test_another_evaluation_closes_the_way_to_the_request(cast, at, enrolment, held, assessment):
    """Below the level again, the criterion asks for a date first."""
    answer(assessment, {"ILL-URB-01": "low"}, cast.claire, at)
    validated(assessment, enrolment, cast.claire, at)
    with refused("Il reste 1 critère sans cible.", code="undecided", status=409):
        request_projection_validation(held, enrolment, by=cast.karim, at=at)
    assert Standing.objects.get(enrolment=enrolment, questionnaire=ARCHITECTURE).validated_at == at
