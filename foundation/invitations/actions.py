"""Every write to requests for an account, invitations and passwords."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from foundation.accounts.actions import end_seat, give_seat, register_company, welcome_person
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, FIRST_ROLE, ROLE_AFTER_TRANSFER, Right, Role
from foundation.accounts.rules import is_siren, tidy_email, tidy_siren
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, worded
from foundation.invitations.events import (
    AccountComplementAsked,
    AccountRequestAccepted,
    AccountRequestCompleted,
    AccountRequested,
    AccountRequestRefused,
    InvitationAccepted,
    InvitationResent,
    InvitationRevoked,
    PasswordChanged,
    PasswordLinkSent,
    PasswordSet,
    PersonInvited,
    RepresentationAccepted,
    RepresentativeDeclined,
    RepresentativeVerified,
)
from foundation.invitations.links import new_secret
from foundation.invitations.models import AccountRequest, Invitation, PasswordLink
from foundation.invitations.permissions import (
    can_accept_account_request,
    can_accept_invitation,
    can_accept_representation,
    can_ask_account_complement,
    can_change_password,
    can_complete_account_request,
    can_decline_representative,
    can_invite_person,
    can_refuse_account_request,
    can_request_account,
    can_resend_invitation,
    can_revoke_invitation,
    can_send_password_link,
    can_set_password,
    can_verify_representative,
)
from foundation.invitations.workflow import ACCOUNT_REQUEST, INVITATION
from foundation.journal.action import action
from foundation.journal.actor import SYSTEM, Actor

INVITED_FOR = timedelta(days=14)
COMPLEMENT_WITHIN = timedelta(days=14)
WELCOMED_FOR = timedelta(days=7)
FORGOTTEN_FOR = timedelta(hours=1)
LONGEST_REMARK = 2000
ASKED = ("company_name", "address", "name", "function", "phone")
"""What whoever asked may correct afterwards: neither the company's number nor the address the link was sent to."""


# — Requests for an account ———————————————————————————————————————————————————————————————


@action(AccountRequested)
def request_account(request: AccountRequest, *, by: Actor, at: datetime) -> AccountRequested:
    """The first person of a company asks. Whether the address already has an account is told to nobody here."""
    can_request_account(by, request).or_refuse()
    request.siren, request.email = tidy_siren(request.siren), tidy_email(request.email)
    if not is_siren(request.siren):
        raise Refused(_("La clé de contrôle du SIREN ne correspond pas : vérifiez les neuf chiffres."), code="siren", status=400)
    _refuse_known_company(request.siren)
    request.reference, request.secret = _new_reference(), new_secret()
    request.state, request.asked_at = ACCOUNT_REQUEST.initial, at
    _save_once(
        request, _("Une demande est déjà en cours pour cette entreprise. Le support y répond sous deux jours ouvrés, à qui l'a faite.")
    )
    return AccountRequested(about=_about(request), request=request.pk, siren=request.siren, email=request.email)


def _refuse_known_company(siren: str) -> None:
    """A company someone is in invites; whom to ask is said by the role, never by the name (product, section 3)."""
    held = Seat.objects.held().filter(company__siren=siren, person__is_active=True)
    if not held:
        return
    has_legal = any(seat.has(Right.REPRESENT_LEGALLY) for seat in held)
    if has_legal:
        reason = _("Cette entreprise a déjà un compte. Demandez une invitation à son mandataire.")
    else:
        reason = _("Cette entreprise a déjà un compte. Demandez une invitation à l'un de ses représentants.")
    raise Refused(reason, code="duplicate", status=409)


def _save_once(thing: AccountRequest | Invitation, otherwise: str) -> None:
    """One under way at a time, held by the database itself: of two sent at the same moment, one is refused."""
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError as twice:
        raise Refused(otherwise, code="duplicate", status=409) from twice


def _new_reference() -> str:
    """Ten letters drawn at random: nobody guesses the next one."""
    return "".join(secrets.choice(string.ascii_uppercase) for _rank in range(10))


@action(AccountComplementAsked)
def ask_account_complement(request: AccountRequest, question: str, *, by: Person, at: datetime) -> AccountComplementAsked:
    """Something is missing: whoever asked gets a link to correct the request."""
    can_ask_account_complement(by, request).or_refuse()
    request.state = ACCOUNT_REQUEST.after("ask_account_complement", request.state)
    request.remark = _said(question, _("Dites quel complément vous attendez : la personne le lira."))
    request.secret, request.expires_at = new_secret(), at + COMPLEMENT_WITHIN
    request.settled_by, request.settled_at = by, at
    request.save()
    return AccountComplementAsked(about=_about(request), request=request.pk)


