"""What becomes of a step handed over: accepted, sent back, rejected, put off, lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from convergence.candidatures.calls import Call, call_of, is_last, procedure_of
from convergence.candidatures.events import (
    ChangesRequested,
    ClosingExtended,
    StepAccepted,
    StepConcluded,
    StepLapsed,
    StepRefused,
    StepRejected,
)
from convergence.candidatures.handing import LONGEST_TEXT, latest_of
from convergence.candidatures.models import ChangeRequest, Step
from convergence.candidatures.permissions import (
    can_accept_step,
    can_conclude_step,
    can_extend_closing,
    can_lapse_step,
    can_refuse_step,
    can_reject_step,
    can_request_changes,
)
from convergence.candidatures.turns import end, open_next, refuse_ended, settle
from convergence.candidatures.watch import run_awaiting
from convergence.candidatures.workflow import CANDIDATURE, STEP
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, fitting, worded
from foundation.journal.action import action
from foundation.journal.actor import Actor


@dataclass(frozen=True, slots=True)
class Correction:
    """What the agency asks of one field: a reason of the content, or none, and a sentence."""

    field: str
    reason: str
    text: str


@action(StepAccepted)
def accept_step(step: Step, text: str, *, by: Person, at: datetime) -> StepAccepted:
    """What was handed over is accepted, and stays so; the steps that waited for it open."""
    can_accept_step(by, step).or_refuse()
    opened, completes = _accepted(step, "accept_step", text, by, at)
    return StepAccepted(
        **step.heading,
        step_key=step.pk,
        opened=opened,
        completes=completes,
    )


@action(StepConcluded)
def conclude_step(step: Step, text: str, *, by: Person, at: datetime) -> StepConcluded:
    """A step that is not a form is over, and well: signed by both, every requirement accepted, granted. Called by the room that knows."""
    can_conclude_step(by, step).or_refuse()
    opened, completes = _accepted(step, "conclude_step", text, by, at)
    return StepConcluded(
        **step.heading,
        step_key=step.pk,
        opened=opened,
        completes=completes,
    )


def _accepted(step: Step, verb: str, text: str, by: Person, at: datetime) -> tuple[tuple[str, ...], bool]:
    """Settle a step and open those that waited for it alone; where none remains the candidature ends. Which opened, and whether it ended."""
    settle(step, verb, by, at, text=fitting(text, LONGEST_TEXT))
    candidature = step.candidature
    procedure = procedure_of(library(), candidature)
    accepted, opened = open_next(candidature, procedure, at)
    completes = is_last(procedure, accepted)
    if completes:
        end(candidature, "accept_last_step", by, at)
    else:
        CANDIDATURE.after("accept_step", candidature.state)
    return tuple(opened), completes


@action(ChangesRequested)
def request_changes(step: Step, corrections: Sequence[Correction], *, by: Person, at: datetime) -> ChangesRequested:
    """Field by field, what is to be corrected and why: only those fields open again."""
    can_request_changes(by, step).or_refuse()
    state = STEP.after("request_changes", step.state)
    CANDIDATURE.after("request_changes", step.candidature.state)
    call = call_of(library(), step)
    submission = latest_of(step)
    asked = {one.key for one in call.asked(submission.values)}
    reasons = {reason.code for reason in call.piece.reasons}
    if not corrections:
        raise Refused(_("Désignez au moins un champ à modifier, et dites ce qui est attendu."), code="nothing_asked", status=400)
    requests = []
    for one in corrections:
        if one.field not in asked or (one.reason and one.reason not in reasons):
            raise Refused(_("Ce champ ou ce motif n'est pas dans le formulaire. Rechargez la page."), status=400)
        text = worded(one.text, _("Pour chaque champ désigné, écrivez ce que l'entreprise doit modifier."), LONGEST_TEXT)
        requests.append(
            ChangeRequest(submission=submission, field=one.field, reason=one.reason, text=text, requested_at=at, requested_by=by)
        )
    ChangeRequest.objects.bulk_create(requests)
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    return ChangesRequested(
        **step.heading,
        step_key=step.pk,
        request=submission.pk,
        fields=tuple(one.field for one in corrections),
    )


@action(StepRejected)
def reject_step(step: Step, reasons: Sequence[str], text: str, *, by: Person, at: datetime) -> StepRejected:
    """The candidature ends here, with reasons the content names and a text of the reviewer's own."""
    can_reject_step(by, step).or_refuse()
    _refused(step, "reject_step", reasons, text, by, at)
    return StepRejected(
        **step.heading,
        step_key=step.pk,
        reasons=tuple(step.reasons),
    )


