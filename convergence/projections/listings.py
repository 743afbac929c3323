"""Which projections await the company? Read on every visit of the dashboard, hence in SQL (decision 0005); rights are `SEEN_SQL`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convergence.catalogue.models import Subject
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.catalogue.workflow import ACTIVE
from convergence.content.library import library
from convergence.content.schema import Procedure, Questionnaire
from convergence.projections.workflow import IN_PROGRESS, TO_COMPLETE
from foundation.accounts.models import Company, Person
from foundation.core.quarter import Quarter
from foundation.core.rows import Read, Reading


@dataclass(frozen=True, slots=True)
class PendingProjection:
    """A projection to be given dates, or whose promise is late."""

    questionnaire: Questionnaire
    procedure: Procedure
    reference: int
    subject_name: str
    kind: str
    is_begun: bool
    undecided: int
    late_since: Quarter | None

    @property
    def is_product(self) -> bool:
        return self.kind == Subject.PRODUCT


@Read
def pending_projections(person: Person, company: Company, present: Quarter, most: int) -> Reading[list[PendingProjection]]:
    """Late promises first, the oldest before; then what is begun, the latest saved before; then what only just opened.

    Where the evaluation changed since, a projection once validated is begun again. A procedure that asks for no projection
    is never late. One line per questionnaire.
    """
    sql = f"""
        SELECT questionnaire, procedure, reference, name, kind, status <> %(to_complete)s, asked - decided, late
        FROM (
            SELECT DISTINCT ON (subject.id, outlook.questionnaire)
                   outlook.questionnaire, enrolment.procedure, subject.reference, subject.name, subject.kind, outlook.status,
                   outlook.asked, outlook.decided, outlook.saved_at, enrolment.id,
                   CASE WHEN outlook.next_due <> '' AND outlook.next_due < %(present)s THEN outlook.next_due END AS late
            FROM projections_outlook outlook
            JOIN catalogue_enrolment enrolment ON enrolment.id = outlook.enrolment_id
            JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
            WHERE {SEEN_SQL} AND subject.company_id = %(company)s AND subject.state = %(active)s AND outlook.is_projected
              AND (outlook.status IN (%(to_complete)s, %(in_progress)s) OR outlook.next_due <> '' AND outlook.next_due < %(present)s)
            ORDER BY subject.id, outlook.questionnaire, late NULLS LAST, enrolment.id
        ) line
        ORDER BY late NULLS LAST, saved_at DESC NULLS LAST, id, questionnaire LIMIT %(most)s"""  # noqa: S608 - made of our own constants
    parameters = seen_parameters(person) | {
        "company": company.pk,
        "active": ACTIVE,
        "to_complete": TO_COMPLETE,
        "in_progress": IN_PROGRESS,
        "present": str(present),
        "most": most,
    }
    return Reading(sql, parameters, _pending)


def _pending(rows: list[tuple[Any, ...]]) -> list[PendingProjection]:
    shelf = library()
    found = []
    for key, procedure_key, reference, name, kind, is_begun, undecided, late in rows:
        questionnaire, procedure = shelf.questionnaire(key), shelf.procedure(procedure_key)
        assert questionnaire is not None
        assert procedure is not None
        found.append(PendingProjection(questionnaire, procedure, reference, name, kind, is_begun, undecided, Quarter.read(late or "")))
    return found
