"""What may happen to answers?"""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class AssessmentBegun(Event):
    about: str
    company: int
    subject: int
    questionnaire: str


@dataclass(frozen=True, slots=True)
class AnswersSaved(Event):
    """Which criteria changed, to which level, in which version. Comments stay with the answers."""

    about: str
    company: int
    subject: int
    questionnaire: str
    levels: dict[str, str]
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class AssessmentValidated(Event):
    about: str
    company: int
    subject: int
    questionnaire: str
    procedure: str
    number: int
    release: int
    levels: dict[str, str]
    request: int | None = None


@dataclass(frozen=True, slots=True)
class ValidationRequested(Event):
    about: str
    company: int
    subject: int
    questionnaire: str
    procedure: str
    request: int


@dataclass(frozen=True, slots=True)
class ValidationSentBack(Event):
    """The reason stays with the request, as comments stay with the answers. `matter`: the answers, or the targets."""

    about: str
    company: int
    subject: int
    questionnaire: str
    matter: str
    request: int


@dataclass(frozen=True, slots=True)
class ValidationRequestWithdrawn(Event):
    about: str
    company: int
    subject: int
    questionnaire: str
    matter: str
    request: int
