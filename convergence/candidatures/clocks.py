"""Which delays run on a candidature, since when, stopped by what? Read again from what happened each time it is asked: nothing counts down.

The journal is read through one table, `NAMES`: what an event is called where the content says what starts a clock, stops it or
starts it again. A clock that begins while it is stopped begins anew (a second request gives five days again), unless that is
what resumes it. It runs from the step where it began; other steps that carry it carry the same run on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from convergence.candidatures.deadlines import (
    Stretch,
    Turn,
    Unit,
    days_needed,
    due_at,
    due_at_if_resumed,
    spent_days,
    stretches,
)
from convergence.content.schema import Clock, Procedure
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened at a step, under the names the content knows it by, and how it is told."""

    at: datetime
    step: str
    names: frozenset[str]
    words: str


Names = Callable[[Mapping[str, Any]], tuple[tuple[str, ...], str]]

REQUESTED = gettext_lazy("l'agence a demandé une modification")
SUBMITTED = gettext_lazy("l'entreprise a soumis l'étape")
RESUBMITTED = gettext_lazy("l'entreprise a répondu à la demande")
COMPLETE = gettext_lazy("toutes les preuves sont déposées")

NAMES: dict[str, Names] = {
    "StepSubmitted": lambda fields: (("step_submitted",), SUBMITTED),
    "EvidenceComplete": lambda fields: (("evidence_complete",), COMPLETE),
    "ChangesRequested": lambda fields: (("changes_requested",), REQUESTED),
    "SectionGivenBack": lambda fields: (("changes_requested",), REQUESTED) if fields.get("result") == "changes_requested" else ((), ""),
    "EvidenceReopened": lambda fields: (("changes_requested",), _("le collège a énoncé des réserves")),
    "StepAccepted": lambda fields: (("step_accepted",), _("l'agence a accepté l'étape")),
    "StepConcluded": lambda fields: (("step_accepted",), _("l'étape est conclue")),
    "StepRefused": lambda fields: (("step_rejected",), _("l'agence a refusé la candidature")),
    "StepRejected": lambda fields: (("step_rejected",), _("l'agence a refusé la candidature")),
}
"""By kind of event of the journal; « resubmitted » is added to what a company hands over again, once it was asked to change it."""

HANDED_OVER = frozenset({"step_submitted", "evidence_complete"})


def facts_of(happened: Iterable[tuple[str, datetime, Mapping[str, Any]]], kinds: Mapping[str, str]) -> list[Fact]:
    """What the journal tells of the steps (kind, when, fields), the oldest first. `kinds` says the kind of each step.

    Evidence handed over is complete the first time: what is handed over after a request is an answer to it.
    """
    found: list[Fact] = []
    asked: set[str] = set()
    complete: set[str] = set()
    for kind, at, fields in sorted(happened, key=lambda one: one[1]):
        if kind not in NAMES or "step" not in fields:
            continue
        step = str(fields.get("evidence") or fields["step"])  # what is asked for anew is asked where it was deposited
        told, words = NAMES[kind](fields)
        names = set(told)
        if kind == "StepSubmitted" and kinds.get(step) == "evidence":
            names.add("evidence_complete")
        if names & HANDED_OVER and step in asked:
            asked.discard(step)
            names, words = names | {"resubmitted"}, RESUBMITTED
        if "evidence_complete" in names and step in complete:
            names.discard("evidence_complete")
        if "changes_requested" in names:
            asked.add(step)
        complete |= {step} if "evidence_complete" in names else set()
        if names:
            found.append(Fact(at, step, frozenset(names), words))
    return found


