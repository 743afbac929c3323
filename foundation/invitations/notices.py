"""Who is told of a request for an account, an invitation, a password? Mails whose links open once; decides nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import reverse

from foundation.accounts.models import Person
from foundation.core.language import gettext_lazy, spoken
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
    _of_request(event.request, "account_requested", gettext_lazy("Demande de compte reçue ({request.reference})"), event.about)


def account_request_completed(event: AccountRequestCompleted) -> None:
    _of_request(event.request, "account_request_completed", gettext_lazy("Complément reçu ({request.reference})"), event.about)


def account_complement_asked(event: AccountComplementAsked) -> None:
    """With the link to correct the request."""
    request = AccountRequest.objects.get(pk=event.request)
    if request.expires_at is not None:  # answered already, or settled: the link would open nothing
        title = gettext_lazy("Demande de compte : un complément est attendu ({request.reference})")
        about = f"{event.about}:{request.expires_at}"
        _of_request(event.request, "account_complement_asked", title, about, "public:complete_account_request", request.token)


def account_request_accepted(event: AccountRequestAccepted) -> None:
    """To someone new, the link to choose a password comes in a mail of its own."""
    request = AccountRequest.objects.select_related("person").get(pk=event.request)
    assert request.person is not None
    title = gettext_lazy("Demande de compte acceptée ({request.reference})")
    is_new = not request.person.has_usable_password()
    _of_request(event.request, "account_request_accepted", title, event.about, "public:sign_in", is_new=is_new)


def account_request_refused(event: AccountRequestRefused) -> None:
    _of_request(event.request, "account_request_refused", gettext_lazy("Demande de compte refusée ({request.reference})"), event.about)


def _of_request(key: int, template: str, title: str, about: str, *link: str, **words: Any) -> None:
    """In French, until the account is theirs: the address alone never says whether it already has one."""
    request = AccountRequest.objects.select_related("person").get(pk=key)
    language = request.person.language if request.person else settings.LANGUAGE_CODE
    _post(request.email, language, template, title, f"{template}:{about}", *link, request=request, **words)


# — Passwords —————————————————————————————————————————————————————————————————————————————


def password_link_sent(event: PasswordLinkSent) -> None:
    """Nothing where another link was sent since, or the account closed."""
    link = PasswordLink.objects.select_related("person").get(pk=event.link)
    if link.used_at is not None or not link.person.is_active:
        return
    title = gettext_lazy("Choisissez votre mot de passe") if link.welcomes else gettext_lazy("Mot de passe oublié")
    words = {"welcomes": link.welcomes, "until": link.expires_at}
    _tell(link.person, "password_link_sent", title, f"password_link:{link.pk}", "public:set_password", link.token, **words)


def password_set(event: PasswordSet) -> None:
    """Whoever did not do it themselves must learn it."""
    _password_written(event.person, event.about)


def password_changed(event: PasswordChanged) -> None:
    _password_written(event.person, event.about)


def _password_written(key: int, about: str) -> None:
    person = Person.objects.get_queryset().get(pk=key)
    digest = person.password[-12:]  # another password, another mail
    title = gettext_lazy("Votre mot de passe a changé")
    _tell(person, "password_changed", title, f"password_changed:{about}:{digest}", "public:forgotten_password")


# — Invitations ———————————————————————————————————————————————————————————————————————————


def person_invited(event: PersonInvited) -> None:
    _invite(event.invitation)


def invitation_resent(event: InvitationResent) -> None:
    _invite(event.invitation)


def _invite(key: int) -> None:
    """Nothing where it was answered or revoked before the mail could leave. To someone who has an account, in their language."""
    theirs = Person.objects.get_queryset().filter(email=OuterRef("email")).values("language")
    invitation = Invitation.objects.select_related("company", "invited_by").annotate(language=Subquery(theirs)).get(pk=key)
    if not invitation.is_pending:
        return
    _post(
        invitation.email,
        vars(invitation)["language"] or settings.LANGUAGE_CODE,
        "person_invited",
        gettext_lazy("Invitation à rejoindre {invitation.company.name} sur Convergence")
        if invitation.company
        else gettext_lazy("Invitation à rejoindre l'agence sur Convergence"),
        f"invitation:{invitation.pk}:{invitation.expires_at}",
        "public:invitation",
        invitation.token,
        invitation=invitation,
    )


def invitation_accepted(event: InvitationAccepted) -> None:
    """Who invited learns that they came."""
    _tell_inviter(event.invitation, "invitation_accepted", gettext_lazy("Invitation acceptée"))


def representation_accepted(event: RepresentationAccepted) -> None:
    _tell_inviter(event.invitation, "representation_accepted", gettext_lazy("Invitation acceptée, identité à vérifier"))


def representative_declined(event: RepresentativeDeclined) -> None:
    """Who invited, and who was not verified."""
    _tell_inviter(event.invitation, "representative_declined", gettext_lazy("Identité du mandataire non vérifiée"))
    _tell_invited(event.invitation, "representative_declined", gettext_lazy("Identité non vérifiée"))


def representative_verified(event: RepresentativeVerified) -> None:
    """The new legal representative, and whoever else manages the accounts."""
    invitation = _invitation(event.invitation)
    assert invitation.company is not None
    for person in representatives_of(invitation.company):
        _told(invitation, person, "representative_verified", gettext_lazy("Nouveau mandataire"))


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
    route = "company:your_company" if invitation.company_id is not None else "agency:staff"
    _tell(person, template, title, f"{template}:{invitation.pk}", route, invitation=invitation)


def _tell(person: Person, template: str, title: str, about: str, *link: str, **words: Any) -> None:
    _post(person.email, person.language, template, title, about, *link, to=person, **words)


def _post(address: str, language: str, template: str, title: str, about: str, *link: str, **words: Any) -> None:
    """`title` is filled in with the words of the mail; `link` is a route, then what stands in its path."""
    with spoken(language):
        if link:
            words["link"] = f"{settings.SITE_ADDRESS}{reverse(link[0], args=link[1:])}"
        post_mail(address, title.format(**words), render_to_string(f"mail/invitations/{template}.txt", words), about=about)
