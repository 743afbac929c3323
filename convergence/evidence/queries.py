"""Which evidence is there, where does it serve, what may be used again? Reads, always as seen by someone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q, QuerySet

from convergence.catalogue.models import Subject
from convergence.content.formats import media_types_of
from convergence.content.schema import ExpectedProof
from convergence.evidence.models import Deposit, ErasureRequest
from convergence.evidence.permissions import evidence_read_by
from convergence.evidence.rules import REJECTED, counted_by_slot
from convergence.evidence.workflow import IN_PLACE
from foundation.accounts.models import Company, Person
from foundation.core.rows import Read, Reading, reading
from foundation.files.models import StoredFile


@Read
def deposits_in(subject: Subject, folders: Iterable[str], slots: Iterable[str] | None = None) -> Reading[list[Deposit]]:
    """All the deposits of some folders of a subject, archived ones too, with their file, who deposited it and in how many slots it serves.

    Those of some slots alone, where they are said.
    """
    of_slots = "" if slots is None else "AND thing.slot = ANY(%(slots)s)"
    asked = f"WHERE folder.subject_id = %(subject)s AND folder.name = ANY(%(folders)s) {of_slots} ORDER BY thing.id"
    uses = "(SELECT count(*) FROM evidence_deposit same WHERE same.file_id = thing.file_id AND same.state = %(in_place)s)"
    parameters = {"subject": subject.pk, "folders": list(folders), "in_place": IN_PLACE, "slots": list(slots or ())}
    return reading(Deposit, asked, parameters, "file", "folder", "deposited_by", "archived_by", uses=uses)


@dataclass(frozen=True, slots=True)
class Held:
    """What slots hold: the files in place, how many of them count, how many were archived."""

    in_place: Mapping[str, Sequence[Deposit]]
    counted: Mapping[str, int]
    archived: Mapping[str, int]


def held_in(deposits: Sequence[Deposit]) -> Held:
    in_place: dict[str, list[Deposit]] = {}
    archived: dict[str, int] = {}
    for one in deposits:
        if one.is_in_place:
            in_place.setdefault(one.slot, []).append(one)
        else:
            archived[one.slot] = archived.get(one.slot, 0) + 1
    return Held(in_place, counted_by_slot([one.filed for one in deposits]), archived)


def deposit_of(key: int, person: Person) -> Deposit:
    """One deposit the person may read. Raises `Deposit.DoesNotExist`."""
    return Deposit.objects.filter(evidence_read_by(person)).select_related("file", "folder__subject", "deposited_by").get(pk=key)


def deposits_read_by(person: Person, company: Company) -> QuerySet[Deposit]:
    return Deposit.objects.filter(evidence_read_by(person), folder__subject__company=company)


def file_received(reference: str, person: Person, company: Company) -> StoredFile | None:
    """A file this person has just sent, to be put in its slot."""
    return StoredFile.objects.filter(reference=reference, deposited_by=person, company=company).first()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of the company, and everywhere it serves or served."""

    file: StoredFile
    uses: tuple[Deposit, ...]

    @property
    def in_place(self) -> tuple[Deposit, ...]:
        return tuple(use for use in self.uses if use.is_in_place)

    @property
    def expires_on(self) -> date | None:
        """The first day on which one of its uses is no longer valid."""
        return min((use.expires_on for use in self.in_place if use.expires_on), default=None)

    @property
    def latest(self) -> Deposit:
        return self.uses[-1]

    @property
    def is_rejected(self) -> bool:
        return self.file.state in REJECTED


def evidence_of_company(
    person: Person, company: Company, *, words: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[Evidence], int]:
    """« Vos preuves »: the files of the company that the person may read, the last deposited first, and how many. Two queries."""
    readable = deposits_read_by(person, company)
    files = StoredFile.objects.filter(pk__in=readable.order_by().values("file"))
    for word in words.split():
        files = files.filter(Q(name__icontains=word) | Q(sha256__startswith=word.lower()))
    total = files.count()
    page = list(files.select_related("deposited_by").order_by("-deposited_at", "-pk")[offset : offset + limit])
    rows = readable.filter(file__in=page).select_related("folder__subject", "deposited_by").order_by("file", "pk")
    uses = {key: tuple(found) for key, found in groupby(rows, key=lambda deposit: deposit.file_id)}
    return [Evidence(file, uses[file.pk]) for file in page], total


def reusable_for(person: Person, company: Company, proof: ExpectedProof, present: Iterable[int], most: int = 60) -> Sequence[Deposit]:
    """What may fill a slot without being sent again: files in place elsewhere, of a kind it takes, each once, the latest first."""
    found = deposits_read_by(person, company).filter(state=IN_PLACE).exclude(file__state__in=REJECTED).exclude(file__in=list(present))
    if proof.formats:
        found = found.filter(file__media_type__in=[*media_types_of(proof.formats), ""])
    found = found.filter(file__accepts_sealed=proof.sealed)
    if proof.max_bytes is not None:
        found = found.filter(file__size__lte=proof.max_bytes)
    once = found.order_by("file", "-pk").distinct("file")
    return list(
        Deposit.objects.filter(pk__in=once.values("pk")).select_related("file", "folder__subject", "deposited_by").order_by("-pk")[:most]
    )


# — Erasures ——————————————————————————————————————————————————————————————————————————————


def erasure_of(deposit: Deposit) -> ErasureRequest | None:
    """What was last asked of the file of a deposit."""
    return ErasureRequest.objects.filter(file=deposit.file_id).select_related("asked_by").order_by("-pk").first()


def erasure_numbered(number: int) -> ErasureRequest:
    """For the agency. Raises `ErasureRequest.DoesNotExist`."""
    return _erasures().get(pk=number)


def erasures(*, settled: bool, limit: int, offset: int = 0) -> tuple[list[ErasureRequest], int]:
    """Those that wait, the oldest first; or those settled, the latest first."""
    found = _erasures().filter(settled_at__isnull=not settled).order_by("-settled_at" if settled else "asked_at", "pk")
    return list(found[offset : offset + limit]), found.count()


def _erasures() -> QuerySet[ErasureRequest]:
    return ErasureRequest.objects.select_related("file", "deposit__folder__subject__company", "asked_by", "proposed_by", "settled_by")
