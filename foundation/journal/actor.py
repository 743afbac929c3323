"""Who acts? A person, or the system itself. Everything that acts has a `key` and a `display_name`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class System:
    key: str = "system"
    display_name: str = "la plateforme"  # recorded as it is


SYSTEM = System()
