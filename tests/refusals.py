"""How is a refusal proved? By its reason, its code, and by the journal, which has nothing to remember."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from foundation.core.verdict import Refused
from foundation.journal.models import Entry


@contextmanager
def refused(reason: str, *, code: str = "refused", status: int = 403) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """What is done inside must be refused with these words, and leave no trace in the journal."""
    before = Entry.objects.count()
    with pytest.raises(Refused) as caught:
        yield caught
    assert reason in caught.value.reason
    assert (caught.value.code, caught.value.status) == (code, status)
    assert Entry.objects.count() == before


TOLD = {"messaging.ConversationOpened", "messaging.NoticePosted"}
"""What the platform says in a conversation of what happened: the messages' own tests look at it."""


@contextmanager
def remembered(*kinds: str) -> Iterator[list[Entry]]:
    """What is done inside is remembered as exactly these events, in this order; they are given once it is done."""
    last = Entry.objects.order_by("-position").values_list("position", flat=True).first() or 0
    found: list[Entry] = []
    yield found
    aside = TOLD - set(kinds) if kinds else set()  # where nothing is to be remembered, nothing is told either
    found += Entry.objects.filter(position__gt=last).exclude(kind__in=aside).order_by("position")
    assert [entry.kind for entry in found] == list(kinds)
