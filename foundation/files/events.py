"""What may happen to a file on its way in?

`purpose` says what a deposit is for (« slot:… »), in the words of the room that asked for it: see `purposes.py`. What
the file is called may name someone: it stays with the file and never enters the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class UploadBegun(Event):
    """`about` is « upload:<reference> »: the file that comes of it has the same reference."""

    about: str
    company: int
    purpose: str
    size: int

    @property
    def reference(self) -> UUID:
        return UUID(self.about.removeprefix("upload:"))


@dataclass(frozen=True, slots=True)
class UploadAbandoned(Event):
    about: str
    company: int
    purpose: str


@dataclass(frozen=True, slots=True)
class FileReceived(Event):
    """All its bytes are here, synced and hashed; nothing is known of it yet."""

    about: str
    company: int
    file: int
    purpose: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FilePassed(Event):
    about: str
    company: int
    file: int
    purpose: str
    media_type: str
    engine: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileCondemned(Event):
    """`found` is the name the antivirus gives to what it found."""

    about: str
    company: int
    file: int
    purpose: str
    found: str
    engine: str


@dataclass(frozen=True, slots=True)
class FileRefused(Event):
    """`reason` is the sentence shown to whoever deposited it."""

    about: str
    company: int
    file: int
    purpose: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileErased(Event):
    """Its bytes leave the store; what they were is told by their size and hash alone."""

    about: str
    company: int
    file: int
    purpose: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FileHeld(Event):
    """Larger than the antivirus accepts: not scanned, so never served."""

    about: str
    company: int
    file: int
    purpose: str
    size: int
