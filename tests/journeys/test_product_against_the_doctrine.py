"""A product measured against the Doctrine, from the sign-in form to the files one takes away."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from openpyxl import load_workbook
from playwright.sync_api import expect

from convergence.assessments.models import Answer, Validation
from tests.cast import Cast
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

FIRST, SECOND = "A08.1.1", "ILL-INT-01"
OTHERS = ("ILL-INT-02", "ILL-INT-03", "ILL-INT-04", "ILL-INT-05", "ILL-INT-06")


@pytest.mark.django_db(transaction=True)
def test_a_product_against_the_doctrine(visit: Visit, cast: Cast) -> None:
    claire = visit()
    page = claire.page

    # — Sign in —
    claire.open("/")
    claire.follows("Se connecter")
    claire.reads("Se connecter à Convergence")
    page.get_by_label("Adresse électronique").fill(cast.claire.email)
    page.get_by_label("Mot de passe").fill(settings.DEMO_PASSWORD)
    page.keyboard.press("Enter")
    claire.reads("Tableau de bord")
    expect(page.get_by_text("Votre catalogue est vide.")).to_be_visible()

    # — Add a product —
    claire.follows("Ajouter un produit")
    claire.reads("Ajouter un nouveau produit")
    page.get_by_label("Nom du produit").fill("TéléSuivi Cardio [Site Web]")
    page.get_by_label("Version").fill("3.2")
    page.get_by_text("Socle", exact=True).click()
    page.get_by_label("Description du produit").fill("Télésurveillance de l'insuffisance cardiaque.")
    page.get_by_label("Certifications").fill("ISO 27001\nHDS")
    claire.pictures("assistant")
    claire.presses("Suivant")
    expect(page.get_by_text("Étape 2 sur 3")).to_be_visible()
    for answer in (
        "Le produit ne sera probablement pas référencé dans Mon Espace Santé",
        "Le produit n'interagira pas avec Mon Espace Santé",
        "Le produit ne sera probablement pas référencé dans le Bouquet de Services Professionnels",
        "Le produit n'interagira pas avec le Bouquet de Services Professionnels",
        "Le produit est proposé via une offre SaaS",
    ):
        page.locator("label").filter(has_text=answer.split("'")[-1]).first.click()
    claire.presses("Suivant")
    expect(page.get_by_text("Étape 3 sur 3")).to_be_visible()
    expect(page.get_by_text("ISO 27001, HDS")).to_be_visible()
    claire.presses("Valider")
    claire.reads("Produit ajouté")

    # — Enrol it —
    claire.follows("Commencer : Doctrine du Numérique en Santé")
    claire.reads("Nouvelle démarche « Doctrine du Numérique en Santé »")
    claire.presses("S’inscrire : Évaluation et projection socles")
    expect(page.get_by_text("suit maintenant la démarche")).to_be_visible()
    expect(page.get_by_label("Critères renseignés : 0 sur 7")).to_be_visible()
    expect(page.locator(".cv-count b").first).to_have_text("0/7")
    claire.pictures("demarche")
    claire.follows("Démarrer : Interopérabilité")
    claire.reads("Questionnaire d’évaluation : Interopérabilité 2021")

    # — Answer, by keyboard —
    claire.is_told("Rien n’est encore enregistré")
    page.locator(f'input[name="level-{FIRST}"]').first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator(f'input[name="level-{FIRST}"][value="medium"]')).to_be_checked()
    claire.is_told("Brouillon enregistré à")
    expect(page.locator("[data-answered]")).to_have_text("1")
    expect(claire.criterion(FIRST).locator("[data-outcome]")).to_contain_text("il manque 1 niveau")
    page.keyboard.press("Tab")
    page.keyboard.type("Les échanges hors CI-SIS sont propres à notre produit.")
    with page.expect_response("**/reponse/"):
        pass

    # — Answer, by mouse —
    with page.expect_response("**/reponse/"):
        claire.picks(SECOND, "Maturité forte")
    claire.is_told("Brouillon enregistré à")
    expect(page.locator("[data-answered]")).to_have_text("2")

    # — Come back later —
    page.reload()
    expect(page.locator(f'input[name="level-{FIRST}"][value="medium"]')).to_be_checked()
    expect(page.locator(f'input[name="level-{SECOND}"][value="high"]')).to_be_checked()
    expect(page.locator(f'textarea[name="comment-{FIRST}"]')).to_have_value("Les échanges hors CI-SIS sont propres à notre produit.")
    expect(page.locator("[data-recovered]")).to_be_hidden()
    claire.pictures("questionnaire")
    page.set_viewport_size({"width": 390, "height": 844})
    claire.pictures("questionnaire-telephone")
    page.set_viewport_size({"width": 1280, "height": 900})

    # — Validate too early, then for good —
    with claire.expecting("409"):
        claire.presses("Valider")
        expect(page.get_by_role("alert").first).to_contain_text("Avant de valider : 5 critères sans réponse")
    expect(page.get_by_role("alert").first).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(claire.criterion(OTHERS[0]).locator("summary").first).to_be_focused()
    expect(claire.criterion(OTHERS[0]).locator("input").first).to_be_visible()
    for code in OTHERS:
        claire.picks(code, "Maturité moyenne")
    expect(page.locator("[data-answered]")).to_have_text("7")
    claire.presses("Valider")

    # — Results —
    claire.reads("Résultats : Interopérabilité 2021")
    expect(page.locator(".cv-verdict").first).to_have_text("Non atteint")
    expect(page.get_by_text("1 obligation non atteinte sur 7")).to_be_visible()
    expect(page.get_by_role("img", name="Niveaux par critère")).to_be_visible()
    claire.pictures("resultats")
    check_files(claire, "forte")

    # — When will it be reached? —
    claire.follows("Évaluation et projection socles")
    claire.follows("Démarrer la projection : Interopérabilité")
    claire.reads("Questionnaire de projection : Interopérabilité 2021")
    with claire.expecting("409"):
        claire.presses("Valider")
        expect(page.get_by_role("alert").first).to_contain_text("Avant de valider : 1 critère sans cible")
    expect(page.get_by_role("alert").first).to_be_focused()
    recommended = page.locator(f'select[name="date-{FIRST}-high"]')
    quarter = recommended.locator("option").nth(3).inner_text()
    recommended.select_option(quarter)
    claire.pictures("projection")
    claire.presses("Valider")
    claire.reads("Feuille de route : Interopérabilité 2021")
    expect(page.get_by_text(f"Atteint le {quarter}").first).to_be_visible()
    claire.pictures("feuille-de-route")
    check_roadmap(claire, quarter)
    claire.follows("Évaluation et projection socles")
    expect(page.locator(".cv-pair").first).to_contain_text(f"Atteint le {quarter}")
    claire.follows("Voir les résultats : Interopérabilité")
    claire.reads("Résultats : Interopérabilité 2021")

    # — Better, and validated again —
    claire.follows("Éditer")
    claire.picks(FIRST, "Maturité forte")
    claire.is_told("Brouillon enregistré à")
    claire.presses("Valider")
    claire.reads("Résultats : Interopérabilité 2021")
    expect(page.locator(".cv-verdict").first).to_have_text("Atteint")
    expect(page.locator("section:has(#historique) tbody tr")).to_have_count(2)

    claire.open("/tableau-de-bord/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("1/3 terminé")
    claire.pictures("tableau-de-bord")
    assert Answer.objects.get(criterion=FIRST).comment == "Les échanges hors CI-SIS sont propres à notre produit."
    assert [validation.number for validation in Validation.objects.order_by("number")] == [1, 2]


def check_roadmap(visitor, quarter: str) -> None:
    """The roadmap on paper and in a workbook, with the quarter promised."""
    paper = visitor.takes("Télécharger le PDF")
    workbook = visitor.takes("Télécharger le tableur (XLSX)")
    assert paper.suggested_filename.startswith("feuille-de-route-interoperabilite-2021-")
    with pikepdf.open(paper.path()) as pdf:
        assert len(pdf.pages) >= 1
    book = load_workbook(BytesIO(Path(workbook.path()).read_bytes()))
    assert any(quarter in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)


def check_files(visitor, expected: str) -> None:
    """The report and the workbook arrive whole, under their names."""
    report = visitor.takes("Télécharger le PDF")
    workbook = visitor.takes("Télécharger le tableur (XLSX)")
    assert report.suggested_filename.startswith("resultats-interoperabilite-2021-")
    assert workbook.suggested_filename.endswith(".xlsx")
    with pikepdf.open(report.path()) as pdf:
        assert len(pdf.pages) >= 1
    book = load_workbook(BytesIO(Path(workbook.path()).read_bytes()))
    assert any(expected in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
