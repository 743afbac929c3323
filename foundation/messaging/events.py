"""What may have happened in a conversation? What was written stays there: the journal keeps keys."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.event import Event


@dataclass(frozen=True, slots=True)
class ConversationOpened(Event):
    about: str
    company: int
    key: str
    topic: str


@dataclass(frozen=True, slots=True)
class SupportAsked(Event):
    """A conversation with the support, with its first message."""

    about: str
    company: int
    key: str
    message: int


@dataclass(frozen=True, slots=True)
class MessagePosted(Event):
    about: str
    company: int
    key: str
    message: int
    side: str
    files: int


@dataclass(frozen=True, slots=True)
class NoticePosted(Event):
    """The platform says what happened. `told` is who learns it by another mail, and needs no copy of it."""

    about: str
    company: int
    key: str
    message: int
    told: int | None


@dataclass(frozen=True, slots=True)
class NoteWritten(Event):
    """Between people of the agency: no company is named, so that no reading by company ever meets it."""

    about: str
    key: str
    note: int


@dataclass(frozen=True, slots=True)
class MessagesRead(Event):
    about: str
    company: int
    key: str
    read_to: int


@dataclass(frozen=True, slots=True)
class CopiesChosen(Event):
    about: str
    wants: str


@dataclass(frozen=True, slots=True)
class CopiesStopped(Event):
    """By the link of a mail, without signing in."""

    about: str


@dataclass(frozen=True, slots=True)
class AnswerKept(Event):
    about: str
    answer: int


@dataclass(frozen=True, slots=True)
class AnswerDropped(Event):
    about: str
    answer: int
