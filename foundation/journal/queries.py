"""What does the journal say, and is it whole?"""

from __future__ import annotations

from foundation.journal.chain import Break, breaks
from foundation.journal.models import Entry, EntryQuerySet


def entries_about(kind: str, key: int) -> EntryQuerySet:
    """What happened to one thing, the latest first."""
    return Entry.objects.about(kind, key).order_by("-position")


def entries_by(who: str, company: int, *, limit: int, offset: int) -> tuple[list[Entry], int]:
    """What someone did in one company, the latest first, and how many in all."""
    found = Entry.objects.of_company(company).filter(by=who).order_by("-position")
    return list(found[offset : offset + limit]), found.count()


def breaks_of_the_chain() -> list[Break]:
    """Every place where the journal is not what was written; empty when it is whole."""
    return list(breaks(Entry.objects.order_by("position").iterator(chunk_size=2000)))
