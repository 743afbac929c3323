"""How is one's account protected? A second factor, the sessions that are open, and showing again who one is."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from foundation.credentials import actions
from foundation.credentials.permissions import can_disable_second_factor
from foundation.credentials.queries import (
    identities_of,
    recovery_codes_of,
    second_factor_of,
    session_of,
    sessions_of,
)
from foundation.credentials.rules import Means, handle_of
from foundation.credentials.second_factor import SECRET, address_for_application, has_second_factor, new_secret, square
from foundation.credentials.sessions import MEANS, means_of, prove
from web.guard import PersonRequest, Side, guarded
from web.public.entrance import TOO_MANY, onward, wrong_code
from web.resuming import FIELD, confirm_page, kept_for, landing

WRONG_PASSWORD = gettext_lazy("Ce mot de passe n'est pas le vôtre. Vérifiez les majuscules et réessayez.")


@guarded(Side.PERSON)
@never_cache
def security(request: PersonRequest) -> HttpResponse:
    """« Sécurité de votre compte »: the second factor, the providers, the sessions."""
    context = {
        "has_password": request.user.has_usable_password(),
        "factor": second_factor_of(request.user),
        "obliged": request.user.agency_has(Right.USE_AGENCY_SPACE),
        "may_disable": can_disable_second_factor(request.user, request.user),
        "identities": identities_of(request.user),
        "sessions": sessions_of(request.user, request.session.session_key, now()),
    }
    return render(request, "public/security/security.html", context)


@guarded(Side.PERSON, "GET", "POST")
@sensitive_post_parameters("password", "code")
@never_cache
def confirm_identity(request: PersonRequest) -> HttpResponse:
    """Before a sensitive act: the password and the code, a click in the demonstration; a provider's form leads to it."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if request.method != "POST":
        return confirm_page(request, wanted=wanted)
    if error := _unproved(request):
        kept = request.POST[FIELD] if kept_for(request, landing(request)) else ""
        return confirm_page(request, wanted=wanted, kept=kept, error=error, status=400)
    actions.confirm_identity(request.user, Means(means_of(request)), by=request.user, at=now())
    prove(request)
    return onward(request)


def _unproved(request: PersonRequest) -> str:
    """Why who they are is not shown, or nothing."""
    means = means_of(request)
    if means == Means.DEMO and settings.DEMO:
        return ""
    if means not in (Means.PASSWORD, Means.PASSWORD_AND_CODE):
        return _("Confirmez votre identité auprès de votre fournisseur, par le bouton de cette page.")
    try:
        person = get_adapter().authenticate(request, email=request.user.email, password=request.POST.get("password", ""))
    except ValidationError:
        return TOO_MANY
    if person is None or person.pk != request.user.pk:
        return WRONG_PASSWORD
    return wrong_code(request, request.user) if has_second_factor(request.user) else ""


# — The second factor —————————————————————————————————————————————————————————————————————


@guarded(Side.PERSON, "GET", "POST", recent=True)
@sensitive_post_parameters("code")
@never_cache
def enable_second_factor(request: PersonRequest) -> HttpResponse:
    """The square to read, then a code to show that it was read. The secret stays in the session until then."""
    error = ""
    if request.method == "POST":
        try:
            actions.enable_second_factor(
                request.user, request.session.get(SECRET, ""), request.POST.get("code", ""), by=request.user, at=now()
            )
        except Refused as refused:
            error = refused.reason
        else:
            del request.session[SECRET]
            if means_of(request) == Means.PASSWORD:
                request.session[MEANS] = Means.PASSWORD_AND_CODE.value
            prove(request)
            return _codes_page(request, landing(request))
    secret = request.session.setdefault(SECRET, new_secret())
    side, path = square(address_for_application(request.user, secret))
    context = {
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "side": side,
        "path": path,
        "error": error,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "obliged": request.user.agency_has(Right.USE_AGENCY_SPACE),
        "replaces": has_second_factor(request.user),
    }
    return render(request, "public/security/enable_second_factor.html", context, status=400 if error else 200)


def _codes_page(request: PersonRequest, wanted: str) -> HttpResponse:
    """The recovery codes, this once: afterwards, they can only be replaced."""
    return render(request, "public/security/recovery_codes.html", {"codes": recovery_codes_of(request.user), "next": wanted})


@guarded(Side.PERSON, "POST", recent=True)
def disable_second_factor(request: PersonRequest) -> HttpResponse:
    """Back to the password alone, for whoever is not obliged to more."""
    if actions.disable_second_factor(request.user, by=request.user, at=now()):
        if means_of(request) == Means.PASSWORD_AND_CODE:
            request.session[MEANS] = Means.PASSWORD.value
        messages.success(request, _("La double authentification est désactivée. Votre mot de passe suffit désormais à entrer."))
    return redirect("public:security")


@guarded(Side.PERSON, "POST", recent=True)
@never_cache
def renew_recovery_codes(request: PersonRequest) -> HttpResponse:
    """Ten others, shown at once."""
    actions.renew_recovery_codes(request.user, by=request.user, at=now())
    return _codes_page(request, "")


# — Sessions ——————————————————————————————————————————————————————————————————————————————


@guarded(Side.PERSON, "POST")
def close_session(request: PersonRequest, handle: str) -> HttpResponse:
    """One of one's sessions, wherever it is open; the present one is left by signing out."""
    session = session_of(request.user, handle, now())
    if session is None:
        raise Http404
    if handle == handle_of(request.session.session_key or ""):
        raise Refused(_("C'est la session que vous utilisez. Déconnectez-vous pour la fermer."), status=409)
    actions.close_session(session, by=request.user, at=now())
    messages.success(request, _("La session « {what} » est fermée.").format(what=session.device or _("appareil inconnu")))
    return redirect("public:security")


@guarded(Side.PERSON, "POST")
def close_other_sessions(request: PersonRequest) -> HttpResponse:
    """All but this one, for whoever doubts."""
    actions.close_other_sessions(request.user, request.session.session_key, by=request.user, at=now())
    messages.success(request, _("Vos autres sessions sont fermées."))
    return redirect("public:security")
