"""In which order are candidatures examined, and who has which? One order for all: the arrival of what is complete.

A place is that of the day something complete was handed over. What `queue` says in the content decides what a correction does
to it: « none », it takes a new place; otherwise it keeps its own, unless the company took longer than the delay whose end is
« lose_place ». A section of requirements has a place of its own: the candidature has that of the first one still to examine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convergence.candidatures.models import Candidature
from convergence.candidatures.workflow import CANDIDATURE
from convergence.content.library import Library, library
from convergence.content.schema import Clock, Procedure
from convergence.reviews.models import Assignment
from foundation.accounts.models import Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.rows import rows_of

TABS = ("mine", "free", "agency", "company", "late", "ended")

_TAB_CONDITIONS = {
    "mine": "file.is_alive AND file.assignee = %(person)s",
    "free": "file.is_alive AND file.is_ours AND file.assignee IS NULL",
    "agency": "file.is_alive AND file.is_ours",
    "company": "file.is_alive AND NOT file.is_ours",
    "late": "file.is_alive AND file.due_at <= %(at)s",
    "ended": "NOT file.is_alive",
}
_ORDERS = {
    "company": "file.since, file.id",
    "ended": "file.since DESC, file.id DESC",
}
_FAIR = "file.is_ours DESC, file.rank, file.since, file.id"

_SECTION = "EXISTS (SELECT FROM candidatures_stepsection w WHERE w.step_id = s.id AND w.state = 'submitted'"

_FILES = f"""WITH asked AS (
        SELECT * FROM unnest(%(procedures)s::text[], %(steps)s::text[], %(queues)s::text[], %(keeps)s::int[], %(targets)s::int[])
            AS asked (procedure, step, queue, keep, target)),
    placed AS (
        SELECT candidature.id, candidature.number, candidature.procedure, candidature.state, candidature.enrolment_id,
            candidature.state = 'under_way' AS is_alive, coalesce(step.is_ours, false) AS is_ours, step.code AS step, step.state AS step_state,
            coalesce(candidature.ended_at, CASE WHEN step.is_ours THEN step.turn_at ELSE step.since END, candidature.submitted_at) AS since,
            step.arrived_at,
            CASE WHEN step.is_ours THEN (date_trunc('day', step.turn_at AT TIME ZONE 'Europe/Paris') + (step.target + 1) * interval '1 day')
                AT TIME ZONE 'Europe/Paris' END AS due_at,
            assignment.person_id AS assignee
        FROM candidatures_candidature candidature
        LEFT JOIN reviews_assignment assignment ON assignment.candidature_id = candidature.id AND assignment.ended_at IS NULL
        LEFT JOIN LATERAL (
            SELECT s.code, s.state, s.since, turn.is_ours, asked.target,
                CASE WHEN s.state = 'submitted' THEN s.since ELSE turn.section_at END AS turn_at,
                coalesce(place.at, s.since) AS arrived_at
            FROM candidatures_step s
            LEFT JOIN asked ON asked.procedure = candidature.procedure AND asked.step = s.code
            CROSS JOIN LATERAL (
                SELECT s.state = 'submitted' OR {_SECTION}) AS is_ours,
                    (SELECT min(w.since) FROM candidatures_stepsection w WHERE w.step_id = s.id AND w.state = 'submitted') AS section_at) turn
            LEFT JOIN LATERAL (
                SELECT min(kept.at) AS at FROM (
                    SELECT CASE WHEN asked.queue = 'none' THEN max(handed.submitted_at) ELSE coalesce(
                        max(handed.submitted_at) FILTER (WHERE handed.submitted_at - handed.asked_at > asked.keep * interval '1 hour'),
                        min(handed.submitted_at)) END AS at
                    FROM (SELECT one.section, one.submitted_at,
                            (SELECT max(request.requested_at) FROM candidatures_submission past
                                JOIN candidatures_changerequest request ON request.submission_id = past.id
                                WHERE past.step_id = one.step_id AND past.section = one.section AND past.number = one.number - 1) AS asked_at
                        FROM candidatures_submission one
                        WHERE one.step_id = s.id AND (one.section = '' OR {_SECTION} AND w.code = one.section))) handed
                    GROUP BY handed.section) kept) place ON turn.is_ours
            WHERE s.candidature_id = candidature.id AND s.state IN ('submitted', 'changes_requested', 'open')
            ORDER BY turn.is_ours DESC, arrived_at, s.rank LIMIT 1) step ON candidature.state = 'under_way'
        WHERE candidature.submitted_at IS NOT NULL),
    file AS (
        SELECT placed.*, CASE WHEN is_alive AND is_ours THEN
            row_number() OVER (PARTITION BY is_alive AND is_ours ORDER BY arrived_at, id) END AS rank
        FROM placed)"""  # noqa: S608 - made of our own constants


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A candidature of the queue: at which place, of what, at which step, whose turn it is since when, who examines it."""

    number: str
    procedure: Procedure
    state: str
    is_ours: bool
    step: str
    step_state: str
    since: datetime
    arrived_at: datetime | None
    due_at: datetime | None
    rank: int | None
    reference: int
    name: str
    version: str
    company: str
    assignee: str
    is_mine: bool
    is_recused: bool

    @property
    def state_word(self) -> str:
        return CANDIDATURE.states[self.state]

    @property
    def is_alive(self) -> bool:
        return self.state == "under_way"

    @property
    def step_title(self) -> str:
        return next((str(piece.title) for piece in self.procedure.steps if piece.code == self.step), "")

    def is_late(self, at: datetime) -> bool:
        return self.due_at is not None and at >= self.due_at


