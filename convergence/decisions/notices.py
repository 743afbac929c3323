"""Who is told that a decision is proposed, or sent back? The agency's own people; the company is told of the decision by its candidature."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.loader import render_to_string

from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.content.library import library
from convergence.decisions.events import DecisionProposed, ProposalSentBack
from convergence.decisions.models import Proposal
from convergence.decisions.permissions import can_decide_step
from foundation.accounts.models import Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.language import gettext_lazy
from foundation.notifications.mail import in_their_language, link_to, post_mail


def decision_proposed(event: DecisionProposed) -> None:
    """Every signatory who may decide it."""
    step = _step(event.step_key)
    _tell(
        step,
        [one for one in people_with_right(Right.DECIDE) if can_decide_step(one, step)],
        "proposed",
        event.proposal,
    )


def proposal_sent_back(event: ProposalSentBack) -> None:
    """Whoever wrote the proposal, if they are still there. The reason stays on the page."""
    step = _step(event.step_key)
    proposal = Proposal.objects.select_related("proposed_by").get(step=step, number=event.proposal)
    author = proposal.proposed_by
    _tell(step, [author] if author.is_active and author.agency_has(Right.SEE_CANDIDATURES) else [], "sent_back", event.proposal)


def _step(key: int) -> Step:
    return Step.objects.select_related("candidature__enrolment__subject").get(pk=key)


TITLES = {
    "proposed": gettext_lazy("Décision à prendre : candidature n° {number}"),
    "sent_back": gettext_lazy("Proposition renvoyée : candidature n° {number}"),
}


def _tell(step: Step, people: Iterable[Person], what: str, proposal: int) -> None:
    for person in people:
        _post(person, step, what, f"decision_{what}:{step.pk}:{proposal}")


@in_their_language
def _post(person: Person, step: Step, what: str, about: str) -> None:
    candidature, call = step.candidature, call_of(library(), step)
    words = {
        "to": person,
        "what": what,
        "candidature": candidature,
        "subject": candidature.enrolment.subject,
        "step": call.piece.title,
        "procedure": call.procedure.title,
        "link": link_to("agency:decision", candidature.number, step.code),
    }
    text = render_to_string("mail/decisions/decision_told.txt", words)
    post_mail(person.email, TITLES[what].format(number=candidature.number), text, about=about)
