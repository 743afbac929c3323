"""What may happen to evidence? Names of files may name people: they stay with the files and never enter the journal."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class EvidenceDeposited(Event):
    """`about` is « evidence:<deposit> »."""

    about: str
    company: int
    subject: int
    folder: int
    slot: str
    file: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidenceReused(Event):
    """A file already deposited fills another slot, without being sent again."""

    about: str
    company: int
    subject: int
    folder: int
    slot: str
    file: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidenceArchived(Event):
    about: str
    company: int
    subject: int
    folder: int
    slot: str


@dataclass(frozen=True, slots=True)
class EvidenceRestored(Event):
    about: str
    company: int
    subject: int
    folder: int
    slot: str


@dataclass(frozen=True, slots=True)
class ExpirySet(Event):
    """`expires_on` is a day, or nothing where the date was taken away."""

    about: str
    company: int
    subject: int
    expires_on: str


@dataclass(frozen=True, slots=True)
class ErasureRequested(Event):
    """`about` is « evidence:<deposit> »; the reason stays with the request."""

    about: str
    company: int
    request: int
    file: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ErasureProposed(Event):
    about: str
    company: int
    request: int
    file: int


@dataclass(frozen=True, slots=True)
class ErasureDeclined(Event):
    about: str
    company: int
    request: int
    file: int


@dataclass(frozen=True, slots=True)
class ErasureDecided(Event):
    """The bytes are gone; the hash says which they were."""

    about: str
    company: int
    request: int
    file: int
    sha256: str
