"""Who is told of a request for an account, an invitation, a password? Mails whose links open once; decides nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from foundation.accounts.models import Person
from foundation.invitations.events import (
    AccountComplementAsked,
    AccountRequestAccepted,
    AccountRequestCompleted,
    AccountRequested,
    AccountRequestRefused,
    InvitationAccepted,
    InvitationResent,
    PasswordChanged,
    PasswordLinkSent,
    PasswordSet,
    PersonInvited,
    RepresentationAccepted,
    RepresentativeDeclined,
    RepresentativeVerified,
)
from foundation.invitations.models import AccountRequest, Invitation, PasswordLink
from foundation.invitations.queries import representatives_of
from foundation.notifications.mail import post_mail


def account_requested(event: AccountRequested) -> None:
    """Whoever asked has it in writing, with the reference: the same words whether the address has an account or not."""
    _of_request(event.request, "account_requested", "Demande de compte reçue", event.about)


def account_request_completed(event: AccountRequestCompleted) -> None:
    _of_request(event.request, "account_request_completed", "Complément reçu", event.about)


def account_complement_asked(event: AccountComplementAsked) -> None:
    """With the link to correct the request."""
    request = AccountRequest.objects.get(pk=event.request)
    words = {"link": _link("public:complete_account_request", request.token)}
    if request.expires_at is not None:  # answered already, or settled: the link would open nothing
        _of_request(event.request, "account_complement_asked", "Demande de compte : un complément est attendu", f"{event.about}:{request.expires_at}", **words)  # fmt: skip


def account_request_accepted(event: AccountRequestAccepted) -> None:
    """To someone new, the link to choose a password comes in a mail of its own."""
    request = AccountRequest.objects.select_related("person").get(pk=event.request)
    assert request.person is not None
    words = {"link": _link("public:sign_in"), "is_new": not request.person.has_usable_password()}
    _of_request(event.request, "account_request_accepted", "Demande de compte acceptée", event.about, **words)


def account_request_refused(event: AccountRequestRefused) -> None:
    _of_request(event.request, "account_request_refused", "Demande de compte refusée", event.about)


def _of_request(key: int, template: str, title: str, about: str, **words: Any) -> None:
    request = AccountRequest.objects.get(pk=key)
    _post(request.email, template, f"{title} ({request.reference})", f"{template}:{about}", request=request, **words)


# — Passwords —————————————————————————————————————————————————————————————————————————————


def password_link_sent(event: PasswordLinkSent) -> None:
    """Nothing where another link was sent since, or the account closed."""
    link = PasswordLink.objects.select_related("person").get(pk=event.link)
    if link.used_at is not None or not link.person.is_active:
        return
    title = "Choisissez votre mot de passe" if link.welcomes else "Mot de passe oublié"
    address = _link("public:set_password", link.token)
    _post(link.person.email, "password_link_sent", title, f"password_link:{link.pk}", to=link.person, link=address, welcomes=link.welcomes, until=link.expires_at)  # fmt: skip


def password_set(event: PasswordSet) -> None:
    """Whoever did not do it themselves must learn it."""
    _password_written(event.person, event.about)


def password_changed(event: PasswordChanged) -> None:
    _password_written(event.person, event.about)


def _password_written(key: int, about: str) -> None:
    person = Person.objects.get_queryset().get(pk=key)
    digest = person.password[-12:]  # another password, another mail
    _post(person.email, "password_changed", "Votre mot de passe a changé", f"password_changed:{about}:{digest}", to=person, link=_link("public:forgotten_password"))  # fmt: skip


# — Invitations ———————————————————————————————————————————————————————————————————————————


def person_invited(event: PersonInvited) -> None:
    _invite(event.invitation)


def invitation_resent(event: InvitationResent) -> None:
    _invite(event.invitation)


def _invite(key: int) -> None:
    """Nothing where it was answered or revoked before the mail could leave."""
    invitation = Invitation.objects.select_related("company", "invited_by").get(pk=key)
    if not invitation.is_pending:
        return
    where = invitation.company.name if invitation.company else "l'agence"
    _post(
        invitation.email,
        "person_invited",
        f"Invitation à rejoindre {where} sur Convergence",
        f"invitation:{invitation.pk}:{invitation.expires_at}",
        invitation=invitation,
        link=_link("public:invitation", invitation.token),
    )


def invitation_accepted(event: InvitationAccepted) -> None:
    """Who invited learns that they came."""
    _tell_inviter(event.invitation, "invitation_accepted", "Invitation acceptée")


def representation_accepted(event: RepresentationAccepted) -> None:
    _tell_inviter(event.invitation, "representation_accepted", "Invitation acceptée, identité à vérifier")


def representative_declined(event: RepresentativeDeclined) -> None:
    """Who invited, and who was not verified."""
    _tell_inviter(event.invitation, "representative_declined", "Identité du mandataire non vérifiée")
    _tell_invited(event.invitation, "representative_declined", "Identité non vérifiée")


def representative_verified(event: RepresentativeVerified) -> None:
    """The new legal representative, and whoever else manages the accounts."""
    invitation = _invitation(event.invitation)
    assert invitation.company is not None
    for person in representatives_of(invitation.company):
        _told(invitation, person, "representative_verified", "Nouveau mandataire")


def _invitation(key: int) -> Invitation:
    return Invitation.objects.select_related("company", "invited_by", "person").get(pk=key)


def _tell_inviter(key: int, template: str, title: str) -> None:
    invitation = _invitation(key)
    _told(invitation, invitation.invited_by, template, title)


def _tell_invited(key: int, template: str, title: str) -> None:
    invitation = _invitation(key)
    assert invitation.person is not None
    _told(invitation, invitation.person, template, title)


def _told(invitation: Invitation, person: Person, template: str, title: str) -> None:
    """Someone who has left since, or whose account is closed, is told nothing more."""
    if not person.is_active:
        return
    if invitation.company_id is not None and person.pk != invitation.person_id and person.seat_in(invitation.company_id) is None:
        return
    link = _link("company:your_company" if invitation.company_id is not None else "agency:staff")
    _post(person.email, template, title, f"{template}:{invitation.pk}", invitation=invitation, to=person, link=link)


def _link(route: str, *path: str) -> str:
    return f"{settings.SITE_ADDRESS}{reverse(route, args=path)}"


def _post(address: str, template: str, title: str, about: str, **words: Any) -> None:
    post_mail(address, title, render_to_string(f"mail/invitations/{template}.txt", words), about=about)
