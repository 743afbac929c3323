"""What is to be decided? A step, what its reviewers propose, and what the signatory makes of it, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.candidatures.queries import candidature_handed_over, lines_of
from convergence.decisions import actions
from convergence.decisions.actions import LONGEST_TEXT
from convergence.decisions.permissions import can_decide_step, can_propose_decision
from convergence.decisions.queries import decided_step, deliberation_of
from convergence.decisions.rules import OUTCOME_WORDS
from convergence.decisions.workflow import DECISION, PROPOSED
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.forms import typed_number
from web.guard import AgencyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.decisions.queries import Deliberation
    from foundation.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed, kept where it is refused; `over` is the proposal the person had before their eyes."""

    outcome: str
    reasons: list[str]
    text: str
    send_back: str
    over: int

    @property
    def texts(self) -> list[str]:
        """What was written, where there is no longer a form to keep it in."""
        return [one for one in (self.text, self.send_back) if one.strip()]


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def decision(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """The reviewer proposes, the signatory decides or sends the proposal back: one button, one of the three."""
    found = candidature_handed_over(number, request.user)
    held = deliberation_of(decided_step(found, step))
    said = _said(request) if request.method == "POST" else _said_before(held, request.user)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _settle(request, held, said)
            return redirect("agency:decision", number, step)
        except Refused as refusal:
            refused = refusal
            found = candidature_handed_over(number, request.user)  # as it now stands: someone else may have acted meanwhile
            held = deliberation_of(decided_step(found, step))
    is_ours = held.step.awaits == "agency" and found.is_alive
    may_propose = can_propose_decision(request.user, held.step)
    may_decide = can_decide_step(request.user, held.step)
    latest = held.latest
    context = {
        "candidature": found,
        "subject": found.enrolment.subject,
        "lines": lines_of(found),
        "held": held,
        "piece": held.piece,
        "step": held.step,
        "proposals": [(one, held.titles(one.reasons), getattr(one, "sent_back", None)) for one in held.proposals[::-1]],
        "decision": held.decision,
        "decided_reasons": held.titles(held.decision.reasons) if held.decision else [],
        "latest": latest,
        "latest_reasons": held.titles(latest.reasons) if latest else [],
        "is_ours": is_ours,
        "may_propose": may_propose,
        "may_decide": may_decide,
        "is_to_decide": is_ours and held.state == PROPOSED,
        "can_propose": is_ours and bool(may_propose) and DECISION.allows("propose_decision", held.state),
        "can_decide": is_ours and bool(may_decide) and held.state == PROPOSED,
        "outcomes": list(OUTCOME_WORDS.items()),
        "appeal": held.procedure.outcome.appeal,
        "said": said,
        "refused": refused,
        "longest": LONGEST_TEXT,
    }
    return render(request, "agency/decisions/decision.html", context, status=refused.status if refused else 200)


def _said(request: AgencyRequest) -> Said:
    posted = request.POST
    return Said(
        outcome=str(posted.get("outcome", "")),
        reasons=[str(one) for one in posted.getlist("reasons")],
        text=str(posted.get("text", "")),
        send_back=str(posted.get("send_back_text", "")),
        over=typed_number(posted.get("over", ""), 5) or 0,
    )


def _said_before(held: Deliberation, person: Person) -> Said:
    """To propose again, one's own last words."""
    latest = held.latest
    if latest is None or latest.proposed_by_id != person.pk:
        return Said("", [], "", "", held.seen)
    return Said(latest.outcome, latest.reasons, latest.text, "", held.seen)


def _settle(request: AgencyRequest, held: Deliberation, said: Said) -> None:
    """One of the three, by the button pressed."""
    by, at = request.user, now()
    if "decide" in request.POST:
        event = actions.decide_step(held.step, over=said.over, by=by, at=at)
        messages.success(
            request,
            _("La décision est prise : {outcome}. L'entreprise en est prévenue.").format(outcome=OUTCOME_WORDS[event.outcome].lower()),
        )
    elif "send_back" in request.POST:
        actions.send_back_proposal(held.step, said.send_back, over=said.over, by=by, at=at)
        messages.success(request, _("La proposition est renvoyée, avec votre motif."))
    else:
        actions.propose_decision(held.step, said.outcome, said.reasons, said.text, over=said.over, by=by, at=at)
        messages.success(request, _("La proposition est enregistrée. Un signataire décidera."))
