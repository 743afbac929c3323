"""What is sealed and may be opened, who may, who did? Everything the pages about sealed evidence show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from convergence.candidatures.calls import document_titles
from convergence.content.library import library
from convergence.evidence.models import Deposit
from convergence.openings.events import SealedEvidenceOpened
from convergence.openings.handing import Handed, handed_over, shared_evidence
from convergence.openings.models import Accreditation, Opening
from foundation.accounts.models import Seat
from foundation.accounts.queries import staff_seats
from foundation.accounts.rights import Right
from foundation.journal.models import Entry

LATEST = 20


def sealed_handed_over(key: int) -> Handed:
    """A sealed deposit the agency has. Raises `Deposit.DoesNotExist` for any other: what was not handed over does not exist."""
    related = ("file__deposited_by", "folder__subject__company", "deposited_by")
    deposit = Deposit.objects.filter(file__sealed=True).select_related(*related).get(pk=key)
    handed = handed_over(deposit)
    if handed is None:
        raise Deposit.DoesNotExist
    return handed


def proof_title(handed: Handed) -> str:
    """What the file is to prove, as the content calls it; its slot where the content does not any more."""
    deposit = handed.deposit
    if handed.step is not None:
        return document_titles(library(), handed.step).get(deposit.slot, deposit.slot)
    return slot_titles(deposit.folder.name).get(deposit.slot, deposit.slot)


def slot_titles(questionnaire: str) -> dict[str, str]:
    """What each slot of a questionnaire is called."""
    shelf = library()
    if shelf.questionnaire(questionnaire) is None:
        return {}
    return {proof.code: str(proof.title) for _, criterion in shelf.criteria(questionnaire) for proof in criterion.proofs}


# — What came with shared results ——————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class SealedLine:
    """A sealed deposit of the list: what it is to prove, when it was last opened."""

    deposit: Deposit
    title: str
    questionnaire: str
    opened_at: datetime | None


def sealed_evidence_shared(*, words: str = "", limit: int, offset: int = 0) -> tuple[list[SealedLine], int]:
    """Those that came with shared results, the latest deposited first; found by product, reference, company or file. Two queries."""
    found = shared_evidence()
    for word in words.split()[:8]:
        known = Q(file__name__icontains=word) | Q(folder__subject__name__icontains=word) | Q(folder__subject__company__name__icontains=word)
        found = found.filter(known | _reference("folder__subject__reference", word))
    opened = Opening.objects.filter(deposit=OuterRef("pk")).order_by().values("deposit").annotate(last=Max("opened_at")).values("last")
    page = found.select_related("file", "folder__subject__company").annotate(opened_at=Subquery(opened)).order_by("-deposited_at", "-pk")
    shelf = library()
    lines = []
    for deposit in page[offset : offset + limit]:
        piece = shelf.questionnaire(deposit.folder.name)
        title = slot_titles(deposit.folder.name).get(deposit.slot, deposit.slot)
        lines.append(SealedLine(deposit, title, str(piece.title) if piece else deposit.folder.name, deposit.opened_at))
    return lines, found.count()


def _reference(path: str, word: str) -> Q:
    return Q(**{path: int(word)}) if word.isascii() and word.isdigit() and len(word) < 10 else Q(pk__in=[])


# — Who may ———————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Reader:
    """A reviewer, and what lets them open sealed evidence, if anything does."""

    seat: Seat
    accreditation: Accreditation | None


def readers() -> list[Reader]:
    """Those of the agency who could be accredited, by name, with those who are. Two queries."""
    seats = [seat for seat in staff_seats() if seat.has(Right.OPEN_SEALED_EVIDENCE)]
    standing = {one.seat_id: one for one in Accreditation.objects.standing().select_related("given_by")}
    return [Reader(seat, standing.get(seat.pk)) for seat in seats]


def accreditations_past() -> list[Accreditation]:
    """The latest that no longer stand: withdrawn, or fallen with the role."""
    past = Accreditation.objects.filter(Q(ended_at__isnull=False) | Q(seat__ended_at__isnull=False))
    return list(past.select_related("seat__person", "ended_by").order_by("-given_at", "-pk")[:LATEST])


def accreditation_numbered(number: int) -> Accreditation:
    return Accreditation.objects.select_related("seat__person").get(pk=number)


# — Who did ———————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked of the register; what is empty asks nothing."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


def openings_of(deposit: Deposit) -> Sequence[Opening]:
    """The latest openings of a deposit. One query."""
    return list(Opening.objects.filter(deposit=deposit).select_related("person")[:LATEST])


def openings_sought(sought: Sought, *, limit: int, offset: int = 0) -> tuple[list[Opening], int]:
    """A page of the register, the latest first, and how many there are. Two queries."""
    found = _sought(sought)
    return list(_told(found)[offset : offset + limit]), found.count()


def every_opening_sought(sought: Sought, most: int) -> Iterator[Opening]:
    """All of them up to `most`, the latest first, read as they are sent."""
    return iter(_told(_sought(sought))[:most].iterator(chunk_size=1000))


def _sought(sought: Sought) -> QuerySet[Opening]:
    found = Opening.objects.all()
    if sought.since is not None:
        found = found.filter(opened_at__gte=sought.since)
    if sought.until is not None:
        found = found.filter(opened_at__lt=sought.until)
    for word in sought.words.split()[:8]:
        known = Q(person__name__icontains=word) | Q(deposit__file__name__icontains=word) | Q(candidature__number=word.upper())
        known |= Q(deposit__folder__subject__company__name__icontains=word) | Q(deposit__folder__subject__name__icontains=word)
        found = found.filter(known | _reference("deposit__folder__subject__reference", word))
    return found


def _told(found: QuerySet[Opening]) -> QuerySet[Opening]:
    """With whence, as the journal has it: what is erased there is erased here."""
    about = Concat(Value("opening:"), Cast(OuterRef("pk"), CharField()))
    entry = Entry.objects.filter(about=about, kind=SealedEvidenceOpened.kind()).annotate(whence=KeyTextTransform("from", "details"))
    related = ("person", "candidature", "deposit__file", "deposit__folder__subject__company")
    return found.select_related(*related).annotate(whence=Subquery(entry.values("whence")[:1])).order_by("-opened_at", "-pk")
