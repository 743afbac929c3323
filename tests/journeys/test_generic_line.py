"""The generic line, from its own pack: its form handed over, an archive for advice in the browser, the opinion, read in the messages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from convergence.candidatures.actions import Typed, save_form
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Candidature
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from convergence.content.schema import FormField
from convergence.evidence.actions import deposit_evidence
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.factories.advice import archive
from tests.factories.candidatures import step_of
from tests.factories.catalogue import enrolled, product_at
from tests.factories.evidence import pdf
from tests.factories.files import file_at
from tests.journeys.conftest import Visit
from tests.journeys.test_candidature import looked_at
from tests.queue import work_off

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TYPED = {
    "email": "claire@demo.invalid",
    "phone": "+33 2 40 00 00 00",
    "date": "2026-01-15",
    "number": "3",
    "siren": "834217697",
    "yes_no": "no",
}


def answer_to(field: FormField) -> tuple[str, ...]:
    """What anyone would type, by the kind of the field."""
    if field.kind in ("choice", "choices"):
        return (field.choices[0].code,)
    if field.kind == "profiles":
        return ("general", "professional_access")
    return (TYPED.get(field.kind, "Texte"),)


def filled_in(enrolment: Enrolment, person: Person, at: datetime) -> None:
    """The whole form, its documents included, by the real actions: the pages of forms have a journey of their own."""
    step = step_of(Candidature.objects.get(), "recevabilite")
    for _ in range(2):  # answers call for other fields
        call = call_of(library(), step)
        stored = {one.field: one for one in step.values.all()}
        asked = call.asked({key: one.value for key, one in stored.items()})
        typed = {
            one.key: Typed(answer_to(one.field), stored[one.key].version if one.key in stored else 0)
            for one in asked
            if one.field.kind != "file" and one.field.required
        }
        save_form(step, typed, by=person, at=at)
    for one in call_of(library(), step).asked({value.field: value.value for value in step.values.all()}):
        if one.field.proof is not None and one.field.required:
            assert step.folder is not None
            deposit_evidence(
                step.folder,
                one.field.proof,
                file_at("clean", person, at, pdf(one.key), name=f"{one.key}.pdf", media_type="application/pdf"),
                by=person,
                at=at,
            )


def test_from_the_form_to_the_opinion(visit: Visit, cast: Cast, at: datetime, tmp_path: Path) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), "dmn-ligne-generique", cast.claire, at)
    claire, ines = visit(cast.claire), visit(cast.ines)
    page = claire.page
    claire.open(f"/produits/{enrolment.subject.reference}/demarches/{enrolment.code}/")
    claire.presses("Candidater")
    page.wait_for_url("**/candidatures/*/")
    candidature = Candidature.objects.get()
    filled_in(enrolment, cast.claire, at)
    claire.open(f"/candidatures/{candidature.number}/etapes/recevabilite/recapitulatif/")
    claire.presses("Soumettre votre candidature")
    expect(page.get_by_text("L’agence examine")).to_be_visible()
    looked_at(claire, "ligne-generique-soumise")

    claire.follows("Soumettre des preuves pour avis")
    claire.reads("Soumettre des preuves pour avis")
    looked_at(claire, "avis-vide")
    zipped = tmp_path / "preuves-lot-1.zip"
    zipped.write_bytes(archive(["INS 1.1 création.txt", "ins_02-1.txt", "INS 2.1 détail.txt", "notes de réunion.txt"]))
    page.get_by_label("Archive .zip à déposer").set_input_files(zipped)
    expect(page.get_by_text("2 scénarios reconnus")).to_be_visible()
    expect(page.get_by_text("notes de réunion.txt")).to_be_visible()
    expect(page.get_by_text("En cours d'analyse")).to_be_visible()
    work_off()
    claire.open(page.url)
    expect(page.get_by_text("Contrôlé, sans menace")).to_be_visible()
    looked_at(claire, "avis-depose")
    claire.pictures("preuves-pour-avis")
    page.emulate_media(color_scheme="dark")
    looked_at(claire, "avis-depose-sombre")
    page.emulate_media(color_scheme="light")

    ines.open(f"/agence/candidatures/{candidature.number}/")
    looked_at(ines, "avis-agence-candidature")
    ines.follows("Rendre un avis")
    expect(ines.page.get_by_text("2 scénarios reconnus")).to_be_visible()
    remarks = tmp_path / "remarques.txt"
    remarks.write_text("INS 2.1 : deux captures, la seconde suffit.")
    ines.page.get_by_label("Avis", exact=False).first.fill("INS 1.1 est clair. INS 2.1 : une seule capture suffit.")
    ines.page.get_by_label("Joindre un document").set_input_files(remarks)
    looked_at(ines, "avis-agence")
    ines.presses("Rendre l’avis")
    expect(ines.page.get_by_role("heading", name="Avis n° 1")).to_be_visible()
    work_off()

    claire.open("/messagerie/")
    claire.follows(f"Candidature n° {candidature.number}")
    expect(page.locator(".cv-thread").get_by_text("Avis informatif n° 1 : INS 1.1 est clair.")).to_be_visible()
    claire.follows("Ouvrir la candidature")
    claire.follows("Soumettre des preuves pour avis")
    expect(page.get_by_text("INS 2.1 : une seule capture suffit.")).to_be_visible()
    looked_at(claire, "avis-rendu")
    claire.follows("Demander sa suppression")
    looked_at(claire, "avis-suppression")
    page.get_by_label("Numéro de la candidature").fill(candidature.number)
    page.get_by_label("Nom exact du fichier").fill("preuves-lot-1.zip")
    claire.presses("Demander la suppression")
    expect(page.get_by_text("Suppression demandée")).to_be_visible()
    ines.open(f"/agence/candidatures/{candidature.number}/avis/avis/")
    looked_at(ines, "avis-agence-suppression")
    ines.presses("Supprimer l’archive")
    ines.presses("Clore l’étape")
    expect(ines.page.get_by_text("Cette étape n’attend plus d’avis")).to_be_visible()
