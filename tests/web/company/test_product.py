"""One product: its procedures, the questionnaires they share, its identification and qualification, its archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from convergence.assessments.models import Answer
from convergence.catalogue.actions import grant_rights
from foundation.accounts.models import Person
from ops.demo import EXCHANGING, LISTED, NOT_LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, WITHOUT_EXCHANGE, again, answered, enrolled, product_at, validated
from tests.factories.pages import address, furnish, text_of, typed_identification
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]


def test_everything_known_of_a_product_is_on_its_page(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at, nil="123456789", certifications="ISO 27001\nHDS")
    page = text_of(browse(cast.claire).get(address("company:product", product.reference)))
    for text in (str(product.reference), "3.2", "Socle", "Claire", "123456789", "ISO 27001, HDS", "Télésurveillance", "offre SaaS"):
        assert text in page
    assert "Ce produit ne suit encore aucune démarche." in page
    assert f'href="{address("company:new_procedure", product.reference)}"' in page


def test_each_procedure_says_its_own_verdict_of_the_same_answers(browse: Browse, cast: Cast, at: datetime) -> None:
    """Guide, page 46: one set of answers, « Atteint » for one procedure and « Non atteint » for another."""
    product = product_at("active", cast.claire, at)
    socles = enrolled(product, SOCLES, cast.claire, at)
    enrolled(product, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(socles, INTEROPERABILITY, cast.claire, at, level="medium"), socles, cast.claire, at)
    page = text_of(browse(cast.claire).get(address("company:product", product.reference)))
    row = page.split("Interopérabilité 2021</a></th>")[1].split("Urbanisation 2021")[0]
    assert row.index("Non atteint") < row.index("Référencement sans échange de données") < row.index(">Atteint<")
    assert "2 obligations non atteintes" in row
    assert row.count("11/11") == 2
    assert 'rowspan="2"' in page


def test_the_identification_is_edited(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    enrolled(product, SOCLES, cast.claire, at)
    client = browse(cast.claire)
    with remembered("catalogue.ProductIdentified"):
        response = client.post(address("company:identify_product", product.reference), typed_identification(cast.karim, name="Nouveau"))
    assert response["Location"] == address("company:product", product.reference)
    page = text_of(client.get(response["Location"]))
    assert "L'identification du produit est enregistrée." in page
    assert "Responsable : Karim" in page
    assert "Nouveau" in text_of(client.get("/tableau-de-bord/", {"q": "nouveau"}))


def test_what_a_new_qualification_changes_is_shown_before(browse: Browse, cast: Cast, at: datetime) -> None:
    """Guide, page 28: eleven criteria for a listed product, seven otherwise. Nothing changes until it is confirmed."""
    product = product_at("active", cast.claire, at, qualification=LISTED)
    enrolment = enrolled(product, SOCLES, cast.claire, at)
    answered(enrolment, INTEROPERABILITY, cast.claire, at)
    client = browse(cast.claire)
    where = address("company:qualify_product", product.reference)
    with remembered():
        preview = text_of(client.post(where, NOT_LISTED))
    assert "4 critères disparaissent" in preview
    assert "Rien n’est encore modifié" in preview
    assert again(product).qualification == LISTED
    with remembered("catalogue.ProductRequalified"):
        client.post(where, {**NOT_LISTED, "confirmed": "1"})
    assert "7/7" in text_of(client.get(address("company:followed_procedure", product.reference, SOCLES)))
    assert Answer.objects.count() == 11
    assert "4 critères apparaissent" in text_of(client.post(where, LISTED))
    client.post(where, {**LISTED, "confirmed": "1"})
    assert "11/11" in text_of(client.get(address("company:followed_procedure", product.reference, SOCLES)))


def test_a_qualification_left_as_it_is_changes_nothing(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at, qualification=EXCHANGING)
    with remembered():
        response = browse(cast.claire).post(address("company:qualify_product", product.reference), EXCHANGING)
    assert response["Location"] == address("company:product", product.reference)


def test_an_incomplete_qualification_is_refused_even_confirmed(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    with remembered():
        response = browse(cast.claire).post(address("company:qualify_product", product.reference), {"mes_listing": "likely", "confirmed": "1", "later": "1"})  # fmt: skip
    assert response.status_code == 400


def test_archived_then_restored_as_it_was(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    client = browse(cast.claire)
    page = address("company:product", stage.active.reference)
    with remembered("catalogue.ProductArchived"):
        gone = client.post(address("company:archive_product", stage.active.reference), follow=True)
    assert "est archivé. Rien n'est perdu" in text_of(gone)
    archived = text_of(client.get(page))
    assert "<b>Archivé</b>" in archived
    assert "Restaurer ce produit" in archived
    assert "Éditer" not in archived
    assert "Nouvelle démarche" not in archived
    with remembered("catalogue.ProductRestored"):
        back = client.post(address("company:restore_product", stage.active.reference), follow=True)
    assert "est de retour dans votre catalogue." in text_of(back)
    assert "7/7" in text_of(client.get(page))


def test_nothing_is_archived_or_restored_twice(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    client = browse(cast.claire)
    with remembered():
        assert client.post(address("company:archive_product", stage.archived.reference)).status_code == 409
        assert client.post(address("company:restore_product", stage.active.reference)).status_code == 409
        assert (
            client.post(address("company:identify_product", stage.archived.reference), typed_identification(cast.claire)).status_code == 409
        )


def test_a_draft_archived_comes_back_a_draft(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("draft", cast.claire, at)
    client = browse(cast.claire)
    client.post(address("company:archive_product", product.reference))
    client.post(address("company:restore_product", product.reference))
    assert again(product).state == "draft"


def test_a_colleague_is_told_what_he_may_not_do(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    grant_rights(stage.active, cast.karim, ("view",), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(address("company:product", stage.active.reference)))
    assert "Votre rôle ne permet pas d'inscrire un produit dans une démarche." in page
    assert "Archiver" not in page
    assert "Éditer" not in page
    for act in ("archive_product", "restore_product"):
        with remembered():
            response = client.post(address(f"company:{act}", stage.active.reference))
        assert response.status_code == 403
        assert "Votre rôle ne permet pas d'archiver un produit." in text_of(response)
