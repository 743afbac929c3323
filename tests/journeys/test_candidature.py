"""A candidature from end to end, in the browser: draft, recapitulation, submission, a change asked, corrected, accepted."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from convergence.candidatures.models import Candidature
from tests.cast import Cast
from tests.factories.candidatures import give_document, step_of, trial_of
from tests.factories.catalogue import product_at
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def looked_at(visitor: Visitor, name: str) -> None:
    """No violation of axe on the desktop, nothing wider than a telephone. `LOOK=<folder>` keeps both sights."""
    page = visitor.page
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("() => axe.run(document).then((one) => one.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))")
    assert found == [], f"{name} : {found}"
    folder = os.environ.get("LOOK")
    for width, height in ((1280, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} : plus large que l'écran à {width}"
    page.set_viewport_size({"width": 1280, "height": 900})


def test_from_the_draft_to_acceptance(visit: Visit, cast: Cast, at: datetime) -> None:
    enrolment = trial_of(product_at("active", cast.claire, at), cast.claire, at)
    claire, ines = visit(cast.claire), visit(cast.ines)
    page = claire.page
    claire.open(f"/produits/{enrolment.subject.reference}/demarches/{enrolment.code}/")
    looked_at(claire, "demarche")
    claire.presses("Candidater")
    candidature = Candidature.objects.get()
    claire.reads(f"Candidature n° {candidature.number}")
    looked_at(claire, "candidature")
    claire.follows("Compléter : Dossier")
    expect(page.get_by_label("Copilote *")).to_be_hidden()
    page.get_by_label("Pilote *", exact=True).fill("Claire")
    page.locator("label").get_by_text("Non", exact=True).click()
    expect(page.get_by_label("Copilote *")).to_be_visible()
    page.locator("label").get_by_text("Oui", exact=True).click()
    expect(page.get_by_label("Copilote *")).to_be_hidden()
    claire.presses("Enregistrer comme brouillon")
    expect(page.get_by_text("Brouillon enregistré le")).to_be_visible()
    page.get_by_text("Nuit", exact=True).click()
    looked_at(claire, "formulaire")
    claire.presses("Suivant")
    claire.reads("Récapitulatif : Dossier")
    expect(page.get_by_text("2 points à régler avant de soumettre")).to_be_visible()
    looked_at(claire, "recapitulatif-incomplet")
    page.get_by_role("link", name="E-mail").click()
    page.get_by_label("E-mail *").fill("claire@demo.invalid")
    give_document(step_of(candidature), "BREVET", cast.claire, at)
    claire.presses("Suivant")
    looked_at(claire, "recapitulatif")
    claire.presses("Soumettre votre candidature")
    expect(page.get_by_text("L’agence examine")).to_be_visible()
    looked_at(claire, "soumise")

    ines.open("/agence/candidatures/")
    looked_at(ines, "agence-liste")
    ines.follows(f"N° {candidature.number}")
    looked_at(ines, "agence-candidature")
    ines.follows("Examiner : Dossier")
    ines.page.locator("#f-pilot summary").click()
    ines.page.get_by_text("Demander de modifier « Pilote »").click()
    ines.page.locator("#f-pilot-texte").fill("Donnez le nom complet du pilote.")
    looked_at(ines, "agence-examen")
    ines.presses("Demander ces modifications")
    expect(ines.page.get_by_text("L’entreprise est attendue")).to_be_visible()

    claire.open(f"/candidatures/{candidature.number}/")
    looked_at(claire, "a-corriger")
    claire.follows("Corriger : Dossier")
    looked_at(claire, "correction")
    page.get_by_label("Pilote *", exact=True).fill("Claire, pilote")
    claire.presses("Suivant")
    claire.presses("Soumettre votre candidature")
    ines.open(f"/agence/candidatures/{candidature.number}/etapes/dossier/")
    expect(ines.page.get_by_text("Modifié", exact=True)).to_be_visible()
    looked_at(ines, "agence-differences")
    ines.presses("Accepter l’étape")
    assert step_of(candidature).state == "accepted"
    claire.open(f"/candidatures/{candidature.number}/")
    expect(page.get_by_text("L'agence accepte l'étape « Dossier »")).to_be_visible()
    looked_at(claire, "acceptee")
