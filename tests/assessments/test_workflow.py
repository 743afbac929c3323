"""Where can a questionnaire stand? The table, read aloud; `test_standings.py` plays it with real actions."""

from __future__ import annotations

import pytest

from convergence.assessments.rules import status_of
from convergence.assessments.workflow import QUESTIONNAIRE, VALIDATION_REQUEST
from tests.crossing import as_read_aloud, crossing, unreachable

ASKED = ("a", "b")
BEFORE = {"to_complete": ([], None), "in_progress": (["a"], None), "done": (["a", "b"], ["a", "b"])}
"""Answers and validation that make each state."""


def test_the_table_read_aloud():
    assert as_read_aloud(QUESTIONNAIRE) == {
        "save_answers": {"to_complete": "in_progress", "in_progress": "in_progress", "done": "done"},
        "validate_assessment": {"to_complete": "done", "in_progress": "done", "done": "done"},
    }
    assert unreachable(QUESTIONNAIRE) == set()
    assert QUESTIONNAIRE.initial == "to_complete"


def test_a_request_is_settled_once():
    assert as_read_aloud(VALIDATION_REQUEST) == {
        "validate_assessment": {"pending": "validated", "validated": None, "sent_back": None, "withdrawn": None},
        "change_edition": {"pending": "withdrawn", "validated": None, "sent_back": None, "withdrawn": None},
        "validate_projection": {"pending": "validated", "validated": None, "sent_back": None, "withdrawn": None},
        "send_back_validation": {"pending": "sent_back", "validated": None, "sent_back": None, "withdrawn": None},
        "withdraw_validation_request": {"pending": "withdrawn", "validated": None, "sent_back": None, "withdrawn": None},
    }
    assert unreachable(VALIDATION_REQUEST) == set()
    assert VALIDATION_REQUEST.initial == "pending"


@pytest.mark.parametrize(("verb", "state", "target"), crossing(QUESTIONNAIRE))
def test_the_derived_status_follows_the_table(verb, state, target):
    answered, validated = BEFORE[state]
    assert status_of(ASKED, answered, validated) == state
    if verb == "save_answers":
        assert status_of(ASKED, [*answered, "b"], validated) == target
    else:
        assert status_of(ASKED, list(ASKED), list(ASKED)) == target
