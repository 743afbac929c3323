"""Shared, then erased, in the browser: the partner reads what is shared with it; a file leaves the platform by three hands; one's own data."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from convergence.evidence.actions import archive_evidence
from foundation.accounts.rights import Role
from tests.cast import Cast
from tests.factories.catalogue import ETHICS, INTEROPERABILITY, answered, validated
from tests.factories.evidence import CHARTER, deposited, followed
from tests.factories.people import someone
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_shared_with_the_partner_then_erased_by_three_hands(visit: Visit, cast: Cast, at: datetime) -> None:
    enrolment = followed(cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    archive_evidence(deposit, by=cast.claire, at=at)
    people = {name: someone(name, role, None, at) for name, role in (("support", Role.SUPPORT), ("coordination", Role.COORDINATOR), ("partenaire", Role.PARTNER))}  # fmt: skip
    claire, reference = visit(cast.claire), enrolment.subject.reference
    support, lead, partner = (visit(people[name]) for name in ("support", "coordination", "partenaire"))

    claire.open(f"/produits/{reference}/demarches/{enrolment.code}/")
    claire.presses("Partager les résultats avec le GIE SESAM-Vitale")
    expect(claire.page.get_by_role("button", name="Ne plus partager")).to_be_visible()
    looked_at(claire, "partage-entreprise")
    partner.open("/agence/")
    partner.reads("Résultats partagés")
    looked_at(partner, "partage-partenaire")
    with partner.page.expect_download() as taken:
        partner.presses("Télécharger les résultats de")
    assert taken.value.suggested_filename.endswith(".zip")

    claire.open(f"/produits/{reference}/demarches/{enrolment.code}/{ETHICS}/preuves/archivees/")
    claire.follows("Effacement de charte.pdf")
    claire.page.get_by_label("Pourquoi ce fichier doit-il être effacé ?").fill("Un nom de patient y figure.")
    looked_at(claire, "effacement-demande")
    claire.presses("Demander l’effacement")
    expect(claire.page.get_by_text("L'effacement est demandé.")).to_be_visible()
    support.open("/agence/effacements/")
    looked_at(support, "effacement-liste")
    support.follows("N° ")
    support.page.get_by_label("Ce que vous avez vérifié, ou le motif du refus").fill("Vérifié avec l'entreprise.")
    looked_at(support, "effacement-support")
    support.presses("Proposer l’effacement")
    lead.open("/agence/effacements/")
    lead.follows("N° ")
    looked_at(lead, "effacement-decision")
    lead.presses("Effacer le fichier")
    expect(lead.page.get_by_text("son empreinte reste")).to_be_visible()
    claire.open(f"/produits/{reference}/demarches/{enrolment.code}/{ETHICS}/preuves/archivees/")
    expect(claire.page.get_by_text("Effacé le")).to_be_visible()
    looked_at(claire, "effacement-fait")

    claire.open("/compte/")
    looked_at(claire, "compte")
    own = claire.takes("Télécharger vos données (JSON)")
    assert own.suggested_filename.startswith("vos-donnees-")
