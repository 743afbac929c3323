"""Every page in its empty, full and error states: no violation of axe, nothing wider than the screen, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from playwright.sync_api import Page, expect

from convergence.assessments.models import Answer, Assessment
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.reading import ReadPiece
from convergence.evidence.actions import archive_evidence
from foundation.accounts.actions import give_seat
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.factories.catalogue import (
    ARCHITECTURE,
    ETHICS,
    GDPR,
    INTEROPERABILITY,
    OVERALL,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    answer,
    answered,
    enrolled,
    followed_products,
    product_at,
    strategy_at,
    validated,
)
from tests.factories.editions import NEXT_INTEROPERABILITY, bring_forward
from tests.factories.evidence import CHARTER, REVIEW, deposited, filled, followed, stated
from tests.factories.pages import address, furnish, sheet_address
from tests.factories.projections import planned, projected, projection
from tests.journeys.conftest import DESKTOP, Visit
from tests.journeys.visitor import AXE, COLOURS, EVERYTHING, SHAPES, Visitor
from tests.totp import code_at
from web.public.errors import server_error

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}

Sight = tuple[Any, str, dict[str, Any]]

SIGHTS: tuple[Sight, ...] = ((DESKTOP, "light", EVERYTHING), (PHONE, "dark", COLOURS), (PHONE, "light", SHAPES))
"""Each screen and each scheme, every rule on each screen: colours are most of the work, and a screen hardly changes them."""

LANGUAGES = ("fr",)

if os.environ.get("AXE") == "full":  # four times as long: every rule that can change, screen × scheme, in both languages
    LANGUAGES = ("fr", "en")
    SIGHTS = ((DESKTOP, "light", EVERYTHING), (DESKTOP, "dark", COLOURS), (PHONE, "dark", COLOURS), (PHONE, "light", EVERYTHING))

UNFOLD = """() => {
  for (const one of document.querySelectorAll("main details:not(.cv-crit)")) one.open = true;
  document.querySelectorAll(".cv-crit").forEach((one, rank) => { one.open = rank < 2; });
}"""
"""All that unfolds, and two criteria: the others are drawn alike."""

LONG = "Coordination territoriale des parcours complexes et des sorties d'hospitalisation, édition établissements et GHT [Site Web]"

Check = Callable[[Visitor, str], None]


@pytest.fixture
def check() -> Iterator[Check]:
    """`check(visitor, "what this is")` looks at the page as it stands, on both screens and in both schemes."""
    seen: list[str] = []
    wrong: list[str] = []

    def look(visitor: Visitor, name: str) -> None:
        page = visitor.page
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE_SCRIPT)
        page.evaluate(UNFOLD)
        for screen, scheme, rules in SIGHTS:
            page.set_viewport_size(screen)
            page.mouse.move(0, screen["height"] - 1)  # in the margin: what a pointer is over has other colours
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_function("scheme => document.documentElement.dataset.frTheme === scheme", arg=scheme)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found = [f"déborde de {over} px"] if over > 0 else []
            found += violations(page, rules)
            wrong.extend(f"{name}, {screen['width']} px, {scheme} : {line}" for line in found)
            seen.append(name)
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    yield look
    print(f"{len(seen)} passages d'axe")
    assert wrong == []


def violations(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    found: list[str] = page.evaluate(AXE, rules or EVERYTHING)
    return found


@pytest.fixture(params=LANGUAGES)
def arrive(request: pytest.FixtureRequest, visit: Visit) -> Callable[..., Visitor]:
    """axe is put in the page by the test: the policy, which the other journeys keep, would refuse it."""
    return lambda person=None: visit(person, request.param, bypass_csp=True)


def test_the_public_pages(arrive: Callable[..., Visitor], check: Check, cast: Cast) -> None:
    visitor = arrive()
    for where in ("/", "/accessibilite/", "/connexion/?next=/produits/"):
        visitor.open(where)
        check(visitor, where)
    with visitor.expecting("400", "404"):
        visitor.presses("Se connecter")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
        check(visitor, "connexion refusée")
        visitor.open("/nulle-part/")
        check(visitor, "page introuvable")
        visitor.open("/?q=%00")
        check(visitor, "demande refusée")
    visitor.page.set_content(server_error(None).content.decode())  # type: ignore[arg-type]
    visitor.page.evaluate(AXE_SCRIPT)
    assert violations(visitor.page) == []


def test_an_empty_company(arrive: Callable[..., Visitor], check: Check, cast: Cast) -> None:
    claire = arrive(cast.claire)
    for where in (
        "/tableau-de-bord/",
        "/tableau-de-bord/?q=rien&produit=rien",
        "/produits/",
        "/produits/?archives=1",
        f"/parcours/doctrine/{SOCLES}/",
        f"/parcours/doctrine/{SOCLES}/choisir-un-produit/",
    ):
        claire.open(where)
        check(claire, f"{where} (vide)")
    karim = arrive(cast.karim)
    for where in ("/tableau-de-bord/", "/produits/", "/produits/ajouter/"):
        karim.open(where)
        check(karim, f"{where} (salarié)")


def test_the_tracks(arrive: Callable[..., Visitor], check: Check, cast: Cast) -> None:
    """A track, then a procedure open, closed, and a door."""
    claire = arrive(cast.claire)
    for where in (
        "/parcours/mes/",
        "/parcours/mes/mes-avec-echange/",
        "/parcours/dmn/dmn-pecan/",
        "/parcours/labels/label-logiciel-mcs/",
        "/parcours/segur/segur-vague-1/",
    ):
        claire.open(where)
        check(claire, where)


def test_the_wizard(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    claire = arrive(cast.claire)
    claire.open("/produits/ajouter/")
    check(claire, "identification (vide)")
    with claire.expecting("400"):
        claire.presses("Suivant")
        expect(claire.page.get_by_role("alert")).to_be_visible()
        check(claire, "identification (erreurs)")
    draft = product_at("draft", cast.claire, at, qualification={}, name=LONG)
    claire.open(address("company:qualify_product", draft.reference))
    check(claire, "qualification (vide)")
    with claire.expecting("400"):
        claire.presses("Suivant")
        expect(claire.page.get_by_role("alert")).to_be_visible()
        check(claire, "qualification (erreurs)")
    claire.open(address("company:confirm_product", draft.reference))
    check(claire, "récapitulatif (incomplet)")
    claire.presses("Valider")
    claire.is_answered("Il reste des questions sans réponse")
    check(claire, "qualification (renvoyée)")
    ready = product_at("draft", cast.claire, at, name=LONG)
    claire.open(f"{address('company:confirm_product', ready.reference)}?demarche={SOCLES}")
    check(claire, "récapitulatif")
    claire.presses("Valider")
    claire.reads("Produit ajouté")
    check(claire, "produit ajouté")


def test_the_products(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """Full: more than a page of procedures, long names, every state."""
    stage = furnish(cast.claire, at, colleague=cast.karim)
    long = product_at("active", cast.claire, at, name=LONG, version="12.0.4-LTS", certifications="ISO 27001\nHDS", nil="1" * 40)
    for code in (SOCLES, WITHOUT_EXCHANGE):
        enrolled(long, code, cast.claire, at)
    followed_products(10, cast.claire, at)
    claire = arrive(cast.claire)
    for where in (
        "/tableau-de-bord/",
        "/tableau-de-bord/?tri=status&page=2",
        "/produits/",
        address("company:product", long.reference),
        address("company:product", stage.archived.reference),
        address("company:identify_product", long.reference),
        address("company:start_product_version", long.reference),
        address("company:new_procedure", long.reference),
        address("company:new_procedure_in_track", long.reference, "doctrine"),
        f"/parcours/doctrine/{SOCLES}/",
        "/parcours/mes/mes-avec-echange/choisir-un-produit/",
    ):
        claire.open(where)
        check(claire, where)
    claire.open(address("company:start_product_version", long.reference))
    claire.page.get_by_label(claire.word("Nouvelle version")).fill(long.version)
    with claire.expecting("409"):
        claire.presses("Démarrer cette version")
        expect(claire.page.get_by_role("alert")).to_be_visible()
        check(claire, "nouvelle version (refusée)")
    claire.open(address("company:qualify_product", long.reference))
    claire.page.locator('input[name="mes_listing"][value="unlikely"] + label').click()
    claire.presses("Voir ce qui change")
    claire.reads("Changer la qualification : ce qui va changer")
    check(claire, "requalification")
    karim = arrive(cast.karim)
    karim.open(address("company:product", stage.active.reference))
    check(karim, "produit (salarié)")


def test_the_procedure_of_a_product(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """To be completed, in progress, done."""
    enrolment = enrolled(product_at("active", cast.claire, at, name=LONG), SOCLES, cast.claire, at)
    where = address("company:followed_procedure", enrolment.subject.reference, SOCLES)
    claire = arrive(cast.claire)
    claire.open(where)
    check(claire, "démarche (à compléter)")
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="high"), enrolment, cast.claire, at)
    answered(enrolment, SECURITY, cast.claire, at)
    claire.open(where)
    check(claire, "démarche (en cours)")
    validated(answered(enrolment, SECURITY, cast.claire, at, level="high"), enrolment, cast.claire, at)
    answered(enrolment, SECURITY, cast.claire, at + timedelta(hours=1), level="low")
    claire.open(where)
    check(claire, "démarche (terminée, brouillon)")


def test_the_global_strategy(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """Not begun, begun by halves, to be enrolled, followed."""
    claire, karim = arrive(cast.claire), arrive(cast.karim)
    begin, procedure = address("company:add_global_strategy", SOCLES), f"/parcours/doctrine/{SOCLES}/"
    claire.open(begin)
    check(claire, "stratégie : identification (vide)")
    with claire.expecting("400"):
        claire.page.get_by_label(claire.word("Nom de la stratégie globale")).fill("")
        claire.presses("Suivant")
        expect(claire.page.get_by_role("alert")).to_be_visible()
        check(claire, "stratégie : identification (erreurs)")
    for where in (begin, procedure):
        karim.open(where)
        check(karim, f"{where} (salarié)")
    strategy = strategy_at("draft", cast.claire, at, name=LONG, certifications="ISO 27001\nHDS")
    for where in (procedure, *(address(f"company:{step}", strategy.reference) for step in ("qualify_product", "confirm_product"))):
        claire.open(where)
        check(claire, f"stratégie : {where}")
    claire.presses("Valider")
    claire.is_answered("Voici les questionnaires à compléter.")
    check(claire, "stratégie : démarche")
    enrolment = Enrolment.objects.select_related("subject").get()
    validated(answered(enrolment, OVERALL, cast.claire, at, level="low"), enrolment, cast.claire, at)
    for where in ("/tableau-de-bord/", procedure, sheet_address(enrolment, OVERALL), sheet_address(enrolment, OVERALL, "company:results")):
        claire.open(where)
        check(claire, f"stratégie : {where}")


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    found = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    return found


def test_the_questionnaire(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    claire = arrive(cast.claire)
    page = claire.page
    claire.open(sheet_address(enrolment, ARCHITECTURE))
    check(claire, "questionnaire (vide)")
    with claire.expecting("409"):
        claire.sends("Valider")
        expect(page.get_by_role("alert").first).to_be_visible()
        check(claire, "questionnaire (critères manquants)")
    answered(enrolment, ARCHITECTURE, cast.claire, at, level="low")
    first = Answer.objects.order_by("pk").first()
    assert first is not None
    claire.open(sheet_address(enrolment, ARCHITECTURE))
    check(claire, "questionnaire (rempli)")
    with claire.expecting("400"):
        page.locator("textarea").first.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'mot '.repeat(1100) }")
        claire.sends("Enregistrer comme brouillon")
        expect(page.get_by_role("alert").first).to_be_visible()
        check(claire, "questionnaire (commentaire refusé)")
    with claire.expecting("409"):
        claire.open(sheet_address(enrolment, ARCHITECTURE))
        page.locator('input[name^="version-"]').first.evaluate("field => { field.value = 0 }")
        page.locator("textarea").first.evaluate("field => { field.value = 'autre chose' }")
        claire.sends("Enregistrer comme brouillon")
        claire.is_answered("1 critère à départager", "alert")
        check(claire, "questionnaire (à départager)")
    karim = arrive(cast.karim)
    karim.open(sheet_address(enrolment, ARCHITECTURE))
    check(karim, "questionnaire (lecture seule)")


def test_the_conflict_shown_while_typing(
    arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime, enrolment: Enrolment
) -> None:
    """What the script adds to the page: the state of saving, the other's text, what was put back."""
    claire = arrive(cast.claire)
    claire.open(sheet_address(enrolment, ARCHITECTURE))
    answered(enrolment, ARCHITECTURE, cast.claire, at, level="low")
    with claire.expecting("409"):
        claire.page.locator("textarea").first.fill("Une autre réponse.")
        expect(claire.page.locator(".cv-theirs")).to_be_visible()
        check(claire, "questionnaire (conflit)")
    claire.page.reload()
    expect(claire.page.locator("[data-recovered]")).to_be_visible()
    check(claire, "questionnaire (retrouvé)")


