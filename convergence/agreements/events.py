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


# — With an outside provider ——————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class SignaturesRequested(Event):
    """Someone who may sign asks that both sign with the provider."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    envelope: int


@dataclass(frozen=True, slots=True)
class EnvelopePlaced(Event):
    """The provider has the paper, and writes to those who sign. `reference` is its own."""

    about: str
    company: int
    envelope: int
    reference: str


@dataclass(frozen=True, slots=True)
class ProviderEventReceived(Event):
    """The provider says that something happened; what, is asked of it again."""

    about: str
    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class CompanySignatureNoted(Event):
    about: str
    company: int
    number: str
    step: str
    agreement: int
    envelope: int


@dataclass(frozen=True, slots=True)
class EnvelopeConcluded(Event):
    """Both have signed: `sha256` is the hash of the paper that came back."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    envelope: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EnvelopeClosed(Event):
    """It ended without both signatures: a new paper is frozen, to be signed anew."""

    about: str
    company: int
    number: str
    step: str
    agreement: int
    envelope: int
    round: int
