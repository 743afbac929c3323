"""What is this site, who answers for it, how is it, and where does everything stand?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache

from convergence.certificates.queries import Sought, directory
from convergence.content.library import library
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.language import spoken
from foundation.help.queries import addresses, count_of_entries
from foundation.journal.queries import waiting_work
from web.guard import Side, guarded
from web.public.caching import kept_by_caches

SLOW = 15 * 60
"""Seconds a queued job may wait before the page says that mails and documents are late."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the platform, and how it is."""

    name: str
    is_well: bool
    word: str


@guarded(Side.PUBLIC)
@kept_by_caches
def legal_notices(request: HttpRequest) -> HttpResponse:
    return render(request, "public/site/legal_notices.html", _answerable())


@guarded(Side.PUBLIC)
@kept_by_caches
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/site/privacy.html", _answerable())


def _answerable() -> dict[str, str]:
    """Who answers for this installation; empty where its operator has not said."""
    return {"publisher": settings.SITE_PUBLISHER, "host": settings.SITE_HOST, "contact": settings.SITE_CONTACT}


@guarded(Side.PUBLIC)
@kept_by_caches
def site_map(request: HttpRequest) -> HttpResponse:
    """Every page one may open without an account; to someone signed in, those of their side too (the bar knows which)."""
    shelf = library()
    context = {"tracks": [(track, shelf.procedures_of(track.code, today())) for track in shelf.tracks], "entries": count_of_entries()}
    return render(request, "public/site/site_map.html", context)


@guarded(Side.PUBLIC)
@never_cache
def platform_state(request: HttpRequest) -> HttpResponse:
    """How the platform is, in words: `/etat/` says it to machines. Figures that would help an attacker are not shown."""
    at = now()
    waiting, oldest = waiting_work()
    late = oldest is not None and (at - oldest).total_seconds() > SLOW
    parts = [
        Part(_("Site et base de données"), True, _("En service")),
        Part(_("Contenus"), True, _("En service, version {number}").format(number=library().number)),
        Part(_("Courriels et documents"), not late, _("Retardés") if late else _("En service")),
    ]
    context = {"parts": parts, "at": at, "is_well": all(part.is_well for part in parts), "waiting": waiting}
    return render(request, "public/site/platform_state.html", context)


@guarded(Side.PUBLIC)
@kept_by_caches
def robots(request: HttpRequest) -> HttpResponse:
    """Where those who index the web are welcome: on the public pages."""
    where = request.build_absolute_uri(reverse("public:sitemap"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _closed()), f"Sitemap: {where}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _closed() -> list[str]:
    """Where there is nothing to index, in each language."""
    found = []
    for code in dict(settings.LANGUAGES):
        with spoken(code):
            home = reverse("public:home")
            found += [reverse(f"public:{name}") for name in ("sign_in", "opinion", "report_search")]
            found += [f"{home}{space}/" for space in ("tableau-de-bord", "produits", "parcours", "agence")]
    return found


@guarded(Side.PUBLIC)
@kept_by_caches
def sitemap(request: HttpRequest) -> HttpResponse:
    """The same for machines, in each language, with the day each answer was last revised."""
    found: list[tuple[str, datetime | None]] = []
    for code in dict(settings.LANGUAGES):
        with spoken(code):
            found += [(request.build_absolute_uri(place), at) for place, at in _places()]
    return HttpResponse(render_to_string("public/site/sitemap.xml", {"places": found}), content_type="application/xml; charset=utf-8")


def _places() -> list[tuple[str, datetime | None]]:
    """Every public page, in the language under way."""
    still = ("home", "presented_procedures", "certificate_list", "help_list", "accessibility", "legal_notices", "privacy", "site_map")
    places: list[tuple[str, datetime | None]] = [(reverse(f"public:{name}"), None) for name in still]
    places += [(reverse("public:presented_procedure", args=[procedure.code]), None) for procedure in library().procedures(today())]
    places += [(reverse("public:certificate", args=[line.number]), None) for line in directory(Sought(), today())]
    places += [(reverse("public:help_entry", args=[code]), at) for code, at in addresses()]
    return places
