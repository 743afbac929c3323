"""What follows at once from a candidature that ends well? What its procedure certifies is issued, in the same transaction."""

from __future__ import annotations

from typing import Protocol

from convergence.candidatures.models import Candidature
from convergence.certificates.actions import issue_certificate
from foundation.journal.actor import SYSTEM


class Ending(Protocol):
    """An event that may end a candidature."""

    @property
    def number(self) -> str: ...

    @property
    def completes(self) -> bool: ...


def issue_when_completed(event: Ending) -> None:
    if event.completes:
        candidature = Candidature.objects.select_related("enrolment__subject__company").get(number=event.number)
        assert candidature.ended_at is not None
        issue_certificate(candidature, by=SYSTEM, at=candidature.ended_at)
