"""What becomes of a form sent after the session ended? Signing in carries it along, then gives it back.

A script keeps what is typed by itself; without one, the browser sends the whole form and nothing must be lost. What was
posted travels in the sign-in page as one signed field, bound to its address and to a delay, and never through the
address bar, the session or the database.

Nothing is ever sent again by itself: whoever signed in reads where it would go and presses a button, in a form that
carries a token of its own. A page elsewhere can therefore not write anything by having someone sign in here; and what
comes back was typed in this browser, so it tells nobody anything. Whether it may be done is for the action to say, by
the rights of whoever is there now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.accounts.queries import demo_seats
from foundation.accounts.terms import terms_in_force
from foundation.credentials.providers import AGENCY, COMPANY, provider_of, providers
from foundation.credentials.rules import Means
from foundation.credentials.second_factor import has_second_factor
from foundation.credentials.sessions import PROVIDER, means_of

if TYPE_CHECKING:
    from foundation.accounts.models import Person

FIELD = "kept"
SECONDS = 12 * 3600  # as long as a session
LONGEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2  # it must fit in the next form, its letters encoded

Fields = list[tuple[str, str]]


def keep(request: HttpRequest) -> str:
    """What was posted, signed; empty where nothing was typed, where a file came with it, or where it is too long to travel."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if not _is_secret(name)]
    if not fields or request.FILES:
        return ""
    signed = signing.dumps(fields, salt=_salt(request.get_full_path()), compress=True)
    return signed if len(signed) <= LONGEST else ""


def kept_for(request: HttpRequest, where: str) -> Fields:
    """What the sign-in form carries for an address: nothing if it was changed, is another's, or is too old."""
    try:
        fields = signing.loads(request.POST.get(FIELD, ""), salt=_salt(where), max_age=SECONDS)
    except signing.BadSignature:
        return []
    return [(name, value) for name, value in fields]


def sign_in_page(request: HttpRequest, *, wanted: str, kept: str = "", typed: str = "", error: str = "", status: int = 200) -> HttpResponse:
    """The page where one signs in, on the way to the address wanted."""
    context = {
        "error": error,
        "typed": typed,
        "next": wanted,
        "kept": kept,
        "seats": demo_seats() if settings.DEMO else [],
        "demo_password": settings.DEMO_PASSWORD,
        "company_providers": [provider for provider in providers() if provider.side == COMPANY],
        "agency_providers": [provider for provider in providers() if provider.side == AGENCY],
    }
    return _uncached(request, "public/entrance/sign_in.html", context, status)


def code_page(request: HttpRequest, *, wanted: str, kept: str = "", error: str = "", status: int = 200) -> HttpResponse:
    """The page where the code is typed, after the password."""
    context = {"next": wanted, "kept": kept, "error": error}
    return _uncached(request, "public/entrance/second_factor.html", context, status)


def confirm_page(request: HttpRequest, *, wanted: str, kept: str = "", error: str = "", status: int = 200) -> HttpResponse:
    """The page where someone already in shows again who they are, by the means they came in by."""
    person = cast("Person", request.user)
    means = means_of(request)
    context = {
        "next": wanted,
        "kept": kept,
        "error": error,
        "provider": provider_of(request.session.get(PROVIDER, "")) if means == Means.PROVIDER else None,
        "by_click": means == Means.DEMO and settings.DEMO,
        "has_second_factor": has_second_factor(person),
    }
    return _uncached(request, "public/entrance/confirm_identity.html", context, status)


def _uncached(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    add_never_cache_headers(response)
    return response


def terms_page(request: HttpRequest, *, wanted: str, kept: str = "", error: str = "", status: int = 200) -> HttpResponse:
    """The terms of use, to be accepted on the way to the address wanted."""
    person = request.user if request.user.is_authenticated else None
    terms = terms_in_force()
    context = {
        "terms": terms,
        "text": f"terms/{terms.version}.html",
        "accepted": person is not None and person.terms_version == terms.version,
        "accepted_before": person is not None and person.terms_version not in ("", terms.version),
        "next": wanted,
        "kept": kept,
        "error": error,
    }
    response = render(request, "public/terms/terms.html", context, status=status)
    add_never_cache_headers(response)
    return response


def resume_page(request: HttpRequest, where: str, fields: Fields) -> HttpResponse:
    """What was typed, ready to be sent to the same address, once its button is pressed."""
    response = render(request, "public/entrance/resume.html", {"where": where, "fields": fields})
    add_never_cache_headers(response)
    return response


def landing(request: HttpRequest) -> str:
    """Where to go once in: the page asked for if it is one of ours, else home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("public:home")


def _is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name.lower()


def _salt(where: str) -> str:
    return f"web.resuming:{where}"