@action(AccountRequestCompleted)
def complete_account_request(request: AccountRequest, typed: Mapping[str, str], answer: str, *, by: Actor, at: datetime) -> AccountRequestCompleted:  # fmt: skip
    """The request goes back to the support, corrected. Its link is used once."""
    can_complete_account_request(by, request).or_refuse()
    request.state = ACCOUNT_REQUEST.after("complete_account_request", request.state)
    if request.expires_at is None or at >= request.expires_at:
        raise Refused(_("Ce lien a expiré. Écrivez au support en rappelant la référence de votre demande."), code="expired", status=410)
    for name in ASKED:
        setattr(request, name, typed[name])
    request.answer, request.expires_at, request.secret = answer, None, new_secret()
    request.save()
    return AccountRequestCompleted(about=_about(request), request=request.pk)


@action(AccountRequestAccepted)
def accept_account_request(request: AccountRequest, *, by: Person, at: datetime) -> AccountRequestAccepted:
    """The company and its legal representative exist, at once; someone who has an account keeps it."""
    can_accept_account_request(by, request).or_refuse()
    request.state = ACCOUNT_REQUEST.after("accept_account_request", request.state)
    _refuse_known_company(request.siren)
    company = Company.objects.filter(siren=request.siren).first()
    if company is None:
        company = Company(siren=request.siren, name=request.company_name, address=request.address)
        register_company(company, by=by, at=at)
    person = Person.objects.get_queryset().filter(email=request.email).first()
    if person is None:
        person = Person(email=request.email, name=request.name)
        welcome_person(person, by=by, at=at)
        send_password_link(person, welcomes=True, by=by, at=at)
    elif not person.is_active:
        raise Refused(_("Cette adresse est celle d'un compte fermé. Refusez la demande en demandant une autre adresse."), status=409)
    give_seat(person, FIRST_ROLE, company, by=by, at=at)
    request.person, request.company = person, company
    request.settled_by, request.settled_at = by, at
    request.save()
    return AccountRequestAccepted(about=_about(request), request=request.pk, company=company.pk, person=person.pk)


@action(AccountRequestRefused)
def refuse_account_request(request: AccountRequest, reason: str, *, by: Person, at: datetime) -> AccountRequestRefused:
    """With a reason, which whoever asked reads."""
    can_refuse_account_request(by, request).or_refuse()
    request.state = ACCOUNT_REQUEST.after("refuse_account_request", request.state)
    request.remark, request.expires_at = _said(reason, _("Donnez le motif du refus : la personne le lira.")), None
    request.settled_by, request.settled_at = by, at
    request.save()
    return AccountRequestRefused(about=_about(request), request=request.pk)


def _said(text: str, otherwise: str) -> str:
    return worded(text, otherwise, LONGEST_REMARK)


def _about(thing: AccountRequest | Invitation) -> str:
    return f"{thing.KIND}:{thing.pk}"


# — Passwords —————————————————————————————————————————————————————————————————————————————


@action(PasswordLinkSent)
def send_password_link(person: Person, *, welcomes: bool, by: Actor, at: datetime) -> PasswordLinkSent:
    """A link to choose a password, alone alive: those sent before are dead."""
    can_send_password_link(by, person).or_refuse()
    PasswordLink.objects.filter(person=person, used_at=None, expires_at__gt=at).update(expires_at=at)
    lasts = WELCOMED_FOR if welcomes else FORGOTTEN_FOR
    link = PasswordLink.objects.create(person=person, welcomes=welcomes, sent_at=at, expires_at=at + lasts, secret=new_secret())
    return PasswordLinkSent(about=person.key, link=link.pk)


@action(PasswordSet)
def set_password(link: PasswordLink, password: str, *, by: Actor, at: datetime) -> PasswordSet:
    """The link is used, and so are the others of the same person. Sessions opened with the former password end."""
    can_set_password(by, link).or_refuse()
    if not link.is_alive(at) or not link.person.is_active:
        raise Refused(_("Ce lien a expiré ou a déjà servi. Demandez-en un autre."), code="expired", status=410)
    _write_password(link.person, password)
    PasswordLink.objects.filter(person=link.person, used_at=None).update(used_at=at)
    return PasswordSet(about=link.person.key, person=link.person_id)


