"""The queue in the browser: taken from the list, assigned by the coordination, followed on « Pilotage »."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from convergence.candidatures.actions import accept_step
from foundation.accounts.rights import Role
from tests.cast import Cast
from tests.factories.candidatures import step_of, submitted
from tests.factories.catalogue import product_at
from tests.factories.decisions import QUEUED, judged_of
from tests.factories.people import someone
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAMES = ("TéléSuivi Cardio [Site Web]", "Rythme [iOS]", "Agenda des soins de ville [Web]", "Dossier [Windows]", "Bloc [Linux]", "Labo [Web]", "Pilulier [Android]")  # fmt: skip


def test_from_the_queue_to_the_figures(visit: Visit, cast: Cast, at: datetime) -> None:
    found = []
    for name in NAMES:
        product = product_at("active", cast.claire, at, name=name)
        found.append(submitted(judged_of(product, cast.claire, at, procedure=QUEUED), cast.claire, at))
    for one in found[1:]:
        accept_step(step_of(one), "", by=cast.ines, at=at)
    coordinator = someone("coordinatrice", Role.COORDINATOR, None, at, name="Coordination")
    other = someone("autre", Role.REVIEWER, None, at, name="Poste B")
    ines, lead = visit(cast.ines), visit(coordinator)
    ines.open("/agence/candidatures/")
    looked_at(ines, "file-libres")
    ines.page.get_by_role("button", name=f"Prendre la candidature n° {found[0].number}").click()
    expect(ines.page.get_by_text("est à vous.")).to_be_visible()
    looked_at(ines, "file-prise")
    ines.open("/agence/candidatures/")
    expect(ines.page.get_by_role("link", name="À moi (1)")).to_have_attribute("aria-current", "page")
    looked_at(ines, "file-a-moi")
    ines.pictures("file-d-attente")

    lead.open(f"/agence/candidatures/{found[1].number}/")
    lead.page.get_by_label("Attribuer à").select_option(label=f"{other.name} : 0 candidature")
    lead.presses("Attribuer")
    expect(lead.page.get_by_text("est attribuée à Poste B.")).to_be_visible()
    lead.open("/agence/candidatures/?onglet=late")
    looked_at(lead, "file-en-retard")
    lead.open("/agence/pilotage/")
    expect(lead.page.get_by_role("heading", name="Charge et délais")).to_be_visible()
    for summary in lead.page.locator("main summary").all():
        summary.click()
    looked_at(lead, "pilotage")
    lead.pictures("pilotage")
    downloaded = lead.takes("Télécharger (CSV)")
    assert downloaded.suggested_filename.endswith(".csv")
