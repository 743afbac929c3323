"""How does someone get an account? The request of a company, the links of mails, the terms of use."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from foundation.accounts.actions import accept_terms as accept
from foundation.accounts.actions import record_sign_in
from foundation.accounts.queries import person_with_seats
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from foundation.credentials.rules import Means
from foundation.credentials.sessions import begin
from foundation.invitations import actions
from foundation.invitations.jobs import answer_forgotten_password
from foundation.invitations.permissions import can_accept_invitation
from foundation.invitations.queries import (
    account_request_behind,
    has_account,
    invitation_behind,
    new_account_request,
    password_link_behind,
)
from foundation.journal.actor import SYSTEM
from web.account_forms import AcceptingForm, AccountRequestForm, ComplementForm, ForgottenPasswordForm, NewPasswordForm
from web.guard import PersonRequest, Side, guarded
from web.public.proving import challenge, is_proved, is_trapped
from web.resuming import FIELD, kept_for, landing, resume_page, terms_page

TOO_MANY = gettext_lazy("Trop d'essais. Attendez une heure avant de recommencer.")
UNPROVED = gettext_lazy(
    "Beaucoup de demandes viennent d'être envoyées depuis votre réseau. Attendez une heure, ou activez JavaScript et envoyez de nouveau."
)
TOO_FAST = gettext_lazy("Trop d'essais. Attendez une minute avant de recommencer.")


@guarded(Side.PUBLIC, "GET", "POST")
@never_cache
def request_account(request: HttpRequest) -> HttpResponse:
    """« Demander un compte », for the first person of a company. The answer never depends on the address given."""
    form = AccountRequestForm(request.POST if request.method == "POST" else None)
    status = 200
    refused = ""
    if request.method == "POST":
        status = 400
        if not form.is_valid():
            pass
        elif is_trapped(request):
            return redirect("public:account_requested")
        elif not (is_proved(request) or ratelimit.consume(request, action="request_account_unproved")):
            refused, status = UNPROVED, 429
        elif not ratelimit.consume(request, action="request_account", key=form.cleaned_data["email"]):
            refused, status = TOO_MANY, 429
        else:
            typed = {name: value for name, value in form.cleaned_data.items() if name not in ("country", "certified")}
            asked = new_account_request(**typed)
            try:
                actions.request_account(asked, by=SYSTEM, at=now())
            except Refused as why:
                refused, status = why.reason, why.status
            else:
                messages.success(
                    request, _("Votre demande est enregistrée sous la référence {reference}.").format(reference=asked.reference)
                )
                return redirect("public:account_requested")
    context = {"form": form, "refused": refused, "challenge": challenge()}
    return render(request, "public/accounts/request_account.html", context, status=status)


@guarded(Side.PUBLIC)
def account_requested(request: HttpRequest) -> HttpResponse:
    """What comes next, for who has just asked."""
    return render(request, "public/accounts/account_requested.html")


@guarded(Side.PUBLIC, "GET", "POST")
@never_cache
def complete_account_request(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail that asks for a complement: the request, to be corrected and sent again, once."""
    asked = account_request_behind(token)
    if asked is None or not asked.is_alive(now()):
        return _dead_link(
            request, _("Ce lien a expiré ou a déjà servi."), _("Écrivez au support en rappelant la référence de votre demande.")
        )
    initial = {name: getattr(asked, name) for name in actions.ASKED}
    form = ComplementForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        if ratelimit.consume(request, action="open_link"):
            typed = {name: form.cleaned_data[name] for name in actions.ASKED}
            actions.complete_account_request(asked, typed, form.cleaned_data["answer"], by=SYSTEM, at=now())
            messages.success(request, _("Votre complément à la demande {reference} est envoyé.").format(reference=asked.reference))
            return redirect("public:account_requested")
        form.add_error(None, TOO_FAST)
        status = 429
    return render(request, "public/accounts/complete_account_request.html", {"form": form, "asked": asked}, status=status)


@guarded(Side.PUBLIC, "GET", "POST")
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """The same answer, as fast, whether the address has an account or not: a worker looks for it."""
    form = ForgottenPasswordForm(request.POST if request.method == "POST" else None)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, action="forgotten_password", key=email):
            answer_forgotten_password.defer(email=email)
            messages.success(request, _("Si cette adresse a un compte, un courriel vient d'y être envoyé. Son lien sert une heure."))
            return redirect("public:sign_in")
        form.add_error(None, TOO_MANY)
        status = 429
    return render(request, "public/accounts/forgotten_password.html", {"form": form}, status=status)


