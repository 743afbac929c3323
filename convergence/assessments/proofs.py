"""What proves each answer? The expected proofs of content beside the deposits of the folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property

from convergence.assessments.models import Validation, proofs_named
from convergence.assessments.rules import spoiled
from convergence.catalogue.models import Subject
from convergence.content.conditions import Facts, applies
from convergence.content.library import Library
from convergence.content.schema import ExpectedProof
from convergence.evidence.models import Deposit
from convergence.evidence.queries import deposits_in
from convergence.evidence.rules import Slot, counted_by_slot, is_counted


def is_proved(shelf: Library, questionnaire: str) -> bool:
    """Whether this questionnaire takes evidence: all but those of maturity do."""
    piece = shelf.questionnaire(questionnaire)
    return piece is not None and not piece.is_maturity


def proofs_asked(shelf: Library, questionnaire: str, subject: Subject) -> dict[str, tuple[ExpectedProof, ...]]:
    """The proofs expected of each criterion, as the product is qualified."""
    facts = Facts(qualification=subject.qualification, subject=subject.kind)
    return {
        criterion.code: tuple(proof for proof in criterion.proofs if applies(proof.when, facts))
        for _, criterion in shelf.criteria(questionnaire)
    }


@dataclass(frozen=True)
class Filing:
    """What a questionnaire expects as evidence, and what was deposited. Empty for one that takes none."""

    proofs: Mapping[str, tuple[ExpectedProof, ...]] = field(default_factory=dict)
    deposits: tuple[Deposit, ...] = ()

    @cached_property
    def slots(self) -> dict[str, list[Slot]]:
        return {code: [Slot(proof.code, proof.minimum, proof.many) for proof in proofs] for code, proofs in self.proofs.items()}

    @cached_property
    def counted(self) -> dict[str, int]:
        return counted_by_slot(deposit.filed for deposit in self.deposits)

    @cached_property
    def by_slot(self) -> dict[str, list[Deposit]]:
        """What is shown in each slot: archived files are shown elsewhere."""
        found: dict[str, list[Deposit]] = {}
        for deposit in self.deposits:
            if deposit.is_in_place:
                found.setdefault(deposit.slot, []).append(deposit)
        return found

    @cached_property
    def archived(self) -> list[Deposit]:
        return [deposit for deposit in self.deposits if not deposit.is_in_place]

    @cached_property
    def rejected(self) -> frozenset[int]:
        """The files that no longer prove anything."""
        return frozenset(deposit.file_id for deposit in self.deposits if deposit.is_rejected)

    @property
    def changed_at(self) -> datetime | None:
        """When a file last came or went."""
        return max((moment for deposit in self.deposits for moment in (deposit.deposited_at, deposit.archived_at) if moment), default=None)

    def proof(self, slot: str) -> ExpectedProof | None:
        return next((proof for proofs in self.proofs.values() for proof in proofs if proof.code == slot), None)

    def criterion_of(self, slot: str) -> str | None:
        return next((code for code, proofs in self.proofs.items() if any(proof.code == slot for proof in proofs)), None)

    def frozen(self, criterion: str) -> list[dict[str, Any]]:
        """What a validation keeps of the evidence of one criterion: enough to know each file again."""
        return [
            {
                "slot": proof.code,
                "file": deposit.file_id,
                "name": deposit.file.name,
                "size": deposit.file.size,
                "sha256": deposit.file.sha256,
                "deposited_at": deposit.deposited_at.isoformat(),
                "deposited_by": deposit.deposited_by.name,
            }
            for proof in self.proofs.get(criterion, ())
            for deposit in self.by_slot.get(proof.code, ())
            if is_counted(deposit.filed)
        ]

    def named(self, criterion: str) -> tuple[str, ...]:
        return proofs_named(self.frozen(criterion))

    def spoiled(self, validation: Validation) -> set[str]:
        """The criteria of a validation that its files, since rejected, prove no more."""
        if not self.rejected:
            return set()
        return spoiled({code: [(one["slot"], one["file"]) for one in files] for code, files in validation.evidence.items()}, self.rejected)


def filing_of(shelf: Library, subject: Subject, questionnaire: str) -> Filing:
    """One query, and none for a questionnaire that takes no evidence."""
    return filings_of(shelf, subject, [questionnaire]).get(questionnaire, Filing())


def filings_of(shelf: Library, subject: Subject, questionnaires: Iterable[str]) -> dict[str, Filing]:
    """The same for several questionnaires of a subject, whose folders bear their names. One query if one of them takes evidence."""
    keys = [key for key in questionnaires if is_proved(shelf, key)]
    if not keys:
        return {}
    rows: dict[str, list[Deposit]] = {}
    for deposit in deposits_in(subject, keys):
        rows.setdefault(deposit.folder.name, []).append(deposit)
    return {key: Filing(proofs_asked(shelf, key, subject), tuple(rows.get(key, ()))) for key in keys}
