"""Who is told of a request for validation? Those who may validate, then who asked; never anyone of another company."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from convergence.assessments.actions import (
    request_validation,
    send_back_validation,
    validate_assessment,
    withdraw_validation_request,
)
from convergence.assessments.models import ValidationRequest
from convergence.catalogue.actions import grant_rights
from foundation.accounts.actions import give_seat, welcome_person
from foundation.accounts.models import Person
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at, validated
from tests.queue import waiting, work_off


@pytest.fixture
def act(db):
    """Do it, then what is queued."""

    def done(what, *args, **kwargs):
        what(*args, **kwargs)
        work_off()

    return done


@pytest.fixture
def enrolment(cast, at):
    product = product_at("active", cast.claire, at, name="L'<Outil> & Cie")
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    return enrolment


@pytest.fixture
def assessment(cast, at, enrolment):
    return answered(enrolment, ARCHITECTURE, cast.karim, at)


def told():
    return [(message.to, message.subject) for message in mail.outbox]


def test_those_who_may_validate_are_told_and_nobody_else(cast, at, act, enrolment, assessment):
    people = {}
    for name, role in (("granted", Role.EMPLOYEE), ("other", Role.EMPLOYEE), ("reading", Role.EMPLOYEE), ("gone", Role.REPRESENTATIVE)):
        people[name] = new_person(email=f"{name}@demo.invalid", name=name)
        welcome_person(people[name], by=SYSTEM, at=at)
        give_seat(people[name], role, cast.aubepine, by=SYSTEM, at=at)
    grant_rights(enrolment.subject, people["granted"], ("validate",), questionnaire="urbanisation", by=cast.claire, at=at)
    grant_rights(enrolment.subject, people["other"], ("validate",), questionnaire="securite", by=cast.claire, at=at)
    grant_rights(enrolment.subject, people["reading"], ("view",), by=cast.claire, at=at)
    Person.objects.get_queryset().filter(pk=people["gone"].pk).update(is_active=False)
    act(request_validation, assessment, enrolment, by=cast.karim, at=at)
    assert told() == [
        (["claire@demo.invalid"], "Validation demandée : Urbanisation 2021, L'<Outil> & Cie"),
        (["granted@demo.invalid"], "Validation demandée : Urbanisation 2021, L'<Outil> & Cie"),
    ]
    body = mail.outbox[0].body.replace("\u00a0", " ")
    assert body.startswith("Bonjour Claire,")
    assert "Karim demande la validation du questionnaire « Urbanisation 2021 » pour le produit L'<Outil> & Cie" in body
    assert "liste « À faire » de votre tableau de bord" in body
    assert "http" not in body


def test_the_address_is_given_where_a_setting_says_it(cast, at, act, settings, enrolment, assessment):
    settings.SITE_ADDRESS = "https://convergence.example"
    act(request_validation, assessment, enrolment, by=cast.karim, at=at)
    where = f"https://convergence.example/produits/{enrolment.subject.reference}/demarches/{SOCLES}/{ARCHITECTURE}/"
    assert where in mail.outbox[0].body
    act(validate_assessment, assessment, enrolment, by=cast.claire, at=at)
    assert f"{where}resultats/" in mail.outbox[1].body


def test_who_asked_is_told_why_it_comes_back_and_when_it_is_validated(cast, at, act, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    act(send_back_validation, assessment, "Précisez <le> 2 & le 3.", by=cast.claire, at=at)
    request_validation(assessment, enrolment, by=cast.karim, at=at + timedelta(hours=1))
    act(validate_assessment, assessment, enrolment, by=cast.claire, at=at + timedelta(hours=2))
    assert [to for to, _ in told()] == [["karim@demo.invalid"]] * 2
    assert "Précisez <le> 2 & le 3." in mail.outbox[0].body
    assert "Claire a fait la validation du questionnaire" in mail.outbox[1].body


def test_a_validation_nobody_asked_for_and_a_request_withdrawn_are_told_to_nobody(cast, at, act, enrolment, assessment):
    act(validated, assessment, enrolment, cast.claire, at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    act(withdraw_validation_request, assessment, by=cast.karim, at=at)
    assert told() == []


def test_who_was_closed_out_or_no_longer_sees_the_product_is_told_nothing(cast, at, act, enrolment, assessment):
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    grant_rights(enrolment.subject, cast.karim, (), by=cast.claire, at=at)
    act(send_back_validation, assessment, "Secret.", by=cast.claire, at=at)
    assert told() == []


def test_a_mail_server_that_fails_undoes_nothing_and_keeps_nobody_else_from_theirs(cast, at, settings, enrolment, assessment):
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    request_validation(assessment, enrolment, by=cast.karim, at=at)
    settings.EMAIL_BACKEND = "tests.assessments.test_notices.BrokenBackend"
    with pytest.raises(ConnectionRefusedError):
        work_off()
    assert ValidationRequest.objects.get().state == "pending"
    assert [task for task, _ in waiting()] == ["send_mail"]  # and will be tried again
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    work_off()
    assert [to for to, _ in told()] == [["claire@demo.invalid"]]


class BrokenBackend:
    def __init__(self, **options):
        raise ConnectionRefusedError("no server")
