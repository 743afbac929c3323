"""The company's side of a candidature: applying, filling in, reading again, submitting, giving up; what only its people see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pikepdf
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from convergence.candidatures.actions import Correction, reject_step, request_changes
from convergence.candidatures.models import Candidature, FieldValue, Step, Submission
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.evidence.models import Deposit
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.candidatures import GOOD, begun, drafted, fill_in, step_of, submitted, trial_of
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of

Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def trial(cast: Cast, at: datetime) -> Enrolment:
    return trial_of(product_at("active", cast.claire, at), cast.claire, at)


def where(route: str, *args: Any) -> str:
    return reverse(f"company:{route}", args=args)


def sent(values: dict[str, Any], version: int = 0) -> dict[str, Any]:
    """A form as a browser sends it."""
    posted: dict[str, Any] = {}
    for key, value in values.items():
        posted |= {f"field-{key}": value, f"version-{key}": str(version)}
    return posted


def test_one_applies_from_the_procedure_and_the_draft_is_shown_there(browse: Browse, cast: Cast, trial: Enrolment) -> None:
    claire = browse(cast.claire)
    page = where("followed_procedure", trial.subject.reference, trial.code)
    text = text_of(claire.get(page))
    assert "Candidater</button>" in text
    assert "0/0" not in text
    claire.post(where("begin_candidature", trial.subject.reference, trial.code))
    found = Candidature.objects.get()
    text = text_of(claire.get(page))
    assert found.number in text
    assert "C’est à vous" in text
    assert "Candidater</button>" not in text
    assert found.number in text_of(claire.get(where("candidature_list")))
    assert "Aucune candidature ne correspond" in text_of(claire.get(where("candidature_list") + "?q=rien"))


def test_the_screen_says_who_is_awaited_and_until_when(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = begun(trial, cast.claire, at)
    text = text_of(browse(cast.claire).get(where("candidature", candidature.number)))
    assert "C’est à vous" in text
    assert "Fermeture du dépôt de candidature : <b>14 décembre 2026 14:00</b> (heure de Paris)" in text
    assert "S'ouvrira après : Dossier" in text
    assert "La piste est en travaux." in text
    assert "Claire commence la candidature" in text
    assert "Supprimer ce brouillon" in text


def test_a_draft_is_saved_by_whom_and_when_and_conditional_fields_follow(
    browse: Browse, cast: Cast, at: datetime, trial: Enrolment
) -> None:
    candidature = begun(trial, cast.claire, at)
    claire, form = browse(cast.claire), where("save_form", candidature.number, "dossier")
    text = text_of(claire.get(form))
    assert "Rien n’est encore enregistré" in text
    assert re.search(r'id="f-copilot" data-when="[^"]+" hidden', claire.get(form).content.decode())
    assert claire.post(form, sent({"pilot": "Claire", "alone": "no"}) | {"draft": "1"})["Location"] == form
    text = text_of(claire.get(form))
    assert "Brouillon enregistré le" in text
    assert "par Claire" in text
    assert not re.search(r'id="f-copilot"[^>]+ hidden', text)
    assert 'value="Claire"' in text
    assert claire.post(form, sent({"pilot": "Claire D."}, 1) | {"next": "1"})["Location"] == where(
        "submit_step", candidature.number, "dossier"
    )


def test_what_is_too_long_comes_back_as_it_was_typed(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = begun(trial, cast.claire, at)
    answer = browse(cast.claire).post(where("save_form", candidature.number, "dossier"), sent({"pilot": "x" * 301}))
    assert answer.status_code == 400
    assert "ce texte est trop long" in text_of(answer)
    assert "x" * 301 in text_of(answer)


def test_two_at_once_are_shown_side_by_side(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = begun(trial, cast.claire, at)
    grant_rights(trial.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    form = where("save_form", candidature.number, "dossier")
    browse(cast.karim).post(form, sent({"pilot": "Karim"}))
    answer = browse(cast.claire).post(form, sent({"pilot": "Claire"}))
    text = text_of(answer)
    assert answer.status_code == 409
    assert "1 champ à départager" in text
    assert "<blockquote>Karim</blockquote>" in text
    assert 'value="Claire"' in text
    assert browse(cast.claire).post(form, sent({"pilot": "Claire"}, 1)).status_code == 302
    assert FieldValue.objects.get(field="pilot").value == "Claire"


def test_the_recapitulation_lists_what_is_missing_with_links(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = begun(trial, cast.claire, at)
    fill_in(step_of(candidature), cast.claire, at, email="x")
    claire, recap = browse(cast.claire), where("submit_step", candidature.number, "dossier")
    text = text_of(claire.get(recap))
    assert "2 points à régler avant de soumettre" in text
    form = where("save_form", candidature.number, "dossier")
    assert f'href="{form}?controle=1#f-email"' in text
    assert claire.post(recap).status_code == 409
    assert not Submission.objects.exists()
    assert "écrivez une adresse électronique complète" in text_of(claire.get(f"{form}?controle=1"))


def test_submitted_there_is_a_receipt_a_mail_and_nothing_changes_any_more(browse: Browse, cast: Cast, at: datetime, trial: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("web.company.candidatures.now", lambda: at)
    candidature = drafted(trial, cast.claire, at)
    claire = browse(cast.claire)
    claire.post(where("submit_step", candidature.number, "dossier"))
    submission = Submission.objects.get()
    text = text_of(claire.get(where("candidature", candidature.number)))
    assert "L’agence examine" in text
    assert submission.receipt in text
    assert "Retirer cette candidature" in text
    paper = claire.get(where("receipt", candidature.number, submission.receipt))
    with pikepdf.open(__import__("io").BytesIO(paper.content)) as pdf, pdf.open_metadata() as told:
        assert told["pdfaid:part"] == "3"
        assert submission.receipt in str(told["dc:title"])
    assert paper.content == claire.get(where("receipt", candidature.number, submission.receipt)).content
    (one,) = [message for message in mail.outbox if candidature.number in message.subject]
    assert one.to == [cast.claire.email]
    assert submission.receipt in one.body
    text = text_of(claire.get(where("save_form", candidature.number, "dossier")))
    assert "il ne peut plus changer" in text
    assert "Enregistrer comme brouillon" not in text
    assert "formaction" not in text
    assert claire.get(where("submit_step", candidature.number, "dossier")).status_code == 302
    deposit = Deposit.objects.get()
    assert claire.post(where("archive_document", candidature.number, "dossier", deposit.pk)).status_code == 403
    assert claire.post(where("deposit_document", candidature.number, "dossier"), {"slot": "CARTE"}).status_code == 403


def test_past_the_closing_it_is_refused_and_said(browse: Browse, cast: Cast, at: datetime, trial: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("web.company.candidatures.now", lambda: datetime.fromisoformat("2026-12-14T14:00:00+01:00"))
    candidature = drafted(trial, cast.claire, at)
    answer = browse(cast.claire).post(where("submit_step", candidature.number, "dossier"))
    assert answer.status_code == 409
    assert "Cette étape ne peut plus être soumise." in text_of(answer)


def test_who_fills_in_reads_why_he_does_not_submit(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    grant_rights(trial.subject, cast.karim, ("view", "edit"), by=cast.claire, at=at)
    candidature = drafted(trial, cast.claire, at)
    text = text_of(browse(cast.karim).get(where("submit_step", candidature.number, "dossier")))
    assert "Votre rôle ne permet pas de soumettre une candidature" in text
    assert "Soumettre votre candidature</button>" not in text


def test_only_what_the_agency_asks_opens_again(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = submitted(trial, cast.claire, at)
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui est-ce ?")], by=cast.ines, at=at)
    claire = browse(cast.claire)
    text = text_of(claire.get(where("candidature", candidature.number)))
    assert "Qui est-ce ?" in text
    assert "Corriger" in text
    form = where("save_form", candidature.number, "dossier")
    text = text_of(claire.get(form))
    assert 'name="field-pilot"' in text
    assert 'name="field-email"' not in text
    assert "claire@demo.invalid" in text
    assert 'name="file-BREVET"' not in text
    assert "L'agence a demandé une modification" in text_of(claire.get(where("submit_step", candidature.number, "dossier")))


def test_a_document_is_deposited_archived_restored_and_used_again(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = begun(trial, cast.claire, at)
    claire, at_step = browse(cast.claire), (candidature.number, "dossier")
    posted = sent({"pilot": "Claire"}) | {"slot": "BREVET", "file-BREVET": SimpleUploadedFile("brevet.txt", b"brevet")}
    answer = claire.post(where("deposit_document", *at_step), posted)
    assert answer["Location"] == where("save_form", *at_step) + "#p-BREVET"
    assert FieldValue.objects.get().value == "Claire"
    deposit = Deposit.objects.get()
    assert "brevet.txt" in text_of(claire.get(where("save_form", *at_step)))
    claire.post(where("archive_document", *at_step, deposit.pk))
    assert "brevet.txt" in text_of(claire.get(where("archived_documents", *at_step)))
    claire.post(where("restore_document", *at_step, deposit.pk))
    assert "brevet.txt" in text_of(claire.get(where("reuse_document", *at_step, "CARTE")))
    claire.post(where("reuse_document", *at_step, "CARTE"), {"deposit": deposit.pk})
    assert Deposit.objects.filter(slot="CARTE").exists()
    assert f"Brevet – Candidature n° {candidature.number}" in text_of(claire.get("/preuves/"))
    assert claire.post(where("deposit_document", *at_step), {"slot": "CARTE"}).status_code == 302
    assert claire.post(where("deposit_document", *at_step), {"slot": "RIEN"}).status_code == 404
    assert claire.post(where("archive_document", *at_step, 999_999)).status_code == 404


def test_giving_up_asks_first(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    claire = browse(cast.claire)
    draft = begun(trial, cast.claire, at)
    assert "Supprimer ce brouillon</button>" in text_of(claire.get(where("discard_draft", draft.number)))
    claire.post(where("discard_draft", draft.number))
    assert claire.get(where("candidature", draft.number)).status_code == 404
    found = submitted(trial, cast.claire, at)
    assert "elle ne se supprime plus" in text_of(claire.get(where("discard_draft", found.number)))
    assert claire.post(where("withdraw_candidature", found.number), {"reason": " "}).status_code == 400
    claire.post(where("withdraw_candidature", found.number), {"reason": "Trop tôt."})
    text = text_of(claire.get(where("candidature", found.number)))
    assert "Candidature retirée" in text
    assert "Trop tôt." in text
    assert "Claire retire la candidature" in text


@pytest.mark.parametrize("name", ["zoe", "karim"])
def test_a_stranger_sees_no_more_than_if_there_were_nothing(browse: Browse, cast: Cast, at: datetime, trial: Enrolment, name: str) -> None:
    found = submitted(trial, cast.claire, at)
    receipt, deposit = Submission.objects.get().receipt, Deposit.objects.get().pk
    client = browse(getattr(cast, name))
    number, step = found.number, (found.number, "dossier")
    pages = [
        where("candidature", number), where("discard_draft", number), where("withdraw_candidature", number), where("receipt", number, receipt),
        where("save_form", *step), where("submit_step", *step), where("archived_documents", *step), where("reuse_document", *step, "CARTE"),
    ]  # fmt: skip
    assert {client.get(page).status_code for page in pages} == {404}
    acts = [where("deposit_document", *step), *(where(f"{verb}_document", *step, deposit) for verb in ("archive", "restore", "date"))]
    assert {client.post(page).status_code for page in acts} == {404}
    assert number not in text_of(client.get(where("candidature_list")))


def test_a_form_typed_survives_a_dead_session(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    candidature = begun(trial, cast.claire, at)
    answer = browse(None).post(where("save_form", candidature.number, "dossier"), sent({"pilot": "Claire"}) | {"draft": "1"})
    assert answer.status_code == 401
    assert 'name="kept"' in text_of(answer)
    assert not FieldValue.objects.exists()


def test_what_ended_says_how(browse: Browse, cast: Cast, at: datetime, trial: Enrolment) -> None:
    found = submitted(trial, cast.claire, at)
    reject_step(Step.objects.get(pk=step_of(found).pk), ["unfit"], "Trop lourd.", by=cast.ines, at=at)
    text = text_of(browse(cast.claire).get(where("candidature", found.number)))
    assert "Candidature refusée" in text
    assert "Inapte" in text
    assert "Trop lourd." in text
    assert "Inès" not in text
    assert GOOD["pilot"] in text_of(browse(cast.claire).get(where("save_form", found.number, "dossier")))
