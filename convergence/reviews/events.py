"""What may happen to an examination? What was written of a requirement stays with it."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class VerdictSaved(Event):
    """A draft of the reviewer: the company learns of it when the section is given back."""

    about: str
    company: int
    number: str
    step: str
    section: str
    submission: int
    requirement: str
    look: int
    outcome: str
    version: int


@dataclass(frozen=True, slots=True)
class RequirementSeen(Event):
    """A reviewer had it before their eyes, as it was in this submission."""

    about: str
    company: int
    number: str
    step: str
    section: str
    submission: int
    requirement: str


@dataclass(frozen=True, slots=True)
class SectionGivenBack(Event):
    """`result`: accepted, changes_requested (`fields` are open again), or to_confirm (another reviewer is awaited)."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    section: str
    submission: int
    look: int
    result: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidatureTaken(Event):
    """A reviewer takes it, free as it was."""

    about: str
    company: int
    number: str


@dataclass(frozen=True, slots=True)
class CandidatureAssigned(Event):
    """`person` examines it from now on, in place of `before` where someone did."""

    about: str
    company: int
    number: str
    person: int
    before: int | None


@dataclass(frozen=True, slots=True)
class CandidatureGivenBack(Event):
    """`person` examines it no longer: it is free."""

    about: str
    company: int
    number: str
    person: int
