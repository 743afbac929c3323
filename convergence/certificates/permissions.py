"""May this person issue, suspend, restore, withdraw a certificate? Reading one is everyone's."""

from __future__ import annotations

from convergence.candidatures.models import Candidature
from convergence.catalogue.permissions import ASK_A_REPRESENTATIVE
from convergence.certificates.models import Certificate, DeclaredChange
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor

_BY_ITSELF = no(gettext_lazy("Un certificat se délivre de lui-même, quand la candidature se termine bien."))


def can_issue_certificate(by: Actor, candidature: Candidature) -> Verdict:
    return YES if by is SYSTEM else _BY_ITSELF


def can_seal_certificate(by: Actor, certificate: Certificate) -> Verdict:
    return YES if by is SYSTEM else _BY_ITSELF


def can_expire_certificate(by: Actor, certificate: Certificate) -> Verdict:
    return YES if by is SYSTEM else no(_("Un certificat expire de lui-même, le lendemain de son dernier jour."))


def can_watch(by: Person, certificate: Certificate) -> Verdict:
    """The coordination or a signatory, whom no declared conflict of interest links to the company."""
    if not by.agency_has(Right.WATCH_CERTIFICATES):
        return no(_("Votre rôle permet de lire ce certificat, pas de le suspendre ni de le retirer."))
    if is_recused(by, certificate.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : quelqu'un d'autre suit ses certificats."))
    return YES


def can_declare_change(by: Person, certificate: Certificate) -> Verdict:
    """It engages the company: whoever may submit its candidatures."""
    if by.company_has(certificate.candidature.enrolment.subject.company_id, Right.SUBMIT_CANDIDATURES):
        return YES
    return no(_("Votre rôle ne permet pas de déclarer une modification. {what_to_do}").format(what_to_do=ASK_A_REPRESENTATIVE))


def can_answer_change(by: Person, change: DeclaredChange) -> Verdict:
    return can_watch(by, change.certificate)


can_find_change_harmless = can_ask_new_candidature = can_answer_change
can_suspend_certificate = can_restore_certificate = can_withdraw_certificate = can_watch
