"""Which transfers and files are there? Who may read a file is said by the room it was deposited for."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db.models import QuerySet

from foundation.accounts.models import Company, Person
from foundation.files.models import StoredFile, Upload
from foundation.files.workflow import QUARANTINED


def upload_of(person: Person, company: Company, reference: UUID) -> Upload | None:
    """A transfer of this person's own, for the company they work from: anyone else's does not exist."""
    return Upload.objects.filter(reference=reference, by=person, company=company).select_related("company").first()


def file_of(reference: UUID) -> StoredFile | None:
    return StoredFile.objects.filter(reference=reference).first()


def files_in_quarantine() -> QuerySet[StoredFile]:
    """What still waits for a verdict, the oldest first."""
    return StoredFile.objects.filter(state=QUARANTINED).order_by("deposited_at", "pk")


def sealed_by_key() -> Counter[str]:
    """How many files still on the platform each key opens; those sealed before they came here are under no key: « »."""
    found: Counter[str] = Counter()
    for publics in StoredFile.objects.filter(sealed=True, erased_at=None).values_list("sealed_for", flat=True).iterator():
        found.update(publics or [""])
    return found
