"""How does a folder come to be? Opened with what it proves, or carried over to a new version of the product."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from convergence.catalogue.models import Subject
from convergence.evidence.models import Folder
from foundation.accounts.models import Person


def open_folder(subject: Subject, name: str, part: str, *, by: Person, at: datetime) -> Folder:
    """The folder of this name, opened now unless it already is: the event of whoever opens it says so."""
    return Folder.objects.get_or_create(subject=subject, name=name, defaults={"part": part, "opened_at": at, "opened_by": by})[0]


CARRY_FOLDERS = """
    INSERT INTO evidence_folder (reference, subject_id, name, part, opened_at, opened_by_id)
    SELECT gen_random_uuid(), started.id, theirs.name, theirs.part, started.created_at, %(person)s
    FROM evidence_folder theirs, catalogue_subject started
    WHERE theirs.subject_id = %(source)s AND started.id = %(subject)s AND theirs.name = ANY(%(names)s)
    ORDER BY theirs.id"""

CARRY_DEPOSITS = """
    INSERT INTO evidence_deposit (folder_id, slot, file_id, state, reused, expires_on, deposited_at, deposited_by_id)
    SELECT ours.id, deposit.slot, deposit.file_id, deposit.state, true, deposit.expires_on, ours.opened_at, ours.opened_by_id
    FROM evidence_deposit deposit
    JOIN evidence_folder theirs ON theirs.id = deposit.folder_id
    JOIN evidence_folder ours ON ours.subject_id = %(subject)s AND ours.name = theirs.name
    JOIN files_storedfile file ON file.id = deposit.file_id
    WHERE theirs.subject_id = %(source)s AND deposit.state = 'in_place' AND file.state NOT IN ('infected', 'refused')
    ORDER BY deposit.id"""
"""What is in place comes along, the file itself being the same; what was archived or rejected stays behind."""


def carry_folders(source: int, subject: int, person: int, names: list[str]) -> None:
    """These folders, for a new version of a product, as whoever started it would deposit them. Two queries."""
    with connection.cursor() as cursor:
        for sql in (CARRY_FOLDERS, CARRY_DEPOSITS):
            cursor.execute(sql, {"source": source, "subject": subject, "person": person, "names": names})
