"""A company reads what the new edition changes, moves its product, finishes the new questionnaire, and opens its old results."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from convergence.assessments.models import Answer, Validation
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.content.reading import ReadPiece
from ops.demo import NOT_LISTED
from tests.cast import Cast
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, WITHOUT_EXCHANGE, answered, enrolled, product_at, validated
from tests.factories.editions import NEXT_INTEROPERABILITY, bring_forward
from tests.factories.pages import address, sheet_address
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enrolment(cast: Cast, at: datetime, packs: list[ReadPiece]) -> Enrolment:
    """Validated in 2021's edition, in two procedures; another edition is in force since."""
    product = product_at("active", cast.claire, at, qualification=NOT_LISTED)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    found = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(found, INTEROPERABILITY, cast.claire, at, level="high"), found, cast.claire, at)
    bring_forward(packs, at)
    return found


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_what_changes_to_the_next_validation(visit: Visit, cast: Cast, enrolment: Enrolment, scripts: bool) -> None:
    claire = visit(cast.claire, java_script_enabled=scripts)
    page, reference = claire.page, enrolment.subject.reference
    claire.open(address("company:followed_procedure", reference, SOCLES))
    expect(page.get_by_text("L’édition essai est en vigueur")).to_be_visible()
    claire.follows("Voir ce qui change")
    claire.reads("TéléSuivi Cardio [Site Web] : version du contenu")
    row = page.get_by_role("row").filter(has_text="Nomenclatures et annuaire nationaux")
    expect(row).to_contain_text("Emploi de l’Annuaire Santé dans les échanges")
    expect(row).to_contain_text("Fusionné")
    expect(row).to_contain_text("repris en brouillon")
    claire.pictures("edition-what-changes")
    claire.presses("Passer à l’édition essai")
    expect(page.get_by_text("suit maintenant")).to_be_visible()
    expect(page.get_by_role("button", name="Passer à")).to_have_count(0)

    claire.open(address("company:followed_procedure", reference, SOCLES))
    claire.follows("Continuer : Interopérabilité")
    claire.reads("Questionnaire d’évaluation : Interopérabilité 2027")
    expect(page.get_by_text("4 réponses reprises de l’édition 2021")).to_be_visible()
    for criterion in ("ILL-INT-04", "ILL-INT-13", "ILL-INT-14", "ILL-INT-15"):
        block = claire.criterion(criterion)
        if block.get_attribute("open") is None:
            block.locator("summary").first.click()
        block.locator("label").filter(has_text="Maturité forte").click()
        if scripts:
            claire.is_told("Brouillon enregistré à")
    claire.presses("Valider")
    claire.reads("Résultats : Interopérabilité 2027")
    assert set(Answer.objects.filter(assessment__questionnaire=NEXT_INTEROPERABILITY).values_list("level", flat=True)) == {"high"}

    claire.open(address("company:change_edition", reference))
    claire.follows("Voir les résultats : Interopérabilité 2021")
    claire.reads("Résultats : Interopérabilité 2021")
    expect(page.get_by_text("que ce produit ne suit plus")).to_be_visible()
    kept = claire.takes("Télécharger le PDF")
    assert kept.suggested_filename.endswith(".pdf")
    assert Validation.objects.filter(assessment__questionnaire=INTEROPERABILITY).count() == 1


def test_a_colleague_who_was_typing_is_told_and_loses_no_word(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    karim, claire = visit(cast.karim), visit(cast.claire)
    karim.open(sheet_address(enrolment))
    claire.open(address("company:change_edition", enrolment.subject.reference))
    claire.presses("Passer à l’édition essai")
    expect(claire.page.get_by_text("suit maintenant")).to_be_visible()
    block = karim.criterion("A08.1.1")
    if block.get_attribute("open") is None:
        block.locator("summary").first.click()
    comment = block.locator("textarea")
    with karim.expecting("409"):
        comment.fill("Ce que Karim tapait.")
        karim.is_told("Ce questionnaire n'est plus celui de ce produit")
    expect(comment).to_have_value("Ce que Karim tapait.")
    assert not Answer.objects.filter(comment="Ce que Karim tapait.").exists()
