"""What changed since last time? Two validations of the answers, then two of the dates, side by side."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from foundation.core.clock import now
from foundation.core.quarter import Quarter
from tests.cast import Cast
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at, validated
from tests.factories.pages import sheet_address
from tests.factories.projections import planned, projected, projection
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_two_validations_then_two_projections_are_compared(visit: Visit, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), enrolment, cast.claire, at)
    near, far = (str(Quarter.of(now()).after(count)) for count in (2, 5))
    held = projection(enrolment, ARCHITECTURE, cast.claire, at)
    levels = {"ILL-URB-02": "medium", "ILL-URB-03": "high", "ILL-URB-04": "medium", "ILL-URB-05": "medium"}
    planned(held, enrolment, {code: {level: near} for code, level in levels.items()}, cast.claire, at)
    projected(held, enrolment, cast.claire, at)
    claire = visit(cast.claire)
    page = claire.page

    # — The answers: one better, one worse —
    claire.open(sheet_address(enrolment, ARCHITECTURE))
    for code, level in (("ILL-URB-02", "Maturité moyenne"), ("ILL-URB-06", "Maturité très faible")):
        with page.expect_response("**/reponse/"):
            claire.picks(code, level)
    claire.presses("Valider")
    claire.reads("Résultats : Urbanisation 2021")
    claire.presses("Comparer")
    claire.reads("Comparer deux validations")
    claire.pictures("comparaison")
    expect(page.locator(".cv-move--rose")).to_have_text("En hausse")
    expect(page.locator(".cv-move--fell")).to_have_text("En baisse")
    page.get_by_text("Voir 4 critères inchangés").click()
    claire.meets_no_barrier()

    # — The dates: one later; the criterion that reached its level has none any more —
    claire.open(sheet_address(enrolment, ARCHITECTURE, "company:projection"))
    with page.expect_response("**/cible/"):
        page.locator('select[name="date-ILL-URB-03-high"]').select_option(far)
    for line in page.locator(".cv-plan:has(.cv-title .cv-mention:text-is('Sans cible')) .is-req select").all():
        with page.expect_response("**/cible/"):
            line.select_option(near)
    claire.presses("Valider")
    claire.reads("Feuille de route : Urbanisation 2021")
    claire.follows("Comparer deux validations")
    claire.reads("Comparer deux projections")
    claire.pictures("comparaison-projections")
    expect(page.locator(".cv-move--later")).to_have_text("Repoussé")
    expect(page.get_by_role("row").filter(has_text="Repoussé")).to_contain_text(f"forte en {near}")
    expect(page.get_by_role("row").filter(has_text="Sans date")).to_contain_text("Niveau recommandé atteint")
    claire.meets_no_barrier()
    claire.follows("Validation n° 1")
    claire.reads("Projection validée n° 1 : Urbanisation 2021")
    expect(page.get_by_text(f"Atteint le {near}").first).to_be_visible()
    claire.meets_no_barrier()
