"""In which order are candidatures examined, and who has which? One order for all: the arrival of what is complete (`places.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convergence.candidatures.models import Candidature
from convergence.candidatures.workflow import CANDIDATURE
from convergence.content.library import Library, library
from convergence.content.schema import Procedure
from convergence.reviews.models import Assignment
from foundation.accounts.models import Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.rows import Read, Reading, reading, rows_of

TABS = ("mine", "free", "agency", "company", "late", "ended")

_TAB_CONDITIONS = {
    "mine": "place.turn <> '' AND place.assignee_id = %(person)s",
    "free": "place.turn = 'agency' AND place.assignee_id IS NULL",
    "agency": "place.turn = 'agency'",
    "company": "place.turn = 'company'",
    "late": "place.turn = 'agency' AND place.due_at <= %(at)s",
    "ended": "place.turn = ''",
}
"""Each is the condition of an index of the table, or begins with it."""

MOST_COUNTED = 1_000
"""A page of the queue counts no further: beyond, « plus de 1 000 » is enough, and the cost does not grow with the queue."""

_FAIR = "place.arrived_at, place.candidature_id"
_ORDERS = {
    "mine": f"place.turn = 'agency' DESC, {_FAIR}, place.since",
    "company": "place.since, place.candidature_id",
    "ended": "place.since DESC, place.candidature_id DESC",
}
_NAMED = """
    JOIN candidatures_candidature candidature ON candidature.id = place.candidature_id
    JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
    JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
    JOIN accounts_company company ON company.id = subject.company_id"""


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


def queue_of(person: Person, tab: str, at: datetime, *, words: str = "", procedure: str = "", counted: int | None = None, limit: int, offset: int = 0) -> tuple[list[QueueLine], int]:  # fmt: skip
    """One tab of the queue, in the order that is the same for all, and how many there are, up to one more than is counted. One query.

    A rank counts every candidature that awaits the agency, those of the other tabs too: as far as the page goes, no further.
    How many there are is not asked again where it is known: `counted`.
    """
    parameters: dict[str, Any] = {"person": person.pk, "at": at, "code": procedure, "counted": counted}
    conditions = [_TAB_CONDITIONS[tab]]
    if procedure:
        conditions.append("place.code = %(code)s")
    searched = words.lower().split()[:8]
    for rank, word in enumerate(searched):
        conditions.append(f"position(%(word_{rank})s in lower(candidature.number || ' ' || subject.searched || ' ' || company.name)) > 0")
        parameters[f"word_{rank}"] = word
    kept = f"FROM reviews_place place{_NAMED if searched else ''} WHERE {' AND '.join(conditions)}"
    order = _ORDERS.get(tab, _FAIR)
    many = f"(SELECT count(*) FROM (SELECT {kept} LIMIT {MOST_COUNTED + 1}) few)" if counted is None else "%(counted)s::bigint"  # noqa: S608 - made of our own constants
    # How many rows are wanted is in the text, not beside it: the plan depends on it, and a plan made again each time cost more than the rows
    sql = f"""WITH place AS (
            SELECT place.*, row_number() OVER (ORDER BY {order}) AS line {kept}
            ORDER BY {order} LIMIT {limit:d} OFFSET {offset:d}),
        ranked AS (
            SELECT candidature_id, row_number() OVER (ORDER BY arrived_at, candidature_id) AS rank FROM reviews_place
            WHERE turn = 'agency' AND (arrived_at, candidature_id) <= (
                SELECT arrived_at, candidature_id FROM place WHERE turn = 'agency' ORDER BY 1 DESC, 2 DESC LIMIT 1))
        SELECT candidature.number, candidature.procedure, candidature.state, place.turn = 'agency', place.step, place.step_state, place.since,
            place.arrived_at, place.due_at, ranked.rank, subject.reference, subject.name, subject.version, company.name,
            coalesce(person.name, ''), coalesce(place.assignee_id = %(person)s, false),
            EXISTS (SELECT FROM accounts_conflict link WHERE link.person_id = %(person)s AND link.company_id = company.id
                AND link.lifted_at IS NULL),
            {many}
        FROM place{_NAMED}
        LEFT JOIN accounts_person person ON person.id = place.assignee_id
        LEFT JOIN ranked ON ranked.candidature_id = place.candidature_id
        ORDER BY place.line"""  # noqa: S608 - made of our own constants
    shelf = library()
    rows = rows_of(sql, parameters)
    return [_line(shelf, row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _line(shelf: Library, row: tuple[Any, ...]) -> QueueLine:
    procedure = shelf.procedure(row[1])
    assert procedure is not None
    return QueueLine(row[0], procedure, *row[2:])


def queue_counts(person: Person, at: datetime, procedure: str = "", *, most: int | None = None) -> dict[str, int]:
    """How many candidatures each tab holds, for whoever reads; with `most`, no further than one more. One query."""
    of = "AND place.code = %(code)s" if procedure else ""
    counted = ", ".join(
        f"(SELECT count(*) FROM (SELECT FROM reviews_place place WHERE {_TAB_CONDITIONS[tab]} {of} LIMIT %(few)s) few)"  # noqa: S608 - made of our own constants
        for tab in TABS
    )
    parameters = {"person": person.pk, "at": at, "code": procedure, "few": None if most is None else most + 1}
    ((*counts,),) = rows_of(f"SELECT {counted}", parameters)
    return dict(zip(TABS, counts, strict=True))


def queued_procedures() -> list[tuple[str, str]]:
    """The procedures a candidature may be of, for the filter: code and title, by title."""
    found = {one.code: str(one.title) for one in library().every_procedure() if one.steps}
    return sorted(found.items(), key=lambda one: one[1])


CONCERNS = """NOT EXISTS (SELECT FROM candidatures_candidature asked JOIN reviews_place place ON place.candidature_id = asked.id
    WHERE asked.number = conversation.key AND place.assignee_id <> %(me)s)"""
"""To whom of the agency what a company writes of a candidature is new: to who examines it; to everyone, while nobody does."""


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


@Read
def assignment_of(candidature: Candidature) -> Reading[Assignment | None]:
    held = reading(Assignment, "WHERE thing.candidature_id = %s AND thing.ended_at IS NULL", [candidature.pk], "person")
    return held.then(lambda found: found[0] if found else None)


def loads() -> list[Load]:
    """What each reviewer has, the most loaded first: two queries, however many there are. Shown inside the agency alone."""
    reviewers = people_with_right(Right.EXAMINE_CANDIDATURES)
    if not reviewers:
        return []
    sql = """SELECT assignee_id, count(*) FILTER (WHERE turn = 'agency'), count(*) FILTER (WHERE turn = 'company') FROM reviews_place
        WHERE turn <> '' AND assignee_id IS NOT NULL GROUP BY assignee_id"""
    counted: Mapping[int, tuple[int, int]] = {row[0]: (row[1], row[2]) for row in rows_of(sql, {})}
    found = [Load(person, *counted.get(person.pk, (0, 0))) for person in reviewers]
    return sorted(found, key=lambda load: (-load.total, load.person.name))
