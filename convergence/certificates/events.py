"""What may happen to a certificate? Everything here is public."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class CertificateIssued(Event):
    about: str
    company: int
    number: str
    certificate: int


@dataclass(frozen=True, slots=True)
class CertificateSealed(Event):
    """Its paper is made, sealed and dated: `sha256` is the hash anyone may compare a copy with."""

    about: str
    company: int
    number: str
    certificate: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CertificateSuspended(Event):
    about: str
    company: int
    number: str
    certificate: int
    episode: int


@dataclass(frozen=True, slots=True)
class CertificateRestored(Event):
    about: str
    company: int
    number: str
    certificate: int
    episode: int


@dataclass(frozen=True, slots=True)
class CertificateWithdrawn(Event):
    about: str
    company: int
    number: str
    certificate: int
    episode: int


@dataclass(frozen=True, slots=True)
class CertificateExpired(Event):
    about: str
    company: int
    number: str
    certificate: int
    episode: int


@dataclass(frozen=True, slots=True)
class ChangeDeclared(Event):
    """The company says that the product has changed; what it writes stays with the declaration."""

    about: str
    company: int
    number: str
    certificate: int
    change: int


@dataclass(frozen=True, slots=True)
class ChangeFoundHarmless(Event):
    """The certificate goes on."""

    about: str
    company: int
    number: str
    certificate: int
    change: int


@dataclass(frozen=True, slots=True)
class NewCandidatureAsked(Event):
    """The change affects conformity: why stays with the declaration."""

    about: str
    company: int
    number: str
    certificate: int
    change: int
