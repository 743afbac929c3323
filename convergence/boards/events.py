"""What may happen at the board? What is written of a file stays with the opinion and with the outcome."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class SessionScheduled(Event):
    about: str
    session: int
    held_at: str


@dataclass(frozen=True, slots=True)
class SessionRescheduled(Event):
    """`before` is when it was to be held."""

    about: str
    session: int
    held_at: str
    before: str


@dataclass(frozen=True, slots=True)
class SessionCancelled(Event):
    about: str
    session: int


@dataclass(frozen=True, slots=True)
class BoardSessionClosed(Event):
    """Every file of its agenda has an outcome, or left it."""

    about: str
    session: int
    files: int


@dataclass(frozen=True, slots=True)
class CasePutOnAgenda(Event):
    about: str
    company: int
    number: str
    step: str
    step_key: int
    case: int
    session: int
    held_at: str


@dataclass(frozen=True, slots=True)
class CaseTakenOff(Event):
    about: str
    company: int
    number: str
    step: str
    step_key: int
    case: int
    session: int
    held_at: str


@dataclass(frozen=True, slots=True)
class MemberOpinionGiven(Event):
    """A member's own; the company never reads it."""

    about: str
    company: int
    number: str
    step: str
    case: int
    position: str
    version: int


@dataclass(frozen=True, slots=True)
class OutcomeRecorded(Event):
    """What the session came to for one file, and on how many opinions of each kind."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    case: int
    session: int
    held_at: str
    result: str
    favourable: int
    reserved: int
    abstained: int
    recused: int
    reasons: tuple[str, ...]
