"""What does a new version of a product keep of the dates of the one before? All of them, as drafts; no validation."""

from __future__ import annotations

from django.db import connection

from convergence.catalogue.events import ProductVersionStarted

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
