"""Is the questionnaire complete, is the level reached, what comes next? Pure answers: no database, no clock.

A level is given by its rank on the scale; « Non concerné » has none (`None`). A criterion without an answer is absent
from the mappings. Source: guide pages 33 to 36 and 46; product description, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from convergence.content.schema import Carries, MapLine
from convergence.evidence.rules import Slot, missing_slots

LONGEST_COMMENT = 4000  # characters


class Outcome(StrEnum):
    """What a procedure says of a set of answers. Unknown until a first validation."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one procedure expects of one criterion: whether it counts, how high, and whether « Non concerné » will do."""

    criterion: str
    obligation: bool
    rank: int
    accepts_not_concerned: bool


Ranks = Mapping[str, int | None]


def is_met(expectation: Expectation, ranks: Ranks) -> bool:
    """Whether the answer given is enough for this expectation. No answer is never enough."""
    if expectation.criterion not in ranks:
        return False
    rank = ranks[expectation.criterion]
    if rank is None:
        return expectation.accepts_not_concerned
    return rank >= expectation.rank


def missing_criteria(asked: Sequence[str], answered: Iterable[str]) -> list[str]:
    """The criteria asked that have no answer, in the order they are asked."""
    given = set(answered)
    return [criterion for criterion in asked if criterion not in given]


def is_complete(asked: Sequence[str], answered: Iterable[str]) -> bool:
    return not missing_criteria(asked, answered)


def criteria_below(expectations: Iterable[Expectation], ranks: Ranks) -> list[str]:
    """The criteria whose answer is under what is expected, obligations and options alike, in order."""
    return [expectation.criterion for expectation in expectations if not is_met(expectation, ranks)]


def gaps(expectations: Iterable[Expectation], ranks: Ranks) -> list[str]:
    """The obligations that are not met: what stands between the product and « Atteint »."""
    return [e.criterion for e in expectations if e.obligation and not is_met(e, ranks)]


def is_level_reached(expectations: Iterable[Expectation], ranks: Ranks) -> bool:
    """Reached when every applicable obligation has a level at least as high as expected, or « Non concerné » accepted."""
    return not gaps(expectations, ranks)


def outcome_of(expectations: Sequence[Expectation], validated: Ranks | None) -> Outcome:
    """What the procedure says of the last validation. None was made, or it misses a criterion asked since: unknown."""
    if validated is None or any(e.criterion not in validated for e in expectations):
        return Outcome.UNKNOWN
    return Outcome.REACHED if is_level_reached(expectations, validated) else Outcome.NOT_REACHED


def missing_ranks(expectation: Expectation, ranks: Ranks) -> int:
    """How many levels are missing; 0 when the expectation is met. « Non concerné » refused misses them all."""
    if is_met(expectation, ranks):
        return 0
    return expectation.rank - (ranks.get(expectation.criterion) or 0)


def unproved(asked: Sequence[str], ranks: Ranks, slots: Mapping[str, Sequence[Slot]], counted: Mapping[str, int]) -> list[tuple[str, str]]:
    """The proofs that lack a file, with their criterion, in order: an answer of no rank, or of rank 0, asks for none.

    « Conforme » asks for every expected proof, « Non conforme » for none (guide, page 53).
    """
    return [(code, slot) for code in asked if ranks.get(code) for slot in missing_slots(slots.get(code, ()), counted)]


def spoiled(evidence: Mapping[str, Iterable[tuple[str, int]]], rejected: Iterable[int]) -> set[str]:
    """The criteria of a validation one of whose slots held only files since found infected or refused."""
    bad = set(rejected)
    found = set()
    for code, files in evidence.items():
        sound: dict[str, bool] = {}
        for slot, file in files:
            sound[slot] = sound.get(slot, False) or file not in bad
        if not all(sound.values()):
            found.add(code)
    return found


def status_of(asked: Sequence[str], answered: Iterable[str], validated: Iterable[str] | None) -> str:
    """« Terminé » while a validation covers all that is asked; « En cours » once one answer exists; else « À compléter »."""
    if validated is not None and is_complete(asked, validated):
        return "done"
    return "in_progress" if set(answered) & set(asked) or validated is not None else "to_complete"


