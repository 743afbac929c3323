"""« Ajouter un nouveau produit »: three steps, left and taken up again, and nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Subject
from foundation.accounts.models import Person
from ops.demo import LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import SOCLES, again, product_at
from tests.factories.pages import address, text_of, typed_identification
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
ADD = "/produits/ajouter/"


def test_three_steps_from_nothing_to_a_product(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    assert "Étape 1 sur 3" in text_of(client.get(ADD))
    with remembered("catalogue.ProductAdded", "catalogue.ProductQualified", "catalogue.ProductConfirmed"):
        first = client.post(ADD, typed_identification(cast.claire, nil="123", certifications="ISO 27001\r\nHDS"))
        product = Subject.objects.get(name="TéléSuivi Cardio [Site Web]")
        assert (first.status_code, first["Location"]) == (302, address("company:qualify_product", product.reference))
        assert "Étape 2 sur 3" in text_of(client.get(first["Location"]))
        second = client.post(first["Location"], LISTED)
        assert second["Location"] == address("company:confirm_product", product.reference)
        recap = text_of(client.get(second["Location"]))
        third = client.post(second["Location"])
    for typed in ("TéléSuivi Cardio [Site Web]", "3.2", "ISO 27001, HDS", "Le produit est proposé via une offre SaaS", "Étape 3 sur 3"):
        assert typed in recap
    assert third["Location"] == address("company:product_added", product.reference)
    added = text_of(client.get(third["Location"]))
    assert f"a bien été ajouté, sous la référence {product.reference}" in added
    assert added.count("Commencer<") == 5
    product = again(product)
    assert (product.state, product.company, product.qualification) == ("active", cast.aubepine, LISTED)


def test_the_naming_hint_of_the_guide_is_shown(browse: Browse, cast: Cast) -> None:
    assert "{NomDuProduit} [OS] [Appareil]" in text_of(browse(cast.claire).get(ADD))


def test_whoever_adds_is_responsible_unless_said_otherwise(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.claire).get(ADD))
    assert f'<option value="{cast.claire.pk}" selected>Claire</option>' in page
    assert f'<option value="{cast.karim.pk}">Karim</option>' in page
    assert "Zoé" not in page


WRONG = {
    "name": ("", "Saisissez le nom du produit."),
    "version": ("", "Saisissez la version du produit."),
    "type": ("autre", "Choisissez Socle ou Option."),
    "responsible": ("999999", "Choisissez le responsable dans la liste."),
    "description": ("", "Décrivez le produit en quelques mots."),
    "nil": ("9" * 41, "Le numéro d'identification compte au plus 40 caractères."),
}


@pytest.mark.parametrize("field", WRONG)
def test_an_error_is_said_and_keeps_what_was_typed(browse: Browse, cast: Cast, field: str) -> None:
    value, sentence = WRONG[field]
    typed = typed_identification(cast.claire, certifications="HDS") | {field: value}
    with remembered():
        response = browse(cast.claire).post(ADD, typed)
    page = text_of(response)
    assert response.status_code == 400
    assert f'href="#id_{field}">' in page
    assert page.count(sentence) == 2  # at the head of the page, and under the field
    assert "1 réponse est à corriger" in page
    assert "<title>Erreur : " in page
    for kept in {"name", "version", "description", "certifications"} - {field}:
        assert typed[kept] in page


def test_someone_of_another_company_cannot_be_responsible(browse: Browse, cast: Cast) -> None:
    with remembered():
        response = browse(cast.claire).post(ADD, typed_identification(cast.claire, responsible=str(cast.zoe.pk)))
    assert "Choisissez le responsable dans la liste." in text_of(response)


def test_fields_nobody_asked_for_are_ignored(browse: Browse, cast: Cast) -> None:
    extra = {"state": "active", "company_id": str(cast.boree.pk), "company": str(cast.boree.pk), "reference": "1", "kind": "global_strategy", "confirmed_at": "2020-01-01"}  # fmt: skip
    browse(cast.claire).post(ADD, typed_identification(cast.claire) | extra)
    product = Subject.objects.get()
    assert (product.state, product.company, product.kind, product.confirmed_at) == ("draft", cast.aubepine, "product", None)
    assert product.reference != 1
    browse(cast.claire).post(address("company:qualify_product", product.reference), LISTED | {"state": "active", "company_id": "1"})
    product = again(product)
    assert (product.state, product.company, product.qualification) == ("draft", cast.aubepine, LISTED)


STRANGE = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    "'; DROP TABLE catalogue_subject; --",
    "{% load static %}",
    '"><img src=x onerror=alert(1)>',
]


@pytest.mark.parametrize("text", STRANGE)
def test_what_looks_like_code_is_shown_as_it_was_typed(browse: Browse, cast: Cast, at: datetime, text: str) -> None:
    """On every page that shows a product's texts."""
    client = browse(cast.claire)
    client.allow_markup = ("{{7*7}}", "{% load static %}")
    typed = typed_identification(cast.claire, name=text, version=text[:40], description=text, certifications=text, nil=text[:40])
    client.post(ADD, typed)
    product = Subject.objects.get()
    assert (product.name, product.description) == (text, text)
    client.post(address("company:qualify_product", product.reference), LISTED)
    client.post(address("company:confirm_product", product.reference))
    client.post(address("company:enrol_product", product.reference, SOCLES))
    for page in ("identify_product", "product", "product_added", "new_procedure"):
        shown = client.get(address(f"company:{page}", product.reference))
        assert text in text_of(shown)
        assert "<script>alert" not in shown.content.decode()
        assert "<img src=x" not in shown.content.decode()
    for page in (
        address("company:dashboard"),
        address("company:product_list"),
        address("company:followed_procedure", product.reference, SOCLES),
    ):
        assert text in text_of(client.get(page))