def queue_of(person: Person, tab: str, at: datetime, *, words: str = "", procedure: str = "", limit: int, offset: int = 0) -> tuple[list[QueueLine], int]:  # fmt: skip
    """One tab of the queue, in the order that is the same for all, and how many there are. One query."""
    shelf = library()
    parameters = _parameters(shelf, person, at) | {"limit": limit, "offset": offset}
    conditions = [_TAB_CONDITIONS[tab]]
    if procedure:
        conditions.append("enrolment.code = %(code)s")
        parameters["code"] = procedure
    for rank, word in enumerate(words.split()[:8]):
        conditions.append(f"position(%(word_{rank})s in lower(file.number || ' ' || subject.searched || ' ' || company.name)) > 0")
        parameters[f"word_{rank}"] = word.lower()
    sql = f"""{_FILES}
        SELECT file.number, file.procedure, file.state, file.is_ours, coalesce(file.step, ''), coalesce(file.step_state, ''), file.since,
            file.arrived_at, file.due_at, file.rank, subject.reference, subject.name, subject.version, company.name,
            coalesce(person.name, ''), coalesce(file.assignee = %(person)s, false),
            EXISTS (SELECT FROM accounts_conflict link WHERE link.person_id = %(person)s AND link.company_id = company.id
                AND link.lifted_at IS NULL),
            count(*) OVER ()
        FROM file
        JOIN catalogue_enrolment enrolment ON enrolment.id = file.enrolment_id
        JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
        JOIN accounts_company company ON company.id = subject.company_id
        LEFT JOIN accounts_person person ON person.id = file.assignee
        WHERE {" AND ".join(conditions)} ORDER BY {_ORDERS.get(tab, _FAIR)} LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608 - made of our own constants
    rows = rows_of(sql, parameters)
    return [_line(shelf, row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _line(shelf: Library, row: tuple[Any, ...]) -> QueueLine:
    procedure = shelf.procedure(row[1])
    assert procedure is not None
    return QueueLine(row[0], procedure, *row[2:])


def queue_counts(person: Person, at: datetime, procedure: str = "") -> dict[str, int]:
    """How many candidatures each tab holds, for whoever reads. One query."""
    counted = ", ".join(f"count(*) FILTER (WHERE {_TAB_CONDITIONS[tab]})" for tab in TABS)
    sql = f"""{_FILES} SELECT {counted} FROM file JOIN catalogue_enrolment enrolment ON enrolment.id = file.enrolment_id
        WHERE %(code)s = '' OR enrolment.code = %(code)s"""  # noqa: S608 - made of our own constants
    ((*counts,),) = rows_of(sql, _parameters(library(), person, at) | {"code": procedure})
    return dict(zip(TABS, counts, strict=True))


def _parameters(shelf: Library, person: Person, at: datetime) -> dict[str, Any]:
    """What the content says of each step: how its queue goes, for how many hours a place is kept, in how many days the agency answers."""
    asked = [
        (procedure.key, step.code, procedure.queue, kept_hours(procedure.clocks), step.target_days)
        for procedure in shelf.every_procedure()
        for step in procedure.steps
    ]
    names = ("procedures", "steps", "queues", "keeps", "targets")
    return {name: [row[rank] for row in asked] for rank, name in enumerate(names)} | {"person": person.pk, "at": at}


def kept_hours(clocks: tuple[Clock, ...]) -> int | None:
    """For how long a company that corrects keeps its place; None: for as long as it takes."""
    return next((clock.length for clock in clocks if clock.at_end == "lose_place" and clock.unit == "elapsed_hours"), None)


def queued_procedures() -> list[tuple[str, str]]:
    """The procedures a candidature may be of, for the filter: code and title, by title."""
    found = {one.code: str(one.title) for one in library().every_procedure() if one.steps}
    return sorted(found.items(), key=lambda one: one[1])


# — Who has what ——————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Load:
    """What a reviewer has under way: what awaits the agency, what awaits the company."""

    person: Person
    ours: int
    theirs: int

    @property
    def total(self) -> int:
        return self.ours + self.theirs


def assignment_of(candidature: Candidature) -> Assignment | None:
    return Assignment.objects.held().filter(candidature=candidature).select_related("person").first()


def loads(at: datetime) -> list[Load]:
    """What each reviewer has, the most loaded first: two queries, however many there are. Shown inside the agency alone."""
    reviewers = people_with_right(Right.EXAMINE_CANDIDATURES)
    if not reviewers:
        return []
    sql = f"""{_FILES} SELECT assignee, count(*) FILTER (WHERE is_ours), count(*) FILTER (WHERE NOT is_ours) FROM file
        WHERE is_alive AND assignee IS NOT NULL GROUP BY assignee"""  # noqa: S608 - made of our own constants
    counted: Mapping[int, tuple[int, int]] = {row[0]: (row[1], row[2]) for row in rows_of(sql, _parameters(library(), reviewers[0], at))}
    found = [Load(person, *counted.get(person.pk, (0, 0))) for person in reviewers]
    return sorted(found, key=lambda load: (-load.total, load.person.name))