def status_of_procedure(statuses: Sequence[str]) -> str:
    """A procedure is done when all its questionnaires are, to be completed while none is begun."""
    if statuses and all(status == "done" for status in statuses):
        return "done"
    return "to_complete" if all(status == "to_complete" for status in statuses) else "in_progress"


def percent(part: int, whole: int) -> int:
    """Rounded down, so that 100 % means all of it. Nothing asked is fully answered."""
    return 100 if whole == 0 else part * 100 // whole


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it was given; `proofs` names each file that proves it, by slot and hash."""

    level: str
    comment: str
    proofs: tuple[str, ...] = ()


def carried_answers(lines: Iterable[MapLine], given: Mapping[str, Given], ranks: Ranks) -> dict[str, Given]:
    """What the answers to one edition give to the next, as a draft: by criterion of the next, where there is anything.

    Criteria merged take the lowest of the levels, and none while one of them has no answer: nothing is claimed that was not.
    Their comments follow one another, cut at the longest a comment may be. `ranks` are those of the levels.
    """
    found: dict[str, Given] = {}
    for line in lines:
        if line.carries is Carries.NOTHING:
            continue
        sources = [given.get(code, Given("", "")) for code in line.old]
        level = lowest_level([one.level for one in sources], ranks) if line.carries is Carries.LEVEL_AND_COMMENT else ""
        comment = joined_comments([one.comment for one in sources])
        if level or comment:
            found |= dict.fromkeys(line.new, Given(level, comment))
    return found


def lowest_level(levels: Sequence[str], ranks: Ranks) -> str:
    """The lowest level of the scale; one beside it (« Non concerné ») only where all are. None where an answer is missing."""
    if not all(levels):
        return ""
    return min(levels, key=lambda level: (ranks[level] is None, ranks[level] or 0))


def joined_comments(comments: Sequence[str]) -> str:
    """Comments one under the other, each once, no longer than one may be."""
    text = "\n\n".join(dict.fromkeys(comment for comment in comments if comment))
    return text if len(text) <= LONGEST_COMMENT else f"{text[: LONGEST_COMMENT - 1]}…"


def changed_criteria(before: Mapping[str, Given], after: Mapping[str, Given]) -> list[str]:
    """The criteria whose level, comment or evidence differs, in alphabetical order; absent is a difference."""
    return sorted(code for code in before.keys() | after.keys() if before.get(code) != after.get(code))


class Movement(StrEnum):
    """What became of the answer to one criterion, from one set of answers to another."""

    ROSE = "rose"
    FELL = "fell"
    MOVED = "moved"  # to or from « Non concerné »: another level, neither higher nor lower
    COMMENTED = "commented"
    PROVED = "proved"  # by other files
    APPEARED = "appeared"
    DISAPPEARED = "disappeared"
    UNCHANGED = "unchanged"


def movement_of(before: Given | None, after: Given | None, ranks: Ranks) -> Movement:
    """What became of one answer. `ranks` are those of the levels; a comment without a level is not yet an answer."""
    was, now = (given.level if given else "" for given in (before, after))
    if was == now:
        said, says = (given.comment if given else "" for given in (before, after))
        if said != says:
            return Movement.COMMENTED
        shown, shows = (given.proofs if given else () for given in (before, after))
        return Movement.UNCHANGED if shown == shows else Movement.PROVED
    if not was:
        return Movement.APPEARED
    if not now:
        return Movement.DISAPPEARED
    low, high = ranks.get(was), ranks.get(now)
    if low is None or high is None or low == high:
        return Movement.MOVED
    return Movement.ROSE if high > low else Movement.FELL


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion, in two sets of answers."""

    criterion: str
    movement: Movement
    before: Given | None
    after: Given | None

    @property
    def is_change(self) -> bool:
        return self.movement is not Movement.UNCHANGED

    @property
    def is_comment_changed(self) -> bool:
        return (self.before.comment if self.before else "") != (self.after.comment if self.after else "")


def compare_answers(before: Mapping[str, Given], after: Mapping[str, Given], ranks: Ranks) -> list[Difference]:
    """Every criterion of either set, in alphabetical order, with what became of its answer."""
    return [
        Difference(code, movement_of(before.get(code), after.get(code), ranks), before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
    ]
