"""Granting rights: by those who represent the company, to its own people, product by product."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Grant
from convergence.catalogue.permissions import (
    can_edit_product,
    can_see_enrolment,
    can_see_subject,
    rights_granted,
    subjects_visible_to,
)
from foundation.accounts.models import Person, Seat
from tests.factories.catalogue import SOCLES, enrolled, product_at
from tests.refusals import refused, remembered


def seen_by(person):
    """As the next request sees: the person is read again."""
    return set(subjects_visible_to(Person.objects.get(pk=person.pk)))


def test_karim_sees_only_what_he_was_granted(cast, at):
    granted, other = product_at("active", cast.claire, at), product_at("active", cast.claire, at)
    assert seen_by(cast.karim) == set()
    with remembered("catalogue.RightsGranted") as entries:
        grant_rights(granted, cast.karim, ("view",), by=cast.claire, at=at)
    assert entries[0].company == cast.aubepine.pk
    assert seen_by(cast.karim) == {granted}
    assert seen_by(cast.claire) == {granted, other}
    assert can_see_subject(cast.karim, granted)
    assert not can_see_subject(cast.karim, other)
    assert not can_edit_product(cast.karim, granted)


def test_zoe_sees_nothing_of_aubepine_whatever_is_granted_there(cast, at):
    product = product_at("active", cast.claire, at)
    own = product_at("active", cast.zoe, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    assert seen_by(cast.zoe) == {own}
    assert not can_see_subject(cast.zoe, product)
    assert not can_see_enrolment(cast.zoe, enrolment)
    Grant.objects.create(person=cast.zoe, subject=product, rights=["view", "edit", "validate"])  # as if one were left over
    assert seen_by(cast.zoe) == {own}
    assert not can_see_subject(cast.zoe, product)
    assert not can_edit_product(cast.zoe, product)


def test_the_agency_sees_no_product_before_it_is_asked(cast, at):
    product_at("active", cast.claire, at)
    assert seen_by(cast.ines) == seen_by(cast.hugo) == set()


def test_rights_on_the_product_and_on_one_questionnaire_add_up(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    grant_rights(product, cast.karim, ("edit",), questionnaire="securite", by=cast.claire, at=at)
    assert rights_granted(cast.karim, product) == {"view"}
    assert rights_granted(cast.karim, product, "securite") == {"view", "edit"}
    assert rights_granted(cast.karim, product, "urbanisation") == {"view"}


def test_granting_again_replaces_what_was_granted(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    assert rights_granted(cast.karim, product) == {"view"}
    assert Grant.objects.count() == 1


def test_an_empty_set_takes_every_right_back_at_once(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    with remembered("catalogue.RightsGranted"):
        grant_rights(product, cast.karim, (), by=cast.claire, at=at)
    assert seen_by(cast.karim) == set()
    assert not can_see_subject(cast.karim, product)


def test_the_end_of_a_seat_ends_what_was_granted_with_it(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    Seat.objects.filter(person=cast.karim).update(ended_at=at)
    karim = Person.objects.get(pk=cast.karim.pk)
    assert seen_by(karim) == set()
    assert not can_see_subject(karim, product)
    assert not can_edit_product(karim, product)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_only_those_who_represent_the_company_give_rights(cast, at, who):
    product = product_at("active", cast.claire, at)
    with refused("Seuls le mandataire et les représentants donnent des droits à leurs collègues."):
        grant_rights(product, cast.karim, ("view",), by=cast.everyone()[who], at=at)
    assert not Grant.objects.exists()


@pytest.mark.parametrize("who", ["zoe", "ines", "hugo"])
def test_rights_are_given_to_colleagues_only(cast, at, who):
    product = product_at("active", cast.claire, at)
    with refused("Cette personne n'a pas de compte dans votre entreprise."):
        grant_rights(product, cast.everyone()[who], ("view",), by=cast.claire, at=at)


@pytest.mark.parametrize("rights", [("own",), ("view", "delete"), ("VIEW",)])
def test_only_view_edit_and_validate_exist(cast, at, rights):
    product = product_at("active", cast.claire, at)
    with refused("Les droits possibles sont : voir, modifier, valider."):
        grant_rights(product, cast.karim, rights, by=cast.claire, at=at)


def test_the_database_keeps_one_grant_per_person_product_and_questionnaire(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    with pytest.raises(IntegrityError, match="grant_once"), transaction.atomic():
        Grant.objects.create(person=cast.karim, subject=product, rights=["edit"])


@pytest.mark.parametrize("given", ["securite", "securite-2021"])
def test_a_questionnaire_is_kept_by_its_code_whatever_the_edition_named(cast, at, given):
    product = product_at("active", cast.claire, at)
    event = grant_rights(product, cast.karim, ("edit",), questionnaire=given, by=cast.claire, at=at)
    assert (event.questionnaire, Grant.objects.get().questionnaire) == ("securite", "securite")
    assert rights_granted(cast.karim, product, "securite") == {"edit"}


@pytest.mark.parametrize("given", ["nulle-part", "securite-1999", "SECURITE", " "])
def test_a_questionnaire_that_does_not_exist_is_refused(cast, at, given):
    product = product_at("active", cast.claire, at)
    with refused("Ce questionnaire n'existe pas.", status=400):
        grant_rights(product, cast.karim, ("edit",), questionnaire=given, by=cast.claire, at=at)
    assert not Grant.objects.exists()
