"""A product promises when it will be ready: dates, steps on the way, a roadmap on screen, on paper, in a workbook, in an agenda."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from foundation.core.clock import now
from foundation.core.quarter import Quarter
from tests.cast import Cast
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at, validated
from tests.factories.pages import address
from tests.foundation.test_calendar import values
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_product_promises_a_quarter_and_takes_its_roadmap_away(visit: Visit, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), enrolment, cast.claire, at)
    claire = visit(cast.claire)
    page = claire.page
    near, far = (str(Quarter.of(now()).after(count)) for count in (2, 5))

    claire.open(address("company:followed_procedure", enrolment.subject.reference, SOCLES))
    claire.meets_no_barrier()
    claire.follows("Démarrer la projection : Urbanisation")
    claire.reads("Questionnaire de projection : Urbanisation 2021")
    expect(page.locator(".cv-plan .cv-title").filter(has_text="Sans cible")).to_have_count(4)

    # — A date each; one by a step on the way, one set aside at first —
    dates(claire, "ILL-URB-02", "medium", near)
    dates(claire, "ILL-URB-03", "medium", near)
    dates(claire, "ILL-URB-03", "high", far)
    dates(claire, "ILL-URB-04", "medium", near)
    aside = claire.criterion("ILL-URB-05").get_by_text("Cible non applicable à ce critère")
    with page.expect_response("**/cible/"):
        aside.click()
    forecast = page.locator('[data-told="forecast-evaluation-socles"]')
    expect(forecast).to_have_text("Non atteint : 1 critère sans cible")
    with page.expect_response("**/cible/"):
        aside.click()
    dates(claire, "ILL-URB-05", "medium", near)
    expect(forecast).to_have_text(f"Atteint le {far}")
    expect(page.locator("[data-percent]")).to_have_text("100")
    claire.meets_no_barrier()
    claire.presses("Valider")

    # — The roadmap, and what one takes away —
    claire.reads("Feuille de route : Urbanisation 2021")
    expect(page.get_by_text(f"Atteint le {far}").first).to_be_visible()
    expect(
        page.get_by_role("row").filter(has_text="ILL-URB-03").or_(page.get_by_role("row").filter(has_text=f"forte en {far}"))
    ).to_have_count(1)
    claire.meets_no_barrier()
    paper = taken(claire, "Télécharger le PDF")
    with pikepdf.open(BytesIO(paper)) as pdf:
        assert len(pdf.pages) >= 1
        assert pdf.Root.MarkInfo.Marked
    book = load_workbook(BytesIO(taken(claire, "Télécharger le tableur (XLSX)")))
    assert any(far in str(cell.value) for row in book["Feuille de route"].iter_rows() for cell in row)
    days = values(taken(claire, "Télécharger l’agenda (ICS)"), "DTSTART")
    assert {f"{quarter.last_day:%Y%m%d}" for quarter in (Quarter.of(now()).after(2), Quarter.of(now()).after(5))} == set(days)

    # — The same from the product and from the company —
    for where in (address("company:product_roadmap", enrolment.subject.reference), address("company:company_roadmap")):
        claire.open(where)
        expect(page.get_by_text("Pas encore projeté").first).to_be_visible()
        claire.meets_no_barrier()
        assert taken(claire, "Télécharger le PDF").startswith(b"%PDF")


def dates(visitor: Visitor, criterion: str, level: str, quarter: str) -> None:
    with visitor.page.expect_response("**/cible/"):
        visitor.page.locator(f'select[name="date-{criterion}-{level}"]').select_option(quarter)


def taken(visitor: Visitor, name: str) -> bytes:
    return Path(visitor.takes(name).path()).read_bytes()
