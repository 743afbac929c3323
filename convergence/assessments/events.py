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
