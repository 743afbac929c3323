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
