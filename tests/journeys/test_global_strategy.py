"""A company states its overall policy: three steps to begin, a questionnaire, its dates, its roadmap."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from convergence.catalogue.models import Subject
from convergence.projections.models import ProjectionValidation
from foundation.core.clock import now
from foundation.core.quarter import Quarter
from tests.cast import Cast
from tests.factories.catalogue import SOCLES
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_global_strategy_from_its_first_step_to_its_roadmap(visit: Visit, cast: Cast) -> None:
    claire = visit(cast.claire)
    page = claire.page
    quarter = str(Quarter.of(now()).after(4))

    # — Begin: three steps —
    claire.open("/tableau-de-bord/")
    page.get_by_role("link", name="Doctrine du Numérique en Santé").first.click()
    claire.open(f"/parcours/doctrine/{SOCLES}/")
    expect(page.get_by_text("Pas encore commencée")).to_be_visible()
    claire.meets_no_barrier()
    claire.follows("Démarrer : stratégie globale")
    expect(page.get_by_text("Étape 1 sur 3")).to_be_visible()
    claire.meets_no_barrier()
    page.get_by_label("Certification(s)").fill("ISO 27001")
    claire.presses("Suivant")
    expect(page.get_by_text("Étape 2 sur 3")).to_be_visible()
    claire.meets_no_barrier()
    page.locator("label").get_by_text("Oui", exact=True).click()
    claire.presses("Suivant")
    expect(page.get_by_text("Étape 3 sur 3")).to_be_visible()
    expect(page.get_by_text("ISO 27001")).to_be_visible()
    claire.meets_no_barrier()
    claire.presses("Valider")
    claire.reads("Stratégie globale : Évaluation et projection socles")
    claire.pictures("strategie-globale")
    claire.meets_no_barrier()

    # — « Politique globale », answered and validated —
    claire.follows("Démarrer : Politique globale")
    claire.reads("Questionnaire d’évaluation : Politique globale 2021")
    claire.answers_all("Maturité faible")
    expect(page.locator("[data-percent]")).to_have_text("100")
    claire.presses("Valider")
    claire.reads("Résultats : Politique globale 2021")
    expect(page.locator(".cv-verdict").first).to_have_text("Non atteint")
    claire.meets_no_barrier()

    # — When will it be reached? —
    claire.open("/tableau-de-bord/")
    claire.meets_no_barrier()
    claire.follows("Commencer la projection « Politique globale 2021 »")
    claire.reads("Questionnaire de projection : Politique globale 2021")
    claire.meets_no_barrier()
    for line in page.locator(".cv-ladder .is-req select").all():
        with page.expect_response("**/cible/"):
            line.select_option(quarter)
    expect(page.locator('[data-told="forecast-evaluation-socles"]')).to_have_text(f"Atteint le {quarter}")
    claire.presses("Valider")
    claire.reads("Feuille de route : Politique globale 2021")
    claire.pictures("feuille-de-route-strategie")
    expect(page.get_by_text(f"Atteint le {quarter}").first).to_be_visible()
    claire.meets_no_barrier()

    claire.open("/feuille-de-route/")
    claire.reads("Feuille de route")
    expect(page.get_by_role("row").nth(1)).to_contain_text(f"Atteint le {quarter}")
    assert Subject.objects.get().is_active
    assert ProjectionValidation.objects.get().validated_by == cast.claire
