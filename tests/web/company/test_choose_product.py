"""« Ajouter un produit à la démarche »: among those that do not follow it yet, or a new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import SOCLES, WITHOUT_EXCHANGE, product_at
from tests.factories.pages import CANARY, address, furnish, text_of
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
CHOOSE = f"/parcours/doctrine/{SOCLES}/choisir-un-produit/"


def test_only_products_in_use_that_do_not_follow_it(browse: Browse, cast: Cast, at: datetime) -> None:
    furnish(cast.claire, at)
    product_at("active", cast.claire, at, name="Agenda")
    page = text_of(browse(cast.claire).get(CHOOSE))
    assert "Agenda" in page
    assert CANARY not in page  # followed already, a draft, archived
    other = text_of(browse(cast.claire).get(f"/parcours/mes/{WITHOUT_EXCHANGE}/choisir-un-produit/"))
    assert f"{CANARY} active" in other
    assert f"{CANARY} draft" not in other
    assert f"{CANARY} archived" not in other


def test_choosing_opens_the_questionnaires(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    client = browse(cast.claire)
    where = address("company:enrol_product", product.reference, SOCLES)
    assert f'action="{where}"' in text_of(client.get(CHOOSE))
    with remembered("catalogue.ProductEnrolled"):
        response = client.post(where, follow=True)
    assert response.redirect_chain == [(address("company:followed_procedure", product.reference, SOCLES), 302)]
    assert "suit maintenant la démarche « Évaluation et projection socles »" in text_of(response)


def test_nothing_to_choose_says_what_to_do(browse: Browse, cast: Cast) -> None:
    page = text_of(browse(cast.claire).get(CHOOSE))
    assert "Tous vos produits suivent déjà cette démarche, ou votre catalogue est vide." in page
    assert f'href="/produits/ajouter/?demarche={SOCLES}"' in page
    assert "Aucun produit ne correspond à « rien »" in text_of(browse(cast.claire).get(CHOOSE, {"q": "rien"}))


def test_a_closed_procedure_lets_nobody_choose(browse: Browse, cast: Cast, at: datetime) -> None:
    product_at("active", cast.claire, at)
    page = text_of(browse(cast.claire).get("/parcours/segur/segur-vague-2/choisir-un-produit/"))
    assert "Sélectionner ce produit" not in page
    assert "fr-alert--info" in page


def test_an_employee_is_refused_with_the_reason(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at, colleague=cast.karim)
    with remembered():
        response = browse(cast.karim).post(address("company:enrol_product", stage.active.reference, WITHOUT_EXCHANGE))
    assert response.status_code == 403
    assert "Votre rôle ne permet pas d'inscrire un produit dans une démarche." in text_of(response)
    page = text_of(browse(cast.karim).get(f"/parcours/mes/{WITHOUT_EXCHANGE}/choisir-un-produit/"))
    assert "Ajouter un nouveau produit" not in page
