"""What would another edition change for this product, and what was answered in those it has left?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from convergence.assessments.carrying import carried_to
from convergence.assessments.expectations import asked_of, scale_for, use_in
from convergence.assessments.models import Answer, Assessment, ValidationRequest
from convergence.assessments.rules import Given
from convergence.assessments.workflow import PENDING
from convergence.catalogue.models import Enrolment, Subject
from convergence.catalogue.queries import EditionMove, questionnaires_replaced
from convergence.content.editions import Passage
from convergence.content.library import Library, library
from convergence.content.schema import Criterion, Level, Procedure, Questionnaire, Relation, Section, Text
from foundation.core.language import agreed, gettext_lazy

RELATION_WORDS = {
    Relation.SAME: gettext_lazy("Inchangé"),
    Relation.CHANGED: gettext_lazy("Modifié"),
    Relation.SPLIT: gettext_lazy("Scindé"),
    Relation.MERGED: gettext_lazy("Fusionné"),
    Relation.NEW: gettext_lazy("Nouveau"),
    Relation.GONE: gettext_lazy("Retiré"),
}


def _counted(relation: Relation, count: int) -> str:
    return {
        Relation.SAME: agreed(count, "inchangé,inchangés"),
        Relation.CHANGED: agreed(count, "modifié,modifiés"),
        Relation.SPLIT: agreed(count, "scindé,scindés"),
        Relation.MERGED: agreed(count, "fusionné,fusionnés"),
        Relation.NEW: agreed(count, "nouveau,nouveaux"),
        Relation.GONE: agreed(count, "retiré,retirés"),
    }[relation]


@dataclass(frozen=True, slots=True)
class Side:
    """One criterion of one edition, with the answer it has or would have."""

    number: str
    section: Section
    criterion: Criterion
    level: Level | None
    comment: str
    is_kept: bool = False  # answered in the new edition already: nothing is put over it

    @property
    def is_empty(self) -> bool:
        return self.level is None and not self.comment


@dataclass(frozen=True, slots=True)
class PassageLine:
    """What becomes of criteria, and of what this product answered to them."""

    relation: Relation
    note: Text | None
    old: tuple[Side, ...]
    new: tuple[Side, ...]

    @property
    def word(self) -> str:
        return str(RELATION_WORDS[self.relation])

    @property
    def section(self) -> Section | None:
        return self.new[0].section if self.new else None


@dataclass(frozen=True, slots=True)
class EditionComparison:
    """A questionnaire in the edition followed and in the one to come, for one product."""

    old: Questionnaire
    new: Questionnaire
    lines: Sequence[PassageLine]

    @property
    def by_section(self) -> list[tuple[Section | None, list[PassageLine]]]:
        """In the order of the new edition; what is gone comes last, under no section."""
        return [(rows[0].section, rows) for rows in _grouped(self.lines)]

    @property
    def counts(self) -> list[str]:
        found = [
            (relation, sum(max(len(line.old), len(line.new)) for line in self.lines if line.relation is relation)) for relation in Relation
        ]
        return [_counted(relation, count) for relation, count in found if count]

    @property
    def carried(self) -> int:
        """How many criteria of the new edition would begin with something of the old."""
        return sum(1 for line in self.lines for side in line.new if not side.is_empty and not side.is_kept)

    @property
    def to_answer(self) -> int:
        """How many would have no level yet."""
        return sum(1 for line in self.lines for side in line.new if side.level is None)


@dataclass(frozen=True, slots=True)
class EditionChange:
    """All that a move would change for a subject."""

    comparisons: list[EditionComparison]
    added: list[Questionnaire]
    dropped: list[Questionnaire]
    awaited: list[Questionnaire]  # a validation asked for in these would be withdrawn

    @property
    def is_empty(self) -> bool:
        return not (self.comparisons or self.added or self.dropped)


def change_of_editions(subject: Subject, moves: Sequence[EditionMove]) -> EditionChange:
    """What these moves would change, criterion by criterion, for what the subject is asked as it is qualified. Two queries."""
    shelf = library()
    pairs: dict[str, str] = {}
    for move in moves:
        pairs |= questionnaires_replaced(move, subject.kind)
    given = _given(subject, [*pairs, *pairs.values()])
    held = [use.questionnaire for move in moves for use in shelf.uses_of(move.held, subject.kind)]
    later = [use.questionnaire for move in moves for use in shelf.uses_of(move.later, subject.kind)]
    waiting = ValidationRequest.objects.filter(assessment__subject=subject, enrolment__procedure__in=[move.held.key for move in moves], state=PENDING)  # fmt: skip
    left = [key for key in waiting.order_by("pk").values_list("assessment__questionnaire", flat=True) if key not in later]
    return EditionChange(
        [_comparison(shelf, subject, moves, old, new, given) for old, new in pairs.items()],
        _others(shelf, later, {*held, *pairs.values()}),
        _others(shelf, held, {*later, *pairs}),
        _others(shelf, left, set()),
    )


def _others(shelf: Library, keys: Iterable[str], known: set[str]) -> list[Questionnaire]:
    return [piece for key in dict.fromkeys(keys) if key not in known and (piece := shelf.questionnaire(key))]


def _given(subject: Subject, keys: Iterable[str]) -> dict[str, dict[str, Given]]:
    found: dict[str, dict[str, Given]] = {}
    rows = Answer.objects.filter(assessment__subject=subject, assessment__questionnaire__in=list(keys))
    for key, code, level, comment in rows.values_list("assessment__questionnaire", "criterion", "level", "comment"):
        found.setdefault(key, {})[code] = Given(level, comment)
    return found


def _comparison(shelf: Library, subject: Subject, moves: Sequence[EditionMove], old: str, new: str, given: Mapping[str, Mapping[str, Given]]) -> EditionComparison:  # fmt: skip
    before, held = given.get(old, {}), given.get(new, {})
    after = {**carried_to(shelf, old, new, before), **held}
    sides = _sides(shelf, subject, (move.held for move in moves), old, before, frozenset())
    news = _sides(shelf, subject, (move.later for move in moves), new, after, frozenset(held))
    told = [_line(passage, sides, news) for passage in shelf.passages(old, new)]
    places = {criterion.code: place for place, (_, criterion) in enumerate(shelf.criteria(new))}
    lines = sorted(
        (line for line in told if line.old or line.new),
        key=lambda line: places[line.new[0].criterion.code] if line.new else len(places),
    )
    return EditionComparison(scale_for(shelf, old)[0], scale_for(shelf, new)[0], lines)


def _line(passage: Passage, old: Mapping[str, Side], new: Mapping[str, Side]) -> PassageLine:
    """A line without the criteria that the qualification hides."""
    return PassageLine(
        passage.relation,
        passage.note,
        tuple(old[code] for code in passage.old if code in old),
        tuple(new[code] for code in passage.new if code in new),
    )


def _sides(shelf: Library, subject: Subject, procedures: Iterable[Procedure], key: str, given: Mapping[str, Given], kept: frozenset[str]) -> dict[str, Side]:  # fmt: skip
    """The criteria asked of the subject by one of these procedures, each with its answer."""
    _, scale = scale_for(shelf, key)
    asked: set[str] = set()
    for procedure in procedures:
        if use := use_in(shelf, procedure, key, subject):
            asked |= set(asked_of(shelf, use, subject))
    found = {}
    for section, criterion in shelf.criteria(key):
        if criterion.code not in asked:
            continue
        one = given.get(criterion.code, Given("", ""))
        level = scale.level(one.level) if one.level else None
        found[criterion.code] = Side(shelf.number_of(key, criterion.code), section, criterion, level, one.comment, criterion.code in kept)
    return found


def _grouped(lines: Sequence[PassageLine]) -> list[list[PassageLine]]:
    return [list(rows) for _, rows in groupby(lines, key=lambda line: line.section.code if line.section else "")]


# — What was left —————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class LeftQuestionnaire:
    """A questionnaire of an edition the subject has left, with what was answered to it then."""

    questionnaire: Questionnaire
    procedure: Procedure


def questionnaires_left(subject: Subject, enrolments: Sequence[Enrolment]) -> list[LeftQuestionnaire]:
    """Those that were begun, each once, read from a procedure that asked it. One query, and none where nothing was left."""
    if not any(enrolment.past_editions for enrolment in enrolments):
        return []
    shelf = library()
    asked_now = {key for enrolment in enrolments for key in _asked_by(shelf, enrolment.procedure, subject)}
    found: dict[str, Procedure] = {}
    for enrolment in enrolments:
        for edition in reversed(enrolment.past_editions):
            procedure = shelf.procedure(edition)
            for key in _asked_by(shelf, edition, subject):
                if key not in asked_now and procedure is not None:
                    found.setdefault(key, procedure)
    begun = set(Assessment.objects.filter(subject=subject, questionnaire__in=found).values_list("questionnaire", flat=True))
    return [LeftQuestionnaire(scale_for(shelf, key)[0], procedure) for key, procedure in found.items() if key in begun]


def _asked_by(shelf: Library, edition: str, subject: Subject) -> list[str]:
    procedure = shelf.procedure(edition)
    return [use.questionnaire for use in shelf.uses_of(procedure, subject.kind)] if procedure else []
