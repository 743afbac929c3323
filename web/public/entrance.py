"""How does one come in and go out?"""

from __future__ import annotations

from typing import cast

from allauth.account.forms import LoginForm
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from foundation.accounts.actions import record_sign_in, record_sign_out
from foundation.accounts.queries import demo_seats, person_of
from foundation.core.clock import now
from web.guard import Side, guarded
from web.resuming import FIELD, kept_for, landing, resume_page, sign_in_page

TOO_MANY = "Trop d'essais. Attendez cinq minutes avant de recommencer, ou demandez à votre mandataire de vérifier votre adresse."
WRONG = "L'adresse ou le mot de passe ne correspond à aucun compte actif. Vérifiez les majuscules et réessayez."


@guarded(Side.PUBLIC, "GET", "POST")
@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password. The answer is the same for an unknown address and a wrong password."""
    if request.user.is_authenticated:
        return _onward(request)
    form = LoginForm(request.POST if request.method == "POST" else None, request=request)
    error = ""
    if request.method == "POST":
        if not ratelimit.consume(request, action="login"):
            error = TOO_MANY
        elif form.is_valid():
            return _enter(request, form)
        elif form.has_error("login", "required") or form.has_error("password", "required"):
            error = "Saisissez votre adresse électronique et votre mot de passe."
        else:
            error = TOO_MANY if form.has_error("__all__", "too_many_login_attempts") else WRONG
    return sign_in_page(
        request,
        wanted=request.GET.get("next", request.POST.get("next", "")),
        kept=request.POST[FIELD] if kept_for(request, landing(request)) else "",
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
        return _onward(request) if kept_for(request, landing(request)) else response
    return response


def _onward(request: HttpRequest) -> HttpResponse:
    """Once in: to what was typed before the session ended, else to the page asked for."""
    where = landing(request)
    fields = kept_for(request, where)
    return resume_page(request, where, fields) if fields else redirect(where)


@guarded(Side.PUBLIC, "POST")
def enter_demo(request: HttpRequest) -> HttpResponse:
    """One click, without a password, and only where the installation is a demonstration."""
    if not settings.DEMO:
        raise Http404
    person = person_of(request.POST.get("email", ""))
    if person is None or person not in [seat.person for seat in demo_seats()]:
        raise Http404
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_sign_in(person, by=person, at=now())
    return _onward(request)


@guarded(Side.PUBLIC, "POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record_sign_out(request.user, by=request.user, at=now())
        logout(request)
        messages.success(request, "Vous êtes déconnecté.")
    return redirect("public:sign_in")
