"""Which candidatures is the company to take further? The lists read on every visit, hence in SQL (decision 0005)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convergence.candidatures.workflow import CHANGES_REQUESTED, COMPLETED, DRAFT, OPEN, UNDER_WAY
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.catalogue.workflow import ACTIVE
from convergence.content.library import library
from convergence.content.schema import Procedure
from convergence.content.schema import Step as StepPiece
from foundation.accounts.models import Company, Person
from foundation.core.rows import Read, Reading, rows_of


@dataclass(frozen=True, slots=True)
class StepToTake:
    """A step that awaits the company: to be filled in, or corrected since the agency asked."""

    number: str
    procedure: Procedure
    piece: StepPiece
    subject_name: str
    is_to_correct: bool
    since: datetime


@Read
def steps_to_take(person: Person, company: Company, most: int) -> Reading[list[StepToTake]]:
    """What the agency asked to be corrected, the oldest first; then what is open."""
    sql = f"""
        SELECT candidature.number, candidature.procedure, step.code, subject.name, step.state = %(to_correct)s, step.since
        FROM candidatures_step step
        JOIN candidatures_candidature candidature ON candidature.id = step.candidature_id
        JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
        JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
        WHERE {SEEN_SQL} AND subject.company_id = %(company)s AND subject.state = %(active)s
          AND candidature.state = ANY(%(alive)s) AND step.state = ANY(%(ours)s)
        ORDER BY 5 DESC, step.since, step.id LIMIT %(most)s"""  # noqa: S608 - made of our own constants
    parameters = seen_parameters(person) | {
        "company": company.pk,
        "active": ACTIVE,
        "alive": [DRAFT, UNDER_WAY],
        "ours": [OPEN, CHANGES_REQUESTED],
        "to_correct": CHANGES_REQUESTED,
        "most": most,
    }
    return Reading(sql, parameters, _steps_to_take)


def _steps_to_take(rows: list[tuple[Any, ...]]) -> list[StepToTake]:
    shelf = library()
    found = []
    for number, procedure_key, code, *rest in rows:
        procedure = shelf.procedure(procedure_key)
        assert procedure is not None
        piece = next(one for one in procedure.steps if one.code == code)
        found.append(StepToTake(number, procedure, piece, *rest))
    return found


def how_far(person: Person, company: Company, references: Collection[int]) -> dict[tuple[int, str], bool]:
    """Of these products, the procedures in which something was asked of the agency, and whether it is granted. One query."""
    if not references:
        return {}
    sql = f"""
        SELECT subject.reference, enrolment.code, bool_or(candidature.state = %(completed)s)
        FROM candidatures_candidature candidature
        JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
        JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
        WHERE {SEEN_SQL} AND subject.company_id = %(company)s AND subject.reference = ANY(%(references)s)
          AND candidature.state = ANY(%(begun)s)
        GROUP BY 1, 2"""  # noqa: S608 - made of our own constants
    parameters = seen_parameters(person) | {
        "company": company.pk,
        "references": list(references),
        "completed": COMPLETED,
        "begun": [DRAFT, UNDER_WAY, COMPLETED],
    }
    return {(reference, code): granted for reference, code, granted in rows_of(sql, parameters)}
