"""May this person open the account of a company, invite someone, choose a password?"""

from __future__ import annotations

from foundation.accounts.models import Company, Person
from foundation.accounts.permissions import agency_has, can_manage_accounts
from foundation.accounts.rights import Right
from foundation.accounts.rules import tidy_email
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no
from foundation.invitations.models import AccountRequest, Invitation, InvitationQuerySet, PasswordLink
from foundation.journal.actor import SYSTEM, Actor

_NOT_SUPPORT = no(gettext_lazy("Seul le support examine les demandes de compte et vérifie les mandataires."))
_NOT_YOURS = no(
    gettext_lazy("Cette invitation est adressée à une autre personne que vous. Déconnectez-vous, puis ouvrez de nouveau le lien reçu.")
)


def _examines(by: Actor) -> Verdict:
    return YES if agency_has(by, Right.EXAMINE_ACCOUNTS) else _NOT_SUPPORT


def can_request_account(by: Actor, request: object) -> Verdict:
    """Anyone, without an account: the platform writes it down for them."""
    return YES if by is SYSTEM else no(_("Vous avez déjà un compte. Déconnectez-vous pour en demander un autre."))


def can_complete_account_request(by: Actor, request: AccountRequest) -> Verdict:
    """Whoever holds the link sent to the address of the request."""
    return YES if by is SYSTEM else no(_("Déconnectez-vous, puis ouvrez de nouveau le lien reçu par courriel."))


def can_ask_account_complement(by: Actor, request: AccountRequest) -> Verdict:
    return _examines(by)


def can_accept_account_request(by: Actor, request: AccountRequest) -> Verdict:
    return _examines(by)


def can_refuse_account_request(by: Actor, request: AccountRequest) -> Verdict:
    return _examines(by)


# — Passwords —————————————————————————————————————————————————————————————————————————————


def can_send_password_link(by: Actor, person: Person) -> Verdict:
    """The platform, for whoever says they forgot; the support, for someone it opened an account to."""
    return YES if by is SYSTEM else _examines(by)


def can_set_password(by: Actor, link: PasswordLink) -> Verdict:
    return YES if by == link.person else no(_("Ce lien est celui d'un autre compte."))


def can_change_password(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun change son propre mot de passe."))


# — Invitations ———————————————————————————————————————————————————————————————————————————


def can_invite(by: Person, company: Company | None) -> Verdict:
    """Into a company, whoever manages its accounts; at the agency, the coordination."""
    if company is not None:
        return can_manage_accounts(by, company)
    return YES if by.agency_has(Right.MANAGE_STAFF) else no(_("Seule la coordination de l'agence invite dans son équipe."))


def can_invite_person(by: Person, invitation: Invitation) -> Verdict:
    """Handing one's own place over is for who holds it."""
    if invitation.transfers and not (invitation.company and by.company_has(invitation.company.pk, Right.REPRESENT_LEGALLY)):
        return no(_("Seul un mandataire transmet son rôle. Invitez cette personne sans cocher la transmission."))
    return can_invite(by, invitation.company)


def can_resend_invitation(by: Person, invitation: Invitation) -> Verdict:
    return can_invite(by, invitation.company)


def can_revoke_invitation(by: Person, invitation: Invitation) -> Verdict:
    return can_invite(by, invitation.company)


def can_accept_invitation(by: Actor, invitation: Invitation) -> Verdict:
    """The person of the address, and nobody else who found the link; the platform, for who has no account yet."""
    if by is SYSTEM:
        return YES
    return YES if isinstance(by, Person) and tidy_email(by.email) == invitation.email else _NOT_YOURS


can_accept_representation = can_accept_invitation


def can_verify_representative(by: Actor, invitation: Invitation) -> Verdict:
    """Never the one who is verified."""
    if isinstance(by, Person) and by.pk == invitation.person_id:
        return no(_("On ne vérifie pas sa propre identité."))
    return _examines(by)


def can_decline_representative(by: Actor, invitation: Invitation) -> Verdict:
    return _examines(by)


def invitations_visible_to(by: Person, company: Company | None) -> InvitationQuerySet:
    """Those of the company, or of the agency, for whoever may invite there."""
    found = Invitation.objects.filter(company=company)
    return found if can_invite(by, company) else found.none()
