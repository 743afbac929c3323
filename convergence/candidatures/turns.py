"""Whose turn is it once a step has moved, what opens, what ends? Called within an action, of rows that the action has locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from convergence.candidatures.calls import opening, opens_next
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.workflow import CANDIDATURE, LOCKED, STEP
from convergence.content.schema import Procedure
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
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


def refuse_ended(candidature: Candidature, sentence: str = "") -> None:
    """Nothing moves any more in a candidature that ended; `sentence` says what of it is over, with its `{state}`."""
    if not candidature.is_alive:
        told = sentence or _("Cette candidature est {state} : elle ne peut plus changer.")
        raise Refused(told.format(state=candidature.state_word.lower()), code="wrong_state", status=409)


def open_next(candidature: Candidature, procedure: Procedure, at: datetime) -> tuple[frozenset[str], list[str]]:
    """Open what waited for nothing more. Which steps are accepted, and which opened."""
    pieces = {piece.code: piece for piece in procedure.steps}
    siblings = {one.code: one for one in candidature.steps.select_for_update()}

    def standing(*states: str) -> frozenset[str]:
        return frozenset(code for code, one in siblings.items() if one.state in states)

    accepted = standing("accepted")
    opened = opens_next(procedure, accepted, standing(LOCKED), standing("submitted", "changes_requested"))
    for code in opened:
        siblings[code].state, siblings[code].since = STEP.after(opening(pieces[code]), LOCKED), at
        siblings[code].save(update_fields=["state", "since"])
    return accepted, opened


def settle(step: Step, verb: str, by: Person, at: datetime, *, text: str, reasons: Sequence[str] = ()) -> None:
    """The agency has decided of a step, for good."""
    step.state, step.since = STEP.after(verb, step.state), at
    step.settled_by, step.reasons, step.text = by, list(reasons), text
    step.save(update_fields=["state", "since", "settled_by", "reasons", "text"])


def end(candidature: Candidature, verb: str, by: Person | None, at: datetime, reason: str = "") -> None:
    """Nothing of the candidature moves any more."""
    candidature.state = CANDIDATURE.after(verb, candidature.state)
    candidature.ended_at, candidature.ended_by, candidature.reason = at, by, reason
    candidature.save(update_fields=["state", "ended_at", "ended_by", "reason"])
