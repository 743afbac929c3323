"""What may happen to people and companies?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class CompanyRegistered(Event):
    about: str
    company: int
    siren: str


@dataclass(frozen=True, slots=True)
class PersonWelcomed(Event):
    personal: ClassVar[frozenset[str]] = frozenset({"email", "name"})

    about: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class SeatGiven(Event):
    about: str
    company: int | None
    person: int
    role: str


@dataclass(frozen=True, slots=True)
class PersonSignedIn(Event):
    about: str


@dataclass(frozen=True, slots=True)
class PersonSignedOut(Event):
    about: str


@dataclass(frozen=True, slots=True)
class SignInFailed(Event):
    """A wrong password for a known account. Unknown addresses are not journalled: they would be a list of guesses."""

    about: str


@dataclass(frozen=True, slots=True)
class SeatEnded(Event):
    about: str
    company: int | None
    person: int
    role: str


@dataclass(frozen=True, slots=True)
class AccountsDelegated(Event):
    """A representative manages the accounts of the company from now on."""

    about: str
    company: int
    person: int


@dataclass(frozen=True, slots=True)
class DelegationWithdrawn(Event):
    about: str
    company: int
    person: int


@dataclass(frozen=True, slots=True)
class TermsAccepted(Event):
    about: str
    version: str


@dataclass(frozen=True, slots=True)
class ConflictDeclared(Event):
    """The link itself stays in the table, where it can be lifted: the journal says who is kept from whom."""

    about: str
    person: int
    linked_to: int


@dataclass(frozen=True, slots=True)
class ConflictLifted(Event):
    about: str
    person: int
    linked_to: int


@dataclass(frozen=True, slots=True)
class ViewShared(Event):
    about: str
    company: int
    until: str


@dataclass(frozen=True, slots=True)
class ViewClosed(Event):
    about: str
    company: int


@dataclass(frozen=True, slots=True)
class PageLookedAt(Event):
    """The support saw one page as the person who let it would."""

    about: str
    company: int
    path: str


@dataclass(frozen=True, slots=True)
class NameChanged(Event):
    """What was signed before keeps the name it was signed with."""

    personal: ClassVar[frozenset[str]] = frozenset({"name"})

    about: str
    name: str


@dataclass(frozen=True, slots=True)
class LanguageChosen(Event):
    """Of the mails one is sent; pages say theirs by their address."""

    about: str
    language: str


@dataclass(frozen=True, slots=True)
class AccountClosed(Event):
    """Nobody enters by it any more; everything done through it stays."""

    about: str


@dataclass(frozen=True, slots=True)
class PersonalErasureProposed(Event):
    """The reason stays with the proposal."""

    about: str
    erasure: int


@dataclass(frozen=True, slots=True)
class PersonalErasureDeclined(Event):
    about: str
    erasure: int


@dataclass(frozen=True, slots=True)
class PersonalErasureDecided(Event):
    """How many entries of the journal lost their details; their digests stay."""

    about: str
    erasure: int
    entries: int
