"""« Présentation du parcours », and its procedures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from convergence.content.library import Library
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.packs import DAY
from tests.factories.pages import address, text_of

Browse = Callable[[Person | None], StrictClient]


@pytest.mark.parametrize("code", ["doctrine", "mes", "dmn", "segur", "labels"])
def test_a_track_presents_itself_and_lists_its_procedures(browse: Browse, cast: Cast, shelf: Library, code: str) -> None:
    page = text_of(browse(cast.claire).get(address("company:track", code)))
    track = shelf.track(code)
    assert f"{track.title}</h1>" in page
    assert "Présentation du parcours" in page
    for procedure in shelf.procedures_of(code, DAY):
        assert f'href="{address("company:procedure", code, procedure.code)}"' in page
    closed = [procedure for procedure in shelf.procedures_of(code, DAY) if procedure.closed_because]
    assert page.count("Pas encore ouverte") == len(closed)


def test_the_bar_says_where_one_is(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.claire).get(address("company:track", "mes")))
    assert page.count('aria-current="page"') == 2  # in the bar, and at the end of the trail
    assert f'href="{address("company:track", "mes")}" aria-current="page"' in page


def test_a_track_that_does_not_exist(browse: Browse, cast: Cast) -> None:
    assert browse(cast.claire).get("/parcours/ailleurs/").status_code == 404
