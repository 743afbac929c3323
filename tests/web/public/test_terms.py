"""Terms of use: accepted before anything of the company space opens, asked again when they change, and nothing typed is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from convergence.catalogue.models import Subject
from foundation.accounts import terms
from foundation.accounts.models import Person
from foundation.accounts.terms import Terms
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import address, furnish, text_of, typed_identification
from tests.factories.people import everyone, fresh, furnish_accounts
from tests.house.routes import ACCESS, COMPANY, Access
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
ACCEPT = "/conditions/accepter/"


@pytest.fixture
def newcomer(cast: Cast) -> Person:
    """Claire, before her first entry."""
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(terms_version="", terms_accepted_at=None)
    return fresh(cast.claire)


def hidden(response: Any, action: str) -> dict[str, str]:
    form = re.search(rf'<form method="post" action="{action}"[^>]*>(.*?)</form>', response.content.decode(), re.DOTALL)
    assert form is not None
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1])
    return {html.unescape(name): html.unescape(value) for name, value in fields}


def test_anyone_reads_them(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get("/conditions/"))
    assert "Édition 2026-11" in page
    assert "je les accepte" not in page
    assert "Vous avez accepté cette édition" in text_of(browse(cast.claire).get("/conditions/"))


@pytest.mark.parametrize("name", [name for name, row in ACCESS.items() if row.side is COMPANY and not (row.of or row.keys or row.theirs)])
def test_nothing_of_the_company_space_opens_before(browse: Browse, newcomer: Person, name: str) -> None:
    row = ACCESS[name]
    check_closed(browse(newcomer), row, address(name, *row.path))


def test_nothing_of_a_product_nor_of_a_candidature_opens_before(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = replace(furnish(cast.claire, at, colleague=cast.karim), accounts=furnish_accounts(cast, everyone(cast, at), at))
    places = {}
    for name, row in ACCESS.items():
        if row.side is COMPANY and (row.of or row.keys or row.theirs):
            with transaction.atomic():  # only the address is wanted, not what was made for it
                places[name] = row.address(name, stage)
                transaction.set_rollback(True)
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(terms_version="", terms_accepted_at=None)
    client = browse(fresh(cast.claire))
    for name, where in places.items():
        check_closed(client, ACCESS[name], where)


def check_closed(client: StrictClient, row: Access, where: str) -> None:
    for method in row.methods:
        with remembered():
            response = client.generic(method, where)
        assert response.status_code == 302, where
        assert response["Location"].startswith("/conditions/?next="), where


def test_once_accepted_one_goes_on_to_what_was_asked(browse: Browse, newcomer: Person) -> None:
    client = browse(newcomer)
    where = address("company:product_list") + "?q=cardio"
    page = client.get(where, follow=True)
    fields = hidden(page, ACCEPT)
    with remembered():
        response = client.post(ACCEPT, fields)
    assert response.status_code == 400
    assert "Cochez la case" in text_of(response)
    assert hidden(response, ACCEPT)["next"] == where
    with remembered("accounts.TermsAccepted"):
        response = client.post(ACCEPT, {**fields, "accepted": "1"})
    assert response["Location"] == where
    assert client.get(where).status_code == 200


def test_what_was_typed_is_kept_through_accepting(browse: Browse, newcomer: Person) -> None:
    client = browse(newcomer)
    where = address("company:add_product")
    typed = typed_identification(newcomer, name="L'<Outil> « neuf »")
    with remembered():
        response = client.post(where, typed)
    assert response.status_code == 403
    assert "ce que vous aviez saisi est gardé" in text_of(response)
    resumed = client.post(ACCEPT, {**hidden(response, ACCEPT), "accepted": "1"})
    assert "Reprendre votre envoi" in text_of(resumed)
    assert not Subject.objects.exists()
    assert client.post(where, hidden(resumed, where)).status_code == 302
    assert Subject.objects.get().name == "L'<Outil> « neuf »"


def test_a_form_whose_box_was_forgotten_is_still_kept(browse: Browse, newcomer: Person) -> None:
    client = browse(newcomer)
    first = client.post(address("company:add_product"), typed_identification(newcomer, name="Gardé"))
    second = client.post(ACCEPT, hidden(first, ACCEPT))
    resumed = client.post(ACCEPT, {**hidden(second, ACCEPT), "accepted": "1"})
    assert hidden(resumed, address("company:add_product"))["name"] == "Gardé"


def test_a_script_is_told(browse: Browse, newcomer: Person) -> None:
    response = browse(newcomer).get(address("company:dashboard"), HTTP_ACCEPT="application/json")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert "conditions d'utilisation" in response.json()["title"]


def test_a_new_edition_is_asked_again(browse: Browse, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browse(cast.claire)
    assert client.get(address("company:dashboard")).status_code == 200
    page = client.get("/conditions/")
    monkeypatch.setattr(terms, "EDITIONS", (Terms("2026-10", at.date()), Terms("2026-11", at.date(), "Le point 3 change.")))
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(terms_version="2026-10")
    assert client.get(address("company:dashboard")).status_code == 302
    page = client.get("/conditions/")
    assert "Le point 3 change." in text_of(page)
    stale = client.post(ACCEPT, {"version": "2026-10", "accepted": "1"})
    assert stale.status_code == 409
    assert "Relisez-les" in text_of(stale)
    assert client.post(ACCEPT, {"version": "2026-11", "accepted": "1", "next": "//evil.example/"})["Location"] == "/"


def test_the_agency_is_asked_nothing(browse: Browse, cast: Cast) -> None:
    assert cast.ines.terms_version == ""
    assert browse(cast.ines).get(address("agency:content_list")).status_code == 200
