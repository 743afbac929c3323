"""What does a projection depend on, as it now is? Who follows it, what was evaluated, and what each outlook says: read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convergence.assessments.models import Assessment, Validation
from convergence.catalogue.models import Enrolment, Subject
from convergence.projections.models import Outlook
from foundation.core.rows import columns, row_as, rows_of, width


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The enrolments of the subject, the outlook of each where it has one, and the last validation of the evaluation."""

    enrolments: Sequence[Enrolment]
    outlooks: Sequence[Outlook]
    evaluation: Validation | None

    def enrolment(self, key: int) -> Enrolment:
        return next(one for one in self.enrolments if one.pk == key)


def surroundings_of(subject: Subject, questionnaire: str) -> Surroundings:
    """One query, in plain SQL: it is read by each page and at each save, once the projection is locked. What was fetched before a move is stale."""
    rows = rows_of(_SURROUNDINGS, {"subject": subject.pk, "questionnaire": questionnaire})
    enrolments, outlooks = [], []
    evaluation: Validation | None = None
    for row in rows:
        enrolment = row_as(Enrolment, row)
        enrolment.subject = subject
        enrolments.append(enrolment)
        if row[_OUTLOOK] is not None:
            outlook = row_as(Outlook, row, _OUTLOOK)
            outlook.enrolment = enrolment
            outlooks.append(outlook)
        if evaluation is None and row[_VALIDATION] is not None:
            evaluation = row_as(Validation, row, _VALIDATION)
            evaluation.assessment = row_as(Assessment, row, _ASSESSMENT)
    return Surroundings(enrolments, outlooks, evaluation)


_OUTLOOK = width(Enrolment)
_VALIDATION = _OUTLOOK + width(Outlook)
_ASSESSMENT = _VALIDATION + width(Validation)
_SURROUNDINGS = f"""SELECT {columns(Enrolment, "enrolment")}, {columns(Outlook, "outlook")},
        {columns(Validation, "validation")}, {columns(Assessment, "assessment")}
    FROM catalogue_enrolment enrolment
    LEFT JOIN projections_outlook outlook ON outlook.enrolment_id = enrolment.id AND outlook.questionnaire = %(questionnaire)s
    LEFT JOIN assessments_assessment assessment
        ON assessment.subject_id = enrolment.subject_id AND assessment.questionnaire = %(questionnaire)s
    LEFT JOIN LATERAL (SELECT * FROM assessments_validation v
        WHERE v.assessment_id = assessment.id ORDER BY v.number DESC LIMIT 1) validation ON true
    WHERE enrolment.subject_id = %(subject)s ORDER BY enrolment.id"""  # noqa: S608 - made of our own columns
