"""Installed elsewhere than at the State: neither its mark, nor its typeface, nor its blue, and the contrasts hold in both schemes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.pages import furnish, sheet_address
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

OF_THE_STATE = """() => [...document.querySelectorAll("body, body *")].filter(one => {
  const drawn = getComputedStyle(one);
  return /marianne|spectral/i.test(drawn.fontFamily) || [drawn.color, drawn.backgroundColor].includes("rgb(0, 0, 145)");
}).map(one => one.outerHTML.slice(0, 120))"""
"""What is drawn in the State's typefaces, or in its blue."""


def test_nothing_of_the_state_is_left(visit: Visit, cast: Cast, at: datetime, settings: Any) -> None:
    settings.THEME = "neutral"
    stage = furnish(cast.claire, at)
    for person, name, where in (
        (None, "accueil-neutre", "/"),
        (cast.claire, "tableau-de-bord-neutre", "/tableau-de-bord/"),
        (cast.claire, "questionnaire-neutre", sheet_address(stage.enrolment)),
    ):
        visitor = visit(person, bypass_csp=True)
        fonts: list[str] = []
        visitor.page.on("request", lambda request, fonts=fonts: fonts.append(request.url) if request.resource_type == "font" else None)
        visitor.open(where)
        assert visitor.page.locator(".fr-logo").count() == 0
        assert visitor.page.evaluate(OF_THE_STATE) == []
        looked_at(visitor, name)
        assert fonts == [], "la police de l'État est demandée"


def test_the_state_keeps_its_own(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/")
    assert visitor.page.locator(".fr-logo").count() == 1
    assert visitor.page.evaluate(OF_THE_STATE) != []
