"""What does every page carry around its content? The tracks in the bar, who is signed in, the theme.

The header and the foot are the same from page to page: they are drawn once for each thing they depend on and kept, as
criteria are (`web/company/criteria.py`). A marker stands where the token of the form goes.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from convergence.content.library import Library, NoContent, library
from foundation.accounts.rights import Right
from foundation.core import clock
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import kept_by_language, language
from web.guard import chosen_seat, view_looked_at
from web.languages import told_languages
from web.messaging import unread

if TYPE_CHECKING:
    from foundation.accounts.models import Person

TOKEN = f"\ue005{secrets.token_hex(8)}"
"""Drawn by chance in each process: a name holds whatever someone typed, and must never be taken for the marker."""

MOST_KEPT = 5_000
_kept: dict[tuple[Any, ...], str] = {}

MENU = (
    "public:home",
    "public:presented_procedures",
    "public:certificate_list",
    "public:help_list",
    "company:dashboard",
    "company:your_company",
    "agency:candidature_list",
    "agency:board_sessions",
    "agency:steering",
    "agency:erasure_list",
    "agency:shared_results",
    "agency:sealed_evidence",
    "agency:opening_list",
    "company:product_list",
    "agency:help_readings",
    "company:conversation_list",
    "agency:conversation_list",
)
WITHOUT_OPINION = ("public:opinion", "public:opinion_given", "public:report_search")
UNREAD = f"\ue007{secrets.token_hex(8)}"
HERE = f"\ue006{secrets.token_hex(8)}"
ELSEWHERE = f"\ue008{secrets.token_hex(8)}"


def page_chrome(request: HttpRequest) -> dict[str, Any]:
    """Nothing here costs a query a guarded page has not already made, but one: how many messages are new, where the bar is drawn."""
    return {"chrome": _chrome(request), "csrf_token": SimpleLazyObject(partial(_token, request))}


def _token(request: HttpRequest) -> str:
    """The token of the forms of a page: masked once for all of them, the bar's included; another on the next page."""
    masked: str | None = getattr(request, "masked_token", None)
    if masked is None:
        masked = request.masked_token = get_token(request)  # type: ignore[attr-defined]
    return masked


def _chrome(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        "demo": settings.DEMO,
        "theme": settings.THEME,
        "moved": now() if settings.DEMO_CLOCK and clock.moved_by is not None and clock.moved_by() else None,
        "path": request.path,
        "language": language(),
        "language_link": ELSEWHERE,
        "person": None,
        "seat": None,
        "agency": False,
        "reads_content": False,
        "reads_accounts": False,
        "several_seats": False,
        "view": None,
        "reads_help": False,
        "route": "",
        "reads_journal": False,
        "sees_candidatures": False,
        "uses_messaging": False,
        "moves_clock": False,
        "unread_mark": UNREAD,
        "follows_load": False,
        "sees_erasures": False,
        "reads_shared": False,
        "opens_sealed": False,
        "reads_openings": False,
        "tracks": (),
    }
    shelf: Library | None = None
    with suppress(NoContent):  # a page must still be shown while nothing is published yet
        shelf = library()
        found["tracks"] = shelf.tracks
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        person = cast("Person", user)
        found["person"] = person
        found["seat"] = chosen_seat(request)
        found["agency"] = person.agency_has(Right.USE_AGENCY_SPACE)
        found["reads_content"] = person.agency_has(Right.READ_CONTENT)
        found["reads_accounts"] = person.agency_has(Right.READ_ACCOUNTS)
        found["several_seats"] = len(person.company_seats) > 1
        found["view"] = view_looked_at(request)
        found["reads_help"] = person.agency_has(Right.READ_HELP)
        found["reads_journal"] = person.agency_has(Right.READ_JOURNAL)
        found["sees_candidatures"] = person.agency_has(Right.SEE_CANDIDATURES)
        found["moves_clock"] = settings.DEMO and person.agency_has(Right.MOVE_DEMO_CLOCK)
        found["uses_messaging"] = person.agency_has(Right.USE_MESSAGING)
        found["follows_load"] = person.agency_has(Right.FOLLOW_LOAD)
        found["reads_shared"] = person.agency_has(Right.READ_SHARED_RESULTS)
        found["opens_sealed"] = person.agency_has(Right.OPEN_SEALED_EVIDENCE)
        found["reads_openings"] = person.agency_has(Right.READ_OPENINGS)
        found["sees_erasures"] = person.agency_has(Right.SEE_ERASURES)
    found["header"] = partial(_header, request, dict(found), shelf)
    found["opinion"] = partial(_opinion, request)
    found["alternates"] = partial(_alternates, request)
    found["foot"] = partial(_drawn, "ui/foot.html", (found["demo"],), dict(found))
    return found


