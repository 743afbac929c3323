"""A file was sent for a form, or for a requirement: what does its slot take, and how does the file get there?

A deposit names its slot « document:<step>/<slot> ». As for the evidence of a questionnaire, the page puts the file in its
slot as soon as it is received; where the page was closed meanwhile, the queue does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.core.exceptions import ObjectDoesNotExist

from convergence.candidatures.calls import procedure_of
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.permissions import can_save_form
from convergence.candidatures.queries import FormSheet, candidature_of, form_sheet
from convergence.candidatures.sections import EvidenceSheet, evidence_sheet
from convergence.candidatures.workflow import LOCKED
from convergence.content.formats import media_types_of
from convergence.content.library import library
from convergence.content.schema import ExpectedProof
from convergence.evidence.actions import deposit_evidence
from convergence.evidence.events import EvidenceDeposited
from convergence.evidence.models import Deposit
from convergence.evidence.queries import Held
from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, Verdict, no
from foundation.files.events import FileReceived
from foundation.files.models import StoredFile
from foundation.files.purposes import Terms

PURPOSE = "document"


def about_document(step: Step, slot: str) -> str:
    """What a deposit says it is for."""
    return f"{PURPOSE}:{step.pk}/{slot}"


class SlotSheet(Protocol):
    """What a step with slots says of them, whether they are those of a form or of requirements."""

    @property
    def step(self) -> Step: ...
    @property
    def candidature(self) -> Candidature: ...
    @property
    def deposits(self) -> list[Deposit]: ...
    def expected(self, slot: str) -> ExpectedProof | None: ...
    def takes(self, slot: str) -> bool: ...
    @property
    def held(self) -> Held: ...


def slot_sheet(candidature: Candidature, code: str) -> FormSheet | EvidenceSheet:
    """The step with slots of a candidature. Raises `Step.DoesNotExist` for one that has none."""
    pieces = {piece.code: piece for piece in procedure_of(library(), candidature).steps}
    if code in pieces and pieces[code].kind == "evidence":
        return evidence_sheet(candidature, code)
    return form_sheet(candidature, code)


def may_change_document(by: Person, sheet: SlotSheet, slot: str) -> Verdict:
    """Whoever fills in the form, while it is the company's turn and the field, or the requirement, of the slot is open."""
    if sheet.expected(slot) is None:
        raise Step.DoesNotExist
    if sheet.step.state == LOCKED:
        return no(_("Cette étape n'est pas encore ouverte : ses preuves se déposent une fois les étapes précédentes acceptées."))
    if not sheet.takes(slot):
        return no(_("Cette pièce est transmise à l'agence : elle ne change plus, sauf si l'agence demande de la modifier."))
    return can_save_form(by, sheet.step)


def proof_to_change(by: Person, sheet: SlotSheet, slot: str) -> ExpectedProof:
    """What the slot expects, for whoever may change it now. A slot that is not asked does not exist."""
    may_change_document(by, sheet, slot).or_refuse()
    found = sheet.expected(slot)
    assert found is not None
    return found


def terms_of_document(by: Person, company: Company, key: str) -> Terms:
    """What the slot takes; a candidature that is not seen does not exist."""
    sheet, slot = _named(key, by)
    if sheet.candidature.enrolment.subject.company_id != company.pk:
        raise Step.DoesNotExist
    proof = proof_to_change(by, sheet, slot)
    return Terms(sealed=proof.sealed, media_types=media_types_of(proof.formats))


def put_document(file: StoredFile, *, by: Person, at: datetime) -> EvidenceDeposited | None:
    """Into the slot it was sent for; None where it is already there."""
    purpose, _colon, key = file.about.partition(":")
    if purpose != PURPOSE:
        raise Refused(_("Ce fichier n'a pas été envoyé comme une pièce de candidature."), status=409)
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


def _named(key: str, by: Person) -> tuple[SlotSheet, str]:
    number, _slash, slot = key.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Step.DoesNotExist
    step = Step.objects.select_related("candidature").get(pk=int(number))
    return slot_sheet(candidature_of(step.candidature.number, by), step.code), slot
