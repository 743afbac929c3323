"""What may happen to a projection?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ProjectionBegun(Event):
    about: str
    company: int
    subject: int
    questionnaire: str


@dataclass(frozen=True, slots=True)
class TargetsSaved(Event):
    """What each criterion changed now says: « medium 2027-T1, high 2027-T3 », « not_applicable », or nothing."""

    about: str
    company: int
    subject: int
    questionnaire: str
    targets: dict[str, str]
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class ProjectionValidated(Event):
    """`assessment` is the number of the validated evaluation the dates start from, `request` who had asked for it."""

    about: str
    company: int
    subject: int
    questionnaire: str
    procedure: str
    number: int
    release: int
    assessment: int
    targets: dict[str, str]
    request: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectionValidationRequested(Event):
    about: str
    company: int
    subject: int
    questionnaire: str
    procedure: str
    request: int
