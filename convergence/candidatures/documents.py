"""A file was sent for a form: what does its slot take, and how does the file get there?

A deposit names its slot « document:<step>/<slot> ». As for the evidence of a questionnaire, the page puts the file in its
slot as soon as it is received; where the page was closed meanwhile, the queue does.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist

from convergence.candidatures.models import Step
from convergence.candidatures.permissions import can_save_form
from convergence.candidatures.queries import FormSheet, candidature_of, form_sheet
from convergence.content.formats import media_types_of
from convergence.content.schema import ExpectedProof
from convergence.evidence.actions import deposit_evidence
from convergence.evidence.events import EvidenceDeposited
from foundation.accounts.models import Company, Person
from foundation.core.verdict import Refused, Verdict, no
from foundation.files.events import FileReceived
from foundation.files.models import StoredFile
from foundation.files.purposes import Terms

PURPOSE = "document"


def about_document(step: Step, slot: str) -> str:
    """What a deposit says it is for."""
    return f"{PURPOSE}:{step.pk}/{slot}"


def may_change_document(by: Person, sheet: FormSheet, slot: str) -> Verdict:
    """Whoever fills in the form, while it is the company's turn and the field of the slot is open."""
    found = sheet.proof(slot)
    if found is None:
        raise Step.DoesNotExist
    if not sheet.candidature.is_alive or not sheet.is_open(found[0]):
        return no("Cette pièce est transmise à l'agence : elle ne change plus, sauf si l'agence demande de la modifier.")
    return can_save_form(by, sheet.step)


def proof_to_change(by: Person, sheet: FormSheet, slot: str) -> ExpectedProof:
    """What the slot expects, for whoever may change it now. A slot that is not asked does not exist."""
    may_change_document(by, sheet, slot).or_refuse()
    found = sheet.proof(slot)
    assert found is not None
    return found[1]


def terms_of_document(by: Person, company: Company, key: str) -> Terms:
    """What the slot takes; a candidature that is not seen does not exist."""
    sheet, slot = _named(key, by)
    if sheet.candidature.enrolment.subject.company_id != company.pk:
        raise Step.DoesNotExist
    proof = proof_to_change(by, sheet, slot)
    return Terms(sealed=proof.sealed, media_types=media_types_of(proof.formats))


def put_document(file: StoredFile, *, by: Person, at: datetime) -> EvidenceDeposited | None:
    """Into the slot it was sent for; None where it is already there."""
    purpose, _, key = file.about.partition(":")
    if purpose != PURPOSE:
        raise Refused("Ce fichier n'a pas été envoyé comme une pièce de candidature.", status=409)
    sheet, slot = _named(key, by)
    proof = proof_to_change(by, sheet, slot)
    assert sheet.step.folder is not None
    return deposit_evidence(sheet.step.folder, proof, file, by=by, at=at)


def put_in_its_step(event: FileReceived) -> None:
    """For whoever closed the page before its file was put in place. What became impossible meanwhile is left: the file stays theirs."""
    if not event.purpose.startswith(f"{PURPOSE}:"):
        return
    file = StoredFile.objects.select_related("deposited_by").get(pk=event.file)
    try:
        put_document(file, by=file.deposited_by, at=file.deposited_at)
    except (Refused, ObjectDoesNotExist):
        return


def slot_named(file: StoredFile) -> str:
    """The slot a file was sent for."""
    return file.about.partition("/")[2]


def _named(key: str, by: Person) -> tuple[FormSheet, str]:
    number, _, slot = key.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Step.DoesNotExist
    step = Step.objects.select_related("candidature").get(pk=int(number))
    return form_sheet(candidature_of(step.candidature.number, by), step.code), slot
