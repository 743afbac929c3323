"""How does one come in and go out, and who does not?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from foundation.accounts.models import Person
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import address, text_of
from tests.refusals import remembered
from web.public.entrance import TOO_MANY, WRONG

SIGN_IN, HOME = "/connexion/", "/"
Browse = Callable[[Person | None], StrictClient]


def typed(email: str, password: str = settings.DEMO_PASSWORD, **others: str) -> dict[str, str]:
    return {"login": email, "password": password, **others}


def test_the_right_password_opens_and_is_remembered(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    with remembered("accounts.PersonSignedIn") as found:
        response = client.post(SIGN_IN, typed(cast.claire.email))
    assert (response.status_code, response["Location"]) == (302, HOME)
    assert (found[0].by, found[0].about, found[0].details["from"]) == (cast.claire.key, cast.claire.key, "web 127.0.0.1")
    assert client.get(HOME)["Location"] == address("company:dashboard")
    assert "Aubépine Santé" in text_of(client.get(address("company:dashboard")))


@pytest.mark.parametrize("email", ["CLAIRE@DEMO.INVALID", "Claire@demo.invalid", " claire@demo.invalid "])
def test_the_case_of_the_address_does_not_matter(browse: Browse, cast: Cast, email: str) -> None:
    with remembered("accounts.PersonSignedIn"):
        assert browse(None).post(SIGN_IN, typed(email)).status_code == 302


def test_a_wrong_password_is_refused_and_remembered(browse: Browse, cast: Cast) -> None:
    with remembered("accounts.SignInFailed") as found:
        response = browse(None).post(SIGN_IN, typed(cast.claire.email, "pas-celui-ci"))
    assert response.status_code == 400
    assert str(WRONG) in text_of(response)
    assert (found[0].by, found[0].about) == ("system", cast.claire.key)


def test_an_unknown_address_gets_the_very_same_answer(browse: Browse, cast: Cast) -> None:
    """Nobody learns from this page who has an account; only what was typed differs."""
    pages = []
    for email in (cast.claire.email, "personne@demo.invalid"):
        response = browse(None).post(SIGN_IN, typed(email, "pas-celui-ci"))
        assert response.status_code == 400
        pages.append(
            re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode()).replace(f'value="{email}" required', "…")
        )
    assert pages[0] == pages[1]


def test_the_password_typed_is_never_sent_back(browse: Browse, cast: Cast) -> None:
    response = browse(None).post(SIGN_IN, typed(cast.claire.email, "mot-très-secret"))
    page = text_of(response)
    assert "mot-très-secret" not in page
    assert f'value="{cast.claire.email}"' in page
    assert "mot-très-secret" not in str(list(Entry.objects.values_list("body", "details")))


@pytest.mark.parametrize("form", [{}, {"login": "claire@demo.invalid"}, {"password": "x"}, {"login": "", "password": ""}])
def test_nothing_typed_is_asked_again(browse: Browse, db: None, form: dict[str, str]) -> None:
    with remembered():
        response = browse(None).post(SIGN_IN, form)
    assert response.status_code == 400
    assert "Saisissez votre adresse électronique et votre mot de passe." in text_of(response)


def test_a_disabled_account_is_refused_like_a_wrong_password(browse: Browse, cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    with remembered("accounts.SignInFailed"):
        response = browse(None).post(SIGN_IN, typed(cast.claire.email))
    assert response.status_code == 400
    assert str(WRONG) in text_of(response)


def test_an_account_disabled_meanwhile_is_shown_out(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    assert client.get(address("company:dashboard")).status_code == 200
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    assert client.get(address("company:dashboard"))["Location"] == "/connexion/?next=/tableau-de-bord/"


def test_after_five_wrong_passwords_the_right_one_must_wait(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    with remembered(*["accounts.SignInFailed"] * 5):
        for _ in range(5):
            assert client.post(SIGN_IN, typed(cast.claire.email, "pas-celui-ci")).status_code == 400
        response = client.post(SIGN_IN, typed(cast.claire.email))
    assert response.status_code == 400
    assert str(TOO_MANY) in text_of(response)


def test_the_others_may_still_come_in_meanwhile(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    for _ in range(5):
        client.post(SIGN_IN, typed(cast.claire.email, "pas-celui-ci"))
    assert client.post(SIGN_IN, typed(cast.karim.email)).status_code == 302


def test_one_place_that_tries_many_addresses_must_wait(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    for rank in range(10):
        client.post(SIGN_IN, typed(f"essai{rank}@demo.invalid", "pas-celui-ci"))
    response = client.post(SIGN_IN, typed(cast.claire.email))
    assert str(TOO_MANY) in text_of(response)


OUTSIDE = [
    "//evil.example",
    "https://evil.example/",
    "http:evil.example",
    "/\\evil.example",
    "///evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "https:/evil.example",
    "//testserver@evil.example",
]


@pytest.mark.parametrize("wanted", OUTSIDE)
def test_a_destination_elsewhere_leads_home(browse: Browse, cast: Cast, wanted: str) -> None:
    assert browse(None).post(SIGN_IN, typed(cast.claire.email, next=wanted))["Location"] == HOME
    assert browse(None).post(f"{SIGN_IN}?next={wanted}", typed(cast.claire.email))["Location"] == HOME
    assert browse(cast.claire).get(SIGN_IN, {"next": wanted})["Location"] == HOME
    assert browse(None).post("/connexion/demonstration/", {"email": cast.claire.email, "next": wanted})["Location"] == HOME


def test_a_destination_of_ours_is_reached(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    asked = client.get("/produits/?q=a&page=2")
    assert asked["Location"] == "/connexion/?next=/produits/%3Fq%3Da%26page%3D2"
    page = text_of(client.get(asked["Location"]))
    assert '<input type="hidden" name="next" value="/produits/?q=a&page=2">' in page
    response = client.post(SIGN_IN, typed(cast.claire.email, next="/produits/?q=a&page=2"))
    assert response["Location"] == "/produits/?q=a&page=2"


def test_a_form_sent_when_signed_out_leads_home_afterwards(browse: Browse, cast: Cast) -> None:
    """Its address answers no GET: it is not worth coming back to."""
    assert browse(None).post(address("company:archive_product", 1))["Location"] == "/connexion/?next=/"


def test_whoever_is_in_is_not_asked_again(browse: Browse, cast: Cast) -> None:
    assert browse(cast.claire).get(SIGN_IN)["Location"] == HOME


def test_the_page_offers_the_cast_and_no_one_else_in_a_demonstration(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(None).get(SIGN_IN))
    for person in cast.everyone().values():
        assert person.email in page
    assert page.count('action="/connexion/demonstration/"') == 5


def test_one_click_opens_the_demonstration(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    with remembered("accounts.PersonSignedIn"):
        response = client.post("/connexion/demonstration/", {"email": cast.ines.email})
    assert response["Location"] == HOME
    assert client.get(HOME)["Location"] == address("agency:welcome")


@pytest.mark.parametrize("email", ["", "personne@demo.invalid", "claire@ailleurs.fr"])
def test_one_click_opens_to_the_cast_only(browse: Browse, cast: Cast, email: str) -> None:
    with remembered():
        assert browse(None).post("/connexion/demonstration/", {"email": email}).status_code == 404


def test_there_is_no_click_in_a_real_installation(browse: Browse, cast: Cast, settings: Settings) -> None:
    settings.DEMO = False
    with remembered():
        assert browse(None).post("/connexion/demonstration/", {"email": cast.claire.email}).status_code == 404
    page = text_of(browse(None).get(SIGN_IN))
    assert "démonstration" not in page
    assert cast.claire.email not in page


def test_going_out_is_a_form_and_is_remembered(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    with remembered():
        assert client.get("/deconnexion/").status_code == 405
    assert client.get(address("company:dashboard")).status_code == 200
    with remembered("accounts.PersonSignedOut"):
        response = client.post("/deconnexion/", follow=True)
    assert "Vous êtes déconnecté." in text_of(response)
    assert client.get(address("company:dashboard")).status_code == 302


def test_going_out_twice_is_harmless(browse: Browse, db: None) -> None:
    with remembered():
        assert browse(None).post("/deconnexion/")["Location"] == SIGN_IN
