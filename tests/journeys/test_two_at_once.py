"""Two colleagues answer the same criterion at the same moment: both texts are shown, and neither is lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from convergence.assessments.models import Answer
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from foundation.journal.models import Entry
from ops.demo import NOT_LISTED
from tests.cast import Cast
from tests.factories.catalogue import SOCLES, enrolled, product_at
from tests.factories.pages import sheet_address
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CRITERION = "A08.1.1"


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    product = product_at("active", cast.claire, at, qualification=NOT_LISTED)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    return enrolled(product, SOCLES, cast.claire, at)


def test_each_chooses_with_both_texts_before_their_eyes(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    claire, karim = visit(cast.claire), visit(cast.karim)
    for visitor in (claire, karim):
        visitor.open(sheet_address(enrolment))
    writes(claire, "Claire : les volets sont suivis.", "Maturité moyenne")

    # Karim had the empty sheet before his eyes
    conflict = karim.criterion(CRITERION).get_by_role("alert")
    with karim.expecting("409"):
        writes(karim, "Karim : seulement en partie.", "Maturité faible")
        expect(conflict).to_contain_text("Claire a répondu à")
        expect(conflict).to_contain_text("moyenne")
        expect(conflict.locator("blockquote")).to_have_text("Claire : les volets sont suivis.")
        expect(comment_of(karim)).to_have_value("Karim : seulement en partie.")
    with karim.expecting("409"), karim.page.expect_response(lambda response: response.ok):
        conflict.get_by_role("button", name="Garder ma réponse").click()
    expect(conflict).to_have_count(0)
    karim.is_told("Brouillon enregistré à")
    expect(comment_of(karim)).to_be_focused()

    # Claire still has her own before hers
    conflict = claire.criterion(CRITERION).get_by_role("alert")
    with claire.expecting("409"), claire.page.expect_response("**/reponse/"):
        comment_of(claire).fill("Claire : précisons.")
    expect(conflict.locator("blockquote")).to_have_text("Karim : seulement en partie.")
    with claire.expecting("409"), claire.page.expect_response(lambda response: response.ok):
        conflict.get_by_role("button", name="Prendre celle de Karim").click()
    expect(conflict).to_have_count(0)
    expect(comment_of(claire)).to_have_value("Karim : seulement en partie.")
    expect(claire.page.locator(f'input[name="level-{CRITERION}"][value="low"]')).to_be_checked()

    claire.page.reload()
    expect(comment_of(claire)).to_have_value("Karim : seulement en partie.")
    expect(claire.page.locator("[data-recovered]")).to_be_hidden()
    answer = Answer.objects.get()
    assert (answer.level, answer.comment, answer.saved_by) == ("low", "Karim : seulement en partie.", cast.karim)
    assert {entry.by for entry in Entry.objects.filter(kind="assessments.AnswersSaved")} == {cast.claire.key, cast.karim.key}


def test_leaving_before_choosing_loses_nothing(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    claire, karim = visit(cast.claire), visit(cast.karim)
    for visitor in (claire, karim):
        visitor.open(sheet_address(enrolment))
    writes(claire, "Claire d'abord.", "Maturité forte")
    with karim.expecting("409"):
        writes(karim, "Karim ensuite.", "Maturité faible")
        expect(karim.criterion(CRITERION).get_by_role("alert")).to_be_visible()
    karim.page.reload()
    expect(karim.page.locator("[data-recovered]")).to_contain_text("1 réponse gardée sur cet appareil")
    expect(comment_of(karim)).to_have_value("Karim ensuite.")
    assert Answer.objects.get().comment == "Claire d'abord."


def test_sending_the_whole_sheet_shows_both_texts_too(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    """The button at the foot, pressed before the page could save by itself."""
    claire, karim = visit(cast.claire), visit(cast.karim)
    karim.open(sheet_address(enrolment))
    claire.open(sheet_address(enrolment))
    writes(claire, "Claire d'abord.", "Maturité forte")
    karim.page.route("**/reponse/", lambda route: route.abort())
    with karim.expecting("409", "ERR_FAILED"):
        karim.picks(CRITERION, "Maturité faible")
        comment_of(karim).fill("Karim ensuite.")
        karim.is_told("Pas de réseau")
        karim.presses("Enregistrer comme brouillon")
        expect(karim.page.get_by_text("1 critère à départager")).to_be_visible()
    block = karim.criterion(CRITERION)
    expect(block.locator("blockquote")).to_have_text("Claire d'abord.")
    expect(comment_of(karim)).to_have_value("Karim ensuite.")
    karim.presses("Enregistrer comme brouillon")
    expect(karim.page.get_by_text("Votre brouillon est enregistré.")).to_be_visible()
    expect(karim.page.locator("[data-recovered]")).to_be_hidden()
    assert Answer.objects.get().comment == "Karim ensuite."


def test_nobody_is_in_conflict_with_themselves(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    """A slow network: the sheet is sent while the page still waits to hear that an older text was saved."""
    claire = visit(cast.claire)
    claire.open(sheet_address(enrolment))
    claire.page.evaluate(SLOW)
    with claire.page.expect_response("**/reponse/"):
        comment_of(claire).fill("Les volets")
    comment_of(claire).fill("Les volets sont suivis.")
    claire.presses("Enregistrer comme brouillon")
    expect(claire.page.get_by_text("Votre brouillon est enregistré.")).to_be_visible()
    assert Answer.objects.get().comment == "Les volets sont suivis."


SLOW = """() => {
  const quick = window.fetch;
  window.fetch = async (...all) => { const answer = await quick(...all); await new Promise(done => setTimeout(done, 800)); return answer; };
}"""
"""What the server answers is heard late."""


def writes(visitor: Visitor, text: str, level: str) -> None:
    """A level then a comment, each gone to the server before the next thing is done."""
    with visitor.page.expect_response("**/reponse/"):
        visitor.picks(CRITERION, level)
    with visitor.page.expect_response("**/reponse/"):
        comment_of(visitor).fill(text)


def comment_of(visitor: Visitor):
    return visitor.page.locator(f'textarea[name="comment-{CRITERION}"]')
