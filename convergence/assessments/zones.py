"""What do deposits change in the answers? The answer to a zone is what its slot holds; every standing says so at once."""

from __future__ import annotations

from django.db import transaction

from convergence.assessments.expectations import scale_for
from convergence.assessments.models import Answer, Assessment
from convergence.assessments.proofs import Filing, filing_of
from convergence.assessments.standings import refresh_standings
from convergence.content.library import library
from convergence.content.schema import DEPOSITED
from convergence.evidence.events import EvidenceArchived, EvidenceDeposited, EvidenceRestored, EvidenceReused
from convergence.evidence.models import Deposit
from convergence.evidence.rules import is_counted, missing_slots
from foundation.files.events import FileCondemned, FileRefused


def note_evidence(event: EvidenceDeposited | EvidenceReused | EvidenceArchived | EvidenceRestored) -> None:
    """A file came into a slot or left it. The subject is locked by the action: no answer changes meanwhile."""
    for assessment in Assessment.objects.filter(folder=event.folder).select_related("subject", "folder"):
        _note(assessment)


def note_rejected(event: FileCondemned | FileRefused) -> None:
    """A file found infected or refused empties every slot where it stands: what derives from it follows.

    Once committed, each subject locked first: under the lock of the journal, it could wait for who waits for it.
    """
    folders = Deposit.objects.filter(file=event.file).values("folder")
    for key in Assessment.objects.filter(folder__in=folders).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            assessment = Assessment.objects.select_for_update(of=("self", "subject"), no_key=True).select_related("subject").get(pk=key)
            _note(assessment)


def _note(assessment: Assessment) -> None:
    piece, _ = scale_for(library(), assessment.questionnaire)
    if piece.is_deposit:
        _answer_zones(assessment)
    refresh_standings(assessment.subject, assessment.questionnaire)


def _answer_zones(assessment: Assessment) -> None:
    """« Déposé » while the zone holds what it asks, nothing otherwise; signed by whoever last changed what it holds."""
    filing = filing_of(library(), assessment.subject, assessment.questionnaire)
    stored = {answer.criterion: answer for answer in assessment.answers.all()}
    for code, slots in filing.slots.items():
        latest = _latest(filing, code)
        if latest is None:
            continue
        level = "" if missing_slots(slots, filing.counted) else DEPOSITED
        answer = stored.get(code) or Answer(assessment=assessment, criterion=code, version=0)
        if answer.level == level and answer.version:
            continue
        answer.level, answer.version = level, answer.version + 1
        answer.saved_at, answer.saved_by = latest.deposited_at, latest.deposited_by
        if latest.archived_at and latest.archived_by:
            answer.saved_at, answer.saved_by = latest.archived_at, latest.archived_by
        answer.save()


def _latest(filing: Filing, code: str) -> Deposit | None:
    """The deposit of a zone that came or went last; a file that counts before one that does not."""
    slots = {slot.code for slot in filing.slots[code]}
    within = [deposit for deposit in filing.deposits if deposit.slot in slots]
    return max(within, key=lambda deposit: (is_counted(deposit.filed), deposit.archived_at or deposit.deposited_at), default=None)
