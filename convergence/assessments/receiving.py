"""A file was sent for a slot: what does the slot take, and how does the file get there?

A deposit names its slot « proof:<product>/<procedure>/<questionnaire>/<slot> ». The page puts the file in its slot as
soon as it is received; where the page was closed meanwhile, the queue does: no deposit is lost.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from convergence.assessments.actions import begin_assessment
from convergence.assessments.expectations import use_in
from convergence.assessments.models import Assessment
from convergence.assessments.permissions import code_granted
from convergence.assessments.proofs import is_proved, proofs_asked
from convergence.catalogue.models import Enrolment
from convergence.catalogue.queries import enrolment_of
from convergence.content.formats import media_types_of
from convergence.content.library import library
from convergence.content.schema import ExpectedProof
from convergence.evidence.actions import deposit_evidence
from convergence.evidence.events import EvidenceDeposited
from convergence.evidence.models import Folder
from convergence.evidence.permissions import can_change_evidence
from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.events import FileReceived
from foundation.files.models import StoredFile
from foundation.files.purposes import Terms
from foundation.journal.afterwards import queue_reactions

PURPOSE = "proof"


def about_slot(enrolment: Enrolment, questionnaire: str, slot: str) -> str:
    """What a deposit says it is for."""
    return f"{PURPOSE}:{enrolment.subject.reference}/{enrolment.code}/{questionnaire}/{slot}"


def proof_of_slot(enrolment: Enrolment, questionnaire: str, slot: str) -> ExpectedProof:
    """The expected proof of a slot the procedure asks for. Raises `Enrolment.DoesNotExist` for any other."""
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, questionnaire, enrolment.subject) if procedure else None
    if use is None or not is_proved(shelf, questionnaire):
        raise Enrolment.DoesNotExist
    asked = shelf.asked(use, enrolment.subject.qualification_items, enrolment.subject.kind)
    proofs = proofs_asked(shelf, questionnaire, enrolment.subject)
    for code in asked:
        for proof in proofs[code]:
            if proof.code == slot:
                return proof
    raise Enrolment.DoesNotExist


def terms_of_slot(by: Person, company: Company, key: str) -> Terms:
    """What the slot takes, for whoever may fill it; a slot that is not seen does not exist."""
    enrolment, questionnaire, slot = _named(key, by)
    if enrolment.subject.company_id != company.pk:
        raise Enrolment.DoesNotExist
    proof = proof_of_slot(enrolment, questionnaire, slot)
    can_change_evidence(by, enrolment.subject, code_granted(questionnaire)).or_refuse()
    return Terms(sealed=proof.sealed, media_types=media_types_of(proof.formats))


def folder_for(enrolment: Enrolment, questionnaire: str, *, by: Person, at: datetime) -> Folder:
    """The folder of a questionnaire; its first deposit begins it, as its first answer would."""
    begun = Assessment.objects.filter(subject=enrolment.subject, questionnaire=questionnaire).select_related("folder__subject")
    if (found := begun.first()) is None:
        try:
            begin_assessment(enrolment, questionnaire, by=by, at=at)
        except Refused as refused:
            if refused.code != "duplicate":
                raise
        found = begun.get()
    assert found.folder is not None
    return found.folder


def put_file(file: StoredFile, *, by: Person, at: datetime) -> EvidenceDeposited | None:
    """Into the slot it was sent for; None where it is already there. A file is put where it was meant, and nowhere else."""
    purpose, _colon, key = file.about.partition(":")
    if purpose != PURPOSE:
        raise Refused(_("Ce fichier n'a pas été envoyé comme une preuve."), status=409)
    enrolment, questionnaire, slot = _named(key, by)
    proof = proof_of_slot(enrolment, questionnaire, slot)
    return deposit_evidence(folder_for(enrolment, questionnaire, by=by, at=at), proof, file, by=by, at=at)


def put_in_its_slot(event: FileReceived) -> None:
    """For whoever closed the page before its file was put in place. What became impossible meanwhile is left: the file stays theirs.

    One action a transaction: each takes its rows, then the journal. Two in one would take rows while holding the journal,
    and could wait for who waits for them. Where the questionnaire is only begun by this file, the deposit comes next.
    """
    if not event.purpose.startswith(f"{PURPOSE}:"):
        return
    file = StoredFile.objects.select_related("deposited_by").get(pk=event.file)
    by, at = file.deposited_by, file.deposited_at
    with suppress(Refused, Enrolment.DoesNotExist):
        enrolment, questionnaire, slot = _named(event.purpose.partition(":")[2], by)
        proof_of_slot(enrolment, questionnaire, slot)
        if Assessment.objects.filter(subject=enrolment.subject, questionnaire=questionnaire).exists():
            put_file(file, by=by, at=at)
        else:
            begin_assessment(enrolment, questionnaire, by=by, at=at)
            queue_reactions(event)


def _named(key: str, by: Person) -> tuple[Enrolment, str, str]:
    parts = key.split("/", 3)
    if len(parts) != 4 or not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 10):
        raise Enrolment.DoesNotExist
    return enrolment_of(int(parts[0]), parts[1], by), parts[2], parts[3]
