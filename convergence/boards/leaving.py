"""Did a candidature end while it was on an agenda? Then its file leaves it, in the same transaction."""

from __future__ import annotations

from typing import Protocol

from convergence.boards.actions import take_off_agenda
from convergence.boards.queries import listed_of
from convergence.candidatures.models import Candidature
from foundation.journal.actor import SYSTEM


class OfCandidature(Protocol):
    """An event that names its candidature."""

    @property
    def number(self) -> str: ...


def leave_agenda(event: OfCandidature) -> None:
    """Withdrawn by the company, refused at another step, out of time: nothing is left to judge. Its rows are already held."""
    candidature = Candidature.objects.get(number=event.number)
    for case in listed_of(candidature):
        assert candidature.ended_at is not None
        take_off_agenda(case, by=SYSTEM, at=candidature.ended_at)