@action(ClosingExtended)
def extend_closing(step: Step, until: datetime, *, by: Person, at: datetime) -> ClosingExtended:
    """The closing date of a step is put off for this candidature: later than it was, and than now. Two people agreed to it above."""
    can_extend_closing(by, step).or_refuse()
    STEP.after("extend_closing", step.state)
    refuse_ended(step.candidature)
    closes_at = call_of(library(), step).closes_at
    if closes_at is None:
        raise Refused(_("Cette étape n'a pas de date de clôture à reporter."), code="no_closing", status=409)
    if until <= max(closes_at, at):
        raise Refused(_("La date reportée doit être postérieure à la date de clôture, et à venir."), code="not_later", status=400)
    step.extended_to = until
    step.save(update_fields=["extended_to"])
    return ClosingExtended(
        **step.heading,
        step_key=step.pk,
        until=until.isoformat(),
    )


LAPSES = {"reject": "reject_lapsed", "abandon": "abandon_lapsed"}
"""What the end of a clock does to a candidature, by the word of the content."""


@action(StepLapsed)
def lapse_step(step: Step, clock: str, *, by: Actor, at: datetime) -> StepLapsed:
    """The company was awaited and its delay has passed: the candidature ends, refused or abandoned. Read again under the lock:
    what was submitted a moment before is not late.
    """
    can_lapse_step(by, step).or_refuse()
    state = STEP.after("lapse_step", step.state)
    run = run_awaiting(step, clock)
    if run is None or run.clock.at_end not in LAPSES or not run.is_passed(at):
        raise Refused(_("Ce délai n'est pas dépassé."), code="not_late", status=409)
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    reason = f"{run.clock.title.fr} : le délai est passé sans réponse."  # recorded as it is
    end(step.candidature, LAPSES[run.clock.at_end], None, at, reason)
    return StepLapsed(
        **step.heading,
        step_key=step.pk,
        clock=clock,
        effect=run.clock.at_end,
    )


@action(StepRefused)
def refuse_step(step: Step, reasons: Sequence[str], text: str, *, by: Person, at: datetime) -> StepRefused:
    """A step that is not a form ends the candidature, with its reasons. Called by the room that knows."""
    can_refuse_step(by, step).or_refuse()
    _refused(step, "refuse_step", reasons, text, by, at)
    return StepRefused(
        **step.heading,
        step_key=step.pk,
        reasons=tuple(step.reasons),
    )


def _refused(step: Step, verb: str, reasons: Sequence[str], text: str, by: Person, at: datetime) -> None:
    kept, words = ground(call_of(library(), step), reasons, text)
    settle(step, verb, by, at, reasons=kept, text=words)
    end(step.candidature, verb, by, at, words)


def ground(call: Call, reasons: Sequence[str], text: str) -> tuple[list[str], str]:
    """What a refusal stands on, as it is kept: reasons the content names, at least one where it names any, and a text of one's own."""
    known = [reason.code for reason in call.piece.reasons]
    if not set(reasons) <= set(known) or (known and not reasons):
        raise Refused(_("Choisissez au moins un motif de refus dans la liste."), code="no_reason", status=400)
    return [code for code in known if code in reasons], worded(
        text, _("Écrivez à l'entreprise pourquoi sa candidature est refusée."), LONGEST_TEXT
    )