@guarded(Side.PUBLIC, "GET", "POST")
@sensitive_post_parameters("password", "password_again")
@never_cache
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: choose a password, once, then sign in with it."""
    link = password_link_behind(token)
    if link is None or not link.is_alive(now()) or not link.person.is_active:
        return _dead_link(request, _("Ce lien a expiré ou a déjà servi."), _("Demandez-en un autre par « Mot de passe oublié »."))
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            throttle(request, "open_link")
            actions.set_password(link, form.cleaned_data["password"], by=link.person, at=now())
        except Refused as why:
            form.add_error("password", why.reason)
            status = why.status
        else:
            messages.success(request, _("Votre mot de passe est enregistré. Connectez-vous."))
            return redirect("public:sign_in")
    return render(request, "public/accounts/set_password.html", {"form": form, "link": link}, status=status)


@guarded(Side.PUBLIC, "GET", "POST")
@sensitive_post_parameters("password", "password_again")
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation: accepted by the person of the address, who signs in, or opens the account it lacks."""
    invited = invitation_behind(token)
    if invited is None or not invited.is_alive(now()):
        return _dead_link(
            request, _("Cette invitation a expiré, a été annulée ou a déjà servi."), _("Demandez à qui vous a invité de la renvoyer.")
        )
    person = request.user if request.user.is_authenticated else None
    known = person is not None or has_account(invited.email)
    form = AcceptingForm(request.POST if request.method == "POST" else None) if not known else None
    status = 200
    if request.method == "POST":
        try:
            throttle(request, "open_link")
            return _accept(request, invited, form)
        except Refused as why:
            if why.code not in ("weak_password", "too_many") or form is None:
                raise
            form.add_error("password", why.reason)
            status = why.status
        except _ToCorrect:
            status = 400
    context = {
        "invited": invited,
        "form": form,
        "known": known,
        "may": can_accept_invitation(person, invited) if person is not None else None,
    }
    return render(request, "public/accounts/invitation.html", context, status=status)


class _ToCorrect(Exception):
    """The form says what is wrong in it."""


def _accept(request: HttpRequest, invited: Any, form: AcceptingForm | None) -> HttpResponse:
    """Accept as who is signed in, or as the new account; then in."""
    accepted = actions.accept_representation if invited.is_verified_first else actions.accept_invitation
    if request.user.is_authenticated:
        event = accepted(invited, by=request.user, at=now())
    elif form is None:
        raise Refused(_("Cette adresse a déjà un compte. Connectez-vous, puis acceptez l'invitation."), code="has_account", status=409)
    elif not form.is_valid():
        raise _ToCorrect
    else:
        typed = form.cleaned_data
        event = accepted(invited, name=typed["name"], password=typed["password"], by=SYSTEM, at=now())
        person = person_with_seats(event.person)
        assert person is not None
        begin(request, person, Means.PASSWORD)
        record_sign_in(person, by=person, at=now())
    messages.success(request, _("Vous avez accepté l'invitation."))
    return redirect("public:home")


def throttle(request: HttpRequest, what: str) -> None:
    if not ratelimit.consume(request, action=what):
        raise Refused(TOO_FAST, code="too_many", status=429)


def _dead_link(request: HttpRequest, what: str, do: str) -> HttpResponse:
    """The same page for a link that never was, that has been used or that is too old."""
    return render(request, "public/accounts/dead_link.html", {"what": what, "do": do}, status=404)


# — Terms of use ——————————————————————————————————————————————————————————————————————————


@guarded(Side.PUBLIC)
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force, for anyone to read; for who must accept them, on the way to what they asked for."""
    return terms_page(request, wanted=request.GET.get("next", ""))


@guarded(Side.PERSON, "POST")
def accept_terms(request: PersonRequest) -> HttpResponse:
    """Accepted, then on to the page asked for, with what had been typed there."""
    where = landing(request)
    fields = kept_for(request, where)
    kept = request.POST[FIELD] if fields else ""
    wanted = request.POST.get("next", "")
    if request.POST.get("accepted") != "1":
        error = _("Cochez la case pour accepter les conditions d'utilisation, ou déconnectez-vous.")
        return terms_page(request, wanted=wanted, kept=kept, error=error, status=400)
    try:
        accept(request.user, request.POST.get("version", ""), by=request.user, at=now())
    except Refused as why:
        return terms_page(request, wanted=wanted, kept=kept, error=why.reason, status=why.status)
    return resume_page(request, where, fields) if fields else redirect(where)