@dataclass(frozen=True, slots=True)
class Run:
    """One clock, begun at one step: its turns so far, and when it stopped for good, if it did.

    `awaits` is whose turn it is, at the step `awaited`: the one where it began, or one that carries it on.
    """

    clock: Clock
    step: str
    turns: tuple[Turn, ...]
    over_at: datetime | None
    awaits: str
    awaited: str

    @property
    def unit(self) -> Unit:
        return Unit(self.clock.unit)

    @property
    def counts_hours(self) -> bool:
        return self.unit is Unit.ELAPSED_HOURS

    @property
    def past(self) -> list[Stretch]:
        """Each stretch with what began it; the last one ends with the run."""
        found = stretches(self.turns)
        if found and self.over_at is not None:
            last = found[-1]
            found[-1] = Stretch(last.begins_at, self.over_at, last.is_running, last.because)
        return found

    @property
    def is_over(self) -> bool:
        return self.over_at is not None

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for the other side."""
        return not self.is_over and not self.past[-1].is_running

    @property
    def is_running(self) -> bool:
        return not self.is_over and self.past[-1].is_running

    @property
    def due_at(self) -> datetime | None:
        """The first moment that is too late, while it runs."""
        return None if self.is_over else due_at(self.clock.length, self.unit, self.turns)

    def due_at_if_resumed(self, at: datetime) -> datetime | None:
        return due_at_if_resumed(self.clock.length, self.unit, self.turns, at) if self.is_stopped else None

    def is_passed(self, at: datetime) -> bool:
        due = self.due_at
        return due is not None and at >= due

    @property
    def total(self) -> int:
        """« sur 60 »."""
        return self.clock.length if self.counts_hours else days_needed(self.clock.length, self.unit, self.turns)

    def spent(self, at: datetime) -> int:
        """« 23 jours »: whole days, or whole hours, that have counted so far."""
        until = min(at, self.over_at) if self.over_at is not None else at
        if not self.counts_hours:
            return spent_days(self.clock.length, self.unit, self.turns, until)
        ran = sum((min(one.ends_at or until, until) - one.begins_at for one in self.past if one.is_running), timedelta())
        return min(int(ran / timedelta(hours=1)), self.total)


def runs_of(procedure: Procedure, facts: Sequence[Fact], states: Mapping[str, tuple[str, datetime]], awaits: Mapping[str, str], ended_at: datetime | None) -> list[Run]:  # fmt: skip
    """The clocks that have begun, in the order of the content. `states` says where each step stands and since when."""
    found = []
    for clock in procedure.clocks:
        carriers = [piece.code for piece in procedure.steps if clock.code in piece.clocks]
        begun = [code for code in carriers if any(fact.step == code and clock.starts in fact.names for fact in facts)]
        followers = [code for code in carriers if code not in begun]
        for step in begun:
            awaited = next((code for code in (step, *followers) if awaits.get(code)), "")
            heard = {step, *followers}
            turns = _turns(clock, [fact for fact in facts if fact.step in heard])
            found.append(
                Run(
                    clock=clock,
                    step=step,
                    turns=turns,
                    over_at=_over_at([states[code] for code in heard if code in states], ended_at),
                    awaits=awaits.get(awaited, ""),
                    awaited=awaited,
                )
            )
    return found


def _turns(clock: Clock, facts: Sequence[Fact]) -> tuple[Turn, ...]:
    """What each fact does to the clock; what begins a stopped clock anew forgets what came before."""
    turns: list[Turn] = []
    stopped = False
    for fact in facts:
        if turns and stopped and fact.names & set(clock.resumes):
            turns.append(Turn(fact.at, "resume", fact.words))
            stopped = False
        elif clock.starts in fact.names and (not turns or stopped):
            turns, stopped = [Turn(fact.at, "start", fact.words)], False
        elif turns and not stopped and fact.names & set(clock.pauses):
            turns.append(Turn(fact.at, "pause", fact.words))
            stopped = True
    return tuple(turns)


def _over_at(states: Sequence[tuple[str, datetime]], ended_at: datetime | None) -> datetime | None:
    """When nobody can be late any more: the candidature has ended, or every step the clock ran for is settled."""
    if ended_at is not None:
        return ended_at
    settled = [since for state, since in states if state in ("accepted", "rejected", "lapsed")]
    return max(settled) if settled and len(settled) == len(states) else None