@action(PasswordChanged)
def change_password(person: Person, present: str, password: str, *, by: Actor, at: datetime) -> PasswordChanged:
    """Someone who is in, and still knows the present one."""
    can_change_password(by, person).or_refuse()
    if not person.check_password(present):
        raise Refused(
            _("Le mot de passe actuel n'est pas celui-là. Vérifiez les majuscules et réessayez."), code="wrong_password", status=400
        )
    _write_password(person, password)
    PasswordLink.objects.filter(person=person, used_at=None).update(used_at=at)
    return PasswordChanged(about=person.key, person=person.pk)


def _write_password(person: Person, password: str) -> None:
    refuse_weak_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])


def refuse_weak_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages), code="weak_password", status=400) from weak


# — Invitations ———————————————————————————————————————————————————————————————————————————


@action(PersonInvited)
def invite_person(invitation: Invitation, *, by: Person, at: datetime) -> PersonInvited:
    """A role is offered. To someone of the company, another role: it replaces the present one once accepted."""
    can_invite_person(by, invitation).or_refuse()
    invitation.email = tidy_email(invitation.email)
    _refuse_role(invitation)
    if Invitation.objects.under_way().filter(company=invitation.company, email=invitation.email).exists():
        raise Refused(
            _("Cette adresse a déjà une invitation en cours. Renvoyez-la, ou annulez-la pour en faire une autre."),
            code="duplicate",
            status=409,
        )
    invitation.state, invitation.secret = INVITATION.initial, new_secret()
    invitation.invited_by, invitation.invited_at, invitation.expires_at = by, at, at + INVITED_FOR
    _save_once(invitation, _("Cette adresse a déjà une invitation en cours. Renvoyez-la, ou annulez-la pour en faire une autre."))
    return PersonInvited(
        about=_about(invitation),
        company=invitation.company_id,
        invitation=invitation.pk,
        role=invitation.role,
        email=invitation.email,
    )


def _refuse_role(invitation: Invitation) -> None:
    """A role of the right side, that the person does not hold; nobody is invited out of being a legal representative."""
    if invitation.role not in (AGENCY_ROLES if invitation.company is None else COMPANY_ROLES):
        raise Refused(_("Choisissez un rôle parmi ceux qui sont proposés."), status=400)
    if invitation.transfers and not invitation.is_verified_first:
        raise Refused(_("Un mandataire transmet son rôle à un autre mandataire : choisissez ce rôle."), status=400)
    held = Seat.objects.held().filter(person__email=invitation.email, company=invitation.company)
    if any(seat.role == invitation.role for seat in held):
        raise Refused(_("Cette personne tient déjà ce rôle."), code="duplicate", status=409)
    if any(seat.has(Right.REPRESENT_LEGALLY) for seat in held):
        raise Refused(_("Cette personne est mandataire : mettez fin à ce rôle avant de l'inviter à un autre."), status=409)


@action(InvitationResent)
def resend_invitation(invitation: Invitation, *, by: Person, at: datetime) -> InvitationResent:
    """A new link and a new delay; the link sent before is dead."""
    can_resend_invitation(by, invitation).or_refuse()
    invitation.state = INVITATION.after("resend_invitation", invitation.state)
    invitation.secret, invitation.expires_at = new_secret(), at + INVITED_FOR
    invitation.save(update_fields=["secret", "expires_at"])
    return InvitationResent(about=_about(invitation), company=invitation.company_id, invitation=invitation.pk)


@action(InvitationRevoked)
def revoke_invitation(invitation: Invitation, *, by: Person, at: datetime) -> InvitationRevoked:
    """Taken back before the role is held; afterwards, it is the seat that is ended."""
    can_revoke_invitation(by, invitation).or_refuse()
    invitation.state = INVITATION.after("revoke_invitation", invitation.state)
    invitation.settled_at = at
    invitation.save(update_fields=["state", "settled_at"])
    return InvitationRevoked(about=_about(invitation), company=invitation.company_id, invitation=invitation.pk)


@action(InvitationAccepted)
def accept_invitation(invitation: Invitation, *, by: Actor, at: datetime, name: str = "", password: str = "") -> InvitationAccepted:
    """The role is held at once. Whoever has no account gives a name and a password, and has one."""
    can_accept_invitation(by, invitation).or_refuse()
    if invitation.is_verified_first:
        raise Refused(_("L'identité d'un mandataire est vérifiée avant qu'il ne tienne ce rôle."), status=409)
    invitation.state = INVITATION.after("accept_invitation", invitation.state)
    _note_acceptance(invitation, by, at, name, password)
    _seat_invited(invitation, at)
    assert invitation.person_id is not None
    return InvitationAccepted(
        about=_about(invitation), company=invitation.company_id, invitation=invitation.pk, person=invitation.person_id
    )


