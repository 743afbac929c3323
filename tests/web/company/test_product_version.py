"""« Nouvelle version » and « Dupliquer »: what is taken over and what is not is said, and pressing twice makes one version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Subject
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, again, answered, enrolled, product_at, validated
from tests.factories.pages import address, text_of
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]


def version_page(product: Subject) -> str:
    return address("company:start_product_version", product.reference)


# — « Dupliquer » —


@pytest.mark.parametrize("state", ["active", "archived"])
def test_a_copy_is_taken_up_in_the_wizard_where_it_is_named(browse: Browse, cast: Cast, at: datetime, state: str) -> None:
    product = product_at(state, cast.claire, at, nil="123456789")
    client = browse(cast.claire)
    where = address("company:duplicate_product", product.reference)
    assert f'action="{where}"' in text_of(client.get(address("company:product", product.reference)))
    with remembered("catalogue.ProductDuplicated"):
        response = client.post(where)
    copied = Subject.objects.get(name="TéléSuivi Cardio [Site Web] (copie)")
    assert response["Location"] == address("company:identify_product", copied.reference)
    page = text_of(client.get(response["Location"]))
    for said in ("Étape 1 sur 3", f"est copié dans un brouillon, sous la référence {copied.reference}", "Son NIL, ses démarches"):
        assert said in page
    assert 'value="TéléSuivi Cardio [Site Web] (copie)"' in page
    assert "123456789" not in page


def test_a_draft_is_duplicated_too(browse: Browse, cast: Cast, at: datetime) -> None:
    draft = product_at("draft", cast.claire, at)
    browse(cast.claire).post(address("company:duplicate_product", draft.reference))
    assert Subject.objects.count() == 2


# — « Nouvelle version » —


def test_a_version_is_asked_then_the_new_product_is_shown(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    client = browse(cast.claire)
    assert f'href="{version_page(product)}"' in text_of(client.get(address("company:product", product.reference)))
    asked = text_of(client.get(version_page(product)))
    assert "La version présente est la 3.2." in asked
    assert "Ne sont pas repris : le NIL, les validations" in asked
    with remembered("catalogue.ProductVersionStarted"):
        response = client.post(version_page(product), {"version": " 4.0 "})
    new = Subject.objects.get(version="4.0")
    assert response["Location"] == address("company:product", new.reference)
    page = text_of(client.get(response["Location"]))
    assert "La version 4.0 de « TéléSuivi Cardio [Site Web] » est dans votre catalogue" in page
    assert "11/11" in page
    assert "Atteint" not in page  # nothing is validated yet
    sheet = text_of(client.get(address("company:questionnaire", new.reference, SOCLES, INTEROPERABILITY)))
    assert sheet.count('value="medium" checked') == 11
    assert again(product).version == "3.2"


def test_pressing_twice_starts_one_version_and_says_where_it_is(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    client = browse(cast.claire)
    with remembered("catalogue.ProductVersionStarted"):
        client.post(version_page(product), {"version": "4.0"})
        again_posted = client.post(version_page(product), {"version": "4.0"})
    new = Subject.objects.get(version="4.0")
    page = text_of(again_posted)
    assert again_posted.status_code == 409
    assert page.count(f"La version 4.0 de ce produit existe déjà, sous la référence {new.reference}. Saisissez une autre version.") == 2
    assert 'value="4.0"' in page
    assert "<title>Erreur : " in page


@pytest.mark.parametrize(
    ("version", "status", "sentence"),
    [
        ("", 400, "Saisissez la nouvelle version du produit."),
        ("1" * 41, 400, "La version compte au plus 40 caractères."),
        ("v3.2", 409, "La version 3.2 de ce produit existe déjà"),
    ],
)
def test_what_cannot_be_a_version_is_said_and_kept(
    browse: Browse, cast: Cast, at: datetime, version: str, status: int, sentence: str
) -> None:
    product = product_at("active", cast.claire, at)
    with remembered():
        response = browse(cast.claire).post(version_page(product), {"version": version})
    page = text_of(response)
    assert response.status_code == status
    assert page.count(sentence) == 2  # at the head of the page, and under the field
    assert f'value="{version}"' in page


def test_a_version_todays_questions_keep_a_draft_goes_to_the_wizard(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    Subject.objects.filter(pk=product.pk).update(qualification={"mes_listing": "likely"})
    client = browse(cast.claire)
    response = client.post(version_page(product), {"version": "4.0"}, follow=True)
    new = Subject.objects.get(version="4.0")
    assert response.redirect_chain[-1][0] == address("company:qualify_product", new.reference)
    page = text_of(response)
    assert "Étape 2 sur 3" in page
    assert "est un brouillon : les questions de qualification ont changé." in page
    dashboard = text_of(client.get("/tableau-de-bord/"))
    assert f"/produits/{product.reference}/demarches/" in dashboard
    assert f"/produits/{new.reference}/demarches/" not in dashboard  # nothing can be answered yet


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_only_a_product_in_use_has_a_next_version(browse: Browse, cast: Cast, at: datetime, state: str) -> None:
    product = product_at(state, cast.claire, at)
    client = browse(cast.claire)
    assert client.get(version_page(product))["Location"] == address("company:product", product.reference)
    page = text_of(client.get(address("company:product", product.reference), follow=True))
    assert version_page(product) not in page
    assert ("Restaurez ce produit pour en démarrer une nouvelle version." in page) is (state == "archived")
    with remembered():
        assert client.post(version_page(product), {"version": "4.0"}).status_code == 409


# — Who may —


def test_a_colleague_is_told_why_not(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit", "validate"), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(address("company:product", product.reference)))
    for verb, reason in (
        ("duplicate_product", "Votre rôle ne permet pas de dupliquer un produit."),
        ("start_product_version", "Votre rôle ne permet pas de démarrer une nouvelle version d'un produit."),
    ):
        where = address(f"company:{verb}", product.reference)
        assert reason in page
        assert where not in page
        with remembered():
            response = client.post(where, {"version": "4.0"})
        assert response.status_code == 403
        assert reason in text_of(response)
    form = text_of(client.get(version_page(product)))
    assert "Votre rôle ne permet pas de démarrer une nouvelle version" in form
    assert 'name="version"' not in form


def test_a_stranger_sees_no_product_at_all(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    for person in (cast.zoe, cast.karim, cast.ines):
        client = browse(person)
        with remembered():
            assert client.get(version_page(product)).status_code == 404
            assert client.post(version_page(product), {"version": "4.0"}).status_code == 404
            assert client.post(address("company:duplicate_product", product.reference)).status_code == 404
