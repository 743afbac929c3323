"""Is a workflow's table crossed whole? Every verb with every state, and where each leads."""

from __future__ import annotations

from foundation.core.verdict import Refused
from foundation.core.workflow import Workflow


def verbs_of(workflow: Workflow) -> list[str]:
    """Each verb once, in the order of the table."""
    return list(dict.fromkeys(move.verb for move in workflow.moves))


def crossing(workflow: Workflow) -> list[tuple[str, str, str | None]]:
    """Every (verb, state, state reached), None where the table refuses."""
    crossed: list[tuple[str, str, str | None]] = []
    for verb in verbs_of(workflow):
        for state in workflow.states:
            targets = [move.target for move in workflow.moves if move.verb == verb and state in move.sources]
            assert len(targets) <= 1, f"{workflow.name} : « {verb} » mène de « {state} » à {targets}"
            crossed.append((verb, state, targets[0] if targets else None))
    return crossed


def as_read_aloud(workflow: Workflow) -> dict[str, dict[str, str | None]]:
    """Verb → state → what `after` answers, by asking it: None where it refuses."""
    table: dict[str, dict[str, str | None]] = {}
    for verb, state, _ in crossing(workflow):
        try:
            reached: str | None = workflow.after(verb, state)
        except Refused:
            reached = None
        assert workflow.allows(verb, state) is (reached is not None)
        table.setdefault(verb, {})[state] = reached
    return table


def unreachable(workflow: Workflow) -> set[str]:
    """States no move ever leads to from the initial one."""
    reached, before = {workflow.initial}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {move.target for move in workflow.moves if reached & set(move.sources)}
    return set(workflow.states) - reached
