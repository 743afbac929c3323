"""Every write to a decision: proposing it, sending the proposal back, deciding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from convergence.candidatures.actions import conclude_step, ground, refuse_step
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.candidatures.workflow import CANDIDATURE, STEP
from convergence.content.library import library
from convergence.decisions.events import DecisionProposed, ProposalSentBack, StepDecided
from convergence.decisions.models import Decision, Proposal, SendBack
from convergence.decisions.permissions import can_decide_step, can_propose_decision, can_send_back_proposal
from convergence.decisions.queries import Deliberation, deliberation_of
from convergence.decisions.rules import GRANTED, OUTCOME_WORDS
from convergence.decisions.workflow import DECISION
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, fitting, worded
from foundation.journal.action import action

LONGEST_TEXT = 2000


@action(DecisionProposed)
def propose_decision(
    step: Step, outcome: str, reasons: Sequence[str], text: str, *, over: int, by: Person, at: datetime
) -> DecisionProposed:
    """What the reviewer proposes, over the last proposal read (`over`): whoever proposes second is told, and nothing is lost."""
    can_propose_decision(by, step).or_refuse()
    held = _held(step, "propose_decision", over)
    if outcome not in OUTCOME_WORDS:
        raise Refused(_("Choisissez ce que vous proposez : accorder ou refuser."), code="no_outcome", status=400)
    if outcome == GRANTED:
        kept: list[str] = []
        words = fitting(text, LONGEST_TEXT)
    else:
        kept, words = ground(call_of(library(), step), reasons, text)
    proposal = Proposal.objects.create(
        step=step, number=held.seen + 1, outcome=outcome, reasons=kept, text=words, proposed_at=at, proposed_by=by
    )
    return DecisionProposed(
        **step.heading,
        step_key=step.pk,
        proposal=proposal.number,
        outcome=outcome,
    )


@action(ProposalSentBack)
def send_back_proposal(step: Step, reason: str, *, over: int, by: Person, at: datetime) -> ProposalSentBack:
    """The signatory does not follow the proposal read, and says why; the reviewers propose again."""
    can_send_back_proposal(by, step).or_refuse()
    held = _held(step, "send_back_proposal", over)
    assert held.latest is not None
    words = worded(reason, _("Dites au vérificateur pourquoi vous ne suivez pas sa proposition."), LONGEST_TEXT)
    SendBack.objects.create(proposal=held.latest, reason=words, sent_back_at=at, sent_back_by=by)
    return ProposalSentBack(
        **step.heading,
        step_key=step.pk,
        proposal=held.seen,
    )


@action(StepDecided)
def decide_step(step: Step, *, over: int, by: Person, at: datetime) -> StepDecided:
    """The signatory decides as proposed, on the very proposal read: granted concludes the step, refused ends the candidature."""
    can_decide_step(by, step).or_refuse()
    held = _held(step, "decide_step", over)
    followed = held.latest
    assert followed is not None
    if followed.outcome == GRANTED:
        conclude_step(step, followed.text, by=by, at=at)
    else:
        refuse_step(step, followed.reasons, followed.text, by=by, at=at)
    Decision.objects.create(
        step=step,
        proposal=followed,
        outcome=followed.outcome,
        reasons=followed.reasons,
        text=followed.text,
        appeal=held.procedure.outcome.appeal.fr if followed.outcome != GRANTED and held.procedure.outcome.appeal else "",
        decided_at=at,
        decided_by=by,
        decided_by_name=by.name,
    )
    return StepDecided(
        **step.heading,
        step_key=step.pk,
        proposal=followed.number,
        outcome=followed.outcome,
        reasons=tuple(followed.reasons),
    )


def _held(step: Step, verb: str, over: int) -> Deliberation:
    """What the verb is about, unless the step or the candidature moved on, or another proposal was written meanwhile."""
    STEP.after("conclude_step", step.state)
    CANDIDATURE.after("accept_step", step.candidature.state)
    held = deliberation_of(step)
    if held.seen != over:
        assert held.latest is not None
        raise Refused(
            _(
                "{name} a écrit une autre proposition depuis que vous avez ouvert cette page. Vos mots sont gardés : lisez la sienne, puis recommencez."
            ).format(name=held.latest.proposed_by.name),
            code="diverged",
            status=409,
        )
    DECISION.after(verb, held.state)
    return held
