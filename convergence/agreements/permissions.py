"""May this person prepare, sign, countersign, send back, refuse an agreement? And who is to be told that it is their turn?"""

from __future__ import annotations

from convergence.agreements.models import Agreement, SigningCode
from convergence.agreements.workflow import AGENCY, COMPANY
from convergence.candidatures.models import Step
from convergence.catalogue.permissions import ASK_A_REPRESENTATIVE
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor


def can_prepare_agreement(by: Actor, step: Step) -> Verdict:
    return YES if by is SYSTEM else no(_("La convention se prépare d'elle-même, dès que l'étape s'ouvre."))


def can_sign_agreement(by: Person, agreement: Agreement) -> Verdict:
    """It binds the company: its legal representative, or a representative to whom it is delegated (rights matrix, « Agreement »)."""
    subject = agreement.step.candidature.enrolment.subject
    if not subject.is_active:
        return no(_("Ce produit n'est plus dans votre catalogue : restaurez-le pour signer la convention."))
    seat = by.seat_in(subject.company_id)
    if seat is not None and (seat.has(Right.REPRESENT_LEGALLY) or (seat.has(Right.SUBMIT_CANDIDATURES) and seat.delegated)):
        return YES
    return no(
        _("La convention engage l'entreprise : son mandataire la signe, ou un représentant qui en a la délégation. {what_to_do}").format(
            what_to_do=ASK_A_REPRESENTATIVE
        )
    )


def can_countersign_agreement(by: Person, agreement: Agreement) -> Verdict:
    """A signatory of the agency whom no declared conflict of interest links to the company."""
    if not by.agency_has(Right.SIGN_AGREEMENTS):
        return no(_("Votre rôle permet de lire cette convention, pas de la signer pour l'agence."))
    if is_recused(by, agreement.step.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un autre signataire signe sa convention."))
    return YES


can_send_back_agreement = can_refuse_agreement = can_countersign_agreement


def can_send_signing_code(by: Person, agreement: Agreement) -> Verdict:
    """Whoever may sign, when it is their side's turn."""
    if agreement.turn == COMPANY:
        return can_sign_agreement(by, agreement)
    if agreement.turn == AGENCY:
        return can_countersign_agreement(by, agreement)
    return no(_("Cette convention n'attend plus de signature."))


def can_try_signing_code(by: Person, code: SigningCode) -> Verdict:
    return YES if code.person_id == by.pk else no(_("Ce code n'est pas le vôtre."))


can_request_signatures = can_sign_agreement
"""Whoever may sign asks for it, and is who the provider asks to sign."""


def _by_itself(by: Actor, thing: object) -> Verdict:
    return YES if by is SYSTEM else no(_("C'est la plateforme qui suit ce que dit le prestataire de signature."))


can_place_envelope = can_receive_provider_event = can_note_company_signature = can_conclude_envelope = can_close_envelope = _by_itself


def agency_signatory_of(agreement: Agreement) -> Person | None:
    """Who signs for the agency, where a provider must be told beforehand: the first who may."""
    return next((one for one in people_with_right(Right.SIGN_AGREEMENTS) if can_countersign_agreement(one, agreement)), None)


def signatories_of(agreement: Agreement) -> list[Person]:
    """Those of the side awaited who may sign."""
    company = agreement.step.candidature.enrolment.subject.company
    if agreement.turn == AGENCY:
        return [one for one in people_with_right(Right.SIGN_AGREEMENTS) if can_countersign_agreement(one, agreement)]
    return [one for one in people_with_right(Right.SUBMIT_CANDIDATURES, company) if can_sign_agreement(one, agreement)]
