"""Who is told that a decision is proposed, or sent back? The agency's own people; the company is told of the decision by its candidature."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.content.library import library
from convergence.decisions.events import DecisionProposed, ProposalSentBack
from convergence.decisions.models import Proposal
from convergence.decisions.permissions import can_decide_step
from foundation.accounts.models import Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.notifications.mail import post_mail


def decision_proposed(event: DecisionProposed) -> None:
    """Every signatory who may decide it."""
    step = _step(event.step_key)
    _tell(
        step,
        [one for one in people_with_right(Right.DECIDE) if can_decide_step(one, step)],
        "Décision à prendre",
        "proposed",
        event.proposal,
    )


def proposal_sent_back(event: ProposalSentBack) -> None:
    """Whoever wrote the proposal, if they are still there. The reason stays on the page."""
    step = _step(event.step_key)
    proposal = Proposal.objects.select_related("proposed_by").get(step=step, number=event.proposal)
    author = proposal.proposed_by
    _tell(step, [author] if author.is_active and author.agency_has(Right.SEE_CANDIDATURES) else [], "Proposition renvoyée", "sent_back", event.proposal)  # fmt: skip


def _step(key: int) -> Step:
    return Step.objects.select_related("candidature__enrolment__subject").get(pk=key)


def _tell(step: Step, people: Iterable[Person], title: str, what: str, proposal: int) -> None:
    candidature, call = step.candidature, call_of(library(), step)
    path = reverse("agency:decision", args=[candidature.number, step.code])
    for person in people:
        words = {
            "to": person,
            "what": what,
            "candidature": candidature,
            "subject": candidature.enrolment.subject,
            "step": call.piece.title,
            "procedure": call.procedure.title,
            "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else "",
        }
        text = render_to_string("mail/decisions/decision_told.txt", words)
        about = f"decision_{what}:{step.pk}:{proposal}"
        post_mail(person.email, f"{title} : candidature n° {candidature.number}", text, about=about)