def test_a_text_of_a_megabyte_is_refused_and_not_shown_back_cut(browse: Browse, cast: Cast) -> None:
    with remembered():
        response = browse(cast.claire).post(ADD, typed_identification(cast.claire, description="é" * 500_000))
    assert response.status_code == 400
    assert "La description compte au plus 4000 caractères." in text_of(response)


@pytest.mark.parametrize(("length", "status"), [(4000, 302), (4001, 400)])
def test_the_longest_description(browse: Browse, cast: Cast, length: int, status: int) -> None:
    assert browse(cast.claire).post(ADD, typed_identification(cast.claire, description="é" * length)).status_code == status


# — Left, and taken up again ——————————————————————————————————————————————————————————————


def test_a_draft_is_left_and_taken_up_where_it_was(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    client.post(ADD, typed_identification(cast.claire))
    product = Subject.objects.get()
    where = address("company:qualify_product", product.reference)
    left = client.post(where, {"mes_listing": "likely", "later": "1"}, follow=True)
    assert "est enregistré : vous le retrouverez dans vos produits." in text_of(left)
    assert "Brouillon à terminer" in text_of(left)
    assert again(product).qualification == {"mes_listing": "likely"}
    again_there = client.get(address("company:product", product.reference))
    assert again_there["Location"] == where
    assert 'name="mes_listing" value="likely" checked' in text_of(client.get(where))


def test_going_on_asks_what_is_missing_and_keeps_the_rest(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("draft", cast.claire, at, qualification={})
    response = browse(cast.claire).post(address("company:qualify_product", product.reference), {"mes_listing": "likely"})
    page = text_of(response)
    assert response.status_code == 400
    assert "4 réponses sont à corriger" in page
    assert 'name="mes_listing" value="likely" checked' in page
    assert again(product).qualification == {}


@pytest.mark.parametrize("answers", [{"delivery": "boat"}, {"mes_listing": "likely", "delivery": "<script>"}])
def test_a_choice_that_does_not_exist_is_refused(browse: Browse, cast: Cast, at: datetime, answers: dict[str, str]) -> None:
    product = product_at("draft", cast.claire, at, qualification={})
    with remembered():
        response = browse(cast.claire).post(address("company:qualify_product", product.reference), answers | {"later": "1"})
    assert "Choisissez l'une des réponses proposées." in text_of(response)


def test_one_step_back_shows_what_was_typed(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("draft", cast.claire, at)
    client = browse(cast.claire)
    where = address("company:identify_product", product.reference)
    page = text_of(client.get(where))
    assert 'value="TéléSuivi Cardio [Site Web]"' in page
    assert "Étape 1 sur 3" in page
    changed = client.post(where, typed_identification(cast.claire, name="Autre nom"))
    assert changed["Location"] == address("company:qualify_product", product.reference)
    assert (again(product).name, again(product).reference) == ("Autre nom", product.reference)


def test_a_step_cannot_be_skipped(browse: Browse, cast: Cast, at: datetime) -> None:
    """The recap of a product not qualified leads back to the questions; enrolling it is refused; it was not « ajouté »."""
    product = product_at("draft", cast.claire, at, qualification={"mes_listing": "likely"})
    client = browse(cast.claire)
    with remembered():
        back = client.post(address("company:confirm_product", product.reference))
        assert back["Location"] == address("company:qualify_product", product.reference)
        assert "Il reste des questions sans réponse" in text_of(client.get(back["Location"]))
        assert client.post(address("company:enrol_product", product.reference, SOCLES)).status_code == 409
        assert client.get(address("company:product_added", product.reference))["Location"] == back["Location"]
    assert again(product).state == "draft"


def test_a_product_is_added_once(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    client = browse(cast.claire)
    with remembered():
        assert client.post(address("company:confirm_product", product.reference)).status_code == 409
        assert client.get(address("company:confirm_product", product.reference))["Location"] == address(
            "company:product", product.reference
        )


# — Brought back to the procedure one came from ———————————————————————————————————————————


def test_the_procedure_one_came_from_is_not_forgotten(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    page = text_of(client.get(ADD, {"demarche": SOCLES}))
    assert f'<input type="hidden" name="demarche" value="{SOCLES}">' in page
    where = client.post(ADD, typed_identification(cast.claire, demarche=SOCLES))["Location"]
    assert where.endswith(f"/qualification/?demarche={SOCLES}")
    where = client.post(where, {**LISTED, "demarche": SOCLES})["Location"]
    where = client.post(where, {"demarche": SOCLES})["Location"]
    page = text_of(client.get(where))
    assert "Vous vouliez l’inscrire dans « Évaluation et projection socles »" in page
    assert f'action="{address("company:enrol_product", Subject.objects.get().reference, SOCLES)}"' in page


@pytest.mark.parametrize("code", ["nulle-part", "//evil.example", "<script>"])
def test_a_procedure_that_does_not_exist_is_forgotten(browse: Browse, cast: Cast, code: str) -> None:
    client = browse(cast.claire)
    assert 'name="demarche"' not in text_of(client.get(ADD, {"demarche": code}))
    assert client.post(ADD, typed_identification(cast.claire, demarche=code))["Location"].endswith("/qualification/")


# — Those who may not —————————————————————————————————————————————————————————————————————


def test_an_employee_is_told_why_he_may_not_add(browse: Browse, cast: Cast) -> None:
    client = browse(cast.karim)
    page = text_of(client.get(ADD))
    assert "Votre rôle ne permet pas d'ajouter un produit. Demandez-le à un représentant" in page
    assert 'name="version"' not in page
    with remembered():
        response = client.post(ADD, typed_identification(cast.karim))
    assert response.status_code == 403
    assert "Votre rôle ne permet pas d'ajouter un produit." in text_of(response)


def test_an_employee_who_may_only_read_is_told_why(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("draft", cast.claire, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    client = browse(cast.karim)
    for page, typed in (("identify_product", typed_identification(cast.karim)), ("qualify_product", LISTED), ("confirm_product", {})):
        where = address(f"company:{page}", product.reference)
        shown = text_of(client.get(where))
        assert "Vous pouvez voir ce produit, pas le modifier." in shown
        with remembered():
            assert client.post(where, typed).status_code == 403
