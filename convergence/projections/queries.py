"""What do the company's pages show of a projection? Reads across tables, for one subject already seen by someone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from convergence.assessments.expectations import asked_of, edition_asking, expectations_by_criterion, ranks_of, scale_for, use_in
from convergence.assessments.models import Validation
from convergence.assessments.queries import editions_among, editions_followed
from convergence.assessments.rules import Expectation, Ranks, is_met
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import Library, library
from convergence.content.schema import Criterion, Level, Procedure, Questionnaire, Scale, Section, Track, Use
from convergence.projections.models import Outlook, Projection, ProjectionValidation
from convergence.projections.rules import (
    NO_TARGET,
    Forecast,
    Target,
    forecast,
    is_decided,
    late_criteria,
    outdated_criteria,
    quarter_reached,
)
from convergence.projections.surroundings import surroundings_of
from convergence.projections.targets import target_from, targets_from
from foundation.core.language import gettext as _
from foundation.core.quarter import Quarter
from foundation.core.rows import columns, row_as, rows_of


def outlooks_of(enrolment: Enrolment) -> dict[str, Outlook]:
    """When each questionnaire of an enrolment is reached, by questionnaire. One query."""
    return {outlook.questionnaire: outlook for outlook in Outlook.objects.filter(enrolment=enrolment)}


def projection_of(subject: Subject, questionnaire: str) -> Projection | None:
    """The projection, once begun."""
    return Projection.objects.filter(subject=subject, questionnaire=questionnaire).first()


def questionnaires_projected(subject: Subject, keys: Iterable[str]) -> frozenset[str]:
    """Of these questionnaires, those whose projection was validated at least once. One query."""
    rows = ProjectionValidation.objects.filter(projection__subject=subject, projection__questionnaire__in=list(keys))
    return frozenset(rows.values_list("projection__questionnaire", flat=True))


@dataclass(frozen=True, slots=True)
class SavedTarget:
    """Today's target for one criterion, and who saved it."""

    quarters: Mapping[str, str]
    not_applicable: bool
    version: int
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a criterion's ladder: already held, today's, a step, the recommended one, or beyond."""

    level: Level
    place: str

    @property
    def is_ahead(self) -> bool:
        return self.place in ("step", "recommended", "beyond")

    @property
    def word(self) -> str:
        words = {
            "held": _("Acquis"),
            "today": _("Niveau actuel"),
            "step": _("Étape"),
            "recommended": _("Recommandé"),
            "beyond": _("Au-delà"),
        }
        return words[self.place]


@dataclass(frozen=True, slots=True)
class Planned:
    """One criterion of the projection."""

    number: str
    section: Section
    criterion: Criterion
    expectation: Expectation
    today: Level
    expected: Level
    rungs: tuple[Rung, ...]
    saved: SavedTarget | None
    target: Target
    is_met: bool
    is_late: bool
    is_outdated: bool

    @property
    def is_decided(self) -> bool:
        return self.is_met or is_decided(self.expectation, self.target)

    @property
    def reached(self) -> Quarter | None:
        """When the recommended level is reached, if it is dated and not held yet."""
        return None if self.is_met else quarter_reached(self.expectation, self.target)

    @property
    def goes_beyond(self) -> bool:
        """Whether something is dated although nothing is missing."""
        return self.is_met and bool(self.target.quarters)


@dataclass(frozen=True, slots=True)
class Prospected:
    """When one procedure that shares the questionnaire is reached."""

    track: Track
    procedure: Procedure
    here: bool
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class ProjectionSheet:
    """A projection to be completed, for one product, from one procedure."""

    library: Library
    enrolment: Enrolment
    track: Track
    procedure: Procedure
    questionnaire: Questionnaire
    scale: Scale
    evaluation: Validation | None
    validations: Sequence[ProjectionValidation]
    rows: Sequence[Planned]
    prospects: Sequence[Prospected]
    saved_at: datetime | None
    saved_by: str
    followed: Mapping[str, str]

    @property
    def is_open(self) -> bool:
        return self.evaluation is not None

    @property
    def is_left(self) -> bool:
        """Whether the product has left this edition: its dates are read, and changed no more."""
        return self.procedure.key != self.enrolment.procedure

    @property
    def to_plan(self) -> list[Planned]:
        """The criteria below the level recommended: a decision is asked for each."""
        return [row for row in self.rows if not row.is_met]

    @property
    def reached(self) -> list[Planned]:
        return [row for row in self.rows if row.is_met]

    @property
    def decided(self) -> int:
        return sum(1 for row in self.rows if row.is_decided)

    @property
    def latest(self) -> ProjectionValidation | None:
        return self.validations[0] if self.validations else None


def projection_sheet_of(enrolment: Enrolment, questionnaire: str, *, at: datetime, validated: bool = False) -> ProjectionSheet | None:
    """Everything the projection page shows, or None where the procedure asks none. Four queries.

    With `validated`, the dates are those of the last validation rather than of the draft: what the roadmap shows, also of an
    edition the product has left.
    """
    shelf = library()
    editions = enrolment.editions if validated else [enrolment.procedure]
    asking = edition_asking(shelf, editions, questionnaire, enrolment.subject)
    track = shelf.track(enrolment.track)
    if asking is None or track is None or not asking[1].projection:
        return None
    procedure, use = asking
    subject = enrolment.subject
    piece, scale = scale_for(shelf, questionnaire)
    asked = asked_of(shelf, use, subject)
    around = surroundings_of(subject, questionnaire)
    evaluation = around.evaluation
    if evaluation is not None and any(code not in evaluation.answers for code in asked):
        evaluation = None
    followed = editions_among(shelf, around.enrolments, subject, questionnaire)
    validations = [row_as(ProjectionValidation, row) for row in rows_of(_VALIDATIONS, [subject.pk, questionnaire])]
    saved = {} if validated and validations else _saved(subject, questionnaire)
    latest = max(saved.values(), key=lambda one: one.saved_at, default=None)
    frozen = targets_from(scale, validations[0].targets) if validations and validated else {}
    ranks = ranks_of(scale, evaluation.given) if evaluation else {}
    drafted = {code: target_from(scale, one.quarters, one.not_applicable) for code, one in saved.items()}
    targets = frozen if validated else drafted
    rows = _rows(shelf, use, asked, scale, ranks, saved, targets, Quarter.of(at)) if evaluation else []
    return ProjectionSheet(
        library=shelf,
        enrolment=enrolment,
        track=track,
        procedure=procedure,
        questionnaire=piece,
        scale=scale,
        evaluation=evaluation,
        validations=validations,
        rows=rows,
        prospects=_prospects(
            shelf, enrolment, followed, questionnaire, ranks if evaluation else None, targets if validations or not validated else None
        ),
        followed=followed,
        saved_at=latest.saved_at if latest else None,
        saved_by=latest.saved_by if latest else "",
    )


@dataclass(frozen=True, slots=True)
class ProjectionHistory:
    """Every validated projection of a questionnaire, the latest first, with the evaluations they started from."""

    validations: Sequence[ProjectionValidation]
    evaluations: Mapping[int, Validation]
    enrolment: Enrolment
    procedure: Procedure
    use: Use
    followed: Mapping[str, str]

    def sheet(self, number: int) -> ProjectionSheet | None:
        """One of them as it was on its day: its dates, the levels of its evaluation, what was late then. No query."""
        chosen = next((one for one in self.validations if one.number == number), None)
        if chosen is None:
            return None
        shelf, subject = library(), self.enrolment.subject
        track = shelf.track(self.enrolment.track)
        assert track is not None
        piece, scale = scale_for(shelf, self.use.questionnaire)
        evaluation = self.evaluations[chosen.assessment]
        ranks, targets = ranks_of(scale, evaluation.given), targets_from(scale, chosen.targets)
        asked = [code for code in asked_of(shelf, self.use, subject) if code in ranks]
        return ProjectionSheet(
            library=shelf,
            enrolment=self.enrolment,
            track=track,
            procedure=self.procedure,
            questionnaire=piece,
            scale=scale,
            evaluation=evaluation,
            validations=[chosen],
            rows=_rows(shelf, self.use, asked, scale, ranks, {}, targets, Quarter.of(chosen.validated_at)),
            prospects=_prospects(shelf, self.enrolment, self.followed, self.use.questionnaire, ranks, targets, then=True),
            saved_at=None,
            saved_by="",
            followed=self.followed,
        )


def projection_history_of(enrolment: Enrolment, questionnaire: str) -> ProjectionHistory | None:
    """The validated projections, or None where the procedure asks none. Three queries, whatever their number."""
    shelf = library()
    asking = edition_asking(shelf, enrolment.editions, questionnaire, enrolment.subject)
    if asking is None or not asking[1].projection:
        return None
    about = {"subject": enrolment.subject, "questionnaire": questionnaire}
    validations = ProjectionValidation.objects.filter(**{f"projection__{name}": value for name, value in about.items()})
    evaluations = Validation.objects.filter(**{f"assessment__{name}": value for name, value in about.items()})
    return ProjectionHistory(
        validations=list(validations.order_by("-number")),
        evaluations={one.number: one for one in evaluations},
        enrolment=enrolment,
        procedure=asking[0],
        use=asking[1],
        followed=editions_followed(shelf, enrolment.subject, questionnaire),
    )


def _saved(subject: Subject, questionnaire: str) -> dict[str, SavedTarget]:
    return {row[0]: SavedTarget(json.loads(row[1]), *row[2:]) for row in rows_of(_SAVED, [subject.pk, questionnaire])}


_OF_PROJECTION = "JOIN projections_projection projection ON projection.id = held.projection_id AND projection.subject_id = %s AND projection.questionnaire = %s"
_VALIDATIONS = f"""SELECT {columns(ProjectionValidation, "held")} FROM projections_projectionvalidation held {_OF_PROJECTION}
    ORDER BY held.number DESC"""  # noqa: S608 - made of our own columns
_SAVED = f"""SELECT held.criterion, held.quarters, held.not_applicable, held.version, held.saved_at, saver.name
    FROM projections_plannedtarget held {_OF_PROJECTION} JOIN accounts_person saver ON saver.id = held.saved_by_id"""  # noqa: S608 - the same


def _rows(shelf: Library, use: Use, asked: Sequence[str], scale: Scale, ranks: Ranks, saved: Mapping[str, SavedTarget], targets: Mapping[str, Target], present: Quarter) -> list[Planned]:  # fmt: skip
    expectations = expectations_by_criterion(shelf, use)
    by_rank = {level.rank: level for level in scale.levels if level.rank is not None}
    late = set(late_criteria((expectations[code] for code in asked), ranks, targets, present))
    outdated = set(outdated_criteria((expectations[code] for code in asked), ranks, targets))
    wanted = set(asked)
    ladders: dict[tuple[int | None, int], tuple[Rung, ...]] = {}  # few criteria differ in both: drawn once a pair
    rows = []
    for section, criterion in shelf.criteria(use.questionnaire):
        if criterion.code not in wanted:
            continue
        expectation, today = expectations[criterion.code], ranks[criterion.code]
        rungs = ladders.get((today, expectation.rank))
        if rungs is None:
            rungs = tuple(Rung(level, _place(level, today, expectation)) for level in by_rank.values())
            ladders[today, expectation.rank] = rungs
        rows.append(
            Planned(
                number=shelf.number_of(use.questionnaire, criterion.code),
                section=section,
                criterion=criterion,
                expectation=expectation,
                today=by_rank[today] if today is not None else next(level for level in scale.levels if level.rank is None),
                expected=by_rank[expectation.rank],
                rungs=rungs,
                saved=saved.get(criterion.code),
                target=targets.get(criterion.code, NO_TARGET),
                is_met=is_met(expectation, ranks),
                is_late=criterion.code in late,
                is_outdated=criterion.code in outdated,
            )
        )
    return rows


def _place(level: Level, today: int | None, expectation: Expectation) -> str:
    assert level.rank is not None
    if today is not None and level.rank <= today:
        return "today" if level.rank == today else "held"
    if level.rank == expectation.rank:
        return "recommended"
    return "step" if level.rank < expectation.rank else "beyond"


def _prospects(shelf: Library, enrolment: Enrolment, followed: Mapping[str, str], key: str, ranks: Ranks | None, targets: Mapping[str, Target] | None, *, then: bool = False) -> list[Prospected]:  # fmt: skip
    """What each procedure followed that shares the questionnaire says of the dates; the one at hand first.

    With `then`, a criterion asked since is left out, as the history of validations does.
    """
    found = []
    for code, edition in followed.items():
        procedure = shelf.procedure(edition)
        track = shelf.track(procedure.track) if procedure else None
        use = use_in(shelf, procedure, key, enrolment.subject) if procedure else None
        if procedure is None or track is None or use is None:
            continue
        expectations = expectations_by_criterion(shelf, use)
        expected = [expectations[one] for one in asked_of(shelf, use, enrolment.subject) if not then or one in (ranks or {})]
        found.append(Prospected(track, procedure, code == enrolment.code, forecast(expected, ranks, targets)))
    return sorted(found, key=lambda one: not one.here)


def with_target(sheet: ProjectionSheet, code: str, quarters: Mapping[str, str], not_applicable: bool) -> ProjectionSheet:
    """The same sheet once one criterion is planned otherwise: what it comes to, without reading anything again."""
    target = target_from(sheet.scale, quarters, not_applicable)
    rows = [replace(row, target=target) if row.criterion.code == code else row for row in sheet.rows]
    ranks = {row.criterion.code: row.today.rank for row in rows}
    targets = {row.criterion.code: row.target for row in rows}
    prospects = _prospects(sheet.library, sheet.enrolment, sheet.followed, sheet.questionnaire.key, ranks, targets)
    return replace(sheet, rows=rows, prospects=prospects)
