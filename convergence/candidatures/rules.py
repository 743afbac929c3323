"""What is still lacking in a section of requirements, and what of it may change? Pure answers: no database, no clock.

A form is judged on files received; a section of requirements only on files found clean: what a reviewer cannot open proves
nothing (guide pages 83 to 85; product description, section 7).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from convergence.candidatures.workflow import ACCEPTED, CHANGES_REQUESTED, OPEN, SUBMITTED
from convergence.evidence.rules import Filed, Slot, is_counted

CLEAN, HELD = "clean", "held"

MISSING, WAITING, UNREADABLE = "missing", "waiting", "unreadable"
"""No file that counts; a file still examined; a file too heavy to be examined, which nobody will ever open."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What keeps a slot from being handed over."""

    slot: str
    why: str


def lacks_of(slots: Sequence[Slot], filed: Iterable[Filed]) -> list[Lack]:
    """What keeps the slots from being handed over, in their order. A file found infected or refused is as if it were not there."""
    within: dict[str, list[str]] = {}
    for one in filed:
        if is_counted(one):
            within.setdefault(one.slot, []).append(one.file_state)
    found = []
    for slot in slots:
        states = within.get(slot.code, [])
        if HELD in states:
            found.append(Lack(slot.code, UNREADABLE))
        elif any(state != CLEAN for state in states):
            found.append(Lack(slot.code, WAITING))
        elif len(states) < slot.minimum:
            found.append(Lack(slot.code, MISSING))
    return found


def is_requirement_open(state: str, slots: Collection[str], *, handed: Collection[str] | None, is_requested: bool) -> bool:
    """Whether the evidence of a requirement may change, in a section of this state.

    `handed` are its slots in what was last handed over (None: it was not there). Sent back, or widened by a profile chosen since, it opens again.
    """
    if state == OPEN:
        return True
    if state != CHANGES_REQUESTED:
        return False
    return is_requested or handed is None or not set(slots) <= set(handed)


def is_evidence_complete(asked: Sequence[str], states: Mapping[str, str]) -> bool:
    """Whether nothing is awaited of the company: every section asked was handed over, and none is to be corrected."""
    return bool(asked) and all(states.get(code, OPEN) in (SUBMITTED, ACCEPTED) for code in asked)


def is_evidence_accepted(asked: Sequence[str], states: Mapping[str, str]) -> bool:
    """Whether the step is over: every section asked is accepted."""
    return bool(asked) and all(states.get(code) == ACCEPTED for code in asked)


__all__ = [
    "MISSING",
    "UNREADABLE",
    "WAITING",
    "Lack",
    "is_evidence_accepted",
    "is_evidence_complete",
    "is_requirement_open",
    "lacks_of",
]
