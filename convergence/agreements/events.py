"""What may happen to an agreement?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class AgreementPrepared(Event):
    """The paper to sign is frozen: `sha256` is its hash. A round more each time it is sent back."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    round: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SigningCodeSent(Event):
    """A code leaves by mail; neither it nor the address is here."""

    about: str
    company: int
    code: int


@dataclass(frozen=True, slots=True)
class SigningCodeTried(Event):
    """Someone typed a code: counted before it is looked at."""

    about: str
    company: int
    code: int
    tries: int


@dataclass(frozen=True, slots=True)
class AgreementSigned(Event):
    """By the company: `sha256` is the hash of the paper with its seal."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    signature: int
    sha256: str


@dataclass(frozen=True, slots=True)
class AgreementCountersigned(Event):
    """By the agency, the last: `sha256` is the hash of the paper with both seals."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    signature: int
    sha256: str


@dataclass(frozen=True, slots=True)
class AgreementSentBack(Event):
    """The agency does not sign it as it is; why stays with the agreement. A new paper is frozen, to sign anew."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    round: int
    sha256: str


@dataclass(frozen=True, slots=True)
class AgreementRefused(Event):
    """The agency does not sign; why stays with the agreement. The candidature ends with it."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    reasons: tuple[str, ...]
