"""The network goes, or the session: what was typed stays on the device, and is put back."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import settings
from playwright.sync_api import Route, expect

from convergence.assessments.models import Answer
from convergence.catalogue.models import Enrolment
from ops.demo import NOT_LISTED
from tests.cast import Cast
from tests.factories.catalogue import SOCLES, enrolled, product_at
from tests.factories.pages import sheet_address
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CRITERION = "A08.1.1"
COMMENT = f'textarea[name="comment-{CRITERION}"]'
OFFLINE = ("ERR_INTERNET_DISCONNECTED",)


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return enrolled(product_at("active", cast.claire, at, qualification=NOT_LISTED), SOCLES, cast.claire, at)


def test_what_is_typed_without_network_is_put_back(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    claire = visit(cast.claire)
    page = claire.page
    claire.open(sheet_address(enrolment))
    with claire.expecting(*OFFLINE):
        page.context.set_offline(True)
        claire.picks(CRITERION, "Maturité faible")
        page.locator(COMMENT).fill("Tapé dans le train.")
        claire.is_told("Pas de réseau : votre réponse est gardée sur cet appareil")
        expect(page.get_by_role("alert")).to_contain_text("Pas de réseau")
    assert not Answer.objects.exists()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[data-recovered]")).to_contain_text("1 réponse gardée sur cet appareil")
    expect(page.locator(COMMENT)).to_have_value("Tapé dans le train.")
    expect(page.locator(f'input[name="level-{CRITERION}"][value="low"]')).to_be_checked()
    claire.presses("Enregistrer comme brouillon")
    expect(page.get_by_text("Votre brouillon est enregistré.")).to_be_visible()
    expect(page.locator("[data-recovered]")).to_be_hidden()
    answer = Answer.objects.get()
    assert (answer.level, answer.comment) == ("low", "Tapé dans le train.")
    page.reload()
    expect(page.locator("[data-recovered]")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('convergence:'))") == []


def test_answers_given_faster_than_the_line_are_all_counted(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    """The first answer is saved, and its acknowledgement comes late: it does not take back what the next one counted."""
    claire = visit(cast.claire)
    page, late = claire.page, []

    def hold(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    page.route("**/reponse/", hold)
    claire.open(sheet_address(enrolment))
    claire.picks(CRITERION, "Maturité faible")
    claire.picks("ILL-INT-01", "Maturité faible")
    page.wait_for_timeout(400)
    route, answer = late[0]
    route.fulfill(response=answer)
    page.wait_for_timeout(400)
    expect(page.locator("[data-answered]")).to_have_text("2")
    assert Answer.objects.count() == 2


def test_sending_the_sheet_without_network_loses_nothing(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    claire = visit(cast.claire)
    page = claire.page
    claire.open(sheet_address(enrolment))
    with claire.expecting(*OFFLINE, "localStorage"):
        page.context.set_offline(True)
        page.locator(COMMENT).fill("Envoyé dans un tunnel.")
        claire.presses("Enregistrer comme brouillon")
        expect(page).to_have_url("chrome-error://chromewebdata/")
        page.context.set_offline(False)
        claire.open(sheet_address(enrolment))
    expect(page.locator(COMMENT)).to_have_value("Envoyé dans un tunnel.")
    expect(page.locator("[data-recovered]")).to_be_visible()


def test_a_session_that_ends_loses_nothing(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    claire = visit(cast.claire)
    page = claire.page
    claire.open(sheet_address(enrolment))
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    with claire.expecting("401"):
        page.locator(COMMENT).fill("Tapé trop tard.")
        claire.is_told("Votre session est terminée")
    assert not Answer.objects.exists()
    claire.open(sheet_address(enrolment))
    claire.reads("Se connecter à Convergence")
    page.get_by_label("Adresse électronique").fill(cast.claire.email)
    page.get_by_label("Mot de passe").fill(settings.DEMO_PASSWORD)
    page.keyboard.press("Enter")
    claire.reads("Questionnaire d’évaluation : Interopérabilité 2021")
    expect(page.locator(COMMENT)).to_have_value("Tapé trop tard.")
