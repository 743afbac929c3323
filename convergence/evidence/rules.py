"""Is a slot filled, may one more file enter it? Pure answers: no database, no clock.

A file counts from the moment it is received: what is still being examined meets a deadline, what was found infected or
refused does not. Source: guide pages 53 and 55; product description, sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

REJECTED = frozenset({"infected", "refused", "erased"})
"""The states of a file that empty its slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One expected proof: how many files it takes at least, and whether it takes several."""

    code: str
    minimum: int = 1
    many: bool = True


@dataclass(frozen=True, slots=True)
class Filed:
    """One deposit, as the rules see it: in which slot, whether it is still there, and the state of its file."""

    slot: str
    in_place: bool
    file_state: str


def is_counted(filed: Filed) -> bool:
    return filed.in_place and filed.file_state not in REJECTED


def counted_by_slot(deposits: Iterable[Filed]) -> dict[str, int]:
    """How many files count in each slot; a slot without any is absent."""
    counted: dict[str, int] = {}
    for filed in deposits:
        if is_counted(filed):
            counted[filed.slot] = counted.get(filed.slot, 0) + 1
    return counted


def is_filled(slot: Slot, counted: Mapping[str, int]) -> bool:
    return counted.get(slot.code, 0) >= slot.minimum


def missing_slots(expected: Sequence[Slot], counted: Mapping[str, int]) -> list[str]:
    """The slots that lack a file, in the order they are expected."""
    return [slot.code for slot in expected if not is_filled(slot, counted)]


def has_room(slot: Slot, counted: Mapping[str, int], most: int) -> bool:
    """Whether one more file may enter: a slot that does not take several holds one, the others `most`."""
    return counted.get(slot.code, 0) < (most if slot.many else 1)
