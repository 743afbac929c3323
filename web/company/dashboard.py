"""What awaits the company, and where does everything stand?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from convergence.assessments.queries import SORTS, followed, followed_rows, pending_questionnaires
from convergence.catalogue.queries import products_of
from convergence.content.library import library
from web.guard import CompanyRequest, Side, guarded

PAGE_SIZES = (10, 25, 50)
PRODUCTS_SHOWN = 8
TO_DO_SHOWN = 8
LONGEST_SEARCH = 100  # characters; more is cut, as no name is that long


@guarded(Side.COMPANY)
def dashboard(request: CompanyRequest) -> HttpResponse:
    """To do, « Vos démarches », « Vos produits », « Les parcours »; the tracks come first while there is nothing yet."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    sort = request.GET.get("tri", "-reference")
    rows = followed_rows(request.user, company=request.company, words=words, sort=sort)
    size = next((size for size in PAGE_SIZES if request.GET.get("par") == str(size)), PAGE_SIZES[0])
    page = page_of(rows, request.GET.get("page"), size)
    product_words = request.GET.get("produit", "")[:LONGEST_SEARCH]
    products = list(products_of(request.company, request.user, words=product_words)[: PRODUCTS_SHOWN + 1])
    pending = pending_questionnaires(request.user, request.company, TO_DO_SHOWN + 1)
    context = {
        "page": page,
        "lines": followed(page.object_list),
        "words": words,
        "sort": sort if sort.removeprefix("-") in SORTS else "-reference",
        "sizes": PAGE_SIZES,
        "size": size,
        "products": products[:PRODUCTS_SHOWN],
        "more_products": len(products) > PRODUCTS_SHOWN,
        "product_words": product_words,
        "pending": pending[:TO_DO_SHOWN],
        "more_pending": len(pending) > TO_DO_SHOWN,
        "tracks": library().tracks,
        "is_empty": not page.paginator.count and not words and not products and not product_words,
    }
    return render(request, "company/dashboard/dashboard.html", context)


def page_of(rows: QuerySet[Any, Any] | Sequence[Any], number: str | None, size: int) -> Page[Any]:
    """The page asked for, or the nearest that exists."""
    return Paginator(rows, size).get_page(number)
