"""The platform in English: a product added by someone who reads no French, then every page it has, without a barrier."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from foundation.core.language import spoken
from tests.cast import Cast
from tests.factories.pages import furnish
from tests.factories.people import everyone, furnish_accounts
from tests.house.routes import ACCESS, ROLES, Access
from tests.journeys.conftest import DESKTOP, Visit
from tests.journeys.visitor import AXE, EVERYTHING, Visitor
from web.guard import Side

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PLAIN = Access.__dataclass_fields__["tail"].default
"""What a page that needs nothing of its own is given: the others are looked at in French, and read in English by `tests/house`."""

NARROW = {"width": 320, "height": 640}
"""A screen of 1 280 points looked at four times as large (WCAG 1.4.10)."""


def test_a_product_is_added_in_english_and_the_switch_stays_on_the_page(visit: Visit, cast: Cast) -> None:
    claire = visit(cast.claire, locale="en-GB")
    page = claire.page
    claire.open("/tableau-de-bord/?par=25")
    with page.expect_navigation():
        page.get_by_role("link", name="English").click()
    assert page.url.endswith("/en/tableau-de-bord/?par=25")
    claire.reads("Dashboard")
    claire.follows("Add a product")
    page.get_by_label("Product name").fill("Cardio Watch [Site Web]")
    with claire.expecting("400"):
        claire.presses("Next")
    expect(page.get_by_role("alert").first).to_be_visible()  # what is missing is said, and what was typed is kept
    expect(page.get_by_label("Product name")).to_have_value("Cardio Watch [Site Web]")
    claire.meets_no_barrier()
    with page.expect_navigation():
        page.get_by_role("link", name="Français").click()
    claire.reads("Ajouter un nouveau produit")


@pytest.mark.parametrize("side", [Side.PUBLIC, Side.PERSON, Side.COMPANY, Side.AGENCY])
def test_every_page_in_english_is_without_a_barrier(side: Side, visit: Visit, cast: Cast, at: datetime) -> None:
    """axe on the desktop; nothing wider than 320 points. Each page by the first person it opens to."""
    people = everyone(cast, at)
    stage = replace(furnish(cast.claire, at, colleague=cast.karim), accounts=furnish_accounts(cast, people, at))
    visitors: dict[str, Visitor] = {}
    wrong, seen = [], 0
    for name, row in sorted(ACCESS.items()):
        if row.side is not side or "GET" not in row.methods or row.headers or row.tail is not PLAIN:
            continue
        reader = next((who for who in (*(("anonymous",) if side is Side.PUBLIC else ()), *ROLES) if row.expected(who, "GET") == 200), None)
        if reader is None:
            continue
        with spoken("en"):
            address = row.address(name, stage)
        if reader not in visitors:
            visitors[reader] = visit(people.get(reader), bypass_csp=True, locale="en-GB")
        page = visitors[reader].page
        answer = page.request.get(address)
        if not answer.headers.get("content-type", "").startswith("text/html") or "attachment" in answer.headers.get(
            "content-disposition", ""
        ):
            continue
        visitors[reader].open(address)
        page.evaluate(AXE_SCRIPT)
        wrong += [f"{name} : {line}" for line in page.evaluate(AXE, EVERYTHING)]
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
            wrong.append(f"{name} : plus large que 320 points")
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        seen += 1
    print(f"{seen} pages en anglais")
    assert wrong == []
