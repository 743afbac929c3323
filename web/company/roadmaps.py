"""When is each procedure reached? The roadmap of a questionnaire, of a product, of the whole company; and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from convergence.assessments.permissions import can_answer
from convergence.catalogue.queries import enrolment_of, product_of_reference
from convergence.content.library import library
from convergence.projections import papers
from convergence.projections.comparison import projection_comparison_of
from convergence.projections.papers import roadmap_file_name, timeline_of
from convergence.projections.queries import projection_history_of, projection_sheet_of
from convergence.projections.roadmaps import company_roadmap as roadmap_of_company
from convergence.projections.roadmaps import product_roadmap as roadmap_of_product
from convergence.projections.roadmaps import questionnaire_roadmap
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.language import kept_by_language
from foundation.core.quarter import Quarter
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.results import XLSX, file_answer, typed_number
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.catalogue.models import Subject
    from convergence.projections.queries import ProjectionSheet
    from convergence.projections.roadmaps import Roadmap

PAGE_SIZE = 50
MOST_KEPT = 400  # some 50 kB each at most
MOST_PRINTED = 500  # lines of a file: more is no longer read on paper


# — One questionnaire —————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def roadmap(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """The validated dates of one questionnaire: verdicts first, the timeline, the table that says the same."""
    sheet = _sheet(request, reference, code, questionnaire)
    return _page(request, sheet, Quarter.of(now()), past=False)


@guarded(Side.COMPANY)
def projection_validation(request: CompanyRequest, reference: int, code: str, questionnaire: str, number: int) -> HttpResponse:
    """A past validation of the projection, as it was on its day: what was late then, not what became late since."""
    history = projection_history_of(enrolment_of(reference, code, request.user), questionnaire)
    sheet = history.sheet(number) if history else None
    if history is None or sheet is None or sheet.latest is None:
        raise Http404
    is_last = history.validations[0] == sheet.latest
    return _page(request, sheet, Quarter.of(sheet.latest.validated_at), past=True, is_last=is_last)


@guarded(Side.COMPANY)
def compare_projection_validations(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """Two validated projections criterion by criterion, the last two unless others are chosen."""
    enrolment = enrolment_of(reference, code, request.user)
    before, after = typed_number(request.GET.get("avant", "")), typed_number(request.GET.get("apres", ""))
    found = projection_comparison_of(enrolment, questionnaire, before=before, after=after)
    if found is None:
        raise Http404
    shelf = library()
    context = {
        "comparison": found,
        "product": enrolment.subject,
        "enrolment": enrolment,
        "track": shelf.track(enrolment.track),
        "procedure": shelf.procedure(enrolment.procedure),
        "questionnaire": shelf.questionnaire(questionnaire),
    }
    return render(request, "company/roadmaps/compare_projection_validations.html", context, status=400 if found.is_with_itself else 200)


@kept_by_language(MOST_KEPT)
def _drawn(template: str, found: Roadmap, count: int = 0) -> SafeString:
    """What depends on the roadmap alone: rendered once for each value it has (decision 0010), whoever looks at it.

    A roadmap is compared whole: what changes a line draws it again, and no two companies share one that differs.
    """
    context = {"roadmap": found, "timeline": timeline_of(found), "count": count}
    return mark_safe(get_template(f"company/roadmaps/{template}.html").render(context))  # noqa: S308 - rendered by a template


def _page(request: CompanyRequest, sheet: ProjectionSheet, present: Quarter, *, past: bool, is_last: bool = True) -> HttpResponse:
    found = questionnaire_roadmap(sheet, present, past=past)
    context = {
        "sheet": sheet,
        "product": sheet.enrolment.subject,
        "drawn": _drawn("lines_of_questionnaire", found),
        "roadmap": found,
        "past": past,
        "is_last": is_last,
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


@guarded(Side.COMPANY)
def roadmap_calendar(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    sheet = _sheet(request, reference, code, questionnaire)
    return _calendar(questionnaire_roadmap(sheet, Quarter.of(now())), *_named(sheet))


def _sheet(request: CompanyRequest, reference: int, code: str, key: str) -> ProjectionSheet:
    sheet = projection_sheet_of(enrolment_of(reference, code, request.user), key, at=now(), validated=True)
    if sheet is None:
        raise Http404
    return sheet


def _named(sheet: ProjectionSheet) -> tuple[str, str]:
    title = _("Feuille de route : {questionnaire} {edition}").format(
        questionnaire=sheet.questionnaire.title, edition=sheet.questionnaire.edition
    )
    return title, sheet.enrolment.subject.full_name


# — One product ———————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def product_roadmap(request: CompanyRequest, reference: int) -> HttpResponse:
    """Every procedure the product follows, with its questionnaires."""
    shown = product_of_reference(reference, request.user)
    found = roadmap_of_product(shown, Quarter.of(now()))
    context = {"product": shown, "roadmap": found, "drawn": _drawn("lines_of_product", found)}
    return render(request, "company/roadmaps/product_roadmap.html", context)


@guarded(Side.COMPANY)
def product_roadmap_pdf(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    return _pdf(roadmap_of_product(shown, Quarter.of(now())), *_named_product(shown))


@guarded(Side.COMPANY)
def product_roadmap_workbook(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    return _workbook(roadmap_of_product(shown, Quarter.of(now())), *_named_product(shown))


@guarded(Side.COMPANY)
def product_roadmap_calendar(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    return _calendar(roadmap_of_product(shown, Quarter.of(now())), *_named_product(shown))


def _named_product(shown: Subject) -> tuple[str, str]:
    return _("Feuille de route"), shown.full_name


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
        "drawn": _drawn("lines_of_company", told[-1], page.paginator.count),
        "ordered": _drawn("order", told[-1]),
        "tracks": shelf.tracks,
        "procedures": shelf.procedures(today()),
        "filtered": any(filters.values()),
        **filters,
    }
    return render(request, "company/roadmaps/company_roadmap.html", context)


@guarded(Side.COMPANY)
def company_roadmap_pdf(request: CompanyRequest) -> HttpResponse:
    return _pdf(_whole(request), _("Feuille de route"), request.company.name)


@guarded(Side.COMPANY)
def company_roadmap_workbook(request: CompanyRequest) -> HttpResponse:
    return _workbook(_whole(request), _("Feuille de route"), request.company.name)


@guarded(Side.COMPANY)
def company_roadmap_calendar(request: CompanyRequest) -> HttpResponse:
    return _calendar(_whole(request), _("Feuille de route"), request.company.name)


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


def _calendar(found: Roadmap, title: str, subject: str) -> HttpResponse:
    body = papers.roadmap_calendar(found, title, subject, at=now())
    return file_answer(body, "text/calendar; charset=utf-8", roadmap_file_name(title, subject, now(), "ics"))
