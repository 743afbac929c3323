"""Who has papers signed? Ourselves, with codes; or an outside provider, of which this is all that is asked.

A provider has one file. It is told of a paper once, however often it is asked; what it says of it is believed only when asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings


class ProviderDown(Exception):
    """It does not answer, or says that it cannot now: the queue asks again."""


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Order:
    """A paper to be signed by some, in this order. `name` is the same each time it is asked."""

    name: str
    title: str
    paper: bytes
    signers: tuple[Signer, ...]


ONGOING, SIGNED, ENDED = "ongoing", "signed", "ended"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it is: under way, signed by all, or ended otherwise, for a reason; and the addresses of who has signed."""

    status: str
    signed: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a message of the provider is about; its word is not taken for the rest."""

    event: str
    name: str
    reference: str


class Provider(Protocol):
    def place(self, order: Order) -> str:
        """Hand a paper over; asked again, the same. Its reference."""

    def standing(self, reference: str) -> Standing:
        """Where it is now."""

    def paper(self, reference: str) -> bytes:
        """What was signed."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """A message of its own; None where it did not sign it."""


def provider_named(name: str) -> Provider | None:
    """The outside provider of this name, where the installation has its keys; None: signed here."""
    return providers[name]() if name in providers and settings.YOUSIGN_KEY else None


providers: dict[str, type[Provider]] = {}
"""By the name the content gives. Filled by each one's file."""
