"""Whose turn is it, once another room has moved a step? Called within its action, of rows that the action has locked."""

from __future__ import annotations

from datetime import datetime

from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.workflow import CANDIDATURE, STEP
from foundation.core.verdict import Refused


def hand_over(step: Step, verb: str, at: datetime) -> None:
    """The company has done its part: the agency's turn. What it hands over first makes the candidature the agency's too."""
    candidature = step.candidature
    state = STEP.after(verb, step.state)
    candidature.state, candidature.submitted_at = CANDIDATURE.after("submit_step", candidature.state), candidature.submitted_at or at
    candidature.save(update_fields=["state", "submitted_at"])
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])


def give_back(step: Step, verb: str, at: datetime) -> None:
    """The agency asks for something else: the company's turn again."""
    CANDIDATURE.after("request_changes", step.candidature.state)
    step.state, step.since = STEP.after(verb, step.state), at
    step.save(update_fields=["state", "since"])


def refuse_ended(candidature: Candidature, so: str = "elle ne peut plus changer") -> None:
    """Nothing moves any more in a candidature that ended; `so` says what of it is over."""
    if not candidature.is_alive:
        raise Refused(f"Cette candidature est {candidature.state_word.lower()} : {so}.", code="wrong_state", status=409)
