"""What does a product keep of its dates when it goes to a new version, or to a new edition of the content?

As drafts, never validated; and what they are taken from is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from convergence.assessments.carrying import moved_at
from convergence.assessments.expectations import scale_for
from convergence.catalogue.events import EditionChanged, ProductVersionStarted
from convergence.content.library import Library, library
from convergence.content.schema import Scale
from convergence.projections.models import PlannedTarget, Projection
from convergence.projections.rules import Target, carried_targets
from convergence.projections.targets import target_from

# — A new version: every date, as it is ————————————————————————————————————————————————————

BEGIN = """
    INSERT INTO projections_projection (subject_id, questionnaire, begun_at, begun_by_id)
    SELECT started.id, theirs.questionnaire, started.created_at, %(person)s
    FROM projections_projection theirs, catalogue_subject started
    WHERE theirs.subject_id = %(source)s AND started.id = %(subject)s
    ORDER BY theirs.id"""

COPY = """
    INSERT INTO projections_plannedtarget (projection_id, criterion, quarters, not_applicable, version, saved_at, saved_by_id)
    SELECT ours.id, target.criterion, target.quarters, target.not_applicable, 1, ours.begun_at, ours.begun_by_id
    FROM projections_plannedtarget target
    JOIN projections_projection theirs ON theirs.id = target.projection_id
    JOIN projections_projection ours ON ours.subject_id = %(subject)s AND ours.questionnaire = theirs.questionnaire
    WHERE theirs.subject_id = %(source)s AND (target.not_applicable OR target.quarters <> '{}')
    ORDER BY target.id"""


def carry_targets(event: ProductVersionStarted) -> None:
    """Begin, for the new version, what was planned for its source, with the dates it has now. They wait behind the
    evaluation of the new version, and may be over by then: validating asks again for those. Two queries.
    """
    with connection.cursor() as cursor:
        for sql in (BEGIN, COPY):
            cursor.execute(sql, {"subject": event.subject, "source": event.source, "person": event.person})


# — A new edition: the dates of the criteria whose level is carried ————————————————————————


def carried_to(shelf: Library, old: str, new: str, targets: Mapping[str, Target]) -> dict[str, Target]:
    """What targets of one edition of a questionnaire give to another, map after map."""
    path = shelf.path(old, new)
    found = dict(targets) if path else {}
    for step in path:
        found = carried_targets(step.lines, found)
    return found


def carry_targets_to_edition(event: EditionChanged) -> None:
    """Put in the projection of the new edition what the dates of the old one give it; what is already planned there stays."""
    at = moved_at(event)
    shelf = library()
    rows = PlannedTarget.objects.filter(projection__subject=event.subject, projection__questionnaire__in=event.questionnaires)
    planned: dict[str, dict[str, Target]] = {}
    for key, code, quarters, aside in rows.values_list("projection__questionnaire", "criterion", "quarters", "not_applicable"):
        planned.setdefault(key, {})[code] = target_from(scale_for(shelf, key)[1], quarters, aside)
    drafts = {new: carried_to(shelf, old, new, planned[old]) for old, new in event.questionnaires.items() if old in planned}
    begun = [new for new, targets in drafts.items() if targets]
    if not begun:
        return
    Projection.objects.bulk_create(
        [Projection(subject_id=event.subject, questionnaire=new, begun_at=at, begun_by_id=event.person) for new in begun],
        ignore_conflicts=True,
    )
    keys = dict(Projection.objects.filter(subject=event.subject, questionnaire__in=begun).values_list("questionnaire", "pk"))
    PlannedTarget.objects.bulk_create(
        [
            PlannedTarget(
                projection_id=keys[new],
                criterion=code,
                quarters=_stored(scale_for(shelf, new)[1], target),
                not_applicable=target.not_applicable,
                saved_at=at,
                saved_by_id=event.person,
            )
            for new, targets in drafts.items()
            for code, target in targets.items()
        ],
        ignore_conflicts=True,
    )


def _stored(scale: Scale, target: Target) -> dict[str, str]:
    """A target as it is stored: « 2027-T1 » by the code of the level."""
    codes = {level.rank: level.code for level in scale.levels if level.rank is not None}
    return {codes[rank]: str(quarter) for rank, quarter in target.quarters.items()}
