"""Where does everything stand? The lists read on every visit, hence in SQL (decision 0005); rights are `SEEN_SQL`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convergence.assessments.permissions import VALIDATES_SQL, validates_parameters
from convergence.assessments.workflow import DONE, IN_PROGRESS, PENDING, QUESTIONNAIRE, SENT_BACK, TARGETS, TO_COMPLETE
from convergence.catalogue.models import Subject
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.catalogue.workflow import ACTIVE
from convergence.content.library import library
from convergence.content.schema import Procedure, Questionnaire, Track
from foundation.accounts.models import Company, Person
from foundation.core.rows import Read, Reading
from foundation.core.words import fold

SORTS = {
    "reference": "subject.reference",
    "product": "subject.searched",
    "version": "subject.version",
    "track": "enrolment.track",
    "procedure": "enrolment.code",
    "questionnaires": "done",
    "status": "advance",
}
"""How « Vos démarches » may be sorted: the word in the address → what is compared."""


@dataclass(frozen=True, slots=True)
class FollowedProcedure:
    """One line of « Vos démarches ». Of a procedure without questionnaires, the status is told by its candidature: another room knows."""

    reference: int
    name: str
    version: str
    track: Track
    procedure: Procedure
    done: int
    total: int
    status: str
    last_activity: datetime | None
    kind: str

    @property
    def is_product(self) -> bool:
        return self.kind == Subject.PRODUCT

    @property
    def status_word(self) -> str:
        return QUESTIONNAIRE.states[self.status]

    @property
    def is_yours(self) -> bool:
        """Whose turn it is: until all is done, the company's."""
        return self.status != DONE


