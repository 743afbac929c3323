"""How are personal details taken out of the journal? Their digest stays in the hashed body: the chain is whole, and says they were there."""

from __future__ import annotations

from django.db.models import Q

from foundation.journal.models import Entry


def erase_details(key: str) -> int:
    """Of all that someone did, and of what was done to their account; how many entries lost theirs. The database allows nothing else."""
    found = Entry.objects.filter(Q(by=key) | Q(about=key)).exclude(details=None, salt=None)
    return found.update(details=None, salt=None)
