"""What may the partner read? The results of the products whose company shares them, and nothing else."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from convergence.assessments.bundle import bundle_file_name, bundle_of, bundle_zip
from convergence.catalogue.actions import read_shared_results
from convergence.catalogue.queries import shared_with, shares_with
from convergence.content.library import library
from convergence.content.partners import PARTNERS, THE_PARTNER, questionnaires_read_by
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.results import file_answer
from web.guard import AgencyRequest, Side, guarded

PER_PAGE = 25


@guarded(Side.AGENCY, right=Right.READ_SHARED_RESULTS)
def shared_results(request: AgencyRequest) -> HttpResponse:
    """A line a product and procedure, found by the reference the company gives."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return shares_with(THE_PARTNER, words=words, limit=limit, offset=offset)

    page, shelf = page_of(lines, request.GET.get("page"), PER_PAGE), library()
    context = {
        "page": page,
        "lines": [(one, shelf.procedure(one.enrolment.procedure)) for one in page.object_list],
        "words": words,
        "partner": PARTNERS[THE_PARTNER],
    }
    return render(request, "agency/shared_results/shared_results.html", context)


@guarded(Side.AGENCY, "POST", right=Right.READ_SHARED_RESULTS)
def take_shared_results(request: AgencyRequest, number: int) -> HttpResponse:
    """The signed zip of what the partner may read, remembered first: the company finds who took it, and when."""
    share, at = shared_with(THE_PARTNER, number), now()
    procedure = library().procedure(share.enrolment.procedure)
    bundle = bundle_of(share.enrolment, questionnaires_read_by(procedure, THE_PARTNER) if procedure else frozenset())
    if not bundle.results:
        raise Refused(_("Aucun questionnaire de cette démarche n'est encore validé : il n'y a pas encore de résultats à lire."), status=409)
    read_shared_results(share, by=request.user, at=at)
    return file_answer(bundle_zip(bundle, at=at), "application/zip", bundle_file_name(share.enrolment, at))
