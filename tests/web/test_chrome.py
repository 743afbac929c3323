"""The header is drawn once and kept: does each person still get their own, on each page?"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import address
from web.chrome import TOKEN, _kept

Browse = Callable[[Person | None], StrictClient]


def header_of(client: Client, where: str) -> str:
    page = client.get(where).content.decode()
    return page[page.index("<header") : page.index("</header>")]


def token_of(header: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', header)
    assert found is not None
    return found[1]


def test_each_person_reads_their_own_name_whoever_came_before(browse: Browse, cast: Cast) -> None:
    dashboard = address("company:dashboard")
    for _ in range(2):
        assert "Claire · Aubépine Santé" in header_of(browse(cast.claire), dashboard)
        assert "Zoé" in header_of(browse(cast.zoe), dashboard)
        assert "Se connecter" in header_of(browse(None), "/")
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(name="Claire d’Aubépine")
    assert "Claire d’Aubépine · " in header_of(browse(cast.claire), dashboard)


def test_the_menu_says_which_page_one_is_on(browse: Browse, cast: Cast) -> None:
    claire = browse(cast.claire)
    for where, words in ((address("company:dashboard"), "Tableau de bord"), (address("company:product_list"), "Vos produits")):
        assert re.findall(r'aria-current="page">([^<]+)', header_of(claire, where)) == [words]
    assert "aria-current" not in header_of(claire, address("company:add_product"))


def test_pages_out_of_the_menu_share_one_header(browse: Browse, cast: Cast) -> None:
    claire = browse(cast.claire)
    header_of(claire, "/produits/999999/")
    before = len(_kept)
    for rank in range(3):
        header_of(claire, f"/produits/99999{rank}/")
    assert len(_kept) == before


def test_the_token_is_ones_own_and_is_never_kept(cast: Cast) -> None:
    """Signing out from a header kept for another browser of the same person: the token is that of this browser."""
    tokens = []
    for _ in range(2):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.claire)
        tokens.append(token_of(header_of(client, address("company:dashboard"))))
        assert client.post("/deconnexion/", {"csrfmiddlewaretoken": tokens[-1]}).status_code == 302
    assert tokens[0] != tokens[1]
    assert not any(token in kept for kept in _kept.values() for token in tokens)


def test_a_name_is_escaped_and_never_taken_for_the_marker(browse: Browse, cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(name="<b>\ue005</b>")
    header = header_of(browse(cast.claire), address("company:dashboard"))
    assert "&lt;b&gt;\ue005&lt;/b&gt;" in header
    assert TOKEN not in header
    assert header.count(token_of(header)) == 1
