"""A decision in the browser: proposed, sent back, proposed again, taken by another; then read, with the way to contest it."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.factories.catalogue import product_at
from tests.factories.decisions import judged_of, judges, to_judge
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_refusal_by_two_people(visit: Visit, cast: Cast, at: datetime) -> None:
    bench = judges(at)
    found = to_judge(judged_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, cast.ines, at)
    ines, signatory, claire = visit(cast.ines), visit(bench.signatory), visit(cast.claire)
    ines.open(f"/agence/candidatures/{found.number}/")
    ines.follows("Proposer, décider : Jugement")
    looked_at(ines, "decision-a-proposer")
    ines.page.get_by_text("Refuser", exact=True).click()
    with ines.expecting("400"):
        ines.presses("Proposer")
    expect(ines.page.get_by_text("Choisissez au moins un motif de refus dans la liste.")).to_be_visible()
    ines.page.get_by_text("Trop bruyant", exact=True).click()
    ines.page.get_by_label("Explication").fill("Il s'entend à trois rues.")
    ines.presses("Proposer")
    expect(ines.page.get_by_role("heading", name="Proposition n° 1 : refuser")).to_be_visible()
    looked_at(ines, "decision-proposee")

    signatory.open(f"/agence/candidatures/{found.number}/decisions/jugement/")
    looked_at(signatory, "decision-a-prendre")
    signatory.pictures("decision")
    signatory.page.get_by_label("Ou renvoyer la proposition").fill("De quelle rue parle-t-on ?")
    signatory.presses("Renvoyer la proposition")
    expect(signatory.page.get_by_text("Renvoyée par Signataire-a")).to_be_visible()

    ines.open(f"/agence/candidatures/{found.number}/decisions/jugement/")
    looked_at(ines, "decision-renvoyee")
    expect(ines.page.get_by_label("Explication")).to_have_value("Il s'entend à trois rues.")
    ines.page.get_by_label("Explication").fill("Il s'entend à trois rues, mesuré au 12 rue du Phare.")
    ines.presses("Proposer")

    signatory.open(f"/agence/candidatures/{found.number}/decisions/jugement/")
    signatory.presses("Décider de refuser")
    expect(signatory.page.get_by_role("heading", name="Décision : refusé")).to_be_visible()
    looked_at(signatory, "decision-prise")

    claire.open(f"/candidatures/{found.number}/")
    expect(claire.page.get_by_role("heading", name="Candidature refusée")).to_be_visible()
    looked_at(claire, "decision-candidature-refusee")
    claire.follows("Lire la décision et comment la contester")
    expect(claire.page.get_by_role("heading", name="Contester cette décision")).to_be_visible()
    looked_at(claire, "decision-lue")
