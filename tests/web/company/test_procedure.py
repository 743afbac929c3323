"""One procedure: how to complete it, what it asks, and the products that follow it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.content.library import Library
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import SOCLES, followed_products
from tests.factories.packs import DAY
from tests.factories.pages import CANARY, address, furnish, plain, text_of

Browse = Callable[[Person | None], StrictClient]


def page_of(browse: Browse, person: Person, track: str, code: str, **query: str) -> str:
    return text_of(browse(person).get(address("company:procedure", track, code), query))


def test_every_procedure_of_the_packs_has_a_page(browse: Browse, cast: Cast, shelf: Library) -> None:
    for procedure in shelf.procedures(DAY):
        assert f"{procedure.title}</h1>" in page_of(browse, cast.claire, procedure.track, procedure.code)


def test_an_open_procedure_says_how_and_what(browse: Browse, cast: Cast) -> None:
    page = page_of(browse, cast.claire, "doctrine", SOCLES)
    assert "Comment compléter cette démarche ?" in page
    for title in ("Interopérabilité 2021", "Urbanisation 2021", "Sécurité 2021"):
        assert f"<li>{title}</li>" in page
    assert "Politique globale 2021</li>" not in page  # asked of the global strategy, not of a product
    assert "Aucun de vos produits ne suit cette démarche." in page
    assert f'href="{address("company:choose_product", "doctrine", SOCLES)}"' in page


def test_a_closed_procedure_says_why_and_offers_nothing(browse: Browse, cast: Cast, shelf: Library) -> None:
    page = page_of(browse, cast.claire, "segur", "segur-vague-2")
    assert "Cette démarche n’est pas encore ouverte" in page
    assert plain(shelf.procedure_in_force("segur-vague-2", DAY).closed_because) in page
    assert "Ajouter un produit à la démarche" not in page


def test_a_door_leads_where_everything_happens(browse: Browse, cast: Cast) -> None:
    page = page_of(browse, cast.claire, "segur", "segur-vague-1")
    assert "Tout se passe dans « Évaluation et projection socles »" in page
    assert f'href="{address("company:procedure", "doctrine", SOCLES)}"' in page
    assert "Ajouter un produit à la démarche" not in page


def test_the_products_that_follow_it_are_listed(browse: Browse, cast: Cast, at: datetime) -> None:
    furnish(cast.claire, at)
    page = page_of(browse, cast.claire, "doctrine", SOCLES)
    assert f"{CANARY} active" in page
    assert "1/3 questionnaires terminés" in page
    assert f"{CANARY} active" not in page_of(browse, cast.claire, "mes", "mes-sans-echange")
    assert CANARY not in page_of(browse, cast.zoe, "doctrine", SOCLES)
    assert CANARY not in page_of(browse, cast.karim, "doctrine", SOCLES)


def test_a_long_list_is_cut_in_pages(browse: Browse, cast: Cast, at: datetime) -> None:
    followed_products(11, cast.claire, at)
    assert page_of(browse, cast.claire, "doctrine", SOCLES).count("questionnaires terminés") == 10
    assert page_of(browse, cast.claire, "doctrine", SOCLES, page="2").count("questionnaires terminés") == 1


@pytest.mark.parametrize(("track", "code"), [("mes", SOCLES), ("ailleurs", SOCLES), ("doctrine", "nulle-part")])
def test_a_procedure_is_found_in_its_track_only(browse: Browse, cast: Cast, track: str, code: str) -> None:
    assert browse(cast.claire).get(f"/parcours/{track}/{code}/").status_code == 404
