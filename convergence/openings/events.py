"""What may happen to what is sealed? Someone is accredited, is no longer, opens something."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ReaderAccredited(Event):
    """`about` is « accreditation:<number> »."""

    about: str
    person: int
    seat: int


@dataclass(frozen=True, slots=True)
class AccreditationWithdrawn(Event):
    about: str
    person: int
    seat: int


@dataclass(frozen=True, slots=True)
class SealedEvidenceOpened(Event):
    """`about` is « opening:<number> »; the hash says which bytes were given, as they were stored: sealed."""

    about: str
    company: int
    deposit: int
    file: int
    sha256: str
    number: str
    """The candidature it came with; nothing where it came with shared results."""
