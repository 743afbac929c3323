"""« Nouvelle démarche », for a product: the track, then the procedure, and why some cannot be begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convergence.catalogue.models import Enrolment
from convergence.content.library import Library
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import SOCLES, WITH_EXCHANGE, product_at
from tests.factories.packs import DAY
from tests.factories.pages import address, furnish, plain, sheet_address, text_of, whole_sheet
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]


def test_the_track_is_chosen_first(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    page = text_of(browse(cast.claire).get(address("company:new_procedure", product.reference)))
    for code in ("doctrine", "mes", "dmn", "segur", "labels"):
        assert f'href="{address("company:new_procedure_in_track", product.reference, code)}"' in page


def test_then_the_procedure_open_followed_or_closed(browse: Browse, cast: Cast, shelf: Library, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    reference = stage.active.reference
    doctrine, mes, dmn, segur, labels = (
        text_of(browse(cast.claire).get(address("company:new_procedure_in_track", reference, code)))
        for code in ("doctrine", "mes", "dmn", "segur", "labels")
    )
    assert "Déjà suivie : reprendre" in doctrine
    assert doctrine.count("S’inscrire<") == 3
    assert "Pas encore ouverte" not in doctrine
    assert f'action="{address("company:enrol_product", reference, "dmn-pecan")}"' in dmn
    assert f'action="{address("company:enrol_product", reference, "label-logiciel-mcs")}"' in labels
    assert plain(shelf.procedure_in_force("segur-vague-2", DAY).closed_because) in segur
    assert mes.count("S’inscrire<") == 2
    assert f'action="{address("company:enrol_product", reference, WITH_EXCHANGE)}"' in mes
    assert "Voir « Évaluation et projection socles »" in segur


@pytest.mark.parametrize(("code", "status"), [("segur-vague-2", 409), ("segur-vague-1", 409), (SOCLES, 409), ("nulle-part", 404)])
def test_what_cannot_be_begun_is_refused(browse: Browse, cast: Cast, at: datetime, code: str, status: int) -> None:
    """Closed, a door, followed already, unknown."""
    stage = furnish(cast.claire, at)
    with remembered():
        assert browse(cast.claire).post(address("company:enrol_product", stage.active.reference, code)).status_code == status


@pytest.mark.parametrize(("code", "count"), [("teleconsultation", 13), ("teleexpertise", 13), ("telesoin", 12)])
def test_remote_care_is_begun_answered_validated_and_read(browse: Browse, cast: Cast, at: datetime, code: str, count: int) -> None:
    product = product_at("active", cast.claire, at)
    questionnaire, client = f"{code}-2023", browse(cast.claire)
    enrol = address("company:enrol_product", product.reference, code)
    assert f'action="{enrol}"' in text_of(client.get(address("company:new_procedure_in_track", product.reference, "doctrine")))
    with remembered("catalogue.ProductEnrolled"):
        assert client.post(enrol).status_code == 302
    enrolment = Enrolment.objects.select_related("subject").get(code=code)
    sheet = client.get(sheet_address(enrolment, questionnaire))
    assert sheet.status_code == 200
    assert text_of(sheet).count("data-criterion=") == count
    response = client.post(sheet_address(enrolment, questionnaire), {**whole_sheet(enrolment, questionnaire), "validate": "1"}, follow=True)
    assert response.redirect_chain[-1][0] == sheet_address(enrolment, questionnaire, "company:results")
    results = text_of(response)
    assert "Validation n° 1" in results
    assert "2 obligations non atteintes sur" in results  # two criteria are expected high, the sheet says medium


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_product_not_in_use_begins_nothing(browse: Browse, cast: Cast, at: datetime, state: str) -> None:
    stage = furnish(cast.claire, at)
    product = getattr(stage, state)
    with remembered():
        assert browse(cast.claire).post(address("company:enrol_product", product.reference, SOCLES)).status_code == 409


def test_an_employee_is_told_why(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at, colleague=cast.karim)
    for page in (
        address("company:new_procedure", stage.active.reference),
        address("company:new_procedure_in_track", stage.active.reference, "mes"),
    ):
        shown = text_of(browse(cast.karim).get(page))
        assert "Votre rôle ne permet pas d'inscrire un produit dans une démarche." in shown
        assert "S’inscrire<" not in shown


def test_a_track_that_does_not_exist(browse: Browse, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    assert browse(cast.claire).get(address("company:new_procedure_in_track", product.reference, "ailleurs")).status_code == 404
