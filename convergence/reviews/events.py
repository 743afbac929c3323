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
