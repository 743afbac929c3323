"""What may happen to a decision? The words stay with the proposal and the decision."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class DecisionProposed(Event):
    about: str
    company: int
    number: str
    step: str
    step_key: int
    proposal: int
    outcome: str


@dataclass(frozen=True, slots=True)
class ProposalSentBack(Event):
    about: str
    company: int
    number: str
    step: str
    step_key: int
    proposal: int


@dataclass(frozen=True, slots=True)
class StepDecided(Event):
    """`proposal` is the one that was followed: it names who wrote it, another person than whoever decides."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    proposal: int
    outcome: str
    reasons: tuple[str, ...]