def test_the_longest_questionnaire(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    answered(enrolment, SECURITY, cast.claire, at)
    claire = arrive(cast.claire)
    claire.open(sheet_address(enrolment, SECURITY))
    check(claire, "questionnaire (36 critères)")


def test_the_results(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    claire = arrive(cast.claire)
    where = sheet_address(enrolment, route="company:results")
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at, level="low", A08_1_1="high")
    claire.open(where)
    check(claire, "résultats (brouillon)")
    validated(assessment, enrolment, cast.claire, at)
    answer(assessment, {"A08.1.1": "very_low"}, cast.claire, at, comment="Un commentaire " * 20)
    claire.open(where)
    check(claire, "résultats (écarts, brouillon)")
    claire.open(where.replace("resultats/", "historique/1/"))
    check(claire, "validation passée")
    validated(assessment, enrolment, cast.claire, at + timedelta(days=1))
    answer(assessment, {"A08.1.1": "high"}, cast.claire, at + timedelta(days=2))
    claire.open(where)
    check(claire, "résultats (deux validations, brouillon)")
    claire.presses("Comparer")
    claire.reads("Comparer deux validations")
    check(claire, "comparaison")
    with claire.expecting("400"):
        claire.open(where.replace("resultats/", "historique/comparer/?avant=1&apres=1"))
        check(claire, "comparaison (avec elle-même)")
    validated(answered(enrolment, SECURITY, cast.claire, at, level="high"), enrolment, cast.claire, at)
    claire.open(sheet_address(enrolment, SECURITY, "company:results"))
    check(claire, "résultats (36 critères, atteints)")


def test_what_opens_over_the_page(arrive: Callable[..., Visitor], check: Check, cast: Cast) -> None:
    """The menu of a telephone, and the display settings, whose choice is obeyed."""
    claire = arrive(cast.claire)
    page = claire.page
    claire.open("/tableau-de-bord/")
    page.evaluate(AXE_SCRIPT)
    with folded(page):
        claire.presses("Menu")
        expect(page.get_by_role("link", name=claire.word("Vos produits"))).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
    claire.presses("Paramètres d’affichage")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    claire.presses("Paramètres d’affichage")
    page.get_by_text(claire.word("Thème sombre")).click()
    assert violations(page) == []
    page.get_by_role("button", name=claire.word("Fermer")).last.click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("document.documentElement.dataset.frTheme") == "dark"
    claire.open("/produits/")
    assert page.evaluate("document.documentElement.dataset.frTheme") == "dark"


@contextmanager
def folded(page: Page) -> Iterator[None]:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    yield
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_the_agency(arrive: Callable[..., Visitor], check: Check, cast: Cast) -> None:
    ines = arrive(cast.ines)
    for where in (
        "/agence/contenus/",
        f"/agence/contenus/questionnaires/{INTEROPERABILITY}/",
        "/agence/contenus/procedures/mes-sans-echange-2026/",
        "/agence/contenus/scales/maturity-2021/",
    ):
        ines.open(where)
        check(ines, where)
    hugo = arrive(cast.hugo)
    hugo.open("/agence/")
    check(hugo, "/agence/")


def test_the_reason_of_a_refusal(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """An employee whose page is older than his rights."""
    product = product_at("draft", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    karim = arrive(cast.karim)
    karim.open(address("company:confirm_product", product.reference))
    grant_rights(Subject.objects.get(pk=product.pk), cast.karim, ("view",), by=cast.claire, at=at)
    with karim.expecting("403"):
        karim.presses("Valider")
        karim.reads("Cette action n’est pas possible")
        check(karim, "refus")


def test_projections_and_roadmaps(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at, name=LONG), SOCLES, cast.claire, at)
    claire = arrive(cast.claire)
    claire.open(address("company:company_roadmap"))
    check(claire, "feuille de route de l'entreprise, rien de daté")
    claire.open(sheet_address(enrolment, ARCHITECTURE, "company:projection"))
    check(claire, "projection fermée")
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), enrolment, cast.claire, at)
    claire.open(sheet_address(enrolment, ARCHITECTURE, "company:projection"))
    check(claire, "projection à compléter")
    with claire.expecting("400", "409"):
        claire.page.locator('select[name="date-ILL-URB-02-medium"]').select_option("2030-T2")
        claire.page.locator('select[name="date-ILL-URB-02-high"]').select_option("2030-T1")
        claire.sends("Valider")
        expect(claire.page.get_by_role("alert").first).to_be_visible()
        check(claire, "projection refusée")
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    late = at.replace(year=2024)
    dates = {code: {"medium": "2025-T2"} for code in ("ILL-URB-02", "ILL-URB-04")}
    planned(held, enrolment, {**dates, "ILL-URB-03": {"medium": "2025-T1", "high": "2027-T3"}, "ILL-URB-05": None}, cast.claire, late)
    projected(held, enrolment, cast.claire, late)
    claire.open(address("company:followed_procedure", enrolment.subject.reference, SOCLES))
    check(claire, "démarche, une projection validée")
    claire.open(sheet_address(enrolment, ARCHITECTURE, "company:roadmap"))
    check(claire, "feuille de route d'un questionnaire, en retard")
    claire.open(address("company:product_roadmap", enrolment.subject.reference))
    check(claire, "feuille de route d'un produit")
    claire.open(address("company:company_roadmap"))
    check(claire, "feuille de route de l'entreprise")


