"""What may happen to what is due?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ReminderSent(Event):
    """`days` before it is due; 0 once it has passed. `awaits` is the side that is told."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    reminder: int
    title: str
    due: str
    days: int
    awaits: str


@dataclass(frozen=True, slots=True)
class ExpiryReminded(Event):
    about: str
    company: int
    deposit: int
    days: int


@dataclass(frozen=True, slots=True)
class ExtensionAsked(Event):
    about: str
    company: int
    number: str
    step: str
    extension: int


@dataclass(frozen=True, slots=True)
class ExtensionProposed(Event):
    about: str
    company: int
    number: str
    step: str
    extension: int
    until: str


@dataclass(frozen=True, slots=True)
class ExtensionGranted(Event):
    about: str
    company: int
    number: str
    step: str
    extension: int
    until: str


@dataclass(frozen=True, slots=True)
class ExtensionDeclined(Event):
    about: str
    company: int
    number: str
    step: str
    extension: int
