"""Which entries does someone look for? The latest first, by pages that never count the whole journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from foundation.journal.models import Entry, EntryQuerySet


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked of the journal; what is empty asks nothing. `words` are looked for in the event, the object, and who did it.

    `kinds`, where given, are the only events shown.
    """

    words: str = ""
    kind: str = ""
    kinds: frozenset[str] | None = None
    company: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries_sought(sought: Sought, *, before: int | None, limit: int) -> tuple[list[Entry], bool]:
    """A page of entries older than one, and whether there are older ones still."""
    found = _filtered(sought)
    if before is not None:
        found = found.filter(position__lt=before)
    rows = list(found.order_by("-position")[: limit + 1])
    return rows[:limit], len(rows) > limit


def every_entry_sought(sought: Sought, most: int) -> Iterator[Entry]:
    """All of them up to `most`, the oldest first, read as they are sent."""
    return iter(_filtered(sought).order_by("position")[:most].iterator(chunk_size=1000))


def kinds_of_entries() -> list[str]:
    """The events that have happened, by name."""
    return list(Entry.objects.order_by("kind").values_list("kind", flat=True).distinct())


def _filtered(sought: Sought) -> EntryQuerySet:
    found = Entry.objects.all()
    if sought.kinds is not None:
        found = found.filter(kind__in=sought.kinds)
    if sought.kind:
        found = found.filter(kind=sought.kind)
    if sought.company is not None:
        found = found.of_company(sought.company)
    if sought.since is not None:
        found = found.filter(at__gte=sought.since)
    if sought.until is not None:
        found = found.filter(at__lt=sought.until)
    if sought.words:
        exact = Q(about=sought.words) | Q(by=sought.words)
        found = found.filter(exact | Q(kind__icontains=sought.words) | Q(details__by_name__icontains=sought.words))
    return found
