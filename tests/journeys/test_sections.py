"""Evidence from end to end, in the browser: a section deposited and submitted, one requirement sent back, corrected, accepted."""

from __future__ import annotations

import os
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from convergence.candidatures.models import Candidature
from foundation.files.models import StoredFile
from foundation.files.purposes import purposes
from tests.cast import Cast
from tests.factories.evidence import judged, pdf
from tests.factories.files import TERMS, terms_of_test
from tests.factories.sections import fill_section, hand_over, proving, row
from tests.journeys.conftest import Visit
from tests.journeys.test_candidature import looked_at
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


def picture(words: str) -> bytes:
    """A screenshot of a product that does not exist."""
    body, image = BytesIO(), Image.new("RGB", (640, 360), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 640, 40), fill="#2b3a55")
    draw.text((16, 14), "Environnement de test", fill="white")
    draw.text((16, 80), words, fill="black")
    image.save(body, "PNG")
    return body.getvalue()


def gives(visitor: Visitor, slot: str, name: str, body: bytes, media_type: str, at: datetime) -> None:
    """A file chosen in a slot: sent in pieces, put in its place, then examined."""
    before = StoredFile.objects.count()
    visitor.page.locator(f'[data-slot="{slot}"]').set_input_files({"name": name, "mimeType": media_type, "buffer": body})
    expect(visitor.page.locator(".cv-file__name").get_by_text(name)).to_be_visible()
    assert StoredFile.objects.count() == before + 1
    file = StoredFile.objects.latest("pk")
    if file.state == "quarantined":
        judged(file, "clean", at, media_type=media_type)


def dark(visitor: Visitor, name: str) -> None:
    """The same page by night, kept where asked."""
    if folder := os.environ.get("LOOK"):
        visitor.page.evaluate("document.documentElement.setAttribute('data-fr-theme', 'dark')")
        visitor.page.wait_for_timeout(200)
        visitor.page.screenshot(path=Path(folder) / f"{name}-dark.png", full_page=True)
        visitor.page.evaluate("document.documentElement.setAttribute('data-fr-theme', 'light')")


