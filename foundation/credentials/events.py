"""What may happen to the means by which people come in?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class IdentityLinked(Event):
    """From here on, whoever the provider knows by this subject is this person."""

    personal: ClassVar[frozenset[str]] = frozenset({"subject"})

    about: str
    provider: str
    subject: str


@dataclass(frozen=True, slots=True)
class ProviderFollowed(Event):
    """What a provider says of someone's place changed their seats; which ones is in the entries beside this one."""

    about: str
    provider: str
    company: int | None


@dataclass(frozen=True, slots=True)
class SeatWithdrawn(Event):
    """A seat the provider no longer vouches for."""

    about: str
    company: int | None
    person: int
    role: str


@dataclass(frozen=True, slots=True)
class SecondFactorEnabled(Event):
    about: str


@dataclass(frozen=True, slots=True)
class SecondFactorDisabled(Event):
    about: str


@dataclass(frozen=True, slots=True)
class RecoveryCodesRenewed(Event):
    about: str


@dataclass(frozen=True, slots=True)
class RecoveryCodeSpent(Event):
    about: str
    left: int


@dataclass(frozen=True, slots=True)
class SecondFactorFailed(Event):
    """A wrong code after the right password: someone may know the password."""

    about: str


@dataclass(frozen=True, slots=True)
class IdentityConfirmed(Event):
    """Someone already in showed again who they are."""

    about: str
    means: str


@dataclass(frozen=True, slots=True)
class SessionClosed(Event):
    personal: ClassVar[frozenset[str]] = frozenset({"device"})

    about: str
    device: str


@dataclass(frozen=True, slots=True)
class OtherSessionsClosed(Event):
    about: str
    closed: int
