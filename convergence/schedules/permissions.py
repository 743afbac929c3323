"""May this person ask for more time, propose it, grant it? Two people of the agency, neither linked to the company."""

from __future__ import annotations

from convergence.candidatures.models import Candidature
from convergence.candidatures.permissions import can_submit_step
from convergence.evidence.models import Deposit
from convergence.schedules.models import Extension
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor


def _by_itself(by: Actor) -> Verdict:
    return YES if by is SYSTEM else no(_("Les rappels partent d'eux-mêmes."))


def can_send_reminder(by: Actor, candidature: Candidature) -> Verdict:
    return _by_itself(by)


def can_remind_expiry(by: Actor, deposit: Deposit) -> Verdict:
    return _by_itself(by)


def can_ask_extension(by: Person, extension: Extension) -> Verdict:
    """Whoever may hand the step over: more time binds the company as much."""
    return can_submit_step(by, extension.step)


def can_propose_extension(by: Person, extension: Extension) -> Verdict:
    """A reviewer."""
    if not by.agency_has(Right.EXAMINE_CANDIDATURES):
        return no(_("Un vérificateur propose le report."))
    return _impartial(by, extension)


def can_grant_extension(by: Person, extension: Extension) -> Verdict:
    """Someone else than who proposed it."""
    if not by.agency_has(Right.GRANT_EXTENSIONS):
        return no(_("Votre rôle ne permet pas d'accorder un report."))
    if by.pk == extension.proposed_by_id:
        return no(_("Vous avez proposé ce report : une autre personne de l'agence l'accorde ou le refuse."))
    return _impartial(by, extension)


def can_decline_extension(by: Person, extension: Extension) -> Verdict:
    """Whoever could propose or grant."""
    if not by.agency_has(Right.GRANT_EXTENSIONS):
        return no(_("Votre rôle ne permet pas de répondre à cette demande."))
    return _impartial(by, extension)


def _impartial(by: Person, extension: Extension) -> Verdict:
    if is_recused(by, extension.step.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un collègue répond à sa demande."))
    return YES
