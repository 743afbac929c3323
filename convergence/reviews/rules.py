"""Which verdict holds for a requirement, and what does a section become once it is given back? Pure answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.core.language import gettext_lazy

ACCEPTED, CHANGES_ASKED, NOT_APPLICABLE = "accepted", "changes_asked", "not_applicable"
OUTCOMES = {ACCEPTED: gettext_lazy("Acceptée"), CHANGES_ASKED: gettext_lazy("À modifier"), NOT_APPLICABLE: gettext_lazy("Sans objet")}

SECTION_ACCEPTED, SECTION_RETURNED, TO_CONFIRM = "accepted", "changes_requested", "to_confirm"
GIVEN_BACK = {
    SECTION_ACCEPTED: gettext_lazy("Section acceptée"),
    SECTION_RETURNED: gettext_lazy("Modifications demandées"),
    TO_CONFIRM: gettext_lazy("À confirmer par un autre vérificateur"),
}

AGENCY, COMPANY = "agency", "company"
TURNS = {AGENCY: gettext_lazy("À l'agence"), COMPANY: gettext_lazy("À l'entreprise")}
"""Whose turn it is, in a candidature under way."""

FIRST, CONFIRMATION = 1, 2
"""The look of whoever examines, and that of another person who confirms, where the content asks for a second look."""


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict, as the rules see it: in which round (the number of the submission), by which look."""

    round: int
    look: int
    outcome: str


def holding(given: Iterable[Given], returned: Collection[int], look: int, round_now: int) -> Given | None:
    """The verdict that holds for one requirement: that of this round or, accepted before and not sent back since, an earlier one.

    `returned` are the rounds after which the requirement was sent back to the company.
    """
    last_return = max((one for one in returned if one < round_now), default=0)
    found = [one for one in given if one.look == look and last_return < one.round <= round_now]
    latest = max(found, key=lambda one: one.round, default=None)
    if latest is not None and latest.round < round_now and latest.outcome == CHANGES_ASKED:
        return None
    return latest


def is_closed(verdict: Given | None, round_now: int) -> bool:
    """« Ce qui est accepté le reste »: a verdict of an earlier round is not given again."""
    return verdict is not None and verdict.round < round_now


@dataclass(frozen=True, slots=True)
class Settlement:
    """What giving the section back comes to: what is still undecided, else its result and what is sent back."""

    undecided: tuple[str, ...] = ()
    result: str = ""
    sent_back: tuple[str, ...] = ()


def settlement(
    requirements: Sequence[str],
    first: Mapping[str, str],
    second: Mapping[str, str],
    *,
    look: int,
    second_look: bool,
    blind: bool,
) -> Settlement:
    """What a look at a section comes to. `first` and `second` are the outcomes that hold, by requirement.

    Asking for changes never waits for a second look; accepting does, where the content says so. Blind, whoever confirms says
    what they think of every requirement; otherwise, of what they say nothing they confirm.
    """
    if look == FIRST:
        undecided = tuple(code for code in requirements if code not in first)
        sent_back = tuple(code for code in requirements if first.get(code) == CHANGES_ASKED)
    else:
        undecided = tuple(code for code in requirements if blind and code not in second)
        sent_back = tuple(code for code in requirements if second.get(code) == CHANGES_ASKED)
    if undecided:
        return Settlement(undecided=undecided)
    if sent_back:
        return Settlement(result=SECTION_RETURNED, sent_back=sent_back)
    return Settlement(result=TO_CONFIRM if look == FIRST and second_look else SECTION_ACCEPTED)


# — How long it takes —————————————————————————————————————————————————————————————————————

FEWEST = 5
"""Under so many, a percentile says nothing."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What moved a step to the agency's side (« begins »), back from it (« ends »), or out of everything (« stops »)."""

    candidature: int
    step: str
    at: datetime
    does: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of time a step spent at the agency; `ended_at` is empty for one under way."""

    candidature: int
    step: str
    begun_at: datetime
    ended_at: datetime | None

    @property
    def days(self) -> float:
        assert self.ended_at is not None
        return (self.ended_at - self.begun_at).total_seconds() / 86400


def stays(turns: Iterable[Turn]) -> list[Stay]:
    """From turns in the order of time. Begun twice, it begins once; what stops counts for no delay, and is left out."""
    opened: dict[tuple[int, str], datetime] = {}
    found = []
    for turn in turns:
        key = (turn.candidature, turn.step)
        if turn.does == "begins":
            opened.setdefault(key, turn.at)
        elif turn.does == "ends" and key in opened:
            found.append(Stay(*key, opened.pop(key), turn.at))
        elif turn.does == "stops":
            for one in [one for one in opened if one[0] == turn.candidature]:
                del opened[one]
    return found + [Stay(*key, begun_at, None) for key, begun_at in opened.items()]


def percentile(values: Sequence[float], share: int) -> float | None:
    """The smallest value that at least so many in a hundred do not exceed; nothing under `FEWEST` values."""
    if len(values) < FEWEST:
        return None
    return sorted(values)[max(0, -(-len(values) * share // 100) - 1)]


def awaiting_at(found: Iterable[Stay], moment: datetime) -> int:
    """How many candidatures awaited the agency at a moment."""
    return len({one.candidature for one in found if one.begun_at <= moment and (one.ended_at is None or one.ended_at > moment)})
