"""Where does each questionnaire stand? Recomputed whole whenever answers, validations or the qualification change.

Standings are derived: they are written here and nowhere else, and never journalled. `tests/assessments` checks, over
generated histories, that they always equal what the answers and validations say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from convergence.assessments.expectations import asked_of, expected_of, ranks_of, scale_for, use_in
from convergence.assessments.models import Answer, Assessment, Standing, Validation
from convergence.assessments.proofs import Filing, filings_of
from convergence.assessments.queries import last_validations
from convergence.assessments.rules import Given, gaps, missing_criteria, outcome_of, status_of
from convergence.catalogue.events import EditionChanged, ProductEnrolled, ProductQualified, ProductRequalified, ProductVersionStarted
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import Library, library
from foundation.core.rows import columns, row_as, rows_of, width

Answered = tuple[dict[str, Given], datetime | None]


def open_standings(event: ProductEnrolled) -> None:
    """A new enrolment shows its questionnaires at once, with the answers already given elsewhere."""
    enrolment = Enrolment.objects.select_related("subject").get(pk=event.enrolment)
    _open([enrolment])
    refresh_standings(enrolment.subject)


def open_standings_of_version(event: ProductVersionStarted) -> None:
    """A new version shows the questionnaires of every procedure it follows, with the answers carried over to it."""
    subject = Subject.objects.get(pk=event.subject)
    _open(Enrolment.objects.filter(subject=subject).select_related("subject").order_by("pk"))
    refresh_standings(subject)


def move_standings(event: EditionChanged) -> None:
    """The questionnaires of the edition left are closed, those of the new one open with the answers carried over to it."""
    moved = Enrolment.objects.filter(subject=event.subject, procedure__in=event.procedures.values()).select_related("subject")
    Standing.objects.filter(enrolment__in=moved).delete()
    _open(moved.order_by("pk"))
    refresh_standings(Subject.objects.get(pk=event.subject))


def _open(enrolments: Iterable[Enrolment]) -> None:
    """One standing for each questionnaire of each enrolment, still to be computed."""
    shelf = library()
    Standing.objects.bulk_create(
        Standing(
            enrolment=enrolment,
            questionnaire=use.questionnaire,
            order=order,
            status="to_complete",
            asked=0,
            answered=0,
            outcome="unknown",
            gaps=0,
        )
        for enrolment in enrolments
        if (procedure := shelf.procedure(enrolment.procedure))
        for order, use in enumerate(shelf.uses_of(procedure, enrolment.subject.kind))
    )


def refresh_standings_of_subject(event: ProductQualified | ProductRequalified) -> None:
    """A change of qualification shows and hides criteria in every questionnaire of the product."""
    refresh_standings(Subject.objects.get(pk=event.subject))


def refresh_standings(subject: Subject, questionnaire: str | None = None) -> None:
    """Make the standings of a subject (or of one of its questionnaires) say what its answers say."""
    found = Standing.objects.filter(enrolment__subject=subject).select_related("enrolment")
    if questionnaire is not None:
        found = found.filter(questionnaire=questionnaire)
    standings = list(found)
    keys = {standing.questionnaire for standing in standings}
    drafts = _drafts(subject, keys)
    validations = last_validations(subject, keys)
    shelf = library()
    filings = filings_of(shelf, subject, keys)
    for standing in standings:
        key = standing.questionnaire
        _stand(shelf, standing, subject, drafts.get(key, ({}, None)), validations.get(key), filings.get(key, Filing()))
    Standing.objects.bulk_update(standings, ["status", "asked", "answered", "outcome", "gaps", "validated_at", "saved_at"])


def standings_of(assessment: Assessment) -> list[Standing]:
    """Where a questionnaire stands, in each procedure the subject follows that asks it."""
    standings = []
    for row in rows_of(_STANDINGS, [assessment.subject_id, assessment.questionnaire]):
        standing = row_as(Standing, row)
        standing.enrolment = row_as(Enrolment, row, width(Standing))
        standings.append(standing)
    return standings


_STANDINGS = f"""SELECT {columns(Standing, "standing")}, {columns(Enrolment, "enrolment")}
    FROM catalogue_enrolment enrolment JOIN assessments_standing standing ON standing.enrolment_id = enrolment.id
    WHERE enrolment.subject_id = %s AND standing.questionnaire = %s ORDER BY enrolment.id"""  # noqa: S608 - made of our own columns


def note_answers(standings: list[Standing], asked: list[tuple[str, ...]], answered: set[str], at: datetime) -> None:
    """After a save, make the standings of one questionnaire say so: what was validated has not changed.

    `asked` are the criteria each standing's procedure asks, in the same order as `standings`.
    """
    for standing, criteria in zip(standings, asked, strict=True):
        standing.answered = len(criteria) - len(missing_criteria(criteria, answered))
        if standing.status != "done":
            standing.status = "in_progress" if standing.answered or standing.validated_at else "to_complete"
        standing.saved_at = at
    if not standings:
        return
    rows = ", ".join(["(%s, %s, %s)"] * len(standings))
    values = [value for standing in standings for value in (standing.pk, standing.status, standing.answered)]
    with connection.cursor() as cursor:  # one statement; written at each key pause, where `bulk_update` builds a long CASE
        cursor.execute(
            f"""UPDATE assessments_standing standing SET status = now.status, answered = now.answered, saved_at = %s
            FROM (VALUES {rows}) AS now (id, status, answered) WHERE standing.id = now.id""",  # noqa: S608 - only places
            [at, *values],
        )


def _stand(shelf: Library, standing: Standing, subject: Subject, draft: Answered, validation: Validation | None, filing: Filing) -> None:
    procedure = shelf.procedure(standing.enrolment.procedure)
    assert procedure is not None
    use = use_in(shelf, procedure, standing.questionnaire, subject)
    assert use is not None
    _, scale = scale_for(shelf, standing.questionnaire)
    given, saved_at = draft
    answered = ranks_of(scale, given)
    validated = ranks_of(scale, validation.given) if validation else None
    if validation and validated is not None:  # what a rejected file proved is to be proved again
        validated = {code: rank for code, rank in validated.items() if code not in filing.spoiled(validation)}
    asked = asked_of(shelf, use, subject)
    expectations = expected_of(shelf, use, subject)
    outcome = outcome_of(expectations, validated)
    standing.asked = len(asked)
    standing.answered = len(asked) - len(missing_criteria(asked, answered))
    standing.status = status_of(asked, answered, validated)
    standing.outcome = outcome
    standing.gaps = len(gaps(expectations, validated)) if validated is not None and outcome != "unknown" else 0
    standing.validated_at = validation.validated_at if validation else None
    standing.saved_at = max(filter(None, [saved_at, filing.changed_at]), default=None)


def _drafts(subject: Subject, keys: Iterable[str]) -> dict[str, Answered]:
    found: dict[str, Answered] = {}
    rows = Answer.objects.filter(assessment__subject=subject, assessment__questionnaire__in=keys)
    for key, code, level, comment, saved_at in rows.values_list("assessment__questionnaire", "criterion", "level", "comment", "saved_at"):
        given, latest = found.get(key, ({}, None))
        given[code] = Given(level, comment)
        found[key] = given, max(latest, saved_at) if latest else saved_at
    return found
