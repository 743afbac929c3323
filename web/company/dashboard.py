"""What awaits the company, and where does everything stand?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render

from convergence.assessments.listings import SORTS, FollowedProcedure, followed_procedures
from convergence.assessments.workflow import DONE, IN_PROGRESS
from convergence.candidatures.listings import how_far
from convergence.catalogue.listings import product_cards
from convergence.content.library import library
from foundation.core.clock import now
from foundation.core.quarter import Quarter
from foundation.core.rows import Reading, read_together
from web.company.cards import procedure_drawn, product_drawn
from web.company.to_do import ToDo, to_do
from web.forms import typed_number
from web.guard import CompanyRequest, Side, guarded
from web.messaging import unread
from web.pieces import piece, together

PAGE_SIZES = (10, 25, 50)
PRODUCTS_SHOWN = 8
LONGEST_SEARCH = 100  # characters; more is cut, as no name is that long


@guarded(Side.COMPANY)
def dashboard(request: CompanyRequest) -> HttpResponse:
    """To do, « Vos démarches », « Vos produits », « Les parcours »; the tracks come first while there is nothing yet."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    sort = request.GET.get("tri", "")
    sort = sort if sort.removeprefix("-") in SORTS else "-reference"
    size = next((size for size in PAGE_SIZES if request.GET.get("par") == str(size)), PAGE_SIZES[0])

    product_words = request.GET.get("produit", "")[:LONGEST_SEARCH]
    cards = product_cards.reading(request.user, request.company, words=product_words, limit=PRODUCTS_SHOWN)
    first = ToDo.of(request, Quarter.of(now()))

    def lines(limit: int, offset: int) -> Reading[tuple[list[Any], int]]:
        return followed_procedures.reading(request.user, company=request.company, words=words, sort=sort, limit=limit, offset=offset)

    page = page_of(lines, request.GET.get("page"), size, cards, *first.readings, unread(request))
    products, product_count = cards.found
    shelf = library()
    context = {
        "page": page,
        "lines": together(procedure_drawn(line) for line in _advanced(request, page.object_list)),
        "headings": piece("company/dashboard/headings.html", {"sort": sort}, _sorting(request, sort)),
        "words": words,
        "sort": sort,
        "sizes": PAGE_SIZES,
        "size": size,
        "products": [product_drawn(product) for product in products],
        "more_products": product_count > len(products),
        "product_words": product_words,
        **to_do(first),
        "tracks": piece("company/dashboard/tracks.html", {"release": shelf.number}, {}, tracks=shelf.tracks),
        "is_empty": not page.paginator.count and not words and not products and not product_words,
    }
    return render(request, "company/dashboard/dashboard.html", context)


def _advanced(request: CompanyRequest, lines: Iterable[FollowedProcedure]) -> list[FollowedProcedure]:
    """Where nothing but a candidature is asked, it says how far one is."""
    lines = list(lines)
    far = how_far(request.user, request.company, {line.reference for line in lines if not line.total})
    return [
        replace(line, status=DONE if far[key] else IN_PROGRESS)
        if (key := (line.reference, line.procedure.code)) in far and not line.total
        else line
        for line in lines
    ]


def _sorting(request: CompanyRequest, sort: str) -> dict[str, str]:
    """The address behind each heading: rising first, then falling."""
    query = request.GET.copy()
    query.pop("page", None)
    found = {}
    for column in SORTS:
        query["tri"] = f"-{column}" if sort == column else column
        found[column] = f"?{query.urlencode()}#demarches"
    return found


Listed = tuple[list[Any], int]
"""Some lines of a list, and how many there are in all."""


def page_of(listing: Callable[[int, int], Listed | Reading[Listed]], number: str | None, size: int, *also: Reading[Any]) -> Page[Any]:
    """The page asked for of `listing(limit, offset)`, or the last one if there are fewer; with it is read whatever `also` is to be."""

    def listed(limit: int, offset: int) -> Listed:
        found = listing(limit, offset)
        if isinstance(found, Reading):
            read_together(found, *also)
            return found.found
        return found

    wanted = typed_number(number, 6) or 1
    lines, count = listed(size, (wanted - 1) * size)
    if not lines and wanted > 1:
        count = listed(1, 0)[1]
        wanted = max(1, -(-count // size))
        lines, count = listed(size, (wanted - 1) * size)
    paginator: Paginator[Any] = Paginator(lines, size)
    paginator.__dict__["count"] = count  # known already: the listing counts what it does not return
    return Page(lines, wanted, paginator)
