"""Where is each candidature in the queue? Deduced from what happened to it, kept in a table, written here and nowhere else.

A place is that of the day something complete was handed over. What `queue` says in the content decides what a correction does
to it: « none », it takes a new place; otherwise it keeps its own, unless the company took longer than the delay whose end is
« lose_place ». A section of requirements has a place of its own: the candidature has that of the first one still to examine.

It says nothing that the steps do not say: never journalled, deduced again after each event that moves one (decision 0028).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.db import connection

from convergence.content.library import library
from convergence.content.schema import Clock
from foundation.core.rows import rows_of

COLUMNS = ("candidature_id", "code", "turn", "step", "step_state", "since", "arrived_at", "due_at", "assignee_id")

_SECTION = "EXISTS (SELECT FROM candidatures_stepsection w WHERE w.step_id = s.id AND w.state = 'submitted'"

_DEDUCED = f"""WITH asked AS (
        SELECT * FROM unnest(%(procedures)s::text[], %(steps)s::text[], %(queues)s::text[], %(keeps)s::int[], %(targets)s::int[])
            AS asked (procedure, step, queue, keep, target))
    SELECT candidature.id, enrolment.code,
        CASE WHEN candidature.state <> 'under_way' THEN '' WHEN step.is_ours THEN 'agency' ELSE 'company' END,
        coalesce(step.code, ''), coalesce(step.state, ''),
        coalesce(candidature.ended_at, CASE WHEN step.is_ours THEN step.turn_at ELSE step.since END, candidature.submitted_at),
        CASE WHEN step.is_ours THEN step.arrived_at END,
        CASE WHEN step.is_ours THEN (date_trunc('day', step.turn_at AT TIME ZONE 'Europe/Paris') + (step.target + 1) * interval '1 day')
            AT TIME ZONE 'Europe/Paris' END,
        assignment.person_id
    FROM candidatures_candidature candidature
    JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
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
    WHERE candidature.submitted_at IS NOT NULL"""  # noqa: S608 - made of our own constants

_WRITTEN = f"INSERT INTO reviews_place ({', '.join(COLUMNS)}) {_DEDUCED}"
_PLACED = f"""{_WRITTEN} AND candidature.id = %(candidature)s
    ON CONFLICT (candidature_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}"""
_FILLED = f"{_WRITTEN} AND NOT EXISTS (SELECT FROM reviews_place known WHERE known.candidature_id = candidature.id)"


class AboutCandidature(Protocol):
    """An event that names its candidature, as `Candidature.heading` does."""

    @property
    def about(self) -> str: ...


def place_candidature(event: AboutCandidature) -> None:
    """In the transaction of what moved it, which holds its row: nobody else is placing it. A draft has no place."""
    _write(_PLACED, candidature=int(event.about.partition(":")[2]))


def fill_places() -> int:
    """Place those that are nowhere yet: an installation older than the table. How many there were."""
    return _write(_FILLED)


def deduced() -> list[tuple[Any, ...]]:
    """What every place should be, column by column, without the table."""
    return sorted(rows_of(_DEDUCED, _asked()))


def kept() -> list[tuple[Any, ...]]:
    """What every place is, in the table."""
    return sorted(rows_of(f"SELECT {', '.join(COLUMNS)} FROM reviews_place", {}))  # noqa: S608 - made of our own constants


def _write(sql: str, **parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, _asked() | parameters)
        return int(cursor.rowcount)


def _asked() -> dict[str, Any]:
    """What the content says of each step: how its queue goes, for how many hours a place is kept, in how many days the agency answers.

    An edition never changes once a candidature was begun in it: neither does what is deduced from it.
    """
    asked = [
        (procedure.key, step.code, procedure.queue, kept_hours(procedure.clocks), step.target_days)
        for procedure in library().every_procedure()
        for step in procedure.steps
    ]
    names = ("procedures", "steps", "queues", "keeps", "targets")
    return {name: [row[rank] for row in asked] for rank, name in enumerate(names)}


def kept_hours(clocks: Sequence[Clock]) -> int | None:
    """For how long a company that corrects keeps its place; None: for as long as it takes."""
    return next((clock.length for clock in clocks if clock.at_end == "lose_place" and clock.unit == "elapsed_hours"), None)
