"""The pages of what is proved: slots, archived evidence, evidence used again, « Vos preuves », results, the end of a procedure."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from convergence.assessments.actions import validate_assessment
from convergence.assessments.models import Answer, Assessment
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from convergence.evidence.models import Deposit
from foundation.accounts.models import Person
from foundation.documents.signing import public_key
from foundation.files.models import StoredFile
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import ARCHITECTURE, ETHICS, GDPR, INTEROPERABILITY, SECURITY, again, answered, begun, validated
from tests.factories.evidence import AGE, CHARTER, PDF, REVIEW, deposited, filled, followed, judged, pdf, sent, slots_of, stated
from tests.factories.pages import sheet_address, text_of

Browse = Callable[[Person | None], StrictClient]
NOT_ALL = [f"ILL-ETH-{rank:02}" for rank in range(1, 35) if rank != 2]


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return followed(cast.claire, at)


def address(enrolment: Enrolment, route: str, *rest: Any, questionnaire: str = ETHICS) -> str:
    return reverse(f"company:{route}", args=[enrolment.subject.reference, enrolment.code, questionnaire, *rest])


def a_file(name: str = "charte.pdf", body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/octet-stream")


# — The sheet —


def test_a_conformity_page_asks_yes_or_no_and_shows_its_slots(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(sheet_address(enrolment, ETHICS)))
    assert page.count('name="level-ILL-ETH-') == 68
    assert page.count('class="cv-slot') >= 36
    assert "Preuve attendue : Charte éditoriale publiée" in page
    assert "PDF, Word ou OpenDocument texte, 50 Mo au plus." in page
    assert "0 réponse sur 34" in page
    assert 'enctype="multipart/form-data"' in page


def test_a_deposit_page_shows_its_zones_the_form_to_fill_and_how_to_seal(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(sheet_address(enrolment, GDPR)))
    assert page.count("Aucun fichier dans cet emplacement.") == 3
    assert "Télécharger le formulaire à compléter" in page
    assert page.count("Zone scellée") == 1
    assert page.count("<li>", page.index("Comment chiffrer un document")) >= 5
    assert re.search(r"<span data-answered>0</span>/3", page)
    assert "types de documents déposés" in page


def test_a_plain_form_deposits_and_keeps_what_was_typed_around(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    typed = {"level-ILL-ETH-02": "conform", "comment-ILL-ETH-02": "En ligne.", "version-ILL-ETH-02": "0"}
    response = browse(cast.claire).post(
        address(enrolment, "deposit_evidence"), {**typed, "slot": CHARTER, f"file-{CHARTER}": [a_file(), a_file("annexe.pdf")]}
    )
    assert response.status_code == 302
    assert response["Location"].endswith(f"?ouvert=ILL-ETH-02#p-{CHARTER}")
    assert sorted(Deposit.objects.values_list("file__name", flat=True)) == ["annexe.pdf", "charte.pdf"]
    assert Answer.objects.get(criterion="ILL-ETH-02").comment == "En ligne."
    page = text_of(browse(cast.claire).get(response["Location"].partition("#")[0]))
    assert "charte.pdf" in page
    assert "2 fichiers" in page


def test_a_deposit_without_a_file_says_so(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    response = client.post(address(enrolment, "deposit_evidence"), {"slot": CHARTER}, follow=True)
    assert "Aucun fichier n'a été choisi pour « Charte éditoriale publiée »" in text_of(response)
    assert not StoredFile.objects.exists()


def test_a_file_too_heavy_is_refused_before_it_is_taken_in(browse: Browse, cast: Cast, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    proof = next(p for _, c in library().criteria(ETHICS) for p in c.proofs if p.code == CHARTER)
    monkeypatch.setattr("web.company.evidence.proof_of_slot", lambda *_: proof.model_copy(update={"max_bytes": 10}))
    response = browse(cast.claire).post(address(enrolment, "deposit_evidence"), {"slot": CHARTER, f"file-{CHARTER}": a_file()}, follow=True)
    assert "« charte.pdf » : Le fichier est trop lourd" in text_of(response)
    assert not StoredFile.objects.exists()


def test_a_slot_that_is_not_asked_does_not_exist(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    assert client.post(address(enrolment, "deposit_evidence"), {"slot": "ILL-ETH-99-P1"}).status_code == 404
    assert client.post(address(enrolment, "deposit_evidence", questionnaire=SECURITY), {"slot": CHARTER}).status_code == 404
    assert client.get(address(enrolment, "reuse_evidence", "ILL-ETH-99-P1")).status_code == 404
    assert client.get(address(enrolment, "proof_form", "RGPD-CGU", questionnaire=GDPR)).status_code == 404
    assert client.get(address(enrolment, "archived_evidence", questionnaire=SECURITY)).status_code == 404


def test_the_browser_is_given_the_slot_as_it_now_is(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    file = sent(enrolment, CHARTER, cast.claire, at)
    client, where = browse(cast.claire), address(enrolment, "deposit_evidence")
    told = client.post(where, {"file": str(file.reference)}, headers={"Accept": "application/json"}).json()
    assert (told["slot"], told["answered"], told["asked"]) == (CHARTER, 0, 34)
    assert "charte.pdf" in told["drawn"]
    assert client.post(where, {"file": str(file.reference)}).status_code == 302
    assert Deposit.objects.count() == 1
    for reference in ("x", "6f1b1f7e-9a0e-4a53-8c76-6c9a3b0b7f11"):
        assert client.post(where, {"file": reference}).status_code == 404
    assert browse(cast.zoe).post(where, {"file": str(file.reference)}).status_code == 404


def test_two_people_at_once_lose_neither_their_words_nor_the_file(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    stated(enrolment, cast.claire, at)
    typed = {"level-ILL-ETH-02": "not_conform", "comment-ILL-ETH-02": "Mes mots.", "version-ILL-ETH-02": "0"}
    response = browse(cast.claire).post(address(enrolment, "deposit_evidence"), {**typed, "slot": CHARTER, f"file-{CHARTER}": a_file()})
    assert response.status_code == 409
    assert "Mes mots." in text_of(response)
    assert Deposit.objects.get().file.name == "charte.pdf"


def test_what_is_missing_is_listed_with_its_links(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    stated(enrolment, cast.claire, at, not_conform=NOT_ALL[:-1])
    response = browse(cast.claire).post(sheet_address(enrolment, ETHICS), {"validate": "1"})
    page = text_of(response)
    assert response.status_code == 409
    assert "2 preuves à déposer" in page
    assert f'href="#p-{CHARTER}"' in page
    assert "Un fichier est attendu ici pour pouvoir valider." in page
    assert re.search(r'id="c-ILL-ETH-02"[^>]*open', page)
    zones = browse(cast.claire).post(sheet_address(enrolment, GDPR), {"validate": "1"})
    assert "3 zones vides" in text_of(zones)
    assert 'href="#c-RGPD-Q"' in text_of(zones)


@pytest.mark.parametrize(("state", "word"), [("infected", "Infecté : mis à l'écart"), ("refused", "Refusé"), ("quarantined", "En cours d'analyse"), ("clean", "Contrôlé, sans menace")])  # fmt: skip
def test_a_file_says_where_it_stands(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, state: str, word: str) -> None:
    deposited(enrolment, CHARTER, cast.claire, at, state=state)
    page = text_of(browse(cast.claire).get(sheet_address(enrolment, ETHICS)))
    assert word in page
    assert ("fichier à remplacer" in page) is (state in ("infected", "refused"))
    assert ("Télécharger charte.pdf" in page) is (state == "clean")


def test_a_name_that_is_markup_is_shown_as_it_is(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposited(enrolment, CHARTER, cast.claire, at, name="<b>{{ 7 }}&.pdf")
    client = browse(cast.claire)
    client.allow_markup = ("{{ 7 }}",)
    body = client.get(sheet_address(enrolment, ETHICS)).content.decode()
    assert "_b_{{ 7 }}&amp;.pdf" in body
    assert "<b>{{" not in body


def test_a_colleague_without_the_right_reads_and_nothing_more(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    grant_rights(enrolment.subject, cast.karim, ("view",), by=cast.claire, at=at)
    client = browse(cast.karim)
    page = text_of(client.get(sheet_address(enrolment, ETHICS)))
    assert "Archiver charte.pdf" not in page
    assert 'type="file"' not in page
    for response in (
        client.post(address(enrolment, "deposit_evidence"), {"slot": CHARTER, f"file-{CHARTER}": a_file()}),
        client.post(address(enrolment, "archive_evidence", deposit.pk)),
        client.get(address(enrolment, "reuse_evidence", REVIEW)),
    ):
        assert response.status_code == 403
        assert "pas en déposer ni en archiver" in text_of(response)


# — Archived, restored, dated, used again —


def test_the_cross_then_the_way_back(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    client = browse(cast.claire)
    assert "est archivé" in text_of(client.post(address(enrolment, "archive_evidence", deposit.pk), follow=True))
    page = text_of(client.get(sheet_address(enrolment, ETHICS)))
    assert "Voir les preuves archivées (1)" in page
    page = text_of(client.get(address(enrolment, "archived_evidence")))
    assert "charte.pdf" in page
    assert "Restaurer" in page
    client.post(address(enrolment, "restore_evidence", deposit.pk))
    assert again(deposit).is_in_place
    assert "Aucune preuve n’est archivée." in text_of(client.get(address(enrolment, "archived_evidence")))


def test_a_deposit_of_another_questionnaire_is_not_on_this_page(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, "RGPD-CGU", cast.claire, at, questionnaire=GDPR)
    for key in (deposit.pk, 999_999_999):
        assert browse(cast.claire).post(address(enrolment, "archive_evidence", key)).status_code == 404
    assert again(deposit).is_in_place


def test_a_date_of_validity_is_typed_in_the_slot(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, "ILL-ETH-11-P1", cast.claire, at)
    client, where = browse(cast.claire), address(enrolment, "set_expiry", deposit.pk)
    client.post(where, {f"expires-{deposit.pk}": "2027-03-31"})
    assert 'value="2027-03-31"' in text_of(client.get(sheet_address(enrolment, ETHICS)))
    assert client.post(where, {f"expires-{deposit.pk}": "2027-02-30"}).status_code == 400
    assert again(deposit).expires_on is not None
    client.post(where, {f"expires-{deposit.pk}": ""})
    assert again(deposit).expires_on is None


def test_a_slot_offers_what_it_takes_among_what_is_already_there(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    deposited(enrolment, "RGPD-AIPD", cast.claire, at, questionnaire=GDPR, name="aipd.age", body=AGE)
    deposited(followed(cast.zoe, at), CHARTER, cast.zoe, at, name="boree.pdf", state="clean")
    client, where = browse(cast.claire), address(enrolment, "reuse_evidence", REVIEW)
    page = text_of(client.get(where))
    assert page.count('name="deposit"') == 2 or page.count('name="deposit"') == 1
    assert "charte.pdf" in page
    assert "boree.pdf" not in page
    assert "Sert à « Charte éditoriale publiée »" in page
    refusal = client.post(where, {})
    assert refusal.status_code == 400
    assert "Cochez au moins une preuve" in text_of(refusal)
    client.post(where, {"deposit": str(deposit.pk)})
    assert Deposit.objects.get(slot=REVIEW).file == deposit.file
    assert "sert à 2 emplacements" in text_of(client.get(sheet_address(enrolment, ETHICS)))
    twice = client.post(where, {"deposit": str(deposit.pk)}, follow=True)
    assert "Ce fichier est déjà dans cet emplacement." in text_of(twice)
    assert client.post(where, {"deposit": "x"}).status_code == 404


def test_nothing_to_use_again_says_so(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    page = text_of(browse(cast.claire).get(address(enrolment, "reuse_evidence", REVIEW)))
    assert "Aucune preuve déjà déposée ne convient à cet emplacement." in page


# — « Vos preuves », reading —


def test_your_evidence_says_where_each_file_serves(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    client = browse(cast.claire)
    assert "Aucune preuve n’est déposée." in text_of(client.get("/preuves/"))
    deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    deposited(followed(cast.zoe, at), CHARTER, cast.zoe, at, name="boree.pdf")
    page = text_of(client.get("/preuves/"))
    assert "charte.pdf" in page
    assert "Charte éditoriale publiée – Éthique Mon espace santé" in page
    assert "boree.pdf" not in page
    assert "charte.pdf" in text_of(client.get("/preuves/?q=CHARTE"))
    assert "Aucune preuve ne correspond à « absent »" in text_of(client.get("/preuves/?q=absent"))
    assert client.get("/preuves/?page=x").status_code == 200
    assert "charte.pdf" not in text_of(browse(cast.karim).get("/preuves/"))


def test_an_employee_reads_the_evidence_of_what_was_entrusted_to_him(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment
) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state="clean")
    reading = f"/produits/{enrolment.subject.reference}/preuves/{deposit.pk}/fichier/"
    grant_rights(enrolment.subject, cast.karim, ("view",), questionnaire="rgpd-mes", by=cast.claire, at=at)
    assert browse(cast.karim).get(reading).status_code == 404
    assert browse(cast.karim).get(address(enrolment, "archived_evidence")).status_code == 403
    grant_rights(enrolment.subject, cast.karim, ("view",), questionnaire="ethique-mes", by=cast.claire, at=at)
    assert browse(cast.karim).get(reading).status_code == 200


@pytest.mark.parametrize("state", ["quarantined", "infected", "refused", "held"])
def test_nothing_unscanned_is_served_to_anyone(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, state: str) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at, state=state)
    for person in (cast.claire, cast.zoe, cast.ines, cast.hugo):
        response = browse(person).get(f"/produits/{enrolment.subject.reference}/preuves/{deposit.pk}/fichier/")
        assert response.status_code in (404, 409)
        assert PDF not in response.content


def test_a_clean_file_is_read_in_place_or_kept(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at, name="charte été.pdf", state="clean")
    client, where = browse(cast.claire), f"/produits/{enrolment.subject.reference}/preuves/{deposit.pk}/fichier/"
    shown, kept = client.get(where), client.get(where + "?telecharger=1")
    assert b"".join(shown.streaming_content) == b"".join(kept.streaming_content) == PDF
    assert (shown["Content-Type"], kept["Content-Type"]) == ("application/pdf", "application/octet-stream")
    assert shown["Content-Disposition"].startswith("inline")
    assert kept["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == "nosniff"
    other = followed(cast.claire, at, name="Autre")
    assert client.get(f"/produits/{other.subject.reference}/preuves/{deposit.pk}/fichier/").status_code == 404


@pytest.mark.parametrize(("media_type", "sealed", "remarks"), [("application/zip", False, ()), ("application/age", True, ()), ("application/pdf", False, ("javascript",))])  # fmt: skip
def test_what_could_act_is_only_ever_downloaded(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, media_type: str, sealed: bool, remarks: tuple[str, ...]) -> None:  # fmt: skip
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    StoredFile.objects.filter(pk=deposit.file_id).update(
        state="clean", media_type=media_type, sealed=sealed, remarks=list(remarks), scanned_at=at
    )
    response = browse(cast.claire).get(f"/produits/{enrolment.subject.reference}/preuves/{deposit.pk}/fichier/")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"


def test_text_is_served_as_text_and_nothing_else(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    deposit = deposited(enrolment, CHARTER, cast.claire, at)
    StoredFile.objects.filter(pk=deposit.file_id).update(state="clean", media_type="text/plain", scanned_at=at)
    response = browse(cast.claire).get(f"/produits/{enrolment.subject.reference}/preuves/{deposit.pk}/fichier/")
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_the_form_to_fill_is_made_of_the_questions(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    response = browse(cast.claire).get(address(enrolment, "proof_form", "RGPD-Q", questionnaire=GDPR))
    sheet = load_workbook(BytesIO(response.content)).active
    assert sheet["A1"].value.startswith("Questionnaire RGPD – TéléSuivi")
    questions = [row[1].value for row in sheet.iter_rows(min_row=5)]
    assert len(questions) == 12
    assert all(questions)
    assert 'filename="rgpd-mes-2023-rgpd-q.xlsx"' in response["Content-Disposition"]


# — Results —


def ethics_validated(enrolment: Enrolment, person: Person, at: datetime) -> None:
    assessment = stated(enrolment, person, at, not_conform=["ILL-ETH-01"])
    filled(enrolment, ETHICS, person, at)
    validate_assessment(assessment, enrolment, by=person, at=at)


def test_results_name_each_file_and_its_hash(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    ethics_validated(enrolment, cast.claire, at)
    client = browse(cast.claire)
    page = text_of(client.get(sheet_address(enrolment, ETHICS, "company:results")))
    file = Deposit.objects.get(slot=CHARTER).file
    assert f'title="{file.sha256}"' in page
    assert re.search(r"Non conformes <span[^>]*>\(1\)", page)
    assert '<svg class="cv-radar"' not in page
    past = text_of(client.get(f"{sheet_address(enrolment, ETHICS)}historique/1/"))
    assert file.sha256 in past
    with pikepdf.open(BytesIO(client.get(sheet_address(enrolment, ETHICS, "company:results_pdf")).content)) as paper:
        assert len(paper.pages) >= 2
    book = load_workbook(BytesIO(client.get(sheet_address(enrolment, ETHICS, "company:results_workbook")).content))
    assert book.sheetnames == ["Résultats", "Preuves", "Historique"]
    assert file.sha256 in {row[4].value for row in book["Preuves"].iter_rows(min_row=2)}


def test_results_of_deposits_are_the_documents(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    filled(enrolment, GDPR, cast.claire, at)
    validate_assessment(Assessment.objects.get(), enrolment, by=cast.claire, at=at)
    client = browse(cast.claire)
    page = text_of(client.get(sheet_address(enrolment, GDPR, "company:results")))
    assert "Documents déposés" in page
    assert "aipd.age" in page
    assert client.get(sheet_address(enrolment, GDPR, "company:results_pdf")).content.startswith(b"%PDF")
    assert client.get(sheet_address(enrolment, GDPR, "company:compare_validations")).status_code == 200


def test_results_say_when_a_file_was_rejected_since(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    ethics_validated(enrolment, cast.claire, at)
    judged(StoredFile.objects.get(pk=Deposit.objects.get(slot=CHARTER).file_id), "infected", at)
    page = text_of(browse(cast.claire).get(sheet_address(enrolment, ETHICS, "company:results")))
    assert "1 critère est à prouver de nouveau" in page


# — The end of the procedure —


def everything_validated(enrolment: Enrolment, person: Person, at: datetime) -> None:
    for questionnaire in (INTEROPERABILITY, ARCHITECTURE, SECURITY):
        validated(answered(enrolment, questionnaire, person, at), enrolment, person, at)
    ethics_validated(enrolment, person, at)
    filled(enrolment, GDPR, person, at)


def test_the_last_validation_ends_the_procedure(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    everything_validated(enrolment, cast.claire, at)
    client, page = browse(cast.claire), f"/produits/{enrolment.subject.reference}/demarches/{enrolment.code}/"
    assert "Vous avez finalisé la démarche" not in text_of(client.get(page))
    response = client.post(sheet_address(enrolment, GDPR), {"validate": "1"})
    assert response["Location"] == f"{page}?terminee=1"
    told = text_of(client.get(response["Location"]))
    assert "Vous avez finalisé la démarche « Référencement sans échange de données »" in told
    assert "https://www.sesam-vitale.fr" in told
    assert told.count("Télécharger les résultats") == 2


def test_the_results_of_the_procedure_are_signed_and_checked_offline(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, tmp_path: Path) -> None:  # fmt: skip
    everything_validated(enrolment, cast.claire, at)
    client = browse(cast.claire)
    response = client.get(f"/produits/{enrolment.subject.reference}/demarches/{enrolment.code}/resultats.zip")
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    assert len([name for name in names if name.endswith(".pdf")]) == 4  # GDPR is not validated
    assert len([name for name in names if name.endswith(".xlsx")]) == 4
    manifest = (tmp_path / "MANIFESTE-SHA256.txt").read_text()
    listed = dict(reversed(line.split("  ")) for line in manifest.splitlines())
    assert set(listed) == names - {"MANIFESTE-SHA256.txt", "MANIFESTE-SHA256.txt.sig"}
    for name, digest in listed.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    (tmp_path / "cle.pem").write_bytes(browse(None).get("/cle-de-signature.pem").content)
    check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "cle.pem", "-rawin", "-in", "MANIFESTE-SHA256.txt", "-sigfile", "MANIFESTE-SHA256.txt.sig"]  # fmt: skip
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "MANIFESTE-SHA256.txt").write_text(manifest.replace("a", "b", 1))
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode != 0
    rows = list(csv.DictReader(StringIO((tmp_path / "preuves.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert len(rows) == sum(len(slots) for slots in slots_of(enrolment, ETHICS).values())
    told = (tmp_path / "LISEZMOI.txt").read_text()
    assert f"Référence du produit : {enrolment.subject.reference}" in told
    assert "Questionnaires sans validation :\n- RGPD Mon espace santé 2023" in told
    assert hashlib.sha256(public_key()).hexdigest() in told


def test_there_is_nothing_to_take_away_before_a_first_validation(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    begun(enrolment, ETHICS, cast.claire, at)
    response = browse(cast.claire).get(f"/produits/{enrolment.subject.reference}/demarches/{enrolment.code}/resultats.zip")
    assert response.status_code == 409
    assert "n'est encore validé" in text_of(response)


# — Price —


@pytest.mark.slow  # a hundred files
def test_a_page_of_a_hundred_files_costs_as_much_as_one(cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    client = Client()
    client.force_login(cast.claire)
    stated(enrolment, cast.claire, at)
    deposited(enrolment, CHARTER, cast.claire, at)
    costs = []
    for _ in range(2):
        costs.append({page: _queries(client, page) for page in (sheet_address(enrolment, ETHICS), sheet_address(enrolment, ETHICS, "company:results"), "/preuves/", address(enrolment, "archived_evidence"), address(enrolment, "reuse_evidence", REVIEW))})  # fmt: skip
        if len(costs) == 1:
            filled(enrolment, ETHICS, cast.claire, at)
            for rank in range(65):
                slot = f"ILL-ETH-{rank % 34 + 1:02}-P1"
                deposited(enrolment, slot, cast.claire, at + timedelta(minutes=rank), name=f"{rank}.pdf", body=pdf(str(rank)))
    print(costs)
    assert Deposit.objects.count() >= 100
    assert costs[0] == costs[1]
    assert max(costs[0].values()) <= 14


def _queries(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
