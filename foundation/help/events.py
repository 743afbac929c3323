"""What may happen to the help? No comment and no search goes to the journal: people may write anything there."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class HelpTakenIn(Event):
    about: str
    entries: tuple[str, ...]
    kept_by_agency: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpDraftSaved(Event):
    about: str
    code: str


@dataclass(frozen=True, slots=True)
class HelpDraftPublished(Event):
    about: str
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class HelpDraftDiscarded(Event):
    about: str
    code: str


@dataclass(frozen=True, slots=True)
class HelpEntryWithdrawn(Event):
    about: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpinionGiven(Event):
    about: str
    value: str


@dataclass(frozen=True, slots=True)
class OpinionCommentErased(Event):
    about: str


@dataclass(frozen=True, slots=True)
class SearchReported(Event):
    about: str
    language: str
