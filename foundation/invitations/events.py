"""What may happen to a request for an account, an invitation, a password? Links and passwords themselves are never told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class AccountRequested(Event):
    personal: ClassVar[frozenset[str]] = frozenset({"email"})

    about: str
    request: int
    siren: str
    email: str


@dataclass(frozen=True, slots=True)
class AccountComplementAsked(Event):
    about: str
    request: int


@dataclass(frozen=True, slots=True)
class AccountRequestCompleted(Event):
    about: str
    request: int


@dataclass(frozen=True, slots=True)
class AccountRequestAccepted(Event):
    about: str
    request: int
    company: int
    person: int


@dataclass(frozen=True, slots=True)
class AccountRequestRefused(Event):
    about: str
    request: int


@dataclass(frozen=True, slots=True)
class PasswordLinkSent(Event):
    about: str
    link: int


@dataclass(frozen=True, slots=True)
class PasswordSet(Event):
    """By a link received at one's address: a first password, or a forgotten one."""

    about: str
    person: int


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    about: str
    person: int


@dataclass(frozen=True, slots=True)
class PersonInvited(Event):
    personal: ClassVar[frozenset[str]] = frozenset({"email"})

    about: str
    company: int | None
    invitation: int
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class InvitationResent(Event):
    about: str
    company: int | None
    invitation: int


@dataclass(frozen=True, slots=True)
class InvitationRevoked(Event):
    about: str
    company: int | None
    invitation: int


@dataclass(frozen=True, slots=True)
class InvitationAccepted(Event):
    about: str
    company: int | None
    invitation: int
    person: int


@dataclass(frozen=True, slots=True)
class RepresentationAccepted(Event):
    """A legal representative said yes: the role waits for their identity to be verified."""

    about: str
    company: int | None
    invitation: int
    person: int


@dataclass(frozen=True, slots=True)
class RepresentativeVerified(Event):
    about: str
    company: int | None
    invitation: int
    person: int


@dataclass(frozen=True, slots=True)
class RepresentativeDeclined(Event):
    about: str
    company: int | None
    invitation: int
