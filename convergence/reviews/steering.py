"""Who has how much, what waits for how long? Read from the journal: what happened, never what someone noted of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from convergence.content.library import Library, library
from convergence.reviews.rules import Stay, Turn, awaiting_at, percentile, stays
from foundation.core.clock import PARIS
from foundation.core.rows import rows_of

PERIODS = {"3": 92, "12": 366}
"""Three months, twelve months, in days."""

BEGINS = ("StepSubmitted", "EvidenceComplete")
ENDS = ("StepAccepted", "StepConcluded", "ChangesRequested", "StepRejected", "StepRefused", "EvidenceReopened", "SectionGivenBack")
STOPS = ("CandidatureWithdrawn",)

_HAPPENED = """SELECT candidature.id, candidature.procedure, entry.kind, entry.at, entry.body
    FROM candidatures_candidature candidature
    JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
    JOIN journal_entry entry ON entry.about = 'candidature:' || candidature.id
    WHERE candidature.submitted_at IS NOT NULL AND (candidature.ended_at IS NULL OR candidature.ended_at >= %(since)s)
        AND entry.kind = ANY(%(kinds)s) AND (%(code)s = '' OR enrolment.code = %(code)s)
    ORDER BY entry.position"""


@dataclass(frozen=True, slots=True)
class Delay:
    """How long a step stays at the agency, in days: half of the time no more than `median`, nine times in ten no more than `ninth`."""

    title: str
    count: int
    median: float | None
    ninth: float | None
    target: int | None


@dataclass(frozen=True, slots=True)
class Week:
    """How many candidatures awaited the agency at the end of a week, named by its first day."""

    begins_on: datetime
    awaiting: int


@dataclass(frozen=True, slots=True)
class Steering:
    delays: list[Delay]
    weeks: list[Week]
    received: int
    ended: int


def steering(at: datetime, days: int, code: str = "") -> Steering:
    """Everything the page of the coordination shows of the past. Two queries, whatever happened."""
    shelf = library()
    since = at - timedelta(days=days)
    rows = rows_of(_HAPPENED, {"since": since, "code": code, "kinds": [f"{_room(kind)}.{kind}" for kind in (*BEGINS, *ENDS, *STOPS)]})
    procedures = {row[0]: row[1] for row in rows}
    found = stays([turn for row in rows for turn in _turns(shelf, *row)])
    counted = """SELECT count(*) FILTER (WHERE candidature.submitted_at >= %(week)s), count(*) FILTER (WHERE candidature.ended_at >= %(week)s)
        FROM candidatures_candidature candidature JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
        WHERE candidature.submitted_at IS NOT NULL AND (%(code)s = '' OR enrolment.code = %(code)s)"""
    ((received, ended),) = rows_of(counted, {"week": at - timedelta(days=7), "code": code})
    return Steering(_delays(shelf, found, procedures, since), _weeks(found, at, min(12, days // 7)), received, ended)


def _room(kind: str) -> str:
    return "reviews" if kind == "SectionGivenBack" else "candidatures"


def _turns(shelf: Library, candidature: int, procedure: str, kind: str, at: datetime, body: str) -> list[Turn]:
    """What an entry of the journal says of whose turn it is."""
    fields: dict[str, Any] = json.loads(body)["fields"]
    name = kind.partition(".")[2]
    if name in STOPS:
        return [Turn(candidature, "", at, "stops")]
    if name in BEGINS:
        return [Turn(candidature, fields["step"], at, "begins")]
    if name == "SectionGivenBack" and fields["result"] != "changes_requested":
        return []
    read = shelf.procedure(procedure)
    agencys = {step.code for step in read.steps if step.acts == "agency"} if read else set()
    opened = [Turn(candidature, step, at, "begins") for step in fields.get("opened", ()) if step in agencys]
    return [Turn(candidature, fields["step"], at, "ends"), *opened]


def _delays(shelf: Library, found: list[Stay], procedures: dict[int, str], since: datetime) -> list[Delay]:
    """By the title of the step, the slowest first: two procedures that call a step alike are counted together."""
    by_title: dict[str, tuple[list[float], set[int]]] = {}
    for stay in found:
        if stay.ended_at is None or stay.ended_at < since:
            continue
        procedure = shelf.procedure(procedures[stay.candidature])
        piece = next((step for step in procedure.steps if step.code == stay.step), None) if procedure else None
        if piece is not None:
            values, targets = by_title.setdefault(str(piece.title), ([], set()))
            values.append(stay.days)
            if piece.target_days is not None:
                targets.add(piece.target_days)
    delays = [
        Delay(title, len(values), percentile(values, 50), percentile(values, 90), targets.pop() if len(targets) == 1 else None)
        for title, (values, targets) in by_title.items()
    ]
    return sorted(delays, key=lambda one: (-(one.ninth or 0), one.title))


def _weeks(found: list[Stay], at: datetime, number: int) -> list[Week]:
    """The last weeks, each at its end; the present one, now."""
    today = at.astimezone(PARIS)
    monday = (today - timedelta(days=today.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [monday - timedelta(weeks=back) for back in range(number - 1, -1, -1)]
    return [Week(one, awaiting_at(found, min(at, one + timedelta(days=7)))) for one in begins]
