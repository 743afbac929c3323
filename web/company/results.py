"""What do the answers amount to? Results of a questionnaire, past validations, two of them compared, the same as files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from convergence.assessments import papers
from convergence.assessments.bundle import bundle_file_name, bundle_of, bundle_zip
from convergence.assessments.comparison import DRAFT, comparison_of
from convergence.assessments.papers import has_numbered_axes, radar_described, radar_of, results_file_name
from convergence.assessments.permissions import can_answer
from convergence.assessments.queries import results_of
from convergence.catalogue.queries import enrolment_of
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.assessments.queries import Results

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@guarded(Side.COMPANY)
def results(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """The last validation beside the draft: verdicts, gaps first, the radar and its table, the history."""
    return _page(request, _results(request, reference, code, questionnaire), past=False)


@guarded(Side.COMPANY)
def validation(request: CompanyRequest, reference: int, code: str, questionnaire: str, number: int) -> HttpResponse:
    """A past validation, exactly as it was frozen."""
    return _page(request, _results(request, reference, code, questionnaire, number), past=True)


@guarded(Side.COMPANY)
def compare_validations(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """Two validations criterion by criterion, the last two unless others are chosen; the draft may be the second."""
    before, after = (
        DRAFT if typed == "brouillon" else typed_number(typed) for typed in (request.GET.get("avant", ""), request.GET.get("apres", ""))
    )
    found = comparison_of(enrolment_of(reference, code, request.user), questionnaire, before=before, after=after)
    if found is None:
        raise Http404
    context = {"comparison": found, "product": found.enrolment.subject}
    return render(request, "company/results/compare_validations.html", context, status=400 if found.is_with_itself else 200)


def typed_number(typed: str) -> int | None:
    """The number of a validation as an address gives it; nothing is no choice, and what is no number is no page."""
    if not typed:
        return None
    if not re.fullmatch("[1-9][0-9]{0,8}", typed):
        raise Http404
    return int(typed)


@guarded(Side.COMPANY)
def results_pdf(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    found = _results(request, reference, code, questionnaire)
    return file_answer(papers.results_pdf(found, at=now()), "application/pdf", results_file_name(found, "pdf"))


@guarded(Side.COMPANY)
def results_workbook(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    found = _results(request, reference, code, questionnaire)
    return file_answer(papers.results_workbook(found, at=now()), XLSX, results_file_name(found, "xlsx"))


@guarded(Side.COMPANY)
def procedure_results(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """« Télécharger les résultats »: every questionnaire validated in the procedure, in one signed zip."""
    enrolment, at = enrolment_of(reference, code, request.user), now()
    found = bundle_of(enrolment)
    if not found.results:
        raise Refused(_("Aucun questionnaire de cette démarche n'est encore validé : il n'y a pas de résultats à télécharger."), status=409)
    return file_answer(bundle_zip(found, at=at), "application/zip", bundle_file_name(enrolment, at))


def _results(request: CompanyRequest, reference: int, code: str, key: str, number: int | None = None) -> Results:
    found = results_of(enrolment_of(reference, code, request.user), key, number=number)
    if found is None:
        raise Http404
    return found


def _page(request: CompanyRequest, found: Results, *, past: bool) -> HttpResponse:
    context: dict[str, Any] = {
        "results": found,
        "product": found.enrolment.subject,
        "past": past,
        "radar": radar_of(found) if found.rows and found.questionnaire.is_maturity else None,
        "radar_described": radar_described(found) if found.rows else "",
        "numbered": has_numbered_axes(found),
        "may_answer": not found.is_left and can_answer(request.user, found.enrolment.subject, found.questionnaire.key),
    }
    return render(request, "company/results/results.html", context)


def file_answer(body: bytes, kind: str, name: str) -> HttpResponse:
    """A file to be kept, under this name, never shown in the page."""
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
