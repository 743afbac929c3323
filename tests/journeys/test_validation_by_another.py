"""Who answers is not always who validates: asked for, sent back with a reason, corrected, validated; each told by mail."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core import mail
from playwright.sync_api import expect

from convergence.assessments.models import Validation, ValidationRequest
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.projections.models import ProjectionValidation
from foundation.core.clock import now
from foundation.core.quarter import Quarter
from tests.cast import Cast
from tests.factories.catalogue import ARCHITECTURE, SOCLES, answered, enrolled, product_at, validated
from tests.factories.pages import plain, sheet_address
from tests.journeys.conftest import Visit
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAMED = "« Urbanisation 2021 »"
ASK = "Enregistrer et demander validation"


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    """Karim answers for this product; he may not validate."""
    product = product_at("active", cast.claire, at)
    grant_rights(product, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    return enrolled(product, SOCLES, cast.claire, at)


def told() -> list[tuple[str, str]]:
    """Who was written to and what they read, since the last time."""
    work_off()
    found = [(message.to[0].split("@")[0], plain(message.body)) for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_answers_are_asked_about_sent_back_corrected_and_validated(visit: Visit, cast: Cast, enrolment: Enrolment) -> None:
    claire, karim = visit(cast.claire), visit(cast.karim)

    # — Karim answers, and asks —
    karim.open(sheet_address(enrolment, ARCHITECTURE))
    expect(karim.page.get_by_role("button", name="Valider")).to_have_count(0)
    karim.answers_all("Maturité faible")
    karim.presses(ASK)
    expect(karim.page.get_by_text("leur validation est demandée à vos collègues")).to_be_visible()
    karim.meets_no_barrier()
    ((who, text),) = told()
    assert who == "claire"
    assert f"Karim demande la validation du questionnaire {NAMED}" in text

    # — Claire finds it first in what she has to do; one answer does not do —
    claire.open("/tableau-de-bord/")
    expect(claire.page.locator("section:has(#a-faire) li").first).to_contain_text("demandé par Karim")
    claire.meets_no_barrier()
    claire.follows(f"Valider {NAMED}")
    claire.reads("Questionnaire d’évaluation : Urbanisation 2021")
    claire.page.get_by_text("Renvoyer avec un motif").click()
    claire.page.get_by_label("Motif du renvoi").fill("Le critère 2 est déjà moyen : voyez la version 3.")
    claire.meets_no_barrier()
    claire.page.get_by_role("button", name="Renvoyer", exact=True).click()
    expect(claire.page.get_by_text("La demande est renvoyée avec votre motif.")).to_be_visible()
    ((who, text),) = told()
    assert who == "karim"
    assert "Le critère 2 est déjà moyen : voyez la version 3." in text

    # — Karim reads why, corrects, asks again —
    karim.open("/tableau-de-bord/")
    expect(karim.page.get_by_text("Motif : Le critère 2 est déjà moyen")).to_be_visible()
    karim.meets_no_barrier()
    karim.follows(f"Reprendre {NAMED}")
    expect(karim.page.get_by_text("Renvoyé par Claire le")).to_be_visible()
    with karim.page.expect_response("**/reponse/"):
        karim.picks("ILL-URB-02", "Maturité moyenne")
    karim.presses(ASK)
    expect(karim.page.get_by_text("Vous avez demandé la validation le")).to_be_visible()
    assert [who for who, _ in told()] == ["claire"]

    # — Claire validates —
    claire.open(sheet_address(enrolment, ARCHITECTURE))
    claire.presses("Valider")
    claire.reads("Résultats : Urbanisation 2021")
    claire.meets_no_barrier()
    ((who, text),) = told()
    assert who == "karim"
    assert f"Claire a fait la validation du questionnaire {NAMED}" in text
    assert Validation.objects.get().answers["ILL-URB-02"]["level"] == "medium"
    assert list(ValidationRequest.objects.order_by("pk").values_list("state", flat=True)) == ["sent_back", "validated"]


def test_dates_go_the_same_way(visit: Visit, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    validated(answered(enrolment, ARCHITECTURE, cast.claire, at, level="low", ILL_URB_01="medium"), enrolment, cast.claire, at)
    where = sheet_address(enrolment, ARCHITECTURE, "company:projection")
    claire, karim = visit(cast.claire), visit(cast.karim)
    near, far = (str(Quarter.of(now()).after(count)) for count in (1, 6))

    karim.open(where)
    for line in karim.page.locator(".cv-ladder .is-req select").all()[:4]:
        with karim.page.expect_response("**/cible/"):
            line.select_option(near)
    karim.presses(ASK)
    expect(karim.page.get_by_text("Vous avez demandé la validation le")).to_be_visible()
    karim.meets_no_barrier()
    assert [who for who, _ in told()] == ["claire"]

    claire.open("/tableau-de-bord/")
    claire.follows(f"Valider la projection {NAMED}")
    claire.page.get_by_text("Renvoyer avec un motif").click()
    with claire.expecting("400"):
        claire.page.get_by_role("button", name="Renvoyer", exact=True).click()
        expect(claire.page.get_by_text("Écrivez le motif du renvoi")).to_be_visible()
    claire.meets_no_barrier()
    claire.page.get_by_label("Motif du renvoi").fill("Trop tôt pour le critère 3.")
    claire.page.get_by_role("button", name="Renvoyer", exact=True).click()
    expect(claire.page.get_by_text("Les dates restent telles qu")).to_be_visible()
    ((who, text),) = told()
    assert (who, "Trop tôt pour le critère 3." in text) == ("karim", True)

    karim.open("/tableau-de-bord/")
    karim.follows(f"Reprendre la projection {NAMED}")
    with karim.page.expect_response("**/cible/"):
        karim.page.locator('select[name="date-ILL-URB-03-high"]').select_option(far)
    karim.presses(ASK)
    expect(karim.page.get_by_text("Vous avez demandé la validation le")).to_be_visible()
    assert [who for who, _ in told()] == ["claire"]

    claire.open(where)
    claire.presses("Valider")
    claire.reads("Feuille de route : Urbanisation 2021")
    expect(claire.page.get_by_text(f"Atteint le {far}").first).to_be_visible()
    assert [who for who, _ in told()] == ["karim"]
    assert ProjectionValidation.objects.get().validated_by == cast.claire
