"""What runs out, and who is awaited? The clocks of a candidature, as its history tells them."""

from __future__ import annotations

from convergence.candidatures.clocks import Run, facts_of, runs_of
from convergence.candidatures.queries import Progress
from convergence.candidatures.workflow import AWAITED


def clocks_of(progress: Progress) -> list[Run]:
    """The delays that have begun on a candidature whose history is already read. No query."""
    steps = {line.step.code: line.step for line in progress.lines}
    facts = facts_of(
        ((one.kind, one.at, one.fields) for one in progress.history), {line.step.code: line.piece.kind for line in progress.lines}
    )
    states = {code: (step.state, step.since) for code, step in steps.items()}
    awaits = {code: AWAITED.get(step.state, "") for code, step in steps.items()}
    return runs_of(progress.procedure, facts, states, awaits, progress.candidature.ended_at)
