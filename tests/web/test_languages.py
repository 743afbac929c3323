"""Does each page speak the language of its address, and lead to itself in the other one?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from convergence.content.library import Library
from foundation.accounts.models import Person
from foundation.core.language import spoken
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import furnish, text_of
from web.languages import address_in, same_page

Browse = Callable[[Person | None], StrictClient]
READ_BY_ANYONE = ("home", "accessibility", "help_list", "presented_procedures", "certificate_list", "legal_notices", "privacy", "site_map")


def english(name: str, *args: object) -> str:
    with spoken("en"):
        return reverse(name, args=args)


def other_way(response: HttpResponse) -> str:
    """Where the link to the other language leads."""
    found = re.search(r'<a class="fr-btn fr-icon-translate-2" href="([^"]*)"', response.content.decode())
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("name", READ_BY_ANYONE)
def test_a_page_says_its_language_and_leads_to_the_other(browse: Browse, shelf: Library, name: str) -> None:
    client, here, there = browse(None), reverse(f"public:{name}"), english(f"public:{name}")
    for code, where, other in (("fr", here, there), ("en", there, here)):
        response = client.get(where)
        assert response["Content-Language"] == code
        assert f'<html lang="{code}"' in response.content.decode()
        assert other_way(response) == other


def test_public_pages_have_plain_addresses_in_english_too() -> None:
    assert english("public:help_list") == "/en/help/"
    assert english("public:help_entry", "delai") == "/en/help/delai/"
    assert english("public:certificate_list") == "/en/directory/"
    assert english("public:sign_in") == "/en/sign-in/"
    assert english("public:certificates_csv") == "/en/annuaire.csv"
    assert english("agency:welcome") == "/en/agence/"


def test_the_link_keeps_the_page_and_all_that_is_asked_of_it(browse: Browse, cast: Cast, at: datetime) -> None:
    assert (
        other_way(browse(None).get("/aide/?q=delai+certificat&offre=dmn")) == f"{english('public:help_list')}?q=delai+certificat&offre=dmn"
    )
    assert other_way(browse(None).get("/demarches/dmn-pecan/")) == english("public:presented_procedure", "dmn-pecan")
    product = furnish(cast.claire, at).active
    page = reverse("company:product", args=[product.reference])
    assert other_way(browse(cast.claire).get(page)) == f"/en{page}"
    assert other_way(browse(cast.claire).get(f"/en{page}")) == page


def test_what_is_sent_leads_back_to_where_it_was_sent_from(browse: Browse, cast: Cast) -> None:
    """The address of an act alone may have no page to read."""
    response = browse(None).post("/demande-de-compte/", {}, headers={"Referer": "http://testserver/demande-de-compte/?de=ici"})
    assert response.status_code == 400
    assert other_way(response) == f"{english('public:request_account')}?de=ici"
    assert other_way(browse(None).post("/demande-de-compte/", {})) == "/en/"
    back = browse(None).post(english("public:request_account"), {}, headers={"Referer": "https://ailleurs.test/chemin"})
    assert other_way(back) == "/"


def test_an_unknown_address_leads_home(browse: Browse, cast: Cast) -> None:
    assert other_way(browse(None).get("/nulle-part/?x=1")) == "/en/"
    assert other_way(browse(None).get("/en/nulle-part/")) == "/"
    assert address_in("en", "/nulle-part/") == "/en/"
    assert address_in("fr", "") == "/"
    assert address_in("fr", f"{english('public:help_list')}?q=a") == "/aide/?q=a"
    request = RequestFactory().get("/aide/?q=a")
    request.resolver_match = None
    assert same_page(request, "en") == "/en/"


def test_nothing_tells_a_page_that_is_hidden_from_one_that_never_was(browse: Browse, cast: Cast, at: datetime) -> None:
    product = furnish(cast.claire, at).active
    client = browse(cast.zoe)
    for start in ("", "/en"):
        answers = [client.get(f"{start}{reverse('company:product', args=[number])}") for number in (product.reference, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert other_way(answers[0]) == other_way(answers[1]) == ("/" if start else "/en/")


def test_search_engines_are_told_of_both_languages_and_people_at_work_are_not(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/aide/?q=delai"))
    assert '<link rel="alternate" hreflang="fr" href="http://testserver/aide/?q=delai">' in page
    assert f'<link rel="alternate" hreflang="en" href="http://testserver{english("public:help_list")}?q=delai">' in page
    assert 'rel="alternate"' not in text_of(browse(cast.claire).get("/aide/"))
    assert 'rel="alternate"' not in text_of(browse(None).get("/nulle-part/"))


def test_caches_keep_each_language_apart_by_its_address_alone(browse: Browse, shelf: Library) -> None:
    client = browse(None)
    french, other = client.get("/accessibilite/"), client.get(english("public:accessibility"))
    assert {*french["Cache-Control"].split(", ")} == {*other["Cache-Control"].split(", ")} == {"public", "max-age=60"}
    assert french.get("Vary") == other.get("Vary")
    assert "Accept-Language" not in french.get("Vary", "")
    assert french["ETag"] != other["ETag"]
    assert not client.cookies
