"""How does evidence get into its slot in a test? By the real actions: a file is received, then put where it was sent for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from io import BytesIO

import pikepdf

from convergence.assessments.actions import Change, save_answers
from convergence.assessments.models import Assessment
from convergence.assessments.proofs import proofs_asked
from convergence.assessments.queries import sheet_of
from convergence.assessments.receiving import about_slot, put_file
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from convergence.evidence.models import Deposit
from foundation.accounts.models import Person
from foundation.files.actions import condemn_file, deposit_whole, hold_file, pass_file, refuse_file
from foundation.files.models import StoredFile
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import ETHICS, WITHOUT_EXCHANGE, begun, enrolled, product_at


@cache
def pdf(title: str = "preuve") -> bytes:
    """A sound PDF of one blank page, not the same for two titles."""
    body = BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page(page_size=(200, 200))
        paper.docinfo["/Title"] = title
        paper.save(body, deterministic_id=True)
    return body.getvalue()


PDF = pdf()
AGE = b"age-encryption.org/v1\n-> X25519 c2NlbGxl\nc2NlbGxl\n--- c2NlbGxl\n" + b"\x00" * 32
CHARTER, RELEASE_DATE, REVIEW = "ILL-ETH-02-P1", "ILL-ETH-03-P1", "ILL-ETH-03-P2"


def followed(person: Person, at: datetime, *, code: str = WITHOUT_EXCHANGE, **changes: str) -> Enrolment:
    """A product in use that follows a procedure of Mon espace santé."""
    return enrolled(product_at("active", person, at, **changes), code, person, at)


def sent(enrolment: Enrolment, slot: str, person: Person, at: datetime, *, questionnaire: str = ETHICS, name: str = "charte.pdf", body: bytes = PDF) -> StoredFile:  # fmt: skip
    """A file received for a slot, not yet put in it."""
    upload = deposit_whole(enrolment.subject.company, about_slot(enrolment, questionnaire, slot), name, len(body), [body], by=person, at=at)
    return StoredFile.objects.get(reference=upload.reference)


def deposited(enrolment: Enrolment, slot: str, person: Person, at: datetime, *, questionnaire: str = ETHICS, name: str = "charte.pdf", body: bytes = PDF, state: str = "quarantined") -> Deposit:  # fmt: skip
    """A file in its slot, then brought to a state as its examination would."""
    file = sent(enrolment, slot, person, at, questionnaire=questionnaire, name=name, body=body)
    event = put_file(file, by=person, at=at)
    assert event is not None
    judged(file, state, at)
    return Deposit.objects.select_related("file", "folder__subject", "deposited_by").get(pk=event.about.removeprefix("evidence:"))


def judged(file: StoredFile, state: str, at: datetime, *, media_type: str = "application/pdf", sealed: bool = False) -> None:
    """What the examination of a file said of it."""
    match state:
        case "clean":
            pass_file(file, media_type=media_type, engine="test", sealed=sealed, by=SYSTEM, at=at)
        case "infected":
            condemn_file(file, found="Test", engine="test", by=SYSTEM, at=at)
        case "refused":
            refuse_file(file, reason="Refusé pour l'essai.", engine="test", by=SYSTEM, at=at)
        case "held":
            hold_file(file, engine="test", by=SYSTEM, at=at)


def slots_of(enrolment: Enrolment, questionnaire: str) -> dict[str, list[str]]:
    """The slots of each criterion the procedure asks."""
    sheet = sheet_of(enrolment, questionnaire)
    assert sheet is not None
    proofs = proofs_asked(library(), questionnaire, enrolment.subject)
    return {code: [proof.code for proof in proofs[code]] for code in sheet.asked}


def filled(enrolment: Enrolment, questionnaire: str, person: Person, at: datetime, *, state: str = "clean") -> None:
    """One file in every slot asked, sealed where it must be."""
    for slots in slots_of(enrolment, questionnaire).values():
        for slot in slots:
            proof = next(p for ps in proofs_asked(library(), questionnaire, enrolment.subject).values() for p in ps if p.code == slot)
            name, body = ("aipd.age", AGE) if proof.sealed else (f"{slot}.pdf", pdf(slot))
            deposit = deposited(enrolment, slot, person, at, questionnaire=questionnaire, name=name, body=body)
            media_type = "application/age" if proof.sealed else "application/pdf"
            judged(deposit.file, state, at, media_type=media_type, sealed=proof.sealed)


def stated(
    enrolment: Enrolment, person: Person, at: datetime, *, not_conform: Iterable[str] = (), questionnaire: str = ETHICS
) -> Assessment:
    """Every criterion answered: « Conforme », save those named."""
    assessment, aside = begun(enrolment, questionnaire, person, at), set(not_conform)
    sheet = sheet_of(enrolment, questionnaire)
    assert sheet is not None
    changes = {
        code: Change("not_conform" if code in aside else "conform", "", sheet.answers[code].version if code in sheet.answers else 0)
        for code in sheet.asked
    }
    save_answers(assessment, changes, by=person, at=at)
    return assessment
