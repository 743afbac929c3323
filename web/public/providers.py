"""How does one come in through an identity provider, and what does it tell us afterwards?"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from allauth.core import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.views.decorators.cache import never_cache

from foundation.accounts.actions import record_sign_in
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import spoken
from foundation.core.verdict import Refused
from foundation.credentials.actions import close_session, confirm_identity
from foundation.credentials.oidc import Asked, Claims, asked, authorization_address, claims_from, logged_out
from foundation.credentials.providers import Provider, provider_of
from foundation.credentials.queries import identity_of, sessions_at_provider
from foundation.credentials.recognition import recognised
from foundation.credentials.rules import Means
from foundation.credentials.sessions import begin, prove
from foundation.credentials.tokens import LEEWAY, Untrusted
from foundation.journal.actor import SYSTEM
from web.guard import Side, guarded
from web.resuming import confirm_page, landing, sign_in_page

if TYPE_CHECKING:
    from foundation.accounts.models import Person

log = logging.getLogger(__name__)

ASKED = "provider_asked"
ASKED_FOR = 600  # seconds to sign in over there
TOKEN_SPENT_FOR = 3600


@guarded(Side.PUBLIC, "POST")
def begin_provider(request: HttpRequest, key: str) -> HttpResponse:
    """Leave for the provider; what is awaited of it stays in this browser's session, under one state, used once.

    Someone already in goes to show again who they are. It is a form: a page elsewhere cannot have someone sign in.
    """
    provider = _known(key)
    if not ratelimit.consume(request, action="provider"):
        return _told(request, Refused(_("Trop d'essais. Attendez une minute avant de recommencer."), status=429), landing(request))
    ask = asked(again=request.user.is_authenticated)
    try:
        address = authorization_address(provider, ask, _back(request, provider))
    except Untrusted as fault:
        log.warning("configuration refusée de %s : %s", key, fault)  # recorded as it is
        return _told(
            request,
            Refused(_("{name} est mal configuré ici. Prévenez le support.").format(name=provider.name), status=503),
            landing(request),
        )
    except Refused as refused:
        return _told(request, refused, landing(request))
    request.session[ASKED] = {**asdict(ask), "provider": key, "next": landing(request), "at": time.time()}
    return redirect(address)


@guarded(Side.PUBLIC)
@never_cache
def provider_callback(request: HttpRequest, key: str) -> HttpResponse:
    """Back from the provider. Whatever is wrong, nobody is in, and the sign-in page says what to do."""
    provider = _known(key)
    kept = request.session.pop(ASKED, None)
    if not kept or kept["provider"] != key or time.time() - kept["at"] > ASKED_FOR:
        return _told(request, Refused(_("Cette connexion a expiré ou a déjà servi. Recommencez depuis cette page."), status=400), "")
    ask = Asked(kept["state"], kept["nonce"], kept["verifier"], kept["again"])
    try:
        claims = claims_from(provider, ask, request.GET.dict(), _back(request, provider))
        if ask.again:
            _prove(request, provider, claims, kept["at"])
        else:
            person = recognised(provider, claims, now())
            begin(request, person, Means.PROVIDER, provider=provider.key, session=claims.session, id_token=claims.id_token)
            record_sign_in(person, by=person, at=now())
    except Refused as refused:
        return _told(request, refused, kept["next"])
    return redirect(kept["next"])


def _prove(request: HttpRequest, provider: Provider, claims: Claims, since: float) -> None:
    """The same person as the one who is in, who signed in over there after having been asked to."""
    person = cast("Person", request.user)
    identity = identity_of(provider.key, claims.subject)
    recent = claims.authenticated_at is not None and claims.authenticated_at >= since - LEEWAY
    if not person.is_authenticated or identity is None or identity.person_id != person.pk or not recent:
        raise Refused(
            _("{name} n'a pas confirmé que c'est vous. Recommencez, en vous y connectant de nouveau.").format(name=provider.name),
            code="provider",
        )
    confirm_identity(person, Means.PROVIDER, by=person, at=now())
    prove(request)


@guarded(Side.PUBLIC, "POST", signed=True)
@never_cache
def provider_logout(request: HttpRequest, key: str) -> HttpResponse:
    """The provider says, by a signed token, that someone went out there: they are out here too (back-channel logout)."""
    provider = _known(key)
    try:
        out = logged_out(provider, request.POST.get("logout_token", ""))
    except Untrusted as fault:
        log.warning("déconnexion refusée de %s : %s", key, fault)  # recorded as it is
        return JsonResponse({"error": "invalid_request"}, status=400)
    number = hashlib.sha256(f"{key}\n{out.number}".encode()).hexdigest()
    if not cache.add(f"logout-token:{number}", "given", TOKEN_SPENT_FOR):
        return JsonResponse({"error": "invalid_request", "error_description": "token already received"}, status=400)
    for session in sessions_at_provider(key, out.subject, out.session):
        close_session(session, by=SYSTEM, at=now())
    return HttpResponse(status=200)


def _known(key: str) -> Provider:
    provider = provider_of(key)
    if provider is None:
        raise Http404
    return provider


def _back(request: HttpRequest, provider: Provider) -> str:
    """The one address the provider knows, in whatever language one leaves."""
    with spoken(settings.LANGUAGE_CODE):
        return request.build_absolute_uri(resolve_url("public:provider_callback", provider.key))


def _told(request: HttpRequest, refused: Refused, wanted: str) -> HttpResponse:
    page = confirm_page if request.user.is_authenticated else sign_in_page
    return page(request, wanted=wanted, error=refused.reason, status=refused.status)
