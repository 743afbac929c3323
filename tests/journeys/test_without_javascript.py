"""The same path with scripts off: every step is a link or a form."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect

from convergence.assessments.models import Validation
from tests.cast import Cast
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_sign_in_to_results(visit: Visit, cast: Cast) -> None:
    claire = visit(java_script_enabled=False)
    page = claire.page
    claire.open("/connexion/")
    page.get_by_label("Adresse électronique").fill(cast.claire.email)
    page.get_by_label("Mot de passe").fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Se connecter").first.click()
    claire.reads("Tableau de bord")

    claire.follows("Ajouter un produit")
    page.get_by_label("Nom du produit").fill("Agenda [Android]")
    page.get_by_label("Description du produit").fill("Un agenda.")
    with claire.expecting("400"):
        claire.presses("Suivant")
    expect(page.get_by_role("alert")).to_contain_text("Saisissez la version du produit.")
    expect(page.get_by_label("Nom du produit")).to_have_value("Agenda [Android]")
    page.get_by_label("Version").fill("1")
    claire.presses("Suivant")
    for question in ("mes_listing", "mes_exchange", "bsp_listing", "bsp_exchange", "delivery"):
        page.locator(f'input[name="{question}"] + label').first.click()
    claire.presses("Suivant")
    claire.presses("Valider")
    claire.reads("Produit ajouté")
    claire.follows("Commencer : Doctrine du Numérique en Santé")
    claire.presses("S’inscrire : Évaluation et projection socles")
    expect(page.locator(".cv-count b").first).to_have_text("0/7")
    claire.follows("Démarrer : Interopérabilité")

    blocks = page.locator("[data-criterion]")
    first = blocks.first
    first.locator("label").filter(has_text="Maturité forte").click()
    first.locator("textarea").fill("Sans script.")
    claire.presses("Enregistrer comme brouillon")
    expect(page.get_by_text("Votre brouillon est enregistré.")).to_be_visible()
    expect(page.locator("[data-answered]")).to_have_text("1")
    with claire.expecting("409"):
        claire.presses("Valider")
    expect(page.get_by_role("alert").first).to_contain_text("Avant de valider : 6 critères sans réponse")
    for rank in range(1, blocks.count()):
        blocks.nth(rank).locator("label").filter(has_text="Maturité moyenne").click()
    claire.presses("Valider")
    claire.reads("Résultats : Interopérabilité 2021")
    expect(page.locator(".cv-verdict").first).to_have_text("Atteint")
    assert Validation.objects.get().answers["A08.1.1"]["comment"] == "Sans script."

    claire.presses("Se déconnecter")
    claire.reads("Se connecter à Convergence")
