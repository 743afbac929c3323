"""A product already in the catalogue takes up another procedure: « Téléconsultation », from its page to the results."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from convergence.assessments.models import Validation
from tests.cast import Cast
from tests.factories.catalogue import product_at
from tests.factories.pages import address
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_product_is_measured_for_teleconsultation(visit: Visit, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    claire = visit(cast.claire)
    page = claire.page
    claire.open(address("company:product", product.reference))
    claire.meets_no_barrier()
    claire.follows("Nouvelle démarche")
    claire.reads("Nouvelle démarche")
    claire.meets_no_barrier()
    page.locator("main").get_by_role("link", name="Doctrine du Numérique en Santé").first.click()
    claire.reads("Nouvelle démarche « Doctrine du Numérique en Santé »")
    claire.meets_no_barrier()
    claire.presses("S’inscrire : Téléconsultation")
    expect(page.get_by_text("suit maintenant la démarche « Téléconsultation »")).to_be_visible()
    claire.meets_no_barrier()

    claire.follows("Démarrer : Téléconsultation")
    claire.reads("Questionnaire d’évaluation : Téléconsultation 2023")
    claire.pictures("teleconsultation")
    claire.meets_no_barrier()
    claire.answers_all("Maturité moyenne")
    expect(page.locator("[data-percent]")).to_have_text("100")
    claire.presses("Valider")

    claire.reads("Résultats : Téléconsultation 2023")
    expect(page.locator(".cv-verdict").first).to_have_text("Non atteint")  # two criteria ask for more than « moyenne »
    expect(page.get_by_role("img", name="Niveaux par critère")).to_be_visible()
    claire.meets_no_barrier()
    claire.open("/tableau-de-bord/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("1/1 terminé")
    assert Validation.objects.get().procedure == "teleconsultation-2026"