def test_from_the_first_file_to_the_section_accepted(visit: Visit, cast: Cast, at: datetime) -> None:
    candidature: Candidature = proving(cast.claire, cast.ines, at)
    hand_over(candidature, cast.claire, at, "engine")
    claire, ines = visit(cast.claire), visit(cast.ines)
    page = claire.page
    claire.open(f"/candidatures/{candidature.number}/")
    claire.follows("Compléter : Dépôt des preuves")
    claire.reads("Dépôt des preuves : sections d’exigence")
    looked_at(claire, "sections")
    claire.pictures("sections-d-exigence")
    claire.follows("Compléter : Feux de bord")
    claire.reads("Feux de bord (FEUX)")
    page.get_by_text("Le produit éclaire.").click()
    gives(claire, "ILL-L 1.1.1", "capture.png", picture("Le feu vert est allumé."), "image/png", at)
    expect(page.locator("[data-answered]")).to_have_text("1")
    claire.follows("Relire et soumettre la section")
    expect(page.get_by_role("heading", name="2 points à régler avant de soumettre")).to_be_visible()
    expect(page.get_by_role("button", name="Soumettre la section")).to_have_count(0)
    looked_at(claire, "section-recapitulatif-incomplet")
    claire.follows("Preuve ILL-L 1.1.2")
    expect(page.locator('[data-slot="ILL-L 1.1.2"]')).to_be_in_viewport()
    looked_at(claire, "section-incomplete")
    gives(claire, "ILL-L 1.1.2", "releve.pdf", pdf("relevé"), "application/pdf", at)
    gives(claire, "ILL-L 2.1.1", "essai.txt", b"Vu de loin, de jour.\n", "text/plain", at)
    claire.open(f"/candidatures/{candidature.number}/etapes/preuves/sections/lights/?ouvert=ILL-L 1")
    looked_at(claire, "section-remplie")
    claire.pictures("section")
    dark(claire, "section-remplie")
    claire.follows("Relire et soumettre la section")
    expect(page.get_by_text("releve.pdf")).to_be_visible()
    looked_at(claire, "section-recapitulatif")
    claire.presses("Soumettre la section")
    expect(page.get_by_text("Toutes les sections sont soumises : l'agence examine vos preuves.")).to_be_visible()

    ines.open(f"/agence/candidatures/{candidature.number}/")
    ines.follows("Examiner : Dépôt des preuves")
    looked_at(ines, "agence-sections")
    ines.follows("Examiner : Feux de bord")
    expect(ines.page.locator("img.cv-shown")).to_be_visible()
    looked_at(ines, "agence-exigence")
    ines.pictures("examen")
    dark(ines, "agence-exigence")
    ines.page.get_by_text("Acceptée", exact=True).click()
    ines.presses("Enregistrer et passer à la suivante")
    expect(ines.page.get_by_role("heading", name="ILL-L 2", exact=True)).to_be_visible()
    ines.page.locator("label").get_by_text("Raccourcis clavier").click()
    ines.page.keyboard.press("2")
    expect(ines.page.get_by_label("À modifier")).to_be_checked()
    ines.page.get_by_label("Motif").select_option("unreadable")
    expect(ines.page.get_by_label("Texte pour l’entreprise")).to_have_value("Le fichier ne s’ouvre pas.")
    ines.page.get_by_label("Note interne").fill("À comparer avec la version 3.1.")
    looked_at(ines, "agence-avis")
    ines.presses("Enregistrer et passer à la suivante")
    ines.follows("Relire et rendre la section")
    expect(ines.page.get_by_text("L’entreprise lira : Le fichier ne s’ouvre pas.")).to_be_visible()
    looked_at(ines, "agence-recapitulatif")
    ines.presses("Rendre la section")
    expect(ines.page.get_by_text("La section est rendue : 1 exigence à modifier par l'entreprise.")).to_be_visible()

    claire.open(f"/candidatures/{candidature.number}/etapes/preuves/sections/")
    claire.follows("Corriger : Feux de bord")
    expect(page.get_by_text("Modification demandée")).to_be_visible()
    expect(page.get_by_text("À comparer avec la version 3.1.")).to_have_count(0)
    looked_at(claire, "section-a-corriger")
    claire.follows("Répondre à l’agence : ILL-L 2")
    page.get_by_label("Votre réponse").fill("Le nouvel essai est fait de nuit.")
    looked_at(claire, "reponse")
    claire.presses("Enregistrer")
    expect(page.get_by_text("Votre réponse est enregistrée.")).to_be_visible()
    page.get_by_role("button", name="Archiver essai.txt").click()
    gives(claire, "ILL-L 2.1.1", "essai-de-nuit.txt", b"Vu de loin, de nuit.\n", "text/plain", at)
    claire.follows("Relire et soumettre la section")
    claire.presses("Soumettre la section")

    ines.open(f"/agence/candidatures/{candidature.number}/etapes/preuves/sections/lights/")
    expect(ines.page.get_by_text("Remplacé ou retiré depuis la soumission précédente : essai.txt")).to_be_visible()
    expect(ines.page.get_by_text("Le nouvel essai est fait de nuit.")).to_be_visible()
    looked_at(ines, "agence-corrigee")
    ines.follows("Comparer les soumissions n° 1 et 2")
    expect(ines.page.get_by_text("1 exigence a changé")).to_be_visible()
    looked_at(ines, "agence-comparaison")
    ines.follows("Section FEUX")
    ines.page.get_by_text("Acceptée", exact=True).click()
    ines.presses("Enregistrer et passer à la suivante")
    ines.follows("Relire et rendre la section")
    ines.presses("Rendre la section")
    expect(ines.page.get_by_text("La section est acceptée.")).to_be_visible()
    assert row(candidature).state == "accepted"
    claire.open(f"/candidatures/{candidature.number}/etapes/preuves/sections/lights/")
    expect(page.get_by_text("Cette section est acceptée depuis le")).to_be_visible()
    looked_at(claire, "section-acceptee")


def test_without_javascript_a_section_is_filled_said_without_object_and_submitted(visit: Visit, cast: Cast, at: datetime) -> None:
    candidature = proving(cast.claire, cast.ines, at)
    claire = visit(cast.claire, java_script_enabled=False)
    claire.open(f"/candidatures/{candidature.number}/etapes/preuves/sections/lights/?ouvert=ILL-L 2")
    claire.follows("Déclarer sans objet ILL-L 2")
    claire.page.get_by_label("Pourquoi est-ce sans objet").fill("Le produit n'a pas de feux.")
    claire.presses("Déclarer sans objet")
    expect(claire.page.get_by_text("ILL-L 2 déclaré sans objet")).to_be_visible()
    fill_section(candidature, cast.claire, at)
    claire.follows("Relire et soumettre la section")
    claire.presses("Soumettre la section")
    expect(claire.page.get_by_text("La section « Feux de bord » est soumise.")).to_be_visible()
