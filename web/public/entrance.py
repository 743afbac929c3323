"""How does one come in and go out? By a password and perhaps a code; by a provider, see `web/public/providers.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.forms import LoginForm
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from foundation.accounts.actions import record_sign_in, record_sign_out
from foundation.accounts.queries import demo_seats, person_of
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, spoken
from foundation.credentials.actions import record_failed_code, spend_recovery_code
from foundation.credentials.oidc import logout_address
from foundation.credentials.providers import provider_of
from foundation.credentials.rules import Means
from foundation.credentials.second_factor import is_right_code, pending
from foundation.credentials.sessions import ID_TOKEN, PROVIDER, begin
from foundation.journal.actor import SYSTEM
from web.guard import Side, guarded
from web.resuming import FIELD, code_page, kept_for, landing, resume_page, sign_in_page

if TYPE_CHECKING:
    from foundation.accounts.models import Person

TOO_MANY = gettext_lazy(
    "Trop d'essais. Attendez cinq minutes avant de recommencer, ou demandez à votre mandataire de vérifier votre adresse."
)
WRONG = gettext_lazy("L'adresse ou le mot de passe ne correspond à aucun compte actif. Vérifiez les majuscules et réessayez.")
WRONG_CODE = gettext_lazy(
    "Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant de votre application, ou tapez un code de secours."
)
TOO_MANY_CODES = gettext_lazy("Trop de codes essayés. Attendez cinq minutes avant de recommencer.")


@guarded(Side.PUBLIC, "GET", "POST")
@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password. The answer is the same for an unknown address and a wrong password."""
    if request.user.is_authenticated:
        return onward(request)
    form = LoginForm(request.POST if request.method == "POST" else None, request=request)
    error = ""
    if request.method == "POST":
        if not ratelimit.consume(request, action="login"):
            error = TOO_MANY
        elif form.is_valid():
            return _enter(request, form)
        elif form.has_error("login", "required") or form.has_error("password", "required"):
            error = _("Saisissez votre adresse électronique et votre mot de passe.")
        else:
            error = TOO_MANY if form.has_error("__all__", "too_many_login_attempts") else WRONG
    return sign_in_page(
        request,
        wanted=_wanted(request),
        kept=_kept(request),
        typed=request.POST.get("login", ""),
        error=error,
        status=400 if error else 200,
    )


def _enter(request: HttpRequest, form: LoginForm) -> HttpResponse:
    try:
        response: HttpResponse = form.login(request, redirect_url=landing(request))
    except ImmediateHttpResponse as early:
        return cast(HttpResponse, early.response)
    if request.user.is_authenticated:
        record_sign_in(request.user, by=request.user, at=now())
        return onward(request)
    return code_page(request, wanted=_wanted(request), kept=_kept(request)) if pending(request) else response


@guarded(Side.PUBLIC, "GET", "POST")
@sensitive_post_parameters("code")
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code, after the password. Nobody is in yet: without it, the password alone opened nothing."""
    stage = pending(request)
    if stage is None:
        return onward(request) if request.user.is_authenticated else redirect("public:sign_in")
    if request.method != "POST":
        return code_page(request, wanted=_wanted(request))
    person = stage.login.user
    if error := wrong_code(request, person):
        return code_page(request, wanted=_wanted(request), kept=_kept(request), error=error, status=400)
    stage.exit()
    record_sign_in(person, by=person, at=now())
    return onward(request)


def wrong_code(request: HttpRequest, person: Person) -> str:
    """Why the code typed does not open, or nothing. Tries are counted before they are looked at."""
    code, at = request.POST.get("code", ""), now()
    if not ratelimit.consume(request, action="second_factor", key=f"second-factor-{person.pk}"):
        return TOO_MANY_CODES
    if is_right_code(person, code) or spend_recovery_code(person, code, by=person, at=at):
        return ""
    record_failed_code(person, by=SYSTEM, at=at)
    return WRONG_CODE


def onward(request: HttpRequest) -> HttpResponse:
    """Once in: to what was typed before the session ended, else to the page asked for."""
    where = landing(request)
    fields = kept_for(request, where)
    return resume_page(request, where, fields) if fields else redirect(where)


def _wanted(request: HttpRequest) -> str:
    return str(request.GET.get("next", request.POST.get("next", "")))


def _kept(request: HttpRequest) -> str:
    return str(request.POST[FIELD]) if kept_for(request, landing(request)) else ""


@guarded(Side.PUBLIC, "POST")
def enter_demo(request: HttpRequest) -> HttpResponse:
    """One click, without a password, and only where the installation is a demonstration."""
    if not settings.DEMO:
        raise Http404
    person = person_of(request.POST.get("email", ""))
    if person is None or person not in [seat.person for seat in demo_seats()]:
        raise Http404
    begin(request, person, Means.DEMO)
    record_sign_in(person, by=person, at=now())
    return onward(request)


@guarded(Side.PUBLIC, "POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out of here, and of the provider one came in through: on a shared computer, the next person must not find it open."""
    if not request.user.is_authenticated:
        return redirect("public:sign_in")
    provider, id_token = provider_of(request.session.get(PROVIDER, "")), request.session.get(ID_TOKEN, "")
    record_sign_out(request.user, by=request.user, at=now())
    logout(request)
    messages.success(request, _("Vous êtes déconnecté."))
    with spoken(settings.LANGUAGE_CODE):  # the one address the provider knows
        back = request.build_absolute_uri(resolve_url("public:sign_in"))
    elsewhere = logout_address(provider, id_token, back) if provider else None
    return redirect(elsewhere or "public:sign_in")
