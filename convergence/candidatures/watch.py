"""What runs out, and who is awaited? The clocks of a candidature as its history tells them; all that is due on those under way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from convergence.candidatures.calls import procedure_of
from convergence.candidatures.clocks import NAMES, Run, facts_of, runs_of
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.queries import Progress
from convergence.candidatures.workflow import AWAITED, OPEN
from convergence.content.library import library
from convergence.content.schema import Procedure
from foundation.journal.models import Entry


def clocks_of(progress: Progress) -> list[Run]:
    """The delays that have begun on a candidature whose history is already read. No query."""
    steps = [line.step for line in progress.lines]
    return _runs(progress.candidature, progress.procedure, steps, [(one.kind, one.at, one.fields) for one in reversed(progress.history)])


def run_awaiting(step: Step, clock: str) -> Run | None:
    """The run of a clock for which the company is awaited at this step, read now. Two queries."""
    candidature = step.candidature
    steps = list(candidature.steps.all())
    happened = _happened([candidature.pk]).get(candidature.pk, [])
    runs = _runs(candidature, procedure_of(library(), candidature), steps, happened)
    return next((run for run in runs if run.clock.code == clock and run.awaited == step.code and run.awaits == "company"), None)


Happened = list[tuple[str, datetime, Mapping[str, object]]]


def _runs(candidature: Candidature, procedure: Procedure, steps: Sequence[Step], happened: Happened) -> list[Run]:
    facts = facts_of(happened, {piece.code: piece.kind for piece in procedure.steps})
    states = {step.code: (step.state, step.since) for step in steps}
    awaits = {step.code: AWAITED.get(step.state, "") for step in steps}
    return runs_of(procedure, facts, states, awaits, candidature.ended_at)


def _happened(candidatures: Iterable[int]) -> dict[int, Happened]:
    """What the journal tells of the steps of these candidatures. One query."""
    found: dict[int, Happened] = {}
    about = [f"candidature:{key}" for key in candidatures]
    for entry in Entry.objects.filter(about__in=about).order_by("position"):
        kind = entry.kind.partition(".")[2]
        if kind in NAMES:
            found.setdefault(int(entry.about.partition(":")[2]), []).append((kind, entry.at, json.loads(entry.body)["fields"]))
    return found


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done before a moment: the closing of a step, or the end of a clock. `since` is from when it was known."""

    candidature: Candidature
    step: Step
    kind: str
    code: str
    title: str
    due_at: datetime
    since: datetime
    awaits: str
    days_before: tuple[int, ...]
    at_end: str

    @property
    def about(self) -> str:
        """What a reminder of it is about: another one as soon as it is due at another moment."""
        return f"{self.kind}:{self.code}:{self.step.code}:{self.due_at:%Y%m%dT%H%M}"


BEFORE_CLOSING = (7, 2, 1)
"""Days before a closing date on which one is warned (product, rules of time)."""


def dues_under_way() -> Iterator[Due]:
    """All that is due on the candidatures begun and not ended. Three queries, however many there are."""
    shelf = library()
    alive = list(Candidature.objects.alive().select_related("enrolment__subject__company").order_by("pk"))
    timed = {one.pk: one for one in alive if (piece := procedure_of(shelf, one)) and (piece.clocks or piece.milestones)}
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(candidature__in=timed).order_by("rank"):
        step.candidature = timed[step.candidature_id]
        steps.setdefault(step.candidature_id, []).append(step)
    happened = _happened(timed)
    for key, candidature in timed.items():
        procedure = procedure_of(shelf, candidature)
        yield from _closings(candidature, procedure, steps[key])
        yield from _ends(candidature, procedure, steps[key], happened.get(key, []))


def _closings(candidature: Candidature, procedure: Procedure, steps: Sequence[Step]) -> Iterator[Due]:
    """Of the steps still to be handed over."""
    milestones = {one.code: one for one in procedure.milestones}
    closes = {piece.code: milestones[piece.closes] for piece in procedure.steps if piece.closes}
    for step in steps:
        milestone = closes.get(step.code)
        if step.state != OPEN or milestone is None:
            continue
        at = step.extended_to or milestone.at
        if at is not None and at > step.since:
            yield Due(candidature, step, "closing", milestone.code, milestone.title.fr, at, step.since, "company", BEFORE_CLOSING, "")


def _ends(candidature: Candidature, procedure: Procedure, steps: Sequence[Step], happened: Happened) -> Iterator[Due]:
    """Of the clocks that run while someone is awaited."""
    by_code = {step.code: step for step in steps}
    for run in _runs(candidature, procedure, steps, happened):
        due = run.due_at
        if due is not None and run.awaits:
            clock = run.clock
            step, since = by_code[run.awaited], run.past[-1].begins_at
            yield Due(candidature, step, "clock", clock.code, clock.title.fr, due, since, run.awaits, clock.reminders_days, clock.at_end)
