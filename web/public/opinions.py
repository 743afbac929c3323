"""Was it useful? Anyone may say so, on any page and of any answer, once; who said it is kept nowhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.conf import settings
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache

from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, language, spoken
from foundation.core.verdict import Refused
from foundation.help import actions
from foundation.help.actions import LONGEST_COMMENT
from foundation.help.permissions import VISITOR
from foundation.help.queries import edition_in_force, entry_of, new_opinion, new_report
from foundation.journal.origin import unsaid
from web.guard import Side, guarded
from web.public.help import LONGEST_SEARCH
from web.public.proving import challenge, is_proved, is_trapped

if TYPE_CHECKING:
    from foundation.help.models import HelpEntry

COOKIE, REMEMBERED = "avis", 60
HALF_A_YEAR = 180 * 24 * 3600
VALUES = {"oui": "yes", "en-partie": "partly", "non": "no"}
WORDS = {"oui": gettext_lazy("Oui"), "en-partie": gettext_lazy("En partie"), "non": gettext_lazy("Non")}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an opinion is about: a page, by its route, or an answer, by its code."""

    key: str
    title: str
    page: str = ""
    entry: HelpEntry | None = None

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(value, word) for value, word in WORDS.items() if self.entry is None or value != "en-partie"]


@guarded(Side.PUBLIC, "GET", "POST")
@never_cache
def opinion(request: HttpRequest) -> HttpResponse:
    """« Cette page vous a-t-elle été utile ? » and « Cette réponse… »: one word, a comment if one likes, once."""
    asked = request.POST if request.method == "POST" else request.GET
    about, back = _subject(asked.get("page", ""), asked.get("reponse", "")), _back(request, asked.get("retour", ""))
    given = _given(request)
    if about.key in given:
        return _form(request, about, back, error="", already=True)
    if request.method != "POST":
        return _form(request, about, back, value=asked.get("utile", ""))
    comment, value = request.POST.get("commentaire", ""), request.POST.get("utile", "")
    if is_trapped(request):
        return _thanked(request, back, given, about.key)
    try:
        _throttle(request, proved=request.user.is_authenticated or is_proved(request))
        with unsaid():
            actions.give_opinion(
                new_opinion(page=about.page, entry=about.entry, value=VALUES.get(value, value), comment=comment), by=VISITOR, at=now()
            )
    except Refused as refused:
        return _form(request, about, back, value=value, comment=comment, error=refused.reason, status=refused.status)
    return _thanked(request, back, given, about.key)


@guarded(Side.PUBLIC)
def opinion_given(request: HttpRequest) -> HttpResponse:
    return render(request, "public/help/opinion_given.html", {"back": _back(request, request.GET.get("retour", ""))})


@guarded(Side.PUBLIC, "GET", "POST")
@never_cache
def report_search(request: HttpRequest) -> HttpResponse:
    """Words that found nothing, told to the agency because someone chose to. A reading writes nothing by itself."""
    typed = request.POST if request.method == "POST" else request.GET
    words, error, status = typed.get("q", "")[:LONGEST_SEARCH], "", 200
    if request.method == "POST":
        thanks = f"{reverse('public:opinion_given')}?{urlencode({'retour': reverse('public:help_list')})}"
        if is_trapped(request):
            return redirect(thanks)
        try:
            _throttle(request, proved=request.user.is_authenticated)
            with unsaid():
                actions.report_search(new_report(words, language()), by=VISITOR, at=now())
            return redirect(thanks)
        except Refused as refused:
            error, status = refused.reason, refused.status
    context = {"words": words, "error": error}
    return render(request, "public/help/report_search.html", context, status=status)


def _subject(page: str, code: str) -> Subject:
    """What is asked about; a page or an answer that does not exist is refused like any unknown address."""
    if code:
        entry = entry_of(code)
        edition = edition_in_force(entry) if entry.is_published else None
        if edition is None:
            raise Http404
        return Subject(f"r:{code}", edition.reply.wording(language()).question, entry=entry)
    if (page or "public:home") not in addresses():
        raise Http404
    return Subject(f"p:{page or 'public:home'}", "", page=page or "public:home")


@lru_cache(maxsize=1)
def addresses() -> dict[str, str]:
    """Every page of the site by its route, as its address is written in French: what the agency reads beside an opinion."""
    with spoken(settings.LANGUAGE_CODE):
        return dict(_walk(get_resolver().url_patterns, "", "/"))


def _walk(patterns: Any, space: str, start: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for pattern in patterns:
        where = f"{start}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            found += _walk(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space, where)
        elif isinstance(pattern, URLPattern):
            found.append((f"{space}{pattern.name}", where))
    return found


def _back(request: HttpRequest, wanted: str) -> str:
    """The page one came from, if it is ours."""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()) else reverse("public:home")  # fmt: skip


def _given(request: HttpRequest) -> list[str]:
    """What this browser has already given an opinion on: its own cookie says so, signed, and nothing else does."""
    try:
        kept = json.loads(request.get_signed_cookie(COOKIE, default="", salt=COOKIE) or "[]")
    except (BadSignature, ValueError):
        return []
    return [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []


def _thanked(request: HttpRequest, back: str, given: list[str], key: str) -> HttpResponse:
    response = redirect(f"{reverse('public:opinion_given')}?{urlencode({'retour': back})}")
    response.set_signed_cookie(
        COOKIE, json.dumps([*given, key][-REMEMBERED:]), salt=COOKIE, max_age=HALF_A_YEAR, httponly=True, secure=settings.HTTPS, samesite="Lax"
    )  # fmt: skip
    return response


def _throttle(request: HttpRequest, *, proved: bool) -> None:
    action = "opinion" if proved else "opinion_unproved"
    if not ratelimit.consume(request, action=action):
        raise Refused(_("Beaucoup d'avis viennent d'être envoyés depuis votre réseau. Attendez une heure, puis recommencez."), status=429)


def _form(request: HttpRequest, about: Subject, back: str, *, value: str = "", comment: str = "", error: str = "", already: bool = False, status: int = 200) -> HttpResponse:  # fmt: skip
    context = {
        "about": about,
        "back": back,
        "value": value,
        "comment": comment,
        "error": error,
        "already": already,
        "longest": LONGEST_COMMENT,
        "challenge": "" if already or request.user.is_authenticated else challenge(),
    }
    return render(request, "public/help/opinion.html", context, status=status)
