"""When is each procedure reached? The roadmap of a questionnaire, of a product, of the whole company; and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from convergence.assessments.permissions import can_answer
from convergence.catalogue.queries import enrolment_of, product_of_reference
from convergence.content.library import library
from convergence.projections import papers
from convergence.projections.papers import roadmap_file_name, timeline_of
from convergence.projections.queries import projection_sheet_of
from convergence.projections.roadmaps import company_roadmap as roadmap_of_company
from convergence.projections.roadmaps import product_roadmap as roadmap_of_product
from convergence.projections.roadmaps import questionnaire_roadmap
from foundation.core.clock import now, today
from foundation.core.quarter import Quarter
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.results import XLSX, file_answer
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.catalogue.models import Subject
    from convergence.projections.queries import ProjectionSheet
    from convergence.projections.roadmaps import Roadmap

PAGE_SIZE = 50
MOST_PRINTED = 500  # lines of a file: more is no longer read on paper


# — One questionnaire —————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def roadmap(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """The validated dates of one questionnaire: verdicts first, the timeline, the table that says the same."""
    sheet = _sheet(request, reference, code, questionnaire)
    found = questionnaire_roadmap(sheet, Quarter.of(now()))
    context = {
        "sheet": sheet,
        "product": sheet.enrolment.subject,
        "roadmap": found,
        "timeline": timeline_of(found),
        "may_answer": can_answer(request.user, sheet.enrolment.subject, sheet.questionnaire.key),
    }
    return render(request, "company/roadmaps/roadmap.html", context)


@guarded(Side.COMPANY)
def roadmap_pdf(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    sheet = _sheet(request, reference, code, questionnaire)
    return _pdf(questionnaire_roadmap(sheet, Quarter.of(now())), *_named(sheet))


@guarded(Side.COMPANY)
def roadmap_workbook(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    sheet = _sheet(request, reference, code, questionnaire)
    return _workbook(questionnaire_roadmap(sheet, Quarter.of(now())), *_named(sheet))


def _sheet(request: CompanyRequest, reference: int, code: str, key: str) -> ProjectionSheet:
    sheet = projection_sheet_of(enrolment_of(reference, code, request.user), key, at=now(), validated=True)
    if sheet is None:
        raise Http404
    return sheet


def _named(sheet: ProjectionSheet) -> tuple[str, str]:
    return f"Feuille de route : {sheet.questionnaire.title.fr} {sheet.questionnaire.edition}", sheet.enrolment.subject.full_name


# — One product ———————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def product_roadmap(request: CompanyRequest, reference: int) -> HttpResponse:
    """Every procedure the product follows, with its questionnaires."""
    shown = product_of_reference(reference, request.user)
    found = roadmap_of_product(shown, Quarter.of(now()))
    context = {"product": shown, "roadmap": found, "timeline": timeline_of(found)}
    return render(request, "company/roadmaps/product_roadmap.html", context)


@guarded(Side.COMPANY)
def product_roadmap_pdf(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    return _pdf(roadmap_of_product(shown, Quarter.of(now())), *_named_product(shown))


@guarded(Side.COMPANY)
def product_roadmap_workbook(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    return _workbook(roadmap_of_product(shown, Quarter.of(now())), *_named_product(shown))


def _named_product(shown: Subject) -> tuple[str, str]:
    return "Feuille de route", shown.full_name


# — The whole company —————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def company_roadmap(request: CompanyRequest) -> HttpResponse:
    """Every product seen, procedure by procedure; filtered by product, track and procedure."""
    filters = _filters(request)
    told: list[Roadmap] = []

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        found, count = roadmap_of_company(request.user, request.company, Quarter.of(now()), limit=limit, offset=offset, **filters)
        told.append(found)
        return list(found.lines), count

    page = page_of(lines, request.GET.get("page"), PAGE_SIZE)
    shelf = library()
    context = {
        "page": page,
        "roadmap": told[-1],
        "timeline": timeline_of(told[-1]),
        "tracks": shelf.tracks,
        "procedures": shelf.procedures(today()),
        "filtered": any(filters.values()),
        **filters,
    }
    return render(request, "company/roadmaps/company_roadmap.html", context)


@guarded(Side.COMPANY)
def company_roadmap_pdf(request: CompanyRequest) -> HttpResponse:
    return _pdf(_whole(request), "Feuille de route", request.company.name)


@guarded(Side.COMPANY)
def company_roadmap_workbook(request: CompanyRequest) -> HttpResponse:
    return _workbook(_whole(request), "Feuille de route", request.company.name)


def _whole(request: CompanyRequest) -> Roadmap:
    """What the page shows with the same filters, all its pages together."""
    return roadmap_of_company(request.user, request.company, Quarter.of(now()), **_filters(request), limit=MOST_PRINTED)[0]


def _filters(request: CompanyRequest) -> dict[str, Any]:
    shelf = library()
    track, code = request.GET.get("parcours", ""), request.GET.get("demarche", "")
    return {
        "words": request.GET.get("q", "")[:LONGEST_SEARCH],
        "track": track if shelf.track(track) else "",
        "code": code if shelf.procedure_in_force(code, today()) else "",
    }


# — Files —————————————————————————————————————————————————————————————————————————————————


def _pdf(found: Roadmap, title: str, subject: str) -> HttpResponse:
    return file_answer(
        papers.roadmap_pdf(found, title, subject, at=now()), "application/pdf", roadmap_file_name(title, subject, now(), "pdf")
    )


def _workbook(found: Roadmap, title: str, subject: str) -> HttpResponse:
    return file_answer(papers.roadmap_workbook(found, title, subject, at=now()), XLSX, roadmap_file_name(title, subject, now(), "xlsx"))
