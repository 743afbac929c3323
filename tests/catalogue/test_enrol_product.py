"""Enrolling a product in a procedure: once, in the edition in force, where the procedure is open and concerns it."""

from __future__ import annotations

import pytest

from convergence.assessments.models import Standing
from convergence.catalogue.actions import enrol_product, grant_rights
from convergence.catalogue.models import Enrolment
from convergence.catalogue.queries import enrolled_codes, enrolment_of
from convergence.content.library import library
from foundation.core.verdict import Refused
from foundation.journal.models import Entry
from tests.factories.catalogue import SOCLES, WITH_EXCHANGE, WITHOUT_EXCHANGE, enrolled, product_at
from tests.factories.packs import DAY
from tests.race import race
from tests.refusals import refused, remembered


def in_force(code):
    return library().procedure_in_force(code, DAY)


def test_an_enrolment_keeps_the_edition_in_force_today(cast, at):
    product = product_at("active", cast.claire, at)
    with remembered("catalogue.ProductEnrolled") as entries:
        event = enrol_product(product, in_force(SOCLES), by=cast.claire, at=at)
    enrolment = enrolment_of(product.reference, SOCLES, cast.claire)
    assert (enrolment.pk, enrolment.procedure, enrolment.track, enrolment.enrolled_at) == (
        event.enrolment,
        "evaluation-socles-2023",
        "doctrine",
        at,
    )
    assert enrolment.searched == product.searched
    assert (entries[0].company, entries[0].about) == (cast.aubepine.pk, f"product:{product.pk}")


def test_its_questionnaires_are_to_be_completed_at_once(cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    assert list(Standing.objects.filter(enrolment=enrolment).values_list("questionnaire", "status", "asked", "answered")) == [
        ("interoperabilite-2021", "to_complete", 11, 0),
        ("urbanisation-2021", "to_complete", 6, 0),
        ("securite-2021", "to_complete", 36, 0),
    ]


def test_a_product_follows_several_procedures_each_once(cast, at):
    product = product_at("active", cast.claire, at)
    for code in (SOCLES, WITHOUT_EXCHANGE, WITH_EXCHANGE):
        enrolled(product, code, cast.claire, at)
    assert enrolled_codes(product) == {SOCLES, WITHOUT_EXCHANGE, WITH_EXCHANGE}
    with refused("Ce produit suit déjà cette démarche", code="duplicate", status=409):
        enrol_product(product, in_force(SOCLES), by=cast.claire, at=at)
    assert Enrolment.objects.filter(subject=product).count() == 3


def test_a_closed_procedure_is_refused_in_its_own_words(cast, at):
    product = product_at("active", cast.claire, at)
    closed = [procedure for procedure in library().procedures(DAY) if procedure.closed_because is not None]
    assert closed
    for procedure in closed:
        with refused(str(procedure.closed_because), code="closed", status=409):
            enrol_product(product, procedure, by=cast.claire, at=at)


def test_a_procedure_that_asks_nothing_of_a_product_is_refused(cast, at):
    """Wave 1 is a door: it sends to the Doctrine and enrols nothing."""
    product = product_at("active", cast.claire, at)
    with refused("Cette démarche ne concerne pas ce type de produit.", status=409):
        enrol_product(product, in_force("segur-vague-1"), by=cast.claire, at=at)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_only_a_representative_of_the_company_enrols(cast, at, who):
    product = product_at("active", cast.claire, at)
    with refused("Votre rôle ne permet pas d'inscrire un produit dans une démarche."):
        enrol_product(product, in_force(SOCLES), by=cast.everyone()[who], at=at)
    assert not Enrolment.objects.exists()


def test_even_every_right_on_the_product_does_not_let_an_employee_enrol_it(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    with refused("Votre rôle ne permet pas d'inscrire un produit dans une démarche."):
        enrol_product(product, in_force(SOCLES), by=cast.karim, at=at)


def test_an_enrolment_is_seen_by_those_who_see_the_product(cast, at):
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    for person in (cast.zoe, cast.karim, cast.ines, cast.hugo):
        with pytest.raises(Enrolment.DoesNotExist):
            enrolment_of(product.reference, SOCLES, person)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    assert enrolment_of(product.reference, SOCLES, cast.karim) == enrolment


def test_a_double_click_enrols_once(committed_db, cast, at):
    product = product_at("active", cast.claire, at)
    procedure = in_force(SOCLES)
    outcomes = race(*[lambda: enrol_product(product, procedure, by=cast.claire, at=at)] * 8)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert {refusal.code for refusal in refusals} == {"duplicate"}
    assert len(refusals) == 7
    assert Enrolment.objects.filter(subject=product).count() == 1
    assert Standing.objects.filter(enrolment__subject=product).count() == 3
    assert Entry.objects.filter(kind="catalogue.ProductEnrolled").count() == 1
