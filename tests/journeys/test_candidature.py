"""A candidature from end to end, in the browser: draft, recapitulation, submission, a change asked, corrected, accepted."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from convergence.candidatures.models import Candidature
from tests.cast import Cast
from tests.factories.candidatures import give_document, step_of, trial_of
from tests.factories.catalogue import product_at
from tests.journeys.conftest import Visit
from tests.journeys.looking import looked_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


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
