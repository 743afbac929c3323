"""Time in the browser: the delays on both sides, more time asked, proposed and granted by two people, the clock of the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from foundation.accounts.rights import Role
from foundation.core.clock import now
from tests.cast import Cast
from tests.factories.candidatures import begun
from tests.factories.catalogue import product_at
from tests.factories.people import someone
from tests.factories.schedules import LONG_AFTER, timed, to_correct
from tests.journeys.conftest import Visit
from tests.journeys.test_candidature import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_delays_and_more_time(visit: Visit, cast: Cast, at: datetime) -> None:
    coordinator, support = someone("coordinator", Role.COORDINATOR, None, at), someone("support", Role.SUPPORT, None, at)
    waiting = to_correct(
        timed(product_at("active", cast.claire, at), cast.claire, at, closes=LONG_AFTER),
        cast.claire,
        cast.ines,
        now() - timedelta(days=12),
        now() - timedelta(days=2),
    )
    draft = begun(timed(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    claire, ines, second, desk = visit(cast.claire), visit(cast.ines), visit(coordinator), visit(support)

    claire.open(f"/candidatures/{waiting.number}/")
    for one in claire.page.get_by_text("Détail du décompte").all():
        one.click()
    expect(claire.page.get_by_text("Suspendu depuis le").first).to_be_visible()
    looked_at(claire, "delais-entreprise")
    claire.pictures("delais")
    ines.open(f"/agence/candidatures/{waiting.number}/")
    looked_at(ines, "delais-agence")

    claire.open(f"/candidatures/{draft.number}/")
    looked_at(claire, "cloture")
    claire.follows("Demander un report")
    claire.page.get_by_label("Reporter jusqu’au *").fill("2046-12-18")
    claire.page.get_by_label("Pourquoi avez-vous besoin de plus de temps ? *").fill("Une panne du réseau de deux jours.")
    looked_at(claire, "report-demande")
    claire.presses("Demander ce report")
    expect(claire.page.get_by_text("18 décembre 2046 à 14 h 00")).to_be_visible()

    ines.open("/agence/reports/")
    looked_at(ines, "reports-liste")
    ines.follows(f"N° {draft.number}")
    looked_at(ines, "report-agence")
    ines.presses("Proposer ce report")
    second.open("/agence/reports/")
    second.follows(f"N° {draft.number}")
    second.presses("Accorder ce report")
    claire.open(f"/candidatures/{draft.number}/")
    expect(claire.page.get_by_text("date reportée pour cette candidature")).to_be_visible()
    looked_at(claire, "report-accorde")

    desk.open("/agence/demonstration/horloge/")
    looked_at(desk, "horloge")