def test_the_change_of_edition(
    arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime, enrolment: Enrolment, packs: list[ReadPiece]
) -> None:
    """Announced, refused before its day, in force, moved to; then what was left."""
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    where = address("company:change_edition", enrolment.subject.reference)
    claire, karim = arrive(cast.claire), arrive(cast.karim)
    claire.open(where)
    check(claire, "édition (annoncée)")
    bring_forward(packs, at)
    for visitor, who in ((claire, "à qui de passer"), (karim, "salarié")):
        visitor.open(where)
        check(visitor, f"édition ({who})")
    for named in ("product", "followed_procedure"):
        path = [SOCLES] if named == "followed_procedure" else []
        claire.open(address(f"company:{named}", enrolment.subject.reference, *path))
        check(claire, f"édition en vigueur : {named}")
    claire.open(where)
    claire.presses("Passer à")
    claire.is_answered("suit maintenant")
    check(claire, "édition (passée)")
    claire.open(sheet_address(enrolment, NEXT_INTEROPERABILITY))
    check(claire, "questionnaire (réponses reprises)")
    claire.open(sheet_address(enrolment, INTEROPERABILITY, "company:results"))
    check(claire, "résultats (édition quittée)")


def test_a_validation_asked_for_and_the_rights(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """The request as each side reads it, a reason refused, sent back; and the page of rights."""
    stage = furnish(cast.claire, at, colleague=cast.karim, word=LONG[:36])
    claire, karim = arrive(cast.claire), arrive(cast.karim)
    claire.open("/tableau-de-bord/")
    check(claire, "à valider")
    claire.open(address("company:grant_rights", stage.active.reference))
    check(claire, "droits")
    karim.open(sheet_address(stage.enrolment))
    check(karim, "validation demandée")
    claire.open(sheet_address(stage.enrolment))
    check(claire, "validation à donner")
    claire.page.get_by_label(claire.word("Motif du renvoi")).fill("Précisez le premier critère, puis redemandez.")
    claire.presses("Renvoyer")
    claire.is_answered("La demande est renvoyée")
    karim.open(sheet_address(stage.enrolment))
    check(karim, "renvoyée")
    karim.open("/tableau-de-bord/")
    check(karim, "à reprendre")
    karim.open(address("company:followed_procedure", stage.active.reference, SOCLES))
    check(karim, "demandes de la démarche")


def test_what_is_proved(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """Slots empty, full, refused; archived evidence, evidence used again, « Vos preuves », results, the end of a procedure."""
    enrolment = followed(cast.claire, at, name=LONG)
    claire = arrive(cast.claire)
    claire.open("/preuves/")
    check(claire, "preuves, vide")
    stated(enrolment, cast.claire, at, not_conform=[f"ILL-ETH-{rank:02}" for rank in range(4, 35)])
    archived = deposited(enrolment, CHARTER, cast.claire, at, name="ancienne.pdf")
    archive_evidence(archived, by=cast.claire, at=at)
    deposited(enrolment, CHARTER, cast.claire, at, name=f"{'tres-long-nom-' * 12}.pdf", state="clean")
    deposited(enrolment, REVIEW, cast.claire, at, state="infected")
    deposited(enrolment, "RGPD-CGU", cast.claire, at, questionnaire=GDPR)
    for questionnaire in (ETHICS, GDPR):
        claire.open(sheet_address(enrolment, questionnaire))
        check(claire, questionnaire)
        with claire.expecting("409"):
            claire.presses("Valider")
            check(claire, f"{questionnaire}, incomplet")
    for route, *rest in (("archived_evidence",), ("reuse_evidence", "ILL-ETH-06-P1"), ("reuse_evidence", "ILL-ETH-01-P1")):
        claire.open(address(f"company:{route}", enrolment.subject.reference, enrolment.code, ETHICS, *rest))
        check(claire, f"{route} {rest}")
    claire.open("/preuves/")
    check(claire, "preuves")
    deposited(enrolment, REVIEW, cast.claire, at, name="saine.pdf")
    filled(enrolment, ETHICS, cast.claire, at)
    assessment = Assessment.objects.get(questionnaire=ETHICS)
    validated(assessment, enrolment, cast.claire, at)
    claire.open(sheet_address(enrolment, ETHICS, "company:results"))
    check(claire, "résultats de conformité")


def test_the_means_of_coming_in(arrive: Callable[..., Visitor], check: Check, cast: Cast, settings: Any) -> None:
    """Providers, code, proof, second factor and sessions: empty, refused, full."""
    settings.OIDC_PROVIDERS = [
        {"key": f"p-{side}", "name": name, "side": side, "issuer": "https://p.example", "client_id": "us"}
        for side, name in (("company", "industriels Santé Connect"), ("agency", "le compte de l'agence"))
    ]
    visitor = arrive()
    visitor.open("/connexion/?next=/produits/")
    check(visitor, "connexion (fournisseurs)")
    claire = arrive(cast.claire)
    claire.open("/compte/securite/")
    check(claire, "sécurité (vide)")
    claire.open("/compte/securite/double-authentification/")
    check(claire, "double authentification")
    secret = claire.page.locator("code").inner_text()
    with claire.expecting("400"):
        claire.page.locator("#code").fill("000000")
        claire.presses("Activer")
        expect(claire.page.get_by_role("alert")).to_be_visible()
        check(claire, "double authentification (refusée)")
    claire.page.locator("#code").fill(code_at(secret))
    claire.presses("Activer")
    claire.reads("Vos codes de secours")
    check(claire, "codes de secours")
    for _ in range(3):
        Client().force_login(cast.claire)
    claire.open("/compte/securite/")
    check(claire, "sécurité")
    claire.open("/connexion/confirmer/")
    check(claire, "confirmer (démonstration)")
    again = arrive()
    again.open("/connexion/")
    again.page.get_by_label(again.word("Adresse électronique")).fill(cast.claire.email)
    again.page.get_by_label(again.word("Mot de passe")).fill(settings.DEMO_PASSWORD)
    again.presses("Se connecter")
    again.reads("Votre code")
    check(again, "code")
    with again.expecting("400"):
        again.page.locator("#code").fill("0")
        again.presses("Entrer")
        expect(again.page.get_by_role("alert")).to_be_visible()
        check(again, "code (refusé)")
        again.page.locator("#code").fill(code_at(secret))
        again.presses("Entrer")
        again.reads("Tableau de bord")
        again.open("/connexion/confirmer/")
        again.presses("Confirmer")
        expect(again.page.get_by_role("alert")).to_be_visible()
        check(again, "confirmer (refusé)")


def test_the_journal(arrive: Callable[..., Visitor], check: Check, cast: Cast, at: datetime) -> None:
    """Full, empty, verified."""
    followed_products(6, cast.claire, at)
    give_seat(cast.hugo, Role.AUDITOR, by=SYSTEM, at=at)
    hugo = arrive(cast.hugo)
    for where in ("/agence/journal/", "/agence/journal/?q=rien-de-tel", "/agence/journal/verification/"):
        hugo.open(where)
        check(hugo, where)
    hugo.presses("Vérifier maintenant")
    expect(hugo.page.get_by_role("status")).to_be_visible()
    check(hugo, "journal vérifié")
