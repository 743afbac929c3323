"""A product is entrusted to a colleague, one questionnaire of it: he sees it, fills it in, and nothing else."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator, expect

from convergence.assessments.models import Answer
from tests.cast import Cast
from tests.factories.catalogue import ARCHITECTURE, SECURITY, SOCLES, enrolled, product_at
from tests.factories.pages import address, sheet_address
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_one_questionnaire_is_entrusted_to_karim(visit: Visit, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    claire, karim = visit(cast.claire), visit(cast.karim)
    where = address("company:product", enrolment.subject.reference)

    # — Before, there is nothing to see —
    with karim.expecting("404"):
        karim.open(where)
        karim.meets_no_barrier()

    # — Claire gives the right to answer « Urbanisation » —
    claire.open(where)
    claire.follows("Droits")
    claire.reads("Droits sur TéléSuivi Cardio [Site Web]")
    claire.meets_no_barrier()
    box(claire, "modifier").check(force=True)
    claire.presses("Enregistrer")
    expect(claire.page.get_by_text("Les droits sont enregistrés.")).to_be_visible()
    expect(box(claire, "voir")).to_be_checked()  # to answer is to see

    # — Karim finds the product, answers that questionnaire, reads the others —
    karim.open("/tableau-de-bord/")
    karim.meets_no_barrier()
    expect(karim.page.get_by_role("row").nth(1)).to_contain_text("TéléSuivi Cardio")
    karim.open(sheet_address(enrolment, ARCHITECTURE))
    with karim.page.expect_response("**/reponse/"):
        karim.picks("ILL-URB-02", "Maturité moyenne")
    karim.is_told("Brouillon enregistré à")
    expect(karim.page.get_by_role("button", name="Enregistrer et demander validation")).to_be_visible()
    karim.open(sheet_address(enrolment, SECURITY))
    expect(karim.page.get_by_text("Vous pouvez lire ce questionnaire, pas y répondre.")).to_be_visible()
    expect(karim.page.get_by_role("button", name="Enregistrer comme brouillon")).to_have_count(0)
    karim.meets_no_barrier()
    assert Answer.objects.get().saved_by == cast.karim

    # — Claire takes it back —
    for right in ("modifier", "voir"):
        box(claire, right).uncheck(force=True)
    claire.presses("Enregistrer")
    with karim.expecting("404"):
        karim.open(where)
        expect(karim.page.get_by_text("TéléSuivi")).to_have_count(0)


def box(visitor: Visitor, right: str) -> Locator:
    """The box of one right on « Urbanisation »; it is drawn by its label, which says so to ears alone."""
    return visitor.page.get_by_label(re.compile(rf"Karim\s:\s{right}\s«\sUrbanisation"))
