"""Archiving a product: out of the lists, never lost, and back as it was."""

from __future__ import annotations

import pytest

from convergence.assessments.actions import Change, save_answers, validate_assessment
from convergence.assessments.listings import followed_procedures, pending_questionnaires
from convergence.assessments.models import Answer, Standing
from convergence.catalogue.actions import archive_product, grant_rights, restore_product
from convergence.catalogue.listings import product_cards
from tests.factories.catalogue import ARCHITECTURE, SOCLES, again, answered, enrolled, product_at
from tests.refusals import refused, remembered


def test_an_archived_product_leaves_the_lists_and_keeps_everything(cast, at):
    product = product_at("active", cast.claire, at)
    answered(enrolled(product, SOCLES, cast.claire, at), ARCHITECTURE, cast.claire, at)
    answers, standings = list(Answer.objects.order_by("pk").values()), list(Standing.objects.order_by("pk").values())
    with remembered("catalogue.ProductArchived") as entries:
        archive_product(product, by=cast.claire, at=at)
    assert entries[0].company == cast.aubepine.pk
    assert product_cards(cast.claire, cast.aubepine, limit=5) == ([], 0)
    assert followed_procedures(cast.claire) == ([], 0)
    assert pending_questionnaires(cast.claire, cast.aubepine, 5) == []
    with remembered("catalogue.ProductRestored"):
        restore_product(product, by=cast.claire, at=at)
    assert again(product).state == "active"
    assert followed_procedures(cast.claire)[1] == 1
    assert (list(Answer.objects.order_by("pk").values()), list(Standing.objects.order_by("pk").values())) == (answers, standings)


def test_the_answers_of_an_archived_product_can_no_longer_change(cast, at):
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    assessment = answered(enrolment, ARCHITECTURE, cast.claire, at)
    archive_product(product, by=cast.claire, at=at)
    stale = type(assessment).objects.get(pk=assessment.pk)
    with refused("ses réponses ne peuvent plus changer"):
        save_answers(stale, {"ILL-URB-01": Change("high", "", 1)}, by=cast.claire, at=at)
    with refused("ses réponses ne peuvent plus être validées"):
        validate_assessment(stale, enrolment, by=cast.claire, at=at)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines", "hugo"])
def test_only_a_representative_archives_and_restores(cast, at, who):
    person = cast.everyone()[who]
    used, gone = product_at("active", cast.claire, at), product_at("archived", cast.claire, at)
    with refused("Votre rôle ne permet pas d'archiver un produit."):
        archive_product(used, by=person, at=at)
    with refused("Votre rôle ne permet pas d'archiver un produit."):
        restore_product(gone, by=person, at=at)
    assert (again(used).state, again(gone).state) == ("active", "archived")


def test_even_every_right_on_the_product_does_not_let_an_employee_archive_it(cast, at):
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    with refused("Votre rôle ne permet pas d'archiver un produit."):
        archive_product(product, by=cast.karim, at=at)
