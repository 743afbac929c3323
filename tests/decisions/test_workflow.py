"""Where can a decision stand? The table read aloud, and the state read from what was written."""

from __future__ import annotations

import pytest

from convergence.decisions.rules import state_of
from convergence.decisions.workflow import DECISION
from tests.crossing import as_read_aloud, unreachable


def only(**moves):
    return {state: moves.get(state) for state in DECISION.states}


def test_the_life_of_a_decision_read_aloud():
    assert as_read_aloud(DECISION) == {
        "propose_decision": only(to_propose="proposed", proposed="proposed", sent_back="proposed"),
        "send_back_proposal": only(proposed="sent_back"),
        "decide_step": only(proposed="decided"),
    }
    assert unreachable(DECISION) == set()


@pytest.mark.parametrize(
    ("is_proposed", "is_sent_back", "is_decided", "state"),
    [
        (False, False, False, "to_propose"),
        (True, False, False, "proposed"),
        (True, True, False, "sent_back"),
        (True, False, True, "decided"),
        (True, True, True, "decided"),
    ],
)
def test_the_state_is_read_from_what_was_written(is_proposed, is_sent_back, is_decided, state):
    assert state_of(is_proposed=is_proposed, is_sent_back=is_sent_back, is_decided=is_decided) == state
