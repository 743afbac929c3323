"""What may have happened? An event is a frozen dataclass named in the past tense; it carries keys, never objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Base of every event. `personal` names the fields that may be erased at a person's request (RGPD, article 17)."""

    personal: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def kind(cls) -> str:
        """« room.EventName », stored as plain text: a new event needs no migration."""
        return f"{cls.__module__.split('.')[1]}.{cls.__name__}"
