"""What changed between two validations, or since the last one? Criterion by criterion, with who answered and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.functional import cached_property

from convergence.assessments.expectations import asked_of, edition_asking, expectations_by_criterion, ranks_of, scale_for
from convergence.assessments.models import OUTCOME_WORDS, Validation
from convergence.assessments.proofs import filing_of
from convergence.assessments.queries import answers_of, history_line
from convergence.assessments.rules import Difference, Expectation, Given, Movement, Outcome, changed_criteria, compare_answers, is_met
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import Library, library
from convergence.content.schema import Criterion, Level, Procedure, Questionnaire, Scale, Section, Track, Use
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy

DRAFT = 0
"""The number by which the answers of today are chosen; validations begin at 1."""

MOVEMENT_WORDS = {
    Movement.ROSE: gettext_lazy("En hausse"),
    Movement.FELL: gettext_lazy("En baisse"),
    Movement.MOVED: gettext_lazy("Niveau changé"),
    Movement.COMMENTED: gettext_lazy("Commentaire changé"),
    Movement.PROVED: gettext_lazy("Preuves changées"),
    Movement.APPEARED: gettext_lazy("Apparu"),
    Movement.DISAPPEARED: gettext_lazy("Disparu"),
    Movement.UNCHANGED: gettext_lazy("Inchangé"),
}


@dataclass(frozen=True, slots=True)
class Signed:
    """One answer, and who saved it when."""

    given: Given
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One side of a comparison: a validation as it was frozen, or the draft of today (`validation` is None)."""

    number: int
    validation: Validation | None
    outcome: Outcome
    gaps: int
    answers: Mapping[str, Signed]

    @property
    def outcome_word(self) -> str:
        return str(OUTCOME_WORDS[self.outcome])

    @property
    def given(self) -> dict[str, Given]:
        return {code: signed.given for code, signed in self.answers.items()}

    @property
    def latest(self) -> Signed | None:
        """The answer saved last."""
        return max(self.answers.values(), key=lambda signed: signed.saved_at, default=None)


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """What one side says of a criterion: its answer, if any, and whether it is under what is expected."""

    signed: Signed | None
    level: Level | None
    gap: bool


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One criterion of a comparison. Section and criterion are None, and no rank expected, where the contents lost it."""

    number: str
    section: Section | None
    criterion: Criterion | None
    expected_rank: int
    difference: Difference
    before: ComparedSide
    after: ComparedSide
    why: str

    @property
    def word(self) -> str:
        return str(MOVEMENT_WORDS[self.difference.movement])

    @property
    def sides(self) -> tuple[tuple[str, ComparedSide], ...]:
        return (_("Avant"), self.before), (_("Après"), self.after)


@dataclass(frozen=True)
class Comparison:
    """The page « Comparer deux validations » of one questionnaire, seen from one procedure.

    Both sides are None where there are not yet two things to compare; no row where a side is compared with itself.
    """

    enrolment: Enrolment
    track: Track
    procedure: Procedure
    questionnaire: Questionnaire
    validations: list[Validation]
    is_draft_offered: bool
    before: Snapshot | None
    after: Snapshot | None
    rows: list[ComparedRow]

    @property
    def is_possible(self) -> bool:
        """Whether there are two things to choose from."""
        return len(self.validations) + self.is_draft_offered > 1

    @property
    def is_with_itself(self) -> bool:
        return self.before is not None and self.after is not None and self.before.number == self.after.number

    @property
    def snapshots(self) -> list[tuple[str, Snapshot]]:
        return [(word, one) for word, one in ((_("Avant"), self.before), (_("Après"), self.after)) if one]

    @cached_property
    def changed(self) -> list[ComparedRow]:
        return [row for row in self.rows if row.difference.is_change]

    @cached_property
    def unchanged(self) -> list[ComparedRow]:
        return [row for row in self.rows if not row.difference.is_change]

    @property
    def changed_by_section(self) -> list[tuple[Section | None, list[ComparedRow]]]:
        return _by_section(self.changed)

    @property
    def unchanged_by_section(self) -> list[tuple[Section | None, list[ComparedRow]]]:
        return _by_section(self.unchanged)

    @property
    def rose(self) -> int:
        return self._count(Movement.ROSE)

    @property
    def fell(self) -> int:
        return self._count(Movement.FELL)

    @property
    def otherwise(self) -> int:
        """Changed, neither up nor down."""
        return len(self.changed) - self.rose - self.fell

    def _count(self, movement: Movement) -> int:
        return sum(1 for row in self.rows if row.difference.movement is movement)


def comparison_of(enrolment: Enrolment, questionnaire: str, *, before: int | None = None, after: int | None = None) -> Comparison | None:
    """Two validations by their numbers (`DRAFT`: the answers of today), by default the last two; None for an unknown one.

    Criteria the procedure leaves out are left out here too. Three queries, whatever the number of criteria.
    """
    shelf = library()
    asking, track = edition_asking(shelf, enrolment.editions, questionnaire, enrolment.subject), shelf.track(enrolment.track)
    if asking is None or track is None:
        return None
    procedure, use = asking
    validations = list(
        Validation.objects.filter(assessment__subject=enrolment.subject, assessment__questionnaire=questionnaire).order_by("-number")
    )
    draft = _draft_of(enrolment.subject, questionnaire, asked_of(shelf, use, enrolment.subject))
    known = {validation.number for validation in validations}
    if not (validations or draft) or not {before, after} <= known | {None, DRAFT} or before == DRAFT:
        return None
    is_draft_offered = bool(validations) and bool(changed_criteria(_kept(validations[0].given, use), _given(draft)))
    chosen = _choose([validation.number for validation in validations], is_draft_offered, before, after)
    sides: list[Snapshot | None] = [None, None]
    rows: list[ComparedRow] = []
    if chosen:
        by_number = {validation.number: validation for validation in validations}
        names = _names_of(by_number[number] for number in chosen if number != DRAFT)
        taken = [_snapshot(shelf, use, enrolment.subject, number, by_number.get(number), draft, names) for number in chosen]
        sides = [*taken]
        rows = [] if chosen[0] == chosen[1] else _rows(shelf, use, enrolment.subject, *taken)
    return Comparison(
        enrolment=enrolment,
        track=track,
        procedure=procedure,
        questionnaire=scale_for(shelf, questionnaire)[0],
        validations=validations,
        is_draft_offered=is_draft_offered or (bool(chosen) and after == DRAFT),
        before=sides[0],
        after=sides[1],
        rows=rows,
    )


def _choose(numbers: list[int], is_draft_offered: bool, before: int | None, after: int | None) -> tuple[int, int] | None:
    """The two sides, the later last. A side not asked for is the last validation, or the one before the other side."""
    if after is None:
        after = next(iter(numbers), None) if len(numbers) > 1 or not is_draft_offered else DRAFT
    if before is None:
        before = next((number for number in numbers if after in (None, DRAFT) or number < after), None)
    return None if before is None or after is None else (before, after)


def _draft_of(subject: Subject, questionnaire: str, asked: Iterable[str]) -> dict[str, Signed]:
    """The answers of today to what is asked today: hidden ones are kept, but stay out of the next validation."""
    answers, filing = answers_of(subject, questionnaire), filing_of(library(), subject, questionnaire)
    found = {code: answers[code] for code in asked if code in answers}
    return {
        code: Signed(replace(one.given, proofs=filing.named(code)), one.saved_by, one.saved_at)
        for code, one in found.items()
        if one.level or one.comment
    }


def _given(answers: Mapping[str, Signed]) -> dict[str, Given]:
    return {code: signed.given for code, signed in answers.items()}


def _kept(given: Mapping[str, Given], use: Use) -> dict[str, Given]:
    return {code: one for code, one in given.items() if code not in use.left_out}


def _names_of(validations: Iterable[Validation]) -> dict[int, str]:
    """The names of all who saved an answer of these validations. One query."""
    keys = {one["saved_by"] for validation in validations for one in validation.answers.values()}
    return dict(Person.objects.get_queryset().filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _snapshot(shelf: Library, use: Use, subject: Subject, number: int, validation: Validation | None, draft: Mapping[str, Signed], names: Mapping[int, str]) -> Snapshot:  # fmt: skip
    if validation is None:
        return Snapshot(number, None, Outcome.UNKNOWN, 0, draft)
    scale = scale_for(shelf, use.questionnaire)[1]
    expectations = expectations_by_criterion(shelf, use)
    line = history_line(validation, [expectations[code] for code in asked_of(shelf, use, subject)], scale)
    stored: Mapping[str, Any] = validation.answers
    answers = {
        code: Signed(given, names.get(stored[code]["saved_by"], ""), datetime.fromisoformat(stored[code]["saved_at"]))
        for code, given in _kept(validation.given, use).items()
    }
    return Snapshot(number, validation, line.outcome, line.gaps, answers)


def _rows(shelf: Library, use: Use, subject: Subject, before: Snapshot, after: Snapshot) -> list[ComparedRow]:
    """One row for each criterion answered on either side, in the order of the questionnaire; those it lost come last."""
    scale = scale_for(shelf, use.questionnaire)[1]
    expectations = expectations_by_criterion(shelf, use)
    places = {criterion.code: (place, pair) for place, pair in enumerate(shelf.criteria(use.questionnaire)) for criterion in pair[1:]}
    asked = [_asked_then(shelf, use, subject, one) for one in (before, after)]
    differences = compare_answers(before.given, after.given, {level.code: level.rank for level in scale.levels})
    rows = []
    for difference in sorted(differences, key=lambda one: places[one.criterion][0] if one.criterion in places else len(places)):
        code = difference.criterion
        section, criterion = places[code][1] if code in places else (None, None)
        expectation = expectations.get(code)
        rows.append(
            ComparedRow(
                number=shelf.number_of(use.questionnaire, code) if criterion else code,
                section=section,
                criterion=criterion,
                expected_rank=expectation.rank if expectation else 0,
                difference=difference,
                before=_side(scale, before, code, expectation),
                after=_side(scale, after, code, expectation),
                why=_why(difference, is_known=criterion is not None, was_asked=code in asked[0], is_asked=code in asked[1]),
            )
        )
    return rows


def _asked_then(shelf: Library, use: Use, subject: Subject, snapshot: Snapshot) -> frozenset[str]:
    """What was asked of the product as it was qualified on that side."""
    qualification = snapshot.validation.qualification if snapshot.validation else subject.qualification
    return frozenset(shelf.asked(use, frozenset(qualification.items()), subject.kind))


def _side(scale: Scale, snapshot: Snapshot, code: str, expectation: Expectation | None) -> ComparedSide:
    signed = snapshot.answers.get(code)
    if signed is None or not signed.given.level:
        return ComparedSide(signed, None, gap=False)
    level = scale.level(signed.given.level)
    return ComparedSide(signed, level, gap=expectation is not None and not is_met(expectation, ranks_of(scale, {code: signed.given})))


def _why(difference: Difference, *, is_known: bool, was_asked: bool, is_asked: bool) -> str:
    """Why a criterion has an answer on one side only."""
    if difference.movement not in (Movement.APPEARED, Movement.DISAPPEARED):
        return ""
    if not is_known:
        return _("Les contenus ne le comportent plus.")
    if difference.movement is Movement.DISAPPEARED:
        return _("Sans réponse après.") if is_asked else _("Masqué par la qualification.")
    return _("Sans réponse avant.") if was_asked else _("La qualification ne le demandait pas.")


def _by_section(rows: list[ComparedRow]) -> list[tuple[Section | None, list[ComparedRow]]]:
    found = []
    for _code, together in groupby(rows, key=lambda row: row.section.code if row.section else ""):
        kept = list(together)
        found.append((kept[0].section, kept))
    return found