@action(RepresentationAccepted)
def accept_representation(invitation: Invitation, *, by: Actor, at: datetime, name: str = "", password: str = "") -> RepresentationAccepted:
    """A legal representative says yes. Until the support has verified who they are, they keep the role they had, or none."""
    can_accept_representation(by, invitation).or_refuse()
    if not invitation.is_verified_first:
        raise Refused(_("Ce rôle se tient dès qu'on l'accepte."), status=409)
    invitation.state = INVITATION.after("accept_representation", invitation.state)
    _note_acceptance(invitation, by, at, name, password)
    assert invitation.person_id is not None
    return RepresentationAccepted(
        about=_about(invitation), company=invitation.company_id, invitation=invitation.pk, person=invitation.person_id
    )


def _note_acceptance(invitation: Invitation, by: Actor, at: datetime, name: str, password: str) -> None:
    """Who accepts is the account of the address, made now if there is none; someone who has one must have signed in."""
    if at >= invitation.expires_at:
        raise Refused(_("Cette invitation a expiré. Demandez à qui vous a invité de la renvoyer."), code="expired", status=410)
    if isinstance(by, Person):
        person = by
    elif Person.objects.get_queryset().filter(email=invitation.email).exists():
        raise Refused(_("Cette adresse a déjà un compte. Connectez-vous, puis acceptez l'invitation."), code="has_account", status=409)
    else:
        person = Person(email=invitation.email, name=name.strip())
        refuse_weak_password(password, person)
        welcome_person(person, by=by, at=at, password=password)
    invitation.person, invitation.accepted_at = person, at
    invitation.save(update_fields=["state", "person", "accepted_at"])


def _seat_invited(invitation: Invitation, at: datetime) -> None:
    """The seat offered begins; in a company it replaces the one held, as a person has one role there."""
    assert invitation.person is not None
    if invitation.company is not None:
        for seat in Seat.objects.held().filter(person=invitation.person, company=invitation.company):
            end_seat(seat, by=SYSTEM, at=at)
    give_seat(invitation.person, Role(invitation.role), invitation.company, by=SYSTEM, at=at)


@action(RepresentativeVerified)
def verify_representative(invitation: Invitation, *, by: Person, at: datetime) -> RepresentativeVerified:
    """The support knows who they are: the role is held from now on. Whoever handed theirs over becomes a representative."""
    can_verify_representative(by, invitation).or_refuse()
    invitation.state = INVITATION.after("verify_representative", invitation.state)
    _seat_invited(invitation, at)
    if invitation.transfers:
        _hand_over(invitation, at)
    invitation.settled_by, invitation.settled_at = by, at
    invitation.save(update_fields=["state", "settled_by", "settled_at"])
    assert invitation.person_id is not None
    return RepresentativeVerified(
        about=_about(invitation), company=invitation.company_id, invitation=invitation.pk, person=invitation.person_id
    )


def _hand_over(invitation: Invitation, at: datetime) -> None:
    """Unless they left, or gave the role up, in the meantime."""
    seat = Seat.objects.held().filter(person=invitation.invited_by, company=invitation.company).first()
    if seat is not None and seat.has(Right.REPRESENT_LEGALLY):
        end_seat(seat, by=SYSTEM, at=at)
        give_seat(invitation.invited_by, ROLE_AFTER_TRANSFER, invitation.company, by=SYSTEM, at=at)


@action(RepresentativeDeclined)
def decline_representative(invitation: Invitation, reason: str, *, by: Person, at: datetime) -> RepresentativeDeclined:
    """Their identity could not be verified: the role is not held, and the reason is told."""
    can_decline_representative(by, invitation).or_refuse()
    invitation.state = INVITATION.after("decline_representative", invitation.state)
    invitation.remark = _said(reason, _("Dites pourquoi l'identité n'a pu être vérifiée : la personne le lira."))
    invitation.settled_by, invitation.settled_at = by, at
    invitation.save(update_fields=["state", "remark", "settled_by", "settled_at"])
    return RepresentativeDeclined(about=_about(invitation), company=invitation.company_id, invitation=invitation.pk)
