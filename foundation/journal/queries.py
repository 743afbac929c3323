"""What does the journal say, and is it whole?"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from foundation.core.rows import rows_of
from foundation.journal.chain import Break, breaks
from foundation.journal.models import Entry, EntryQuerySet


def entries_about(kind: str, key: int) -> EntryQuerySet:
    """What happened to one thing, the latest first."""
    return Entry.objects.about(kind, key).order_by("-position")


def entries_by(who: str, company: int, *, limit: int, offset: int) -> tuple[list[Entry], int]:
    """What someone did in one company, the latest first, and how many in all."""
    found = Entry.objects.of_company(company).filter(by=who).order_by("-position")
    return list(found[offset : offset + limit]), found.count()


def last_position() -> int:
    """How far the journal goes: as long as it stays there, nothing was written. One query."""
    rows = rows_of("SELECT position FROM journal_entry ORDER BY position DESC LIMIT 1", ())
    return int(rows[0][0]) if rows else 0


def breaks_of_the_chain() -> list[Break]:
    """Every place where the journal is not what was written; empty when it is whole."""
    return list(breaks(Entry.objects.order_by("position").iterator(chunk_size=2000)))


def waiting_work() -> tuple[int, datetime | None]:
    """How many queued jobs wait to be done now, and since when the oldest has been due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id)))"
            " FROM procrastinate_jobs job WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        )
        count, oldest = cursor.fetchone()
    return count, oldest
