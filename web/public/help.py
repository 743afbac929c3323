"""What is asked, and what is answered? Without an account, without a script: every choice is a link, every search an address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from convergence.content.library import library
from foundation.core.clock import today
from foundation.core.language import language
from foundation.help.queries import (
    Line,
    edition_in_force,
    entry_of,
    facets_in_force,
    found_entries,
    lines_of,
    narrowed_entries,
    related_lines,
    shares_of,
)
from foundation.help.rules import marked
from foundation.help.wording import Facet, Facets, Language
from foundation.help.workflow import WITHDRAWN
from web.guard import Side, guarded
from web.languages import same_page
from web.public.caching import View, kept_by_caches

PAGE_SIZE = 20
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Way:
    """One choice of one question: where it leads, and how many answers it would leave."""

    word: str
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five questions, as it stands: chosen, still open, or without object here."""

    number: int
    question: str
    short: str
    chosen: Way | None
    ways: list[Way]


@dataclass(frozen=True, slots=True)
class Result:
    """An answer in the list, the words searched for marked."""

    line: Line
    question: list[tuple[str, bool]]
    short: list[tuple[str, bool]]
    tags: list[str]
    share: int | None


def in_its_language(view: View) -> View:
    """Answers were once asked for in English by `?langue=en`: those addresses lead to the page in English."""

    @wraps(view)
    def with_former_addresses(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("langue") != Language.ENGLISH:
            return view(request, *args, **kwargs)
        asked = request.GET.copy()
        del asked["langue"]
        address = urlsplit(same_page(request, Language.ENGLISH))
        return HttpResponsePermanentRedirect(urlunsplit(("", "", address.path, asked.urlencode(), "")))

    return with_former_addresses


@guarded(Side.PUBLIC)
@kept_by_caches
@in_its_language
def help_list(request: HttpRequest) -> HttpResponse:
    """The questions, narrowed by the five choices and by words; each choice says what remains."""
    spoken_here = language()
    facets = facets_in_force() or Facets.model_construct(facets=())
    chosen = _chosen(request, facets)
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = found_entries(words, spoken_here) if words else None
    narrowed = narrowed_entries(spoken_here, chosen, found.codes if found else None)
    page = Paginator(narrowed.codes, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = lines_of(page.object_list, spoken_here)
    shares = shares_of(line.code for line in lines)
    base = {"q": words} if words else {}
    context = {
        "words": words,
        "found": found,
        "page": page,
        "results": [
            _result(line, facets, chosen, found.words if found else frozenset(), spoken_here, shares.get(line.code)) for line in lines
        ],
        "total": narrowed.total,
        "steps": [_step(number, facet, chosen, narrowed.counts, base, spoken_here) for number, facet in enumerate(facets.facets, 1)],
        "kept": list(chosen.items()),
        "is_narrowed": bool(chosen or words),
        "everything": _address({}),
        "contact": settings.SITE_CONTACT,
        "without_last": _address({**base, **dict(list(chosen.items())[:-1])}) if chosen else "",
    }
    return render(request, "public/help/help_list.html", context)


def _chosen(request: HttpRequest, facets: Facets) -> dict[str, str]:
    """The choices made, in the order of the questions; one that does not exist is no choice."""
    typed = {facet.code: request.GET.get(facet.code, "") for facet in facets.facets}
    return {facet.code: typed[facet.code] for facet in facets.facets if facet.choice(typed[facet.code])}


def _step(number: int, facet: Facet, chosen: dict[str, str], counts: Any, base: dict[str, str], language: str) -> Step:
    others = {code: choice for code, choice in chosen.items() if code != facet.code}
    ways = [
        Way(choice.word(language), _address({**base, **others, facet.code: choice.code}), counts.get(f"{facet.code}:{choice.code}", 0))
        for choice in facet.choices
    ]
    made = chosen.get(facet.code)
    held = next((choice for choice in facet.choices if choice.code == made), None)
    return Step(
        number=number,
        question=facet.question[Language(language)],
        short=facet.short[Language(language)],
        chosen=Way(held.word(language), _address({**base, **others}), 0) if held else None,
        ways=[way for way in ways if way.count] if held is None else [],
    )


def _address(query: dict[str, str]) -> str:
    return reverse("public:help_list") + (f"?{urlencode(query)}" if query else "")


def _result(line: Line, facets: Facets, chosen: dict[str, str], words: frozenset[str], language: str, share: int | None) -> Result:
    return Result(line, marked(line.question, words), marked(line.short.replace("**", ""), words), _tags(line.facets, facets, language, ("produit", "theme"), chosen), share)  # fmt: skip


def _tags(flat: tuple[str, ...], facets: Facets, language: str, shown: tuple[str, ...], hidden: dict[str, str]) -> list[str]:
    """The words of an entry's choices, those already chosen left out."""
    words = []
    for one in flat:
        code, _, choice = one.partition(":")
        facet = facets.facet(code)
        known = facet.choice(choice) if facet else None
        if code in shown and known and hidden.get(code) != choice:
            words.append(known.word(language))
    return words


@guarded(Side.PUBLIC)
@kept_by_caches
@in_its_language
def help_entry(request: HttpRequest, code: str) -> HttpResponse:
    """One answer, at its permanent address. One that was withdrawn says so (410); one never published does not exist."""
    entry = entry_of(code)
    if entry.state == WITHDRAWN and entry.edition:
        return render(request, "public/help/withdrawn.html", status=410)
    edition = edition_in_force(entry) if entry.is_published else None
    if edition is None:
        raise Http404
    return render(request, "public/help/help_entry.html", entry_context(edition.reply, language()) | {"edition": edition})


def entry_context(reply: Any, language: str) -> dict[str, Any]:
    """What the page of an answer shows; the agency's preview shows the same of a draft."""
    facets = facets_in_force() or Facets.model_construct(facets=())
    shelf = library()
    offer = next(iter(reply.facets.get("offre", ())), "")
    held = facets.facet("offre")
    choice = held.choice(offer) if held else None
    return {
        "reply": reply,
        "wording": reply.wording(language),
        "language": language,
        "tags": _tags(tuple(reply.flat_facets), facets, language, ("offre", "couloir", "dispositif", "produit", "theme"), {}),
        "offer": (choice.word(language), _address({"offre": offer})) if choice else None,
        "related": related_lines(reply, language),
        "procedures": [found for found in (shelf.procedure_in_force(one, today()) for one in reply.procedures) if found],
        "share": shares_of([reply.code]).get(reply.code),
    }
