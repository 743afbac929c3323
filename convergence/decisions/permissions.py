"""May this person propose a decision, send a proposal back, decide? Never the same person twice, never one who is linked to the company."""

from __future__ import annotations

from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.content.library import library
from convergence.decisions.models import Proposal
from convergence.decisions.rules import KINDS
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no


def can_propose_decision(by: Person, step: Step) -> Verdict:
    """A reviewer whom no declared conflict of interest links to the company."""
    if not (verdict := _ends_with_a_decision(step)):
        return verdict
    if not by.agency_has(Right.EXAMINE_CANDIDATURES):
        return no(_("Votre rôle ne permet pas de proposer une décision : un vérificateur la propose."))
    if is_recused(by, step.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un autre vérificateur propose la décision."))
    return YES


def can_decide_step(by: Person, step: Step) -> Verdict:
    """A signatory linked neither to the company nor to what is proposed: whoever wrote any proposal of this step does not decide it."""
    if not (verdict := _ends_with_a_decision(step)):
        return verdict
    if not by.agency_has(Right.DECIDE):
        return no(_("Votre rôle ne permet pas de décider : la décision revient à un signataire."))
    if is_recused(by, step.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un autre signataire décide."))
    if Proposal.objects.filter(step=step, proposed_by=by).exists():
        return no(_("Vous avez proposé cette décision : une autre personne la prend."))
    return YES


can_send_back_proposal = can_decide_step


def _ends_with_a_decision(step: Step) -> Verdict:
    return YES if call_of(library(), step).piece.kind in KINDS else no(_("Cette étape ne se conclut pas par une décision."))
