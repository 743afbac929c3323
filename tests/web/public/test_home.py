"""What may anyone read, and where is each person led?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from convergence.content.library import Library
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import CANARY, furnish, text_of

Browse = Callable[[Person | None], StrictClient]


def test_a_visitor_reads_the_tracks_and_their_procedures(browse: Browse, shelf: Library) -> None:
    page = text_of(browse(None).get("/"))
    for title in (
        "Doctrine du Numérique en Santé",
        "Mon espace santé",
        "Évaluation et projection socles",
        "Je ne sais pas encore",
        "On nous demande souvent",
    ):
        assert title in page
    assert page.count('class="cv-card cv-door"') == len(shelf.tracks) == 5


@pytest.mark.parametrize(
    ("name", "place"), [("claire", "/tableau-de-bord/"), ("karim", "/tableau-de-bord/"), ("ines", "/agence/"), ("hugo", "/agence/")]
)
def test_whoever_is_in_goes_to_work(browse: Browse, cast: Cast, name: str, place: str) -> None:
    assert browse(getattr(cast, name)).get("/")["Location"] == place


def test_the_bar_holds_what_each_side_uses(browse: Browse, cast: Cast) -> None:
    company = text_of(browse(cast.claire).get("/accessibilite/"))
    agency = text_of(browse(cast.ines).get("/accessibilite/"))
    visitor = text_of(browse(None).get("/accessibilite/"))
    assert 'href="/tableau-de-bord/"' in company
    assert 'href="/agence/contenus/"' not in company
    assert 'href="/agence/contenus/"' in agency
    assert 'href="/tableau-de-bord/"' not in agency
    assert 'href="/connexion/"' in visitor


@pytest.mark.parametrize("address", ["/", "/accessibilite/", "/connexion/", "/etat/"])
def test_the_public_pages_show_nothing_of_a_company(browse: Browse, cast: Cast, at: object, address: str) -> None:
    furnish(cast.claire, at)
    assert CANARY not in text_of(browse(None).get(address))


def test_the_state_says_which_content_is_in_force(browse: Browse, shelf: Library) -> None:
    assert browse(None).get("/etat/").json() == {"etat": "ok", "contenus": shelf.number}


def test_the_accessibility_page_claims_nothing_it_has_not(browse: Browse, db: None) -> None:
    assert "Accessibilité : non conforme" in text_of(browse(None).get("/accessibilite/"))
