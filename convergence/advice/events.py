"""What may happen to evidence deposited for advice? Names of files stay with the files."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class AdviceDeposited(Event):
    """How many scenarios the archive answers, how many it leaves, and how many of its files answer none."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    deposit: int
    file: int
    sha256: str
    known: int
    missing: int
    unknown: int


@dataclass(frozen=True, slots=True)
class AdviceArchived(Event):
    about: str
    company: int
    number: str
    step: str
    deposit: int


@dataclass(frozen=True, slots=True)
class AdviceRestored(Event):
    about: str
    company: int
    number: str
    step: str
    deposit: int


@dataclass(frozen=True, slots=True)
class DeletionAsked(Event):
    about: str
    company: int
    number: str
    step: str
    deposit: int
    request: int


@dataclass(frozen=True, slots=True)
class DeletionGranted(Event):
    about: str
    company: int
    number: str
    step: str
    deposit: int
    request: int


@dataclass(frozen=True, slots=True)
class DeletionDeclined(Event):
    about: str
    company: int
    number: str
    step: str
    deposit: int
    request: int


@dataclass(frozen=True, slots=True)
class OpinionSent(Event):
    """What the opinion says stays with the step, and is told in the conversation."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    opinion: int


@dataclass(frozen=True, slots=True)
class AdviceClosed(Event):
    about: str
    company: int
    number: str
    step: str
