"""Validating dates: all that is below is decided, then frozen; another evaluation asks again only for what changed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from convergence.catalogue.actions import grant_rights, requalify_product
from convergence.projections.actions import Undecided, validate_projection
from convergence.projections.models import Outlook, ProjectionValidation
from ops.demo import EXCHANGING
from tests.factories.catalogue import (
    ARCHITECTURE,
    INTEROPERABILITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.factories.projections import planned, projected, projection
from tests.refusals import refused, remembered

ALL = {code: {"medium": "2027-T1"} for code in ("ILL-URB-02", "ILL-URB-04", "ILL-URB-05")} | {"ILL-URB-03": {"high": "2027-T3"}}


@pytest.fixture
def enrolment(cast, at):
    """« Urbanisation » evaluated: four criteria under what is recommended, one at it (01), one that asks for less (06)."""
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), found, cast.claire, at)
    return found


@pytest.fixture
def held(cast, at, enrolment):
    return projection(enrolment, ARCHITECTURE, cast.claire, at)


def outlook(enrolment, questionnaire=ARCHITECTURE):
    return Outlook.objects.get(enrolment=enrolment, questionnaire=questionnaire)


def test_what_has_no_target_is_listed_in_the_order_asked(cast, at, enrolment, held):
    planned(held, enrolment, {"ILL-URB-04": {"medium": "2027-T1"}, "ILL-URB-02": {"high": "2027-T1"}}, cast.claire, at)
    with refused("Il reste 2 critères sans cible.", code="undecided", status=409) as caught:
        validate_projection(held, enrolment, by=cast.claire, at=at)
    assert isinstance(caught.value, Undecided)
    assert caught.value.missing == ["ILL-URB-03", "ILL-URB-05"]
    assert not ProjectionValidation.objects.exists()


def test_a_step_under_the_recommended_level_is_not_enough(cast, at, enrolment, held):
    planned(held, enrolment, {**ALL, "ILL-URB-03": {"medium": "2027-T1"}}, cast.claire, at)
    with refused("Il reste 1 critère sans cible.", code="undecided", status=409):
        validate_projection(held, enrolment, by=cast.claire, at=at)


def test_it_is_reached_at_the_latest_of_the_quarters_needed(cast, at, enrolment, held):
    planned(held, enrolment, {**ALL, "ILL-URB-01": {"high": "2029-T4"}}, cast.claire, at)  # beyond: optional, delays nothing
    with remembered("projections.ProjectionValidated") as entries:
        validation = projected(held, enrolment, cast.claire, at)
    told = outlook(enrolment)
    assert (told.status, told.prospect, told.quarter, told.next_due) == ("done", "dated", "2027-T3", "2027-T1")
    assert validation.targets["ILL-URB-03"] == {"quarters": {"high": "2027-T3"}, "not_applicable": False}
    assert (validation.number, validation.assessment, validation.validated_by_name) == (1, 1, "Claire")
    assert json.loads(entries[0].body)["fields"]["targets"]["ILL-URB-01"] == "high 2029-T4"


def test_set_aside_it_validates_and_the_procedure_is_not_reached(cast, at, enrolment, held):
    planned(held, enrolment, {**ALL, "ILL-URB-04": None}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    told = outlook(enrolment)
    assert (told.status, told.prospect, told.untargeted) == ("done", "not_reached", 1)


def test_with_nothing_below_it_validates_as_it_is(cast, at):
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(found, ARCHITECTURE, cast.claire, at, level="high"), found, cast.claire, at)
    projected(projection(found, ARCHITECTURE, cast.claire, at), found, cast.claire, at)
    assert (outlook(found).status, outlook(found).prospect) == ("done", "already")


def test_pressed_twice_there_is_one_validation(cast, at, enrolment, held):
    planned(held, enrolment, ALL, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    assert validate_projection(held, enrolment, by=cast.claire, at=at + timedelta(minutes=1)) is None
    planned(held, enrolment, {"ILL-URB-04": {"medium": "2027-T2"}}, cast.claire, at)
    assert outlook(enrolment).status == "done"  # the validation stays in force until the next
    assert projected(held, enrolment, cast.claire, at).number == 2


def test_another_evaluation_asks_again_only_for_what_it_leaves_without_a_target(cast, at, enrolment, held):
    planned(held, enrolment, ALL, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    assessment = begun(enrolment, ARCHITECTURE, cast.claire, at)
    later = at + timedelta(days=1)
    answer(assessment, {"ILL-URB-01": "low", "ILL-URB-03": "high"}, cast.claire, later)
    validated(assessment, enrolment, cast.claire, later)
    told = outlook(enrolment)
    assert (told.status, told.prospect, told.untargeted, told.undecided) == ("in_progress", "not_reached", 1, 1)
    with refused("Il reste 1 critère sans cible.", code="undecided", status=409) as caught:
        validate_projection(held, enrolment, by=cast.claire, at=later)
    assert caught.value.missing == ["ILL-URB-01"]
    planned(held, enrolment, {"ILL-URB-01": {"medium": "2027-T2"}}, cast.claire, later)
    validation = projected(held, enrolment, cast.claire, later)
    assert validation.targets["ILL-URB-03"] == {"quarters": {}, "not_applicable": False}  # held since: no date any more
    assert (outlook(enrolment).prospect, outlook(enrolment).quarter) == ("dated", "2027-T2")


def test_a_date_over_by_the_day_of_validation_is_refused(cast, at, enrolment, held):
    planned(held, enrolment, {**ALL, "ILL-URB-02": {"medium": "2026-T4"}}, cast.claire, at)
    with refused("1 date à corriger.", code="misdated", status=400) as caught:
        validate_projection(held, enrolment, by=cast.claire, at=at + timedelta(days=60))
    assert set(caught.value.faults) == {"ILL-URB-02"}


def test_who_may_not_validate_is_told(cast, at, enrolment, held):
    planned(held, enrolment, ALL, cast.claire, at)
    grant_rights(enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    with refused("Votre rôle ne permet pas de valider"):
        validate_projection(held, enrolment, by=cast.karim, at=at)


def test_one_projection_speaks_for_every_procedure_that_shares_the_answers(cast, at):
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    other = enrolled(found.subject, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(found, INTEROPERABILITY, cast.claire, at, level="medium"), found, cast.claire, at)
    held = projection(found, INTEROPERABILITY, cast.claire, at)
    planned(held, found, {"A08.1.1": {"high": "2027-T3"}, "ILL-INT-07": {"high": "2027-T1"}}, cast.claire, at)
    projected(held, found, cast.claire, at)
    assert (outlook(found, INTEROPERABILITY).prospect, outlook(found, INTEROPERABILITY).quarter) == ("dated", "2027-T3")
    assert outlook(other, INTEROPERABILITY).prospect == "already"
    assert not outlook(other, INTEROPERABILITY).is_projected


def test_a_change_of_qualification_closes_what_the_evaluation_no_longer_covers(cast, at):
    found = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(found, INTEROPERABILITY, cast.claire, at, level="high"), found, cast.claire, at)
    assert not outlook(found, INTEROPERABILITY).is_closed
    requalify_product(found.subject, EXCHANGING, by=cast.claire, at=at)
    assert outlook(found, INTEROPERABILITY).is_closed


def test_the_database_refuses_to_change_a_validation(cast, at, enrolment, held):
    planned(held, enrolment, ALL, cast.claire, at)
    validation = projected(held, enrolment, cast.claire, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectionValidation.objects.filter(pk=validation.pk).update(number=9)
    assert ProjectionValidation.objects.get(pk=validation.pk).number == 1
