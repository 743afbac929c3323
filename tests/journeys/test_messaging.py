"""A conversation in the browser: the company asks, the reviewer answers with a file, what is new goes once read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.factories.candidatures import submitted, trial_of
from tests.factories.catalogue import product_at
from tests.factories.evidence import PDF
from tests.journeys.conftest import Visit
from tests.journeys.test_candidature import looked_at
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_question_its_answer_and_a_file(visit: Visit, cast: Cast, at: datetime, tmp_path: Path) -> None:
    found = submitted(trial_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    claire, ines = visit(cast.claire), visit(cast.ines)
    claire.open(f"/candidatures/{found.number}/")
    claire.follows("Accéder à la conversation dans la messagerie")
    claire.reads(f"Candidature n° {found.number}")
    claire.page.get_by_label("Votre réponse").fill("Bonjour, la double authentification par l'application patient suffit-elle ?\n\nMerci.")
    claire.presses("Envoyer")
    expect(claire.page.locator(".cv-msg--own")).to_contain_text("la double authentification")
    looked_at(claire, "messagerie-entreprise")
    claire.pictures("messagerie")

    ines.open("/agence/messagerie/")
    expect(ines.page.locator(".fr-header__tools").get_by_text("1 message non lu")).to_have_count(1)
    looked_at(ines, "messagerie-agence-liste")
    ines.follows(f"Candidature n° {found.number}")
    expect(ines.page.locator("[data-read]")).to_be_hidden()
    ines.page.get_by_label("Réponse type").select_option("unclear")
    ines.presses("Insérer")
    expect(ines.page.get_by_label("Votre réponse")).to_have_value("Peu clair.")
    ines.page.get_by_label("Votre réponse").fill("Oui, si les deux facteurs sont demandés à chaque connexion. Un exemple est joint.")
    example = tmp_path / "exemple-extrait-journal.pdf"
    example.write_bytes(PDF)
    ines.page.get_by_label("Joindre un fichier").set_input_files(example)
    ines.presses("Envoyer")
    expect(ines.page.get_by_text("En cours d'analyse")).to_be_visible()
    work_off()
    ines.page.get_by_label("Nouvelle note interne").fill("À revoir avec la coordination.")
    ines.presses("Ajouter la note")
    expect(ines.page.get_by_text("À revoir avec la coordination.")).to_be_visible()
    looked_at(ines, "messagerie-agence")

    claire.open("/messagerie/")
    looked_at(claire, "messagerie-liste")
    claire.follows(f"Candidature n° {found.number}")
    expect(claire.page.get_by_text("Contrôlé, sans menace")).to_be_visible()
    expect(claire.page.locator("[data-read]")).to_be_hidden()
    kept = claire.takes("Télécharger exemple-extrait-journal.pdf")
    assert Path(kept.path()).read_bytes() == PDF
    claire.page.emulate_media(color_scheme="dark")
    looked_at(claire, "messagerie-sombre")
    claire.page.emulate_media(color_scheme="light")
    claire.open("/tableau-de-bord/")
    expect(claire.page.locator(".fr-header__tools").get_by_text("non lu")).to_have_count(0)

    claire.open("/messagerie/assistance/")
    looked_at(claire, "assistance")
    claire.open("/compte/copies/")
    looked_at(claire, "copies")
