"""What does a new version of a product keep of the answers of the one before? All of them with their evidence, as drafts; no validation."""

from __future__ import annotations

from django.db import connection

from convergence.assessments.models import Assessment
from convergence.catalogue.events import ProductVersionStarted
from convergence.evidence.folders import carry_folders

BEGIN = """
    INSERT INTO assessments_assessment (subject_id, questionnaire, begun_at, begun_by_id, folder_id)
    SELECT started.id, theirs.questionnaire, started.created_at, %(person)s, folder.id
    FROM assessments_assessment theirs
    JOIN catalogue_subject started ON started.id = %(subject)s
    LEFT JOIN evidence_folder folder ON folder.subject_id = started.id AND folder.name = theirs.questionnaire
    WHERE theirs.subject_id = %(source)s
    ORDER BY theirs.id"""

COPY = """
    INSERT INTO assessments_answer (assessment_id, criterion, level, comment, version, saved_at, saved_by_id)
    SELECT ours.id, answer.criterion, answer.level, answer.comment, 1, ours.begun_at, ours.begun_by_id
    FROM assessments_answer answer
    JOIN assessments_assessment theirs ON theirs.id = answer.assessment_id
    JOIN assessments_assessment ours ON ours.subject_id = %(subject)s AND ours.questionnaire = theirs.questionnaire
    WHERE theirs.subject_id = %(source)s AND (answer.level <> '' OR answer.comment <> '')
    ORDER BY answer.id"""
"""Answers hidden by the qualification come too: they will be there if it changes. Those emptied since are not answers."""


def carry_answers(event: ProductVersionStarted) -> None:
    """Begin, for the new version, what was begun for its source, with the answers it has now: first versions, saved by whoever
    started it, on that day. The action holds the source locked, so that no answer changes meanwhile.

    The evidence in place comes with them, the files being the same. A few queries, whatever was answered. Standings are opened afterwards, by `open_standings_of_version`.
    """
    proved = Assessment.objects.filter(subject=event.source, folder__isnull=False).values_list("questionnaire", flat=True)
    carry_folders(event.source, event.subject, event.person, list(proved))
    with connection.cursor() as cursor:
        for sql in (BEGIN, COPY):
            cursor.execute(sql, {"subject": event.subject, "source": event.source, "person": event.person})
