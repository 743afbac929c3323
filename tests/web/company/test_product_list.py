"""« Votre catalogue produits »: everything one may see, drafts included, the archived apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import product_at
from tests.factories.pages import CANARY, address, furnish, text_of

Browse = Callable[[Person | None], StrictClient]
PRODUCTS = "/produits/"


def test_drafts_and_products_in_use_are_listed_the_latest_first(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    page = text_of(browse(cast.claire).get(PRODUCTS))
    assert page.index(f"{CANARY} draft") < page.index(f"{CANARY} active")
    assert f"{CANARY} archived" not in page
    assert "Brouillon à terminer" in page
    assert "1 démarche<" in page
    assert f"Réf. {stage.active.reference} · version 3.2 · Socle" in page
    assert "2 produits" in page


def test_the_archived_have_their_own_list(browse: Browse, cast: Cast, at: datetime) -> None:
    furnish(cast.claire, at)
    page = text_of(browse(cast.claire).get(PRODUCTS, {"archives": "1"}))
    assert "Produits archivés</h1>" in page
    assert f"{CANARY} archived" in page
    assert f"{CANARY} active" not in page
    assert "Revenir au catalogue" in page


@pytest.mark.parametrize(("query", "sentence"), [({}, "Votre catalogue est vide. Ajoutez un premier produit."), ({"archives": "1"}, "Aucun produit n’est archivé."), ({"q": "rien"}, "Aucun produit ne correspond à « rien ».")])  # fmt: skip
def test_an_empty_list_says_what_to_do(browse: Browse, cast: Cast, query: dict[str, str], sentence: str) -> None:
    assert sentence in text_of(browse(cast.claire).get(PRODUCTS, query))


@pytest.mark.parametrize("words", ["teleSUIVI", "cardio [site", "3.2 cardio"])
def test_a_product_is_found_without_accents_or_case(browse: Browse, cast: Cast, at: datetime, words: str) -> None:
    product_at("active", cast.claire, at)
    product_at("active", cast.claire, at, name="Agenda", version="1")
    page = text_of(browse(cast.claire).get(PRODUCTS, {"q": words}))
    assert "TéléSuivi Cardio" in page
    assert "Agenda" not in page


def test_a_product_is_found_by_its_reference(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    assert "TéléSuivi" in text_of(browse(cast.claire).get(PRODUCTS, {"q": str(product.reference)}))


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "\\", "x" * 5000])
def test_what_is_typed_is_looked_for_as_it_is(browse: Browse, cast: Cast, at: datetime, words: str) -> None:
    product_at("active", cast.claire, at)
    assert "Aucun produit ne correspond" in text_of(browse(cast.claire).get(PRODUCTS, {"q": words}))


def test_a_long_list_is_cut_in_pages(browse: Browse, cast: Cast, at: datetime) -> None:
    for rank in range(21):
        product_at("draft", cast.claire, at, name=f"Produit {rank:02}")
    client = browse(cast.claire)
    first, last = text_of(client.get(PRODUCTS)), text_of(client.get(PRODUCTS, {"page": "2", "q": "produit"}))
    assert first.count('class="cv-card"') == 20
    assert last.count('class="cv-card"') == 1
    assert "Page 2 sur 2" in last
    assert 'href="?page=1&q=produit"' in last.replace("&amp;", "&") or 'href="?q=produit&page=1"' in last


def test_who_may_not_add_a_product_is_told_why(browse: Browse, cast: Cast, at: datetime) -> None:
    page = text_of(browse(cast.karim).get(PRODUCTS))
    assert "Votre rôle ne permet pas d'ajouter un produit." in page
    assert "Aucun produit ne vous a encore été confié" in page
    assert f'href="{address("company:add_product")}"' not in page


def test_the_other_company_sees_its_own_only(browse: Browse, cast: Cast, at: datetime) -> None:
    furnish(cast.claire, at)
    for query in ({}, {"archives": "1"}, {"q": CANARY}):
        body = text_of(browse(cast.zoe).get(PRODUCTS, query))
        assert not re.search(f"{CANARY} (active|draft|archived)", body)