@Read
def followed_procedures(person: Person, *, company: Company | None = None, subject: Subject | None = None, words: str = "", code: str = "", kind: str = "", sort: str = "-reference", limit: int = 200, offset: int = 0) -> Reading[tuple[list[FollowedProcedure], int]]:  # fmt: skip
    """The procedures followed by the subjects the person sees (of one kind, if named), and how many there are in all. Subjects in use only."""
    conditions = [SEEN_SQL, "subject.state = %(active)s"]
    parameters = seen_parameters(person) | {"active": ACTIVE, "done": DONE, "begun": TO_COMPLETE, "limit": limit, "offset": offset}
    for name, wanted, column in (("company", company, "subject.company_id"), ("subject", subject, "subject.id")):
        if wanted is not None:
            conditions.append(f"{column} = %({name})s")
            parameters[name] = wanted.pk
    if code:
        conditions.append("enrolment.code = %(code)s")
        parameters["code"] = code
    if kind:
        conditions.append("subject.kind = %(kind)s")
        parameters["kind"] = kind
    for rank, word in enumerate(fold(words).split()):
        conditions.append(f"(position(%(word_{rank})s in enrolment.searched) > 0 OR enrolment.code = ANY(%(named_{rank})s))")
        parameters |= {f"word_{rank}": word, f"named_{rank}": _procedures_named(word)}
    column = SORTS.get(sort.removeprefix("-"), SORTS["reference"])
    way = "DESC" if sort.startswith("-") else "ASC"
    sql = f"""
        SELECT reference, name, version, track, procedure, done, total, advance, last_activity, kind, count(*) OVER ()
        FROM (
            SELECT subject.reference, subject.name, subject.version, subject.kind, subject.searched, enrolment.id,
                   enrolment.track, enrolment.code, enrolment.procedure,
                   count(*) FILTER (WHERE standing.status = %(done)s) AS done,
                   count(standing.id) AS total,
                   CASE WHEN count(standing.id) = 0 OR bool_and(standing.status = %(begun)s) THEN 0
                        WHEN bool_and(standing.status = %(done)s) THEN 2 ELSE 1 END AS advance,
                   max(standing.saved_at) AS last_activity
            FROM catalogue_enrolment enrolment
            JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
            LEFT JOIN assessments_standing standing ON standing.enrolment_id = enrolment.id
            WHERE {" AND ".join(conditions)}
            GROUP BY enrolment.id, subject.id
        ) line
        ORDER BY {column.split(".")[-1]} {way}, id DESC LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608 - made of our own constants
    return Reading(sql, parameters, _followed)


def _followed(rows: list[tuple[Any, ...]]) -> tuple[list[FollowedProcedure], int]:
    shelf = library()
    lines = []
    for reference, name, version, track_code, procedure_key, done, total, advance, last_activity, kind_found, _ in rows:
        procedure, track = shelf.procedure(procedure_key), shelf.track(track_code)
        assert procedure is not None
        assert track is not None
        status = (TO_COMPLETE, IN_PROGRESS, DONE)[advance]
        lines.append(FollowedProcedure(reference, name, version, track, procedure, done, total, status, last_activity, kind_found))
    return lines, rows[0][-1] if rows else 0


@dataclass(frozen=True, slots=True)
class Pending:
    """A questionnaire the company has begun, or could begin, and has not finished."""

    questionnaire: Questionnaire
    procedure: Procedure
    reference: int
    subject_name: str
    kind: str
    is_begun: bool
    remaining: int

    @property
    def is_product(self) -> bool:
        return self.kind == Subject.PRODUCT


@Read
def pending_questionnaires(person: Person, company: Company, most: int) -> Reading[list[Pending]]:
    """What is to be continued first: begun ones, the latest saved first, then those never begun. One per questionnaire."""
    sql = f"""
        SELECT questionnaire, procedure, reference, name, kind, status <> %(to_complete)s, asked - answered
        FROM (
            SELECT DISTINCT ON (subject.id, standing.questionnaire)
                   standing.questionnaire, enrolment.procedure, subject.reference, subject.name, subject.kind, standing.status,
                   standing.asked, standing.answered, standing.saved_at, enrolment.id, standing."order"
            FROM assessments_standing standing
            JOIN catalogue_enrolment enrolment ON enrolment.id = standing.enrolment_id
            JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
            WHERE {SEEN_SQL} AND subject.company_id = %(company)s AND subject.state = %(active)s AND standing.status <> %(done)s
            ORDER BY subject.id, standing.questionnaire, enrolment.id
        ) line
        ORDER BY saved_at DESC NULLS LAST, id, "order" LIMIT %(most)s"""  # noqa: S608 - made of our own constants
    parameters = seen_parameters(person) | {
        "company": company.pk,
        "active": ACTIVE,
        "done": DONE,
        "to_complete": TO_COMPLETE,
        "most": most,
    }
    return Reading(sql, parameters, _pending)


def _pending(rows: list[tuple[Any, ...]]) -> list[Pending]:
    shelf = library()
    found = []
    for key, procedure_key, reference, name, kind, begun, remaining in rows:
        questionnaire, procedure = shelf.questionnaire(key), shelf.procedure(procedure_key)
        assert questionnaire is not None
        assert procedure is not None
        found.append(Pending(questionnaire, procedure, reference, name, kind, begun, remaining))
    return found


@dataclass(frozen=True, slots=True)
class Awaited:
    """A request for validation that awaits this person: to be settled, or taken up again since it was sent back."""

    questionnaire: Questionnaire
    procedure: Procedure
    reference: int
    subject_name: str
    to_settle: bool
    by: str  # who asked, or who sent it back
    at: datetime
    reason: str
    is_of_targets: bool


@Read
def awaited_validations(person: Person, company: Company, most: int) -> Reading[list[Awaited]]:
    """What colleagues ask this person to validate, the oldest first; then what was sent back to this person."""
    sql = f"""
        SELECT assessment.questionnaire, enrolment.procedure, subject.reference, subject.name, request.state = %(pending)s,
               CASE WHEN request.state = %(pending)s THEN requester.name ELSE settler.name END,
               CASE WHEN request.state = %(pending)s THEN request.requested_at ELSE request.settled_at END,
               request.reason, request.matter = %(targets)s
        FROM assessments_validationrequest request
        JOIN assessments_assessment assessment ON assessment.id = request.assessment_id
        JOIN catalogue_enrolment enrolment ON enrolment.id = request.enrolment_id
        JOIN catalogue_subject subject ON subject.id = assessment.subject_id
        JOIN accounts_person requester ON requester.id = request.requested_by_id
        LEFT JOIN accounts_person settler ON settler.id = request.settled_by_id
        WHERE {SEEN_SQL} AND subject.company_id = %(company)s AND subject.state = %(active)s AND (
            request.state = %(pending)s AND {VALIDATES_SQL}
            OR request.state = %(sent_back)s AND request.requested_by_id = %(person)s AND request.followed_at IS NULL
               AND EXISTS (SELECT FROM assessments_standing standing
                           WHERE standing.enrolment_id = enrolment.id AND standing.questionnaire = assessment.questionnaire))
        ORDER BY 5 DESC, 7, request.id LIMIT %(most)s"""  # noqa: S608 - made of our own constants
    parameters = seen_parameters(person) | validates_parameters(person)
    parameters |= {"company": company.pk, "active": ACTIVE, "pending": PENDING, "sent_back": SENT_BACK, "targets": TARGETS, "most": most}
    return Reading(sql, parameters, _awaited)


def _awaited(rows: list[tuple[Any, ...]]) -> list[Awaited]:
    shelf = library()
    found = []
    for key, procedure_key, *rest in rows:
        questionnaire, procedure = shelf.questionnaire(key), shelf.procedure(procedure_key)
        assert questionnaire is not None
        assert procedure is not None
        found.append(Awaited(questionnaire, procedure, *rest))
    return found


def _procedures_named(word: str) -> list[str]:
    """The codes of the procedures whose title, or whose track's, contains a folded word."""
    shelf = library()
    titles = {track.code: str(track.title) for track in shelf.tracks}
    editions = shelf.current("procedures", Procedure)
    return sorted({one.code for one in editions if word in fold(f"{one.title} {titles.get(one.track, '')}")})
