"""Two colleagues plan the same criterion at the same moment; the network or the session goes: no date is ever lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import settings
from playwright.sync_api import Locator, expect

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.projections.models import PlannedTarget
from foundation.core.clock import now
from foundation.core.quarter import Quarter
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at, validated
from tests.factories.pages import sheet_address
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CRITERION, OTHER = "ILL-URB-02", "ILL-URB-04"
HEADING = "Questionnaire de projection : Urbanisation 2021"


@pytest.fixture
def where(cast: Cast, at: datetime) -> str:
    """A projection Claire and Karim may both fill in."""
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    enrolment: Enrolment = enrolled(product, SOCLES, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), enrolment, cast.claire, at)
    return sheet_address(enrolment, ARCHITECTURE, "company:projection")


def ahead(count: int) -> str:
    """A quarter the lists offer, whatever the day."""
    return str(Quarter.of(now()).after(count))


def date_of(visitor: Visitor, level: str = "medium", criterion: str = CRITERION) -> Locator:
    return visitor.page.locator(f'select[name="date-{criterion}-{level}"]')


def chooses(visitor: Visitor, quarter: str, level: str = "medium", criterion: str = CRITERION) -> None:
    """A quarter, gone to the server before the next thing is done."""
    with visitor.page.expect_response("**/cible/"):
        date_of(visitor, level, criterion).select_option(quarter)


def test_each_date_saves_itself_and_says_what_it_comes_to(visit: Visit, cast: Cast, where: str) -> None:
    claire = visit(cast.claire)
    page = claire.page
    claire.open(where)
    claire.is_told("Rien n’est encore enregistré")
    chooses(claire, ahead(3))
    claire.is_told("Brouillon enregistré à")
    expect(claire.criterion(CRITERION).locator(".cv-title .cv-mention")).to_have_text(f"Atteint en {ahead(3)}")
    expect(page.locator("[data-answered]").first).to_have_text("3")
    expect(page.locator("progress[data-progress]")).to_have_js_property("value", 3)
    expect(page.locator('[data-told="forecast-evaluation-socles"]')).to_have_text("Non atteint : 3 critères sans cible")

    # A higher level before a lower one: said under its own list, and kept on the device meanwhile
    with claire.expecting("400"):
        chooses(claire, ahead(1), level="high")
        expect(claire.criterion(CRITERION).locator(".fr-error-text")).to_contain_text("ne peut pas précéder")
    expect(date_of(claire, "high")).to_have_attribute("aria-invalid", "true")
    claire.meets_no_barrier()
    chooses(claire, ahead(5), level="high")
    expect(claire.criterion(CRITERION).locator(".fr-error-text")).to_have_count(0)
    claire.is_told("Brouillon enregistré à")

    with page.expect_response("**/cible/"):
        claire.criterion(OTHER).get_by_text("Cible non applicable à ce critère").click()
    expect(claire.criterion(OTHER).locator(".cv-title .cv-mention")).to_have_text("Cible non applicable")

    page.reload()
    expect(date_of(claire, "high")).to_have_value(ahead(5))
    expect(page.locator("[data-recovered]")).to_be_hidden()
    assert PlannedTarget.objects.get(criterion=CRITERION).quarters == {"medium": ahead(3), "high": ahead(5)}
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('convergence:'))") == []


def test_each_chooses_with_both_dates_before_their_eyes(visit: Visit, cast: Cast, where: str) -> None:
    claire, karim = visit(cast.claire), visit(cast.karim)
    for visitor in (claire, karim):
        visitor.open(where)
    chooses(claire, ahead(2))

    # Karim had the empty projection before his eyes
    conflict = karim.criterion(CRITERION).get_by_role("alert")
    with karim.expecting("409"):
        chooses(karim, ahead(6))
        expect(conflict).to_contain_text("Claire a choisi à")
        expect(conflict).to_contain_text(f"moyenne en {ahead(2)}")
        expect(date_of(karim)).to_have_value(ahead(6))
        karim.meets_no_barrier()
    with karim.expecting("409"), karim.page.expect_response(lambda response: response.ok):
        conflict.get_by_role("button", name="Garder mes dates").click()
    expect(conflict).to_have_count(0)
    expect(date_of(karim)).to_be_focused()
    karim.is_told("Brouillon enregistré à")

    # Claire still has her own before hers
    conflict = claire.criterion(CRITERION).get_by_role("alert")
    with claire.expecting("409"):
        chooses(claire, ahead(3))
        expect(conflict).to_contain_text(f"moyenne en {ahead(6)}")
    with claire.expecting("409"), claire.page.expect_response(lambda response: response.ok):
        conflict.get_by_role("button", name="Prendre celles de Karim").click()
    expect(conflict).to_have_count(0)
    expect(date_of(claire)).to_have_value(ahead(6))

    target = PlannedTarget.objects.get()
    assert (target.quarters, target.saved_by) == ({"medium": ahead(6)}, cast.karim)
    assert {entry.by for entry in Entry.objects.filter(kind="projections.TargetsSaved")} == {cast.claire.key, cast.karim.key}


def test_leaving_before_choosing_loses_nothing(visit: Visit, cast: Cast, where: str) -> None:
    claire, karim = visit(cast.claire), visit(cast.karim)
    for visitor in (claire, karim):
        visitor.open(where)
    chooses(claire, ahead(2))
    with karim.expecting("409"):
        chooses(karim, ahead(6))
        expect(karim.criterion(CRITERION).get_by_role("alert")).to_be_visible()
    karim.page.reload()
    expect(karim.page.locator("[data-recovered]")).to_contain_text("1 critère gardé sur cet appareil")
    expect(date_of(karim)).to_have_value(ahead(6))
    assert PlannedTarget.objects.get().quarters == {"medium": ahead(2)}


def test_what_is_chosen_without_network_is_put_back(visit: Visit, cast: Cast, where: str) -> None:
    claire = visit(cast.claire)
    page = claire.page
    claire.open(where)
    with claire.expecting("ERR_INTERNET_DISCONNECTED"):
        page.context.set_offline(True)
        date_of(claire).select_option(ahead(4))
        claire.is_told("Pas de réseau : vos dates sont gardées sur cet appareil")
    assert not PlannedTarget.objects.exists()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[data-recovered]")).to_contain_text("1 critère gardé sur cet appareil")
    expect(date_of(claire)).to_have_value(ahead(4))
    claire.presses("Enregistrer comme brouillon")
    expect(page.get_by_text("Votre brouillon est enregistré.")).to_be_visible()
    expect(page.locator("[data-recovered]")).to_be_hidden()
    assert PlannedTarget.objects.get().quarters == {"medium": ahead(4)}


def test_a_session_that_ends_loses_nothing(visit: Visit, cast: Cast, where: str) -> None:
    claire = visit(cast.claire)
    page = claire.page
    claire.open(where)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    with claire.expecting("401"):
        date_of(claire).select_option(ahead(4))
        claire.is_told("Votre session est terminée : vos dates sont gardées sur cet appareil")
    claire.open(where)
    claire.reads("Se connecter à Convergence")
    page.get_by_label("Adresse électronique").fill(cast.claire.email)
    page.get_by_label("Mot de passe").fill(settings.DEMO_PASSWORD)
    page.keyboard.press("Enter")
    claire.reads(HEADING)
    expect(page.locator("[data-recovered]")).to_be_visible()
    expect(date_of(claire)).to_have_value(ahead(4))


def test_without_a_script_the_second_person_sees_both_too(visit: Visit, cast: Cast, where: str) -> None:
    claire, karim = visit(cast.claire, java_script_enabled=False), visit(cast.karim, java_script_enabled=False)
    for visitor, count in ((claire, 2), (karim, 6)):
        visitor.open(where)
        date_of(visitor).select_option(ahead(count))
    claire.presses("Enregistrer comme brouillon")
    with karim.expecting("409"):
        karim.presses("Enregistrer comme brouillon")
    expect(karim.criterion(CRITERION)).to_contain_text(f"Claire a choisi pendant que vous planifiiez : moyenne en {ahead(2)}")
    karim.presses("Enregistrer comme brouillon")
    expect(karim.page.get_by_text("Votre brouillon est enregistré.")).to_be_visible()
    assert PlannedTarget.objects.get().quarters == {"medium": ahead(6)}