def _header(request: HttpRequest, found: dict[str, Any], shelf: Library | None) -> SafeString:
    person, seat = found["person"], found["seat"]
    found["path"] = request.path if request.path in _entries(shelf) else ""
    key = (
        shelf.number if shelf else None,
        person.name if person else None,
        seat.company.name if seat else None,
        *(
            found[name]
            for name in (
                "path",
                "agency",
                "reads_content",
                "reads_accounts",
                "several_seats",
                "reads_help",
                "reads_journal",
                "sees_candidatures",
                "uses_messaging",
                "moves_clock",
                "follows_load",
                "sees_erasures",
                "reads_shared",
                "opens_sealed",
                "reads_openings",
                "theme",
            )
        ),
    )
    drawn = mark_safe(_drawn("ui/header.html", key, found).replace(ELSEWHERE, _elsewhere(request)))  # noqa: S308 - escaped there
    if not person:
        return drawn
    count = unread(request).found if UNREAD in drawn else 0
    return mark_safe(drawn.replace(TOKEN, _token(request)).replace(UNREAD, _told_unread(count)))  # noqa: S308 - letters and figures


def _elsewhere(request: HttpRequest) -> SafeString:
    """This page in the other language, named in that language."""
    links = (
        format_html('<li><a class="fr-btn fr-icon-translate-2" href="{}" hreflang="{}" lang="{}">{}</a></li>', address, code, code, name)
        for code, name, address in told_languages(request)
        if code != language()
    )
    return mark_safe("".join(links))  # noqa: S308 - formatted just above


def _alternates(request: HttpRequest) -> SafeString:
    """For search engines, which see what a visitor sees."""
    user = getattr(request, "user", None)  # none yet where a host is refused
    if user is None or user.is_authenticated or request.resolver_match is None:
        return SafeString("")
    links = (
        format_html('<link rel="alternate" hreflang="{}" href="{}">\n', code, request.build_absolute_uri(address))
        for code, _name, address in told_languages(request)
    )
    return mark_safe("".join(links))  # noqa: S308 - formatted just above


def _told_unread(count: int) -> str:
    """Beside « Messagerie », how much is new; nothing where nothing is."""
    if not count:
        return ""
    words = _("message non lu") if count == 1 else _("messages non lus")
    return f' <span class="cv-tag cv-tag--you">{count if count < 100 else "99+"}<span class="fr-sr-only"> {words}</span></span>'


@kept_by_language(8)
def _entries(shelf: Library | None) -> frozenset[str]:
    """The addresses the menu leads to: elsewhere, the header does not depend on the page."""
    tracks = [reverse("company:track", args=[track.code]) for track in shelf.tracks] if shelf else []
    return frozenset([*tracks, *(reverse(name) for name in MENU)])


def _opinion(request: HttpRequest) -> SafeString:
    """« Cette page vous a-t-elle été utile ? », asked of a page that has an address, and not of the answer to that question."""
    match = getattr(request, "resolver_match", None)
    if match is None or not match.view_name or match.view_name in WITHOUT_OPINION:
        return SafeString("")
    drawn = _drawn("ui/opinion.html", (match.view_name,), {"route": match.view_name, "here": HERE})
    return mark_safe(drawn.replace(HERE, escape(request.path)))  # noqa: S308 - the path is escaped


def _drawn(template: str, key: tuple[Any, ...], found: dict[str, Any]) -> SafeString:
    place = (language(), template, *key)
    kept = _kept.get(place)
    if kept is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[place] = str(get_template(template).render({"chrome": found, "csrf_token": TOKEN}))
    return mark_safe(kept)  # noqa: S308 - rendered by a template
