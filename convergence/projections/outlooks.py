"""When is each questionnaire reached? Recomputed whole whenever the evaluation, the dates or the qualification change.

Outlooks are derived: written here and nowhere else, never journalled. A test checks that they equal what the
validations and the targets say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.db.models import Exists, OuterRef

from convergence.assessments.events import AssessmentValidated
from convergence.assessments.expectations import expected_of, ranks_of, scale_for, use_in
from convergence.assessments.models import Standing, Validation
from convergence.assessments.queries import last_validations
from convergence.assessments.rules import Ranks
from convergence.catalogue.events import EditionChanged
from convergence.catalogue.models import Subject
from convergence.content.library import Library, library
from convergence.projections.models import Outlook, PlannedTarget, Projection, ProjectionValidation
from convergence.projections.rules import Target, forecast, status_of_projection, undecided_criteria
from convergence.projections.targets import target_from, targets_from

WRITTEN = ["is_projected", "status", "asked", "decided", "prospect", "quarter", "untargeted", "next_due", "validated_at", "saved_at"]

Drafted = tuple[dict[str, Target], datetime | None]


class OfSubject(Protocol):
    """An event that says which subject it changed."""

    @property
    def subject(self) -> int: ...


def refresh_outlooks_of_subject(event: OfSubject) -> None:
    """Another enrolment, another qualification: each shows and hides criteria, in every questionnaire of the subject."""
    refresh_outlooks(Subject.objects.get(pk=event.subject))


def refresh_outlooks_of_edition(event: EditionChanged) -> None:
    """The outlooks of the questionnaires no longer asked go; what was validated stays with their projections."""
    asked = Standing.objects.filter(enrolment=OuterRef("enrolment"), questionnaire=OuterRef("questionnaire"))
    Outlook.objects.filter(enrolment__subject=event.subject).exclude(Exists(asked)).delete()
    refresh_outlooks_of_subject(event)


def refresh_outlooks_of_validated(event: AssessmentValidated) -> None:
    """Another evaluation: the projection opens, or says what no longer holds."""
    refresh_outlooks(Subject.objects.get(pk=event.subject), event.questionnaire)


def refresh_outlooks(subject: Subject, questionnaire: str | None = None) -> None:
    """Make the outlooks of a subject (or of one of its questionnaires) say what its validations and targets say."""
    found = Standing.objects.filter(enrolment__subject=subject).select_related("enrolment")
    if questionnaire is not None:
        found = found.filter(questionnaire=questionnaire)
    standings = list(found)
    keys = {standing.questionnaire for standing in standings}
    evaluated = last_validations(subject, keys)
    drafts = _drafts(subject, keys)
    validated = _last_projections(subject, keys)
    shelf = library()
    outlooks = [
        outlook
        for standing in standings
        if (outlook := _outlook(shelf, standing, subject, evaluated, drafts.get(standing.questionnaire, ({}, None)), validated))
    ]
    Outlook.objects.bulk_create(outlooks, update_conflicts=True, unique_fields=["enrolment", "questionnaire"], update_fields=WRITTEN)


def note_targets(projection: Projection, outlooks: Sequence[Outlook], ranks: Ranks, targets: Mapping[str, Target], at: datetime) -> None:
    """After a save, make the outlooks of one questionnaire say so: what was validated has not changed, nor what it promises.

    `ranks` are today's, of all that the evaluation answers. One closed stays closed: its procedure asks for more. One query.
    """
    subject, key = projection.subject, projection.questionnaire
    shelf = library()
    for outlook in outlooks:
        outlook.saved_at = at
        procedure = shelf.procedure(outlook.enrolment.procedure)
        use = use_in(shelf, procedure, key, subject) if procedure else None
        if outlook.is_closed or use is None:
            continue
        outlook.decided = outlook.asked - len(undecided_criteria(expected_of(shelf, use, subject), ranks, targets))
        has_targets = any(one.quarters or one.not_applicable for one in targets.values())
        holds = outlook.is_done or (None if outlook.validated_at is None else False)
        outlook.status = status_of_projection(True, has_targets, holds)
    Outlook.objects.bulk_update(outlooks, ["status", "decided", "saved_at"])


def fill_outlooks() -> int:
    """Make the outlooks of the subjects that have none yet: an installation older than projections. How many there were."""
    subjects = Subject.objects.filter(Exists(Standing.objects.filter(enrolment__subject=OuterRef("pk")))).exclude(
        Exists(Outlook.objects.filter(enrolment__subject=OuterRef("pk")))
    )
    count = 0
    for subject in subjects.iterator():
        refresh_outlooks(subject)
        count += 1
    return count


def _outlook(shelf: Library, standing: Standing, subject: Subject, evaluated: Mapping[str, Validation], draft: Drafted, validated: Mapping[str, ProjectionValidation]) -> Outlook | None:  # fmt: skip
    procedure = shelf.procedure(standing.enrolment.procedure)
    use = use_in(shelf, procedure, standing.questionnaire, subject) if procedure else None
    piece = shelf.questionnaire(standing.questionnaire)
    if use is None or piece is None or piece.scale is None:
        return None
    _, scale = scale_for(shelf, standing.questionnaire)
    expectations = expected_of(shelf, use, subject)
    evaluation, projection = evaluated.get(standing.questionnaire), validated.get(standing.questionnaire)
    ranks = ranks_of(scale, evaluation.given) if evaluation else None
    drafted, saved_at = draft
    planned = targets_from(scale, projection.targets) if projection else None
    told = forecast(expectations, ranks, planned)
    is_open = ranks is not None and all(one.criterion in ranks for one in expectations)
    undecided = len(undecided_criteria(expectations, ranks, drafted)) if ranks is not None and is_open else 0
    holds = None if planned is None or ranks is None else not undecided_criteria(expectations, ranks, planned)
    return Outlook(
        enrolment=standing.enrolment,
        questionnaire=standing.questionnaire,
        is_projected=use.projection,
        status=status_of_projection(is_open, any(t.quarters or t.not_applicable for t in drafted.values()), holds),
        asked=len(expectations),
        decided=len(expectations) - undecided if is_open else 0,
        prospect=told.prospect,
        quarter=str(told.quarter or ""),
        untargeted=told.untargeted,
        next_due=str(told.next_due or ""),
        validated_at=projection.validated_at if projection else None,
        saved_at=saved_at,
    )


def _drafts(subject: Subject, keys: Iterable[str]) -> dict[str, Drafted]:
    found: dict[str, Drafted] = {}
    shelf = library()
    rows = PlannedTarget.objects.filter(projection__subject=subject, projection__questionnaire__in=keys)
    for key, code, quarters, aside, saved_at in rows.values_list(
        "projection__questionnaire", "criterion", "quarters", "not_applicable", "saved_at"
    ):
        _, scale = scale_for(shelf, key)
        targets, latest = found.get(key, ({}, None))
        targets[code] = target_from(scale, quarters, aside)
        found[key] = targets, max(latest, saved_at) if latest else saved_at
    return found


def _last_projections(subject: Subject, keys: Iterable[str]) -> dict[str, ProjectionValidation]:
    rows = (
        ProjectionValidation.objects.filter(projection__subject=subject, projection__questionnaire__in=keys)
        .select_related("projection")
        .order_by("projection_id", "-number")
        .distinct("projection_id")
    )
    return {validation.projection.questionnaire: validation for validation in rows}
