"""What does the platform ask, and where does each text come from? For those of the agency who read content."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from convergence.content.library import Library
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import plain, text_of

Browse = Callable[[Person | None], StrictClient]
CONTENT = "/agence/contenus/"


def test_every_piece_in_force_is_listed_with_its_origins(browse: Browse, cast: Cast, shelf: Library) -> None:
    page = text_of(browse(cast.ines).get(CONTENT))
    for kind, pieces in shelf.kinds().items():
        for piece in pieces:
            assert f'href="{CONTENT}{kind}/{piece.key}/"' in page
    assert "Officiel (guide) : " in page
    assert "Illustratif : " in page
    assert "« Illustratif » : écrit par le projet, sans valeur officielle" in page
    assert f"<li>Version {shelf.number}</li>" in page


def test_each_piece_has_its_page(browse: Browse, cast: Cast, shelf: Library) -> None:
    client = browse(cast.ines)
    for kind, pieces in shelf.kinds().items():
        for piece in pieces:
            assert plain(f"{piece.title} {piece.edition}</h1>") in text_of(client.get(f"{CONTENT}{kind}/{piece.key}/"))


def test_a_procedure_says_from_which_day_it_is_in_force(browse: Browse, cast: Cast, shelf: Library) -> None:
    announced = shelf.procedure("evaluation-socles-2027")
    assert announced is not None
    assert announced.effective_from is not None
    client = browse(cast.ines)
    page = text_of(client.get(f"{CONTENT}procedures/evaluation-socles-2027/"))
    assert f"En vigueur à partir du 1er janvier {announced.effective_from.year}" in page
    assert "En vigueur à partir" not in text_of(client.get(f"{CONTENT}procedures/evaluation-socles-2023/"))


def test_a_questionnaire_says_the_origin_of_each_criterion(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.ines).get(f"{CONTENT}questionnaires/interoperabilite-2021/"))
    seed, always, sometimes = (
        next(row for row in page.split("<tr>") if f">{code}</td>" in row) for code in ("A08.1.1", "ILL-INT-01", "ILL-INT-07")
    )
    assert "Officiel (guide)" in seed
    assert "toujours" in seed
    assert "Illustratif" in always
    assert "toujours" in always
    assert "selon la qualification" in sometimes


def test_a_procedure_says_what_it_asks(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.ines).get(f"{CONTENT}procedures/mes-sans-echange-2026/"))
    assert "niveau medium par défaut, 0 exception, 1 critère laissé de côté" in page


@pytest.mark.parametrize("where", ["nulle-part/x/", "questionnaires/nulle-part/", "questionnaires/interoperabilite-1999/", "tracks/interoperabilite-2021/"])  # fmt: skip
def test_a_piece_that_does_not_exist(browse: Browse, cast: Cast, where: str) -> None:
    assert browse(cast.ines).get(CONTENT + where).status_code == 404


@pytest.mark.parametrize("name", ["hugo", "claire", "karim", "zoe"])
def test_the_others_see_no_door(browse: Browse, cast: Cast, name: str) -> None:
    client = browse(getattr(cast, name))
    assert client.get(CONTENT).status_code == 404
    assert client.get(f"{CONTENT}questionnaires/interoperabilite-2021/").status_code == 404
    assert CONTENT not in text_of(client.get("/accessibilite/"))


def test_the_agency_is_welcomed_according_to_its_rights(browse: Browse, cast: Cast) -> None:
    assert browse(cast.ines).get("/agence/")["Location"] == "/agence/candidatures/"
    assert browse(cast.hugo).get("/agence/")["Location"] == "/agence/candidatures/"
    assert "Contenus</a>" in text_of(browse(cast.ines).get("/agence/candidatures/"))
    assert "Contenus</a>" not in text_of(browse(cast.hugo).get("/agence/candidatures/"))
    assert browse(cast.claire).get("/agence/").status_code == 404
    assert browse(cast.ines).get("/tableau-de-bord/").status_code == 404
