"""What is done later for agreements? What a step that has opened will have signed is made and frozen."""

from __future__ import annotations

from typing import Protocol

from convergence.agreements.actions import prepare_agreement
from convergence.candidatures.models import Step
from foundation.core.clock import now
from foundation.journal.actor import SYSTEM


class OfCandidature(Protocol):
    """An event that may have opened steps."""

    @property
    def number(self) -> str: ...


def prepare_agreements(event: OfCandidature) -> None:
    """Of each step that now waits for a signature; one that has its agreement keeps it."""
    for step in Step.objects.filter(candidature__number=event.number, state="open").select_related("candidature__enrolment__subject"):
        prepare_agreement(step, by=SYSTEM, at=now())
