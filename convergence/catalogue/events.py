"""What may happen to products and their enrolments?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ProductAdded(Event):
    """The first step of the wizard was kept: the product exists as a draft, under its reference."""

    about: str
    company: int
    subject: int
    reference: int
    name: str


@dataclass(frozen=True, slots=True)
class GlobalStrategyAdded(Event):
    """The company began its global strategy: a draft, under its reference. What follows is told as of a product."""

    about: str
    company: int
    subject: int
    reference: int
    name: str


@dataclass(frozen=True, slots=True)
class ProductIdentified(Event):
    about: str
    company: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductQualified(Event):
    about: str
    company: int
    subject: int
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProductRequalified(Event):
    about: str
    company: int
    subject: int
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProductConfirmed(Event):
    about: str
    company: int
    reference: int


@dataclass(frozen=True, slots=True)
class ProductArchived(Event):
    about: str
    company: int


@dataclass(frozen=True, slots=True)
class ProductRestored(Event):
    about: str
    company: int


@dataclass(frozen=True, slots=True)
class ProductEnrolled(Event):
    about: str
    company: int
    subject: int
    enrolment: int
    procedure: str


@dataclass(frozen=True, slots=True)
class ProductDuplicated(Event):
    """A draft was made from the product `source`: its identification and qualification, and nothing else."""

    about: str
    company: int
    subject: int
    reference: int
    source: int
    name: str


@dataclass(frozen=True, slots=True)
class ProductVersionStarted(Event):
    """A product was made from the product `source`, in the procedures named. What else it carries over is for the
    rooms that keep it: each reacts, in the name of `person`, who started the version."""

    about: str
    company: int
    subject: int
    reference: int
    source: int
    version: str
    person: int
    procedures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditionChanged(Event):
    """The procedures and the questionnaires of a subject went from an edition to another, each old key with the new one, at the
    hand of `person`. What is carried over is for the rooms that keep it."""

    about: str
    company: int
    subject: int
    person: int
    procedures: dict[str, str]
    questionnaires: dict[str, str]


@dataclass(frozen=True, slots=True)
class RightsGranted(Event):
    about: str
    company: int
    person: int
    questionnaire: str
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultsShared(Event):
    about: str
    company: int
    procedure: str
    partner: str


@dataclass(frozen=True, slots=True)
class SharingStopped(Event):
    about: str
    company: int
    procedure: str
    partner: str


@dataclass(frozen=True, slots=True)
class SharedResultsRead(Event):
    """Someone of the partner took the results away."""

    about: str
    company: int
    procedure: str
    partner: str
