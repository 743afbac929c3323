"""What does a product keep of its answers when it goes to a new version, or to a new edition of the content?

As drafts, never validated; and what they are taken from is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef

from convergence.assessments.expectations import scale_for
from convergence.assessments.models import Answer, Assessment, Standing, ValidationRequest
from convergence.assessments.permissions import code_granted
from convergence.assessments.proofs import is_proved
from convergence.assessments.rules import Given, carried_answers
from convergence.assessments.workflow import PENDING, VALIDATION_REQUEST
from convergence.catalogue.events import EditionChanged, ProductVersionStarted
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import Library, library
from convergence.evidence.folders import carry_folders, open_folder
from foundation.accounts.models import Person

# — A new version: every answer, as it is ——————————————————————————————————————————————————

BEGIN = """
    INSERT INTO assessments_assessment (subject_id, questionnaire, begun_at, begun_by_id, folder_id)
    SELECT started.id, theirs.questionnaire, started.created_at, %(person)s, folder.id
    FROM assessments_assessment theirs
    JOIN catalogue_subject started ON started.id = %(subject)s
    LEFT JOIN evidence_folder folder ON folder.subject_id = started.id AND folder.name = theirs.questionnaire
    WHERE theirs.subject_id = %(source)s
    ORDER BY theirs.id"""

COPY = """
    INSERT INTO assessments_answer (assessment_id, criterion, level, comment, version, saved_at, saved_by_id, carried_from)
    SELECT ours.id, answer.criterion, answer.level, answer.comment, 1, ours.begun_at, ours.begun_by_id, answer.carried_from
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


# — A new edition: what the maps carry —————————————————————————————————————————————————————


def carried_to(shelf: Library, old: str, new: str, given: Mapping[str, Given]) -> dict[str, Given]:
    """What answers to one edition of a questionnaire give to another, map after map. Nothing where no map leads there."""
    path = shelf.path(old, new)
    found = dict(given) if path else {}
    for step in path:
        ranks = {level.code: level.rank for level in scale_for(shelf, step.old)[1].levels}
        found = carried_answers(step.lines, found, ranks)
    return found


def carry_answers_to_edition(event: EditionChanged) -> None:
    """Put in the new edition what the answers of the old one give it, hidden ones included. What was already answered there
    stays as it is: a draft begun is never overwritten. Files stay with the edition they proved. A few queries, whatever was answered.
    """
    at = moved_at(event)
    shelf = library()
    rows = Answer.objects.filter(assessment__subject=event.subject, assessment__questionnaire__in=event.questionnaires)
    given: dict[str, dict[str, Given]] = {}
    for key, code, level, comment in rows.values_list("assessment__questionnaire", "criterion", "level", "comment"):
        given.setdefault(key, {})[code] = Given(level, comment)
    drafts = {(old, new): carried_to(shelf, old, new, given[old]) for old, new in event.questionnaires.items() if old in given}
    begun = [new for (_, new), answers in drafts.items() if answers]
    if not begun:
        return
    subject, person = Subject.objects.get(pk=event.subject), Person.objects.get(pk=event.person)
    folders = {new: open_folder(subject, new, code_granted(new), by=person, at=at) for new in begun if is_proved(shelf, new)}
    Assessment.objects.bulk_create(
        [Assessment(subject=subject, questionnaire=new, begun_at=at, begun_by=person, folder=folders.get(new)) for new in begun],
        ignore_conflicts=True,
    )
    keys = dict(Assessment.objects.filter(subject=event.subject, questionnaire__in=begun).values_list("questionnaire", "pk"))
    Answer.objects.bulk_create(
        [
            Answer(
                assessment_id=keys[new],
                criterion=code,
                level=one.level,
                comment=one.comment,
                saved_at=at,
                saved_by_id=event.person,
                carried_from=old,
            )
            for (old, new), answers in drafts.items()
            for code, one in answers.items()
        ],
        ignore_conflicts=True,
    )


def settle_requests_of_edition(event: EditionChanged) -> None:
    """A validation asked for from a procedure that no longer asks the questionnaire, replaced or dropped, has no object any more: it
    is withdrawn, at the hand of whoever moved. The standings are already those of the editions followed now.
    """
    asked = Standing.objects.filter(enrolment=OuterRef("enrolment"), questionnaire=OuterRef("assessment__questionnaire"))
    waiting = ValidationRequest.objects.filter(assessment__subject=event.subject, state=PENDING).exclude(Exists(asked))
    waiting.update(state=VALIDATION_REQUEST.after("change_edition", PENDING), settled_at=moved_at(event), settled_by_id=event.person)


def moved_at(event: EditionChanged) -> datetime:
    """When the move was made: each enrolment moved keeps it."""
    moved = Enrolment.objects.filter(subject=event.subject, procedure__in=event.procedures.values())
    at = moved.values_list("moved_at", flat=True).first()
    assert at is not None
    return at
