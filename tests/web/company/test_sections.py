"""The company's side of evidence: sections, slots, handing over one by one, without object; what only its people see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convergence.candidatures.actions import declare_exemption, withdraw_exemption
from convergence.candidatures.models import Candidature, Submission
from convergence.catalogue.actions import grant_rights
from convergence.evidence.actions import archive_evidence
from convergence.evidence.models import Deposit
from foundation.accounts.models import Person
from foundation.files.models import StoredFile
from foundation.files.purposes import purposes
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import begun
from tests.factories.catalogue import product_at
from tests.factories.evidence import judged, pdf
from tests.factories.files import TERMS, Tus, terms_of_test
from tests.factories.pages import text_of
from tests.factories.sections import (
    evidence,
    fill_section,
    give_back,
    give_proof,
    hand_over,
    proofs_step,
    proving,
    proving_of,
    say,
    section,
)
from web.company.sections import SectionPage, _filled_in, _look, _shown
from web.company.slots import step_page
from web.pieces import _kept

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


@pytest.fixture
def found(cast: Cast, at: datetime) -> Candidature:
    return proving(cast.claire, cast.ines, at)


def where(route: str, *args: Any, **query: str) -> str:
    return reverse(f"company:{route}", args=args, query=query or None)


def page_of(browse: Browse, person: Person, found: Candidature, code: str = "lights") -> str:
    return text_of(browse(person).get(where("evidence_section", found.number, "preuves", code)))


def test_the_candidature_leads_to_its_sections_with_their_counts(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire, sections = browse(cast.claire), where("evidence_sections", found.number, "preuves")
    assert f'href="{sections}">Compléter' in text_of(claire.get(where("candidature", found.number)))
    text = text_of(claire.get(sections))
    assert "0/3 preuves renseignées" in text
    assert "0/2 preuves renseignées" in text
    assert text.count(">Compléter<") == 2
    give_proof(found, "ILL-L 1.1.1", cast.claire, at)
    assert "1/3 preuves renseignées" in text_of(claire.get(sections))


def test_a_file_is_deposited_by_a_plain_form_and_comes_back_in_its_place(
    browse: Browse, cast: Cast, at: datetime, found: Candidature
) -> None:
    claire = browse(cast.claire)
    body = {"slot": "ILL-L 1.1.1", "file-ILL-L 1.1.1": SimpleUploadedFile("capture.pdf", pdf("feux"))}
    answer = claire.post(where("deposit_document", found.number, "preuves"), body)
    assert answer["Location"] == where("evidence_section", found.number, "preuves", "lights", ouvert="ILL-L 1") + "#p-ILL-L_1.1.1"
    text = text_of(claire.get(answer["Location"]))
    assert "capture.pdf" in text
    assert "ILL-L 1.1.1 · Capture" in text
    assert re.search(r'id="r-ILL-L_1" open', text)


def test_a_file_sent_in_pieces_draws_its_slot_again_and_tells_how_far_one_is(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:  # fmt: skip
    claire = browse(cast.claire)
    about = f"document:{proofs_step(found).pk}/ILL-L 1.1.2"
    content = pdf("relevé")
    answer = Tus(claire).create(len(content), name="releve.pdf", about=about, body=content)
    assert answer.status_code == 201
    reference = answer["Location"].rstrip("/").rpartition("/")[2]
    told = claire.post(
        where("deposit_document", found.number, "preuves"), {"file": reference}, headers={"Accept": "application/json"}
    ).json()
    assert (told["slot"], told["answered"], told["asked"]) == ("ILL-L_1.1.2", 1, 3)
    assert "releve.pdf" in told["drawn"]


def test_what_is_held_serves_again_and_what_is_archived_comes_back(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire = browse(cast.claire)
    first = give_proof(found, "ILL-L 1.1.1", cast.claire, at, name="premier.txt")
    reuse = where("reuse_document", found.number, "preuves", "ILL-L 2.1.1")
    text = text_of(claire.get(reuse))
    assert "premier.txt" in text
    assert "ILL-L 1.1.1, Capture" in text
    claire.post(reuse, {"deposit": str(first.pk)})
    assert section(found).filled == 2
    claire.post(where("archive_document", found.number, "preuves", first.pk))
    assert section(found).filled == 1
    archived = text_of(claire.get(where("archived_documents", found.number, "preuves")))
    assert "premier.txt" in archived
    claire.post(where("restore_document", found.number, "preuves", first.pk))
    assert section(found).filled == 2


def test_a_section_that_is_not_ready_says_what_is_missing_proof_by_proof(
    browse: Browse, cast: Cast, at: datetime, found: Candidature
) -> None:
    give_proof(found, "ILL-L 1.1.1", cast.claire, at, "quarantined")
    answer = browse(cast.claire).post(where("submit_section", found.number, "preuves", "lights"))
    text = text_of(answer)
    assert answer.status_code == 409
    assert "Il reste 2 exigences à compléter avant de soumettre la section." in text
    assert '<a href="#p-ILL-L_1.1.1">Preuve ILL-L 1.1.1</a> : un fichier est en cours d\'analyse' in text
    assert '<a href="#p-ILL-L_1.1.2">Preuve ILL-L 1.1.2</a> : aucun fichier' in text


def test_a_section_is_submitted_and_its_receipt_is_given(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire = browse(cast.claire)
    fill_section(found, cast.claire, at)
    claire.post(where("submit_section", found.number, "preuves", "lights"))
    submission = Submission.objects.get(section="lights")
    text = text_of(claire.get(where("evidence_sections", found.number, "preuves")))
    assert f"Accusé de réception {submission.receipt}" in text
    assert claire.get(where("receipt", found.number, submission.receipt)).content.startswith(b"%PDF")
    text = page_of(browse, cast.claire, found)
    assert "Cette section est soumise depuis le" in text
    assert "soumettre la section" not in text
    assert not re.search(r"data-deposit[ >]", text)
    history = text_of(claire.get(where("candidature", found.number)))
    assert f"Claire soumet la section « FEUX », accusé de réception {submission.receipt}" in history


def test_what_is_handed_over_is_read_again_first(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire, recap = browse(cast.claire), where("submit_section", found.number, "preuves", "lights")
    give_proof(found, "ILL-L 1.1.1", cast.claire, at, "quarantined")
    text = text_of(claire.get(recap))
    assert "3 points à régler avant de soumettre" in text
    place = where("evidence_section", found.number, "preuves", "lights")
    assert f'<a href="{place}?controle=1#p-ILL-L_1.1.2">Preuve ILL-L 1.1.2</a> : aucun fichier' in text
    assert "Soumettre la section</button>" not in text
    checked = text_of(claire.get(f"{place}?controle=1"))
    assert "3 points à régler avant de soumettre" in checked
    assert '<a href="#p-ILL-L_1.1.2">Preuve ILL-L 1.1.2</a> : aucun fichier' in checked
    assert "points à régler" not in text_of(claire.get(place))


def test_the_recap_shows_files_reasons_and_answers_then_hands_over(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire, recap = browse(cast.claire), where("submit_section", found.number, "preuves", "lights")
    for slot in ("ILL-L 1.1.1", "ILL-L 1.1.2"):
        give_proof(found, slot, cast.claire, at, content=slot.encode(), name=f"{slot}.txt")
    claire.post(where("declare_exemption", found.number, "preuves", "lights", "ILL-L 2"), {"text": "Le produit n'a pas de feux."})
    text = text_of(claire.get(recap))
    assert "ILL-L 1.1.1.txt (11 octets)" in text
    assert "Le produit n'a pas de feux." in text
    assert "2 fichiers" in text
    assert "Soumettre la section</button>" in text
    assert section(found).submissions == []
    assert claire.post(recap).status_code == 302
    assert len(section(found).submissions) == 1
    assert claire.get(recap)["Location"] == where("evidence_section", found.number, "preuves", "lights")


def test_the_recap_of_a_correction_shows_what_was_asked_and_leaves_what_is_accepted_aside(
    browse: Browse, cast: Cast, at: datetime, found: Candidature
) -> None:
    hand_over(found, cast.claire, at)
    say(found, "ILL-L 1", cast.ines, at)
    say(found, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="La capture est floue.")
    give_back(found, cast.ines, at)
    claire, reply = browse(cast.claire), where("reply_to_request", found.number, "preuves", "lights", "ILL-L 2")
    claire.post(reply, {"text": "Voyez en taille réelle.", "version": "0"})
    text = text_of(claire.get(where("submit_section", found.number, "preuves", "lights")))
    assert "<b>Demandé par l’agence :</b> La capture est floue." in text
    assert "<b>Votre réponse :</b> Voyez en taille réelle." in text
    assert text.count('class="cv-slot"') == 1
    assert "Déjà acceptées, et qui le restent" in text


def test_when_all_is_handed_over_it_is_said_and_written(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire = browse(cast.claire)
    hand_over(found, cast.claire, at)
    fill_section(found, cast.claire, at, "engine")
    mail.outbox.clear()
    claire.post(where("submit_section", found.number, "preuves", "engine"))
    assert [one.subject for one in mail.outbox if "Preuves reçues" in one.subject]
    text = text_of(claire.get(where("evidence_sections", found.number, "preuves")))
    assert "Toutes les sections sont soumises" in text
    assert "L’agence examine" in text_of(claire.get(where("candidature", found.number)))


def test_what_is_sent_back_is_shown_where_it_is_to_be_corrected(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    hand_over(found, cast.claire, at)
    say(found, "ILL-L 1", cast.ines, at)
    say(found, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="La capture est floue.", note="Entre nous.")
    before = page_of(browse, cast.claire, found)
    assert "La capture est floue." not in before
    give_back(found, cast.ines, at)
    text = page_of(browse, cast.claire, found)
    assert "La capture est floue." in text
    assert "motif « Illisible »" in text
    assert "Entre nous." not in text
    assert "Inès" not in text
    assert "1 acceptée sur 2" in text
    assert len(re.findall(r"data-deposit[ >]", text)) == 1
    assert text.count(">Corriger<") == 0
    sections = text_of(browse(cast.claire).get(where("evidence_sections", found.number, "preuves")))
    assert ">Corriger<" in sections
    history = text_of(browse(cast.claire).get(where("candidature", found.number)))
    assert "L'agence demande de modifier 1 exigence de la section « FEUX »" in history
    answer = browse(cast.claire).post(where("submit_section", found.number, "preuves", "lights"))
    assert "rien n'a changé depuis la demande de l'agence" in text_of(answer)


def test_what_the_agency_says_of_what_it_accepts_is_read_once_it_is_given_back(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:  # fmt: skip
    hand_over(found, cast.claire, at)
    say(found, "ILL-L 1", cast.ines, at, text="Très lisible.", note="Entre nous.")
    say(found, "ILL-L 2", cast.ines, at, outcome="not_applicable", text="Pas de feux, en effet.")
    assert "Très lisible." not in page_of(browse, cast.claire, found)
    give_back(found, cast.ines, at)
    text = page_of(browse, cast.claire, found)
    assert "<b>L’agence : acceptée.</b> Très lisible." in text
    assert "<b>L’agence : sans objet.</b> Pas de feux, en effet." in text
    assert "Entre nous." not in text


def test_what_waits_for_a_second_look_is_not_read(browse: Browse, cast: Cast, at: datetime) -> None:
    candidature = proving(cast.claire, cast.ines, at, flags="second_look: true")
    hand_over(candidature, cast.claire, at)
    say(candidature, "ILL-L 1", cast.ines, at, text="Très lisible.")
    say(candidature, "ILL-L 2", cast.ines, at)
    give_back(candidature, cast.ines, at)
    assert "Très lisible." not in page_of(browse, cast.claire, candidature)


def test_a_request_is_answered_in_words_and_two_colleagues_are_shown_both(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:  # fmt: skip
    hand_over(found, cast.claire, at)
    say(found, "ILL-L 1", cast.ines, at)
    say(found, "ILL-L 2", cast.ines, at, outcome="changes_asked", reason="unreadable", text="La capture est floue.")
    give_back(found, cast.ines, at)
    grant_rights(found.enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    claire, reply = browse(cast.claire), where("reply_to_request", found.number, "preuves", "lights", "ILL-L 2")
    assert f'href="{reply}"' in page_of(browse, cast.claire, found)
    assert "La capture est floue." in text_of(claire.get(reply))
    browse(cast.karim).post(reply, {"text": "Elle est nette.", "version": "0"})
    answer = claire.post(reply, {"text": "Voyez en taille réelle.", "version": "0"})
    text = text_of(answer)
    assert answer.status_code == 409
    assert "<blockquote>Elle est nette.</blockquote>" in text
    assert ">\nVoyez en taille réelle.</textarea>" in text
    assert claire.post(reply, {"text": "Voyez en taille réelle.", "version": "1"}).status_code == 302
    assert "Voyez en taille réelle." in page_of(browse, cast.claire, found)
    claire.post(where("submit_section", found.number, "preuves", "lights"))
    agency = reverse("agency:examine_section", args=[found.number, "preuves", "lights"], query={"exigence": "ILL-L 2"})
    assert "<b>L’entreprise répond :</b> Voyez en taille réelle." in text_of(browse(cast.ines).get(agency))
    assert claire.get(reply).status_code == 302
    assert claire.get(where("reply_to_request", found.number, "preuves", "lights", "ILL-Z 1")).status_code == 404


def test_what_is_handed_over_takes_no_file_by_any_door(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    hand_over(found, cast.claire, at)
    claire, held = browse(cast.claire), section(found).deposits[0]
    body = {"slot": "ILL-L 1.1.1", "file-ILL-L 1.1.1": SimpleUploadedFile("autre.pdf", pdf("autre"))}
    assert claire.post(where("deposit_document", found.number, "preuves"), body).status_code == 403
    assert claire.post(where("archive_document", found.number, "preuves", held.pk)).status_code == 403
    assert claire.post(where("reuse_document", found.number, "preuves", "ILL-L 1.1.1"), {"deposit": str(held.pk)}).status_code == 403
    about = f"document:{proofs_step(found).pk}/ILL-L 1.1.1"
    assert Tus(claire).create(3, about=about).status_code == 403
    assert Deposit.objects.filter(folder=evidence(found).step.folder).count() == 3


def test_without_object_asks_why_and_is_shown_and_taken_back(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire, declare = browse(cast.claire), where("declare_exemption", found.number, "preuves", "lights", "ILL-L 2")
    assert f'href="{declare}"' in page_of(browse, cast.claire, found)
    answer = claire.post(declare, {"text": " "})
    assert answer.status_code == 400
    assert "Expliquez en une phrase pourquoi" in text_of(answer)
    claire.post(declare, {"text": "Le produit n'a pas de feux."})
    text = page_of(browse, cast.claire, found)
    assert "Le produit n'a pas de feux." in text
    assert section(found).filled == 1
    assert "Le produit n'a pas de feux." in text_of(claire.get(declare))
    claire.post(where("withdraw_exemption", found.number, "preuves", "lights", "ILL-L 2"))
    assert section(found).filled == 0
    assert claire.get(where("declare_exemption", found.number, "preuves", "lights", "ILL-L 1")).status_code == 302
    assert claire.get(where("declare_exemption", found.number, "preuves", "lights", "ILL-Z 1")).status_code == 404


def test_an_employee_sees_and_with_a_grant_deposits_but_never_hands_over(
    browse: Browse, cast: Cast, at: datetime, found: Candidature
) -> None:
    address = where("evidence_section", found.number, "preuves", "lights")
    assert browse(cast.karim).get(address).status_code == 404
    grant_rights(found.enrolment.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    text = text_of(browse(cast.karim).get(address))
    assert re.search(r"data-deposit[ >]", text)
    assert "soumettre la section" not in text
    assert "Votre rôle ne permet pas de soumettre une candidature" in text
    assert browse(cast.karim).post(where("submit_section", found.number, "preuves", "lights")).status_code == 403


def test_others_see_nothing(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    zoe = browse(cast.zoe)
    assert zoe.get(where("evidence_sections", found.number, "preuves")).status_code == 404
    assert zoe.get(where("evidence_section", found.number, "preuves", "lights")).status_code == 404
    assert zoe.post(where("submit_section", found.number, "preuves", "lights")).status_code == 404
    claire = browse(cast.claire)
    assert claire.get(where("evidence_section", found.number, "preuves", "radar")).status_code == 404
    assert claire.get(where("evidence_sections", found.number, "dossier")).status_code == 404


def test_a_rejected_file_is_shown_with_what_to_do(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    deposit = give_proof(found, "ILL-L 1.1.1", cast.claire, at, "quarantined")
    judged(StoredFile.objects.get(pk=deposit.file_id), "infected", at)
    text = page_of(browse, cast.claire, found)
    assert "Cet emplacement ne compte pas ce fichier : déposez-en un autre." in text


def test_a_step_not_open_yet_is_only_read(browse: Browse, cast: Cast, at: datetime) -> None:
    draft = begun(proving_of(product_at("active", cast.claire, at), cast.claire, at), cast.claire, at)
    text = page_of(browse, cast.claire, draft)
    assert "Cette étape n’est pas encore ouverte" in text
    assert not re.search(r"data-deposit[ >]", text)
    body = {"slot": "ILL-L 1.1.1", "file-ILL-L 1.1.1": SimpleUploadedFile("a.pdf", pdf("a"))}
    answer = browse(cast.claire).post(where("deposit_document", draft.number, "preuves"), body)
    assert answer.status_code == 403
    assert "Cette étape n'est pas encore ouverte" in text_of(answer)
    assert browse(cast.claire).post(where("submit_section", draft.number, "preuves", "lights")).status_code == 409


def test_a_page_costs_the_same_whatever_it_holds(browse: Browse, cast: Cast, at: datetime, found: Candidature) -> None:
    claire = browse(cast.claire)
    pages = [
        where("evidence_sections", found.number, "preuves"),
        *(where(name, found.number, "preuves", "lights") for name in ("evidence_section", "submit_section")),
    ]
    counts = []
    for _ in range(2):
        for page in pages:
            claire.get(page)
            with CaptureQueriesContext(connection) as queries:
                claire.get(page)
            counts.append(len(queries))
        fill_section(found, cast.claire, at)
        fill_section(found, cast.claire, at, "engine")
    assert counts == [7] * 6


def test_a_requirement_nobody_touched_is_drawn_at_one_go_as_it_is_piece_by_piece(cast: Cast, at: datetime, found: Candidature) -> None:
    sheet = evidence(found)
    for code in ("lights", "engine"):
        for may_fill in (True, False):
            page = SectionPage(f"/ici/{code}/", step_page(sheet, may_change=False, level="h4"), may_fill, checked=False, pointed="")
            for one in sheet.section(code).requirements:
                assert one.is_untouched
                shown = _shown(page, one, one.state, None).drawn
                assert shown == _filled_in(page, one, _look(page, one, one.state), None)
                assert found.number in shown or not may_fill
    assert not any(found.number in kept or "/ici/" in kept for kept in _kept.values())


def test_what_was_ever_put_in_a_requirement_is_shown_in_it(cast: Cast, at: datetime, found: Candidature) -> None:
    assert [one.is_untouched for one in section(found, "lights").requirements] == [True, True]
    give_proof(found, "ILL-L 1.1.1", cast.claire, at)
    declare_exemption(proofs_step(found), "ILL-L 2", "Il n'a pas de feux.", by=cast.claire, at=at)
    assert [one.is_untouched for one in section(found, "lights").requirements] == [False, False]
    withdraw_exemption(proofs_step(found), "ILL-L 2", by=cast.claire, at=at)
    archive_evidence(Deposit.objects.get(slot="ILL-L 1.1.1"), by=cast.claire, at=at)
    assert [one.is_untouched for one in section(found, "lights").requirements] == [False, True]
