"""What may happen to content?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ReleasePublished(Event):
    about: str
    number: int
    digest: str
    new_pieces: tuple[str, ...]
