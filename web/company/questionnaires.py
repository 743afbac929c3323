"""One questionnaire, for one product, seen from one procedure: answer, save, validate, or ask for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from convergence.assessments import actions
from convergence.assessments.actions import Change, Diverged, Incomplete
from convergence.assessments.permissions import can_answer, can_validate
from convergence.assessments.queries import (
    Sheet,
    askings_of,
    assessment_of,
    begun_enrolment_of,
    criteria_asked,
    level_word,
    saved_sheet_of,
    sheet_of,
    version_of,
)
from convergence.assessments.rules import percent
from convergence.assessments.workflow import ANSWERS
from convergence.catalogue.queries import enrolment_of
from foundation.core.clock import now
from foundation.core.verdict import Refused
from web.company.criteria import CriterionState, criterion_block, identifier, outcome_sentence, section_head
from web.forms import typed_answers
from web.guard import CompanyRequest, Side, guarded
from web.saving import saved_answer, theirs_answer
from web.ui import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import JsonResponse

    from convergence.assessments.events import AnswersSaved
    from convergence.assessments.models import Assessment
    from convergence.catalogue.models import Enrolment


@guarded(Side.COMPANY, "GET", "POST")
def questionnaire(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """The sheet. Sending it saves every answer, then validates, or asks for it, if that was the button pressed."""
    sheet = _sheet(request, reference, code, questionnaire)
    if request.method != "POST":
        return _page(request, sheet)
    changes = typed_answers(request.POST, sheet.asked)
    try:
        if "validate" not in request.POST or can_answer(request.user, sheet.enrolment.subject, questionnaire):
            _save(
                request, sheet.enrolment, questionnaire, assessment_of(sheet.enrolment.subject, questionnaire), changes
            )  # who may validate and not answer sends no answer
        if "validate" in request.POST:
            return _validate(request, sheet, reference, code, questionnaire)
        if "request_validation" in request.POST:
            return _request(request, sheet, reference, code, questionnaire)
    except Diverged as diverged:
        return _page(request, _sheet(request, reference, code, questionnaire), typed=changes, diverged=diverged, status=409)
    except Incomplete as incomplete:
        return _page(request, _sheet(request, reference, code, questionnaire), missing=incomplete.missing, status=409)
    except Refused as refused:
        if refused.status not in (400, 409):
            raise
        return _page(request, _sheet(request, reference, code, questionnaire), typed=changes, refused=refused, status=refused.status)
    messages.success(request, "Votre brouillon est enregistré.")
    return redirect("company:questionnaire", reference, code, questionnaire)


@guarded(Side.COMPANY, "POST")
def save_answer(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """One criterion, saved by itself while typing. Answers JSON: the new version, what it amounts to, how far one is."""
    enrolment, assessment = begun_enrolment_of(reference, code, questionnaire, request.user)
    asked = criteria_asked(enrolment, questionnaire)
    changes = typed_answers(request.POST, asked)
    if len(changes) != 1:
        raise Refused("Un seul critère s'enregistre à la fois.", code="malformed", status=400)
    criterion, change = next(iter(changes.items()))
    at = now()
    try:
        event = _save(request, enrolment, questionnaire, assessment, changes)
    except Diverged as diverged:
        return _divergence_told(diverged, questionnaire)
    told = saved_sheet_of(enrolment, questionnaire)
    assert told is not None
    sheet, answered = told
    return saved_answer(
        criterion,
        event.versions[criterion] if event else version_of(enrolment.subject, questionnaire, criterion),
        at,
        answered=answered,
        asked=len(asked),
        outcome=outcome_sentence(sheet, criterion, change.level),
    )


def _divergence_told(diverged: Diverged, questionnaire: str) -> JsonResponse:
    """Both texts, for the page to show side by side."""
    divergence = diverged.divergences[0]
    theirs = divergence.theirs
    word, by = level_word(questionnaire, theirs.level), theirs.saved_by.name
    return theirs_answer(
        diverged,
        divergence.criterion,
        theirs.version,
        told=f"{by} a répondu à {clock(theirs.saved_at)}, pendant que vous répondiez : {word}.",
        comment=theirs.comment,
        keep="Garder ma réponse",
        take=f"Prendre celle de {by}",
        fields={"level": theirs.level, "comment": theirs.comment},
    )


def _save(
    request: CompanyRequest, enrolment: Enrolment, questionnaire: str, assessment: Assessment | None, changes: Mapping[str, Change]
) -> AnswersSaved | None:
    """Save what differs; the assessment begins with its first answer. None where nothing differed."""
    if assessment is None:
        if not any(change.level or change.comment for change in changes.values()):
            return None
        assessment = _begun(request, enrolment, questionnaire)
    return actions.save_answers(assessment, changes, by=request.user, at=now())


def _begun(request: CompanyRequest, enrolment: Enrolment, questionnaire: str) -> Assessment:
    """The assessment, begun now or, a moment ago, by someone else."""
    try:
        actions.begin_assessment(enrolment, questionnaire, by=request.user, at=now())
    except Refused as refused:
        if refused.code != "duplicate":
            raise
    found = assessment_of(enrolment.subject, questionnaire)
    assert found is not None
    return found


def _validate(request: CompanyRequest, sheet: Sheet, reference: int, code: str, key: str) -> HttpResponse:
    assessment = assessment_of(sheet.enrolment.subject, key)
    if assessment is None:
        raise Incomplete(list(sheet.asked))
    event = actions.validate_assessment(assessment, sheet.enrolment, by=request.user, at=now())
    if event is None:
        messages.info(request, "Rien n'a changé depuis la dernière validation : elle reste en vigueur.")
    else:
        messages.success(request, f"Le questionnaire est validé (validation n°\u00a0{event.number}). Voici les résultats.")
    return redirect("company:results", reference, code, key)


def _request(request: CompanyRequest, sheet: Sheet, reference: int, code: str, key: str) -> HttpResponse:
    assessment = assessment_of(sheet.enrolment.subject, key)
    if assessment is None:
        raise Incomplete(list(sheet.asked))
    actions.request_validation(assessment, sheet.enrolment, by=request.user, at=now())
    messages.success(request, "Vos réponses sont enregistrées et leur validation est demandée à vos collègues qui peuvent valider.")
    return redirect("company:questionnaire", reference, code, key)


def sent_back_page(request: CompanyRequest, reference: int, code: str, key: str, reason: str, refused: Refused) -> HttpResponse:
    """The sheet with the reason typed, which does not do."""
    return _page(request, _sheet(request, reference, code, key), reason=reason, reason_refused=refused, status=refused.status)


def _sheet(request: CompanyRequest, reference: int, code: str, key: str) -> Sheet:
    sheet = sheet_of(enrolment_of(reference, code, request.user), key)
    if sheet is None:
        raise Http404
    return sheet


def _page(
    request: CompanyRequest,
    sheet: Sheet,
    *,
    typed: Mapping[str, Change] | None = None,
    diverged: Diverged | None = None,
    missing: list[str] | None = None,
    refused: Refused | None = None,
    reason: str = "",
    reason_refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    product = sheet.enrolment.subject
    may_answer = can_answer(request.user, product, sheet.questionnaire.key)
    divergences = {one.criterion: one for one in diverged.divergences} if diverged else {}
    levels = {level.code for level in sheet.scale.levels}
    typed = {code: change if change.level in levels else replace(change, level="") for code, change in (typed or {}).items()}
    sections: list[dict[str, Any]] = []
    first_open, opened_section = "", ""
    for section, criteria in sheet.sections():
        blocks = []
        done = 0
        for criterion in criteria:
            answer = sheet.answers.get(criterion.code)
            state = CriterionState.of(answer, typed.get(criterion.code), criterion.code in (missing or ()), divergences.get(criterion.code))
            done += bool(state.level)
            if not state.level and not first_open:
                first_open, opened_section = criterion.code, section.code
            opened = not state.level and section.code == opened_section
            blocks.append(criterion_block(sheet, section, criterion, state, opened=opened, readonly=not may_answer))
        head = section_head(sheet, section, len(sections) + 1, f"{done} réponse{'s' if done > 1 else ''} sur {len(criteria)}")
        drawn = mark_safe("".join([head, *blocks]))  # noqa: S308 - each is rendered by a template
        sections.append({"section": section, "drawn": drawn, "done": done, "total": len(criteria), "complete": done == len(criteria)})
    latest = max(sheet.answers.values(), key=lambda answer: answer.saved_at, default=None)
    numbers = sheet.library
    asking = askings_of(product).get((sheet.questionnaire.key, ANSWERS))
    context = {
        "sheet": sheet,
        "product": product,
        "track": sheet.library.track(sheet.procedure.track),
        "sections": sections,
        "answered": sheet.answered,
        "asked": len(sheet.asked),
        "latest": latest,
        "percent": percent(sheet.answered, len(sheet.asked)),
        "next_unanswered": identifier(first_open),
        "missing": [
            (
                identifier(code),
                numbers.number_of(sheet.questionnaire.key, code),
                next(c for _, c in numbers.criteria(sheet.questionnaire.key) if c.code == code),
            )
            for code in missing or ()
        ],
        "divergences": [(identifier(code), numbers.number_of(sheet.questionnaire.key, code)) for code in divergences],
        "refused": refused.reason if refused else "",
        "asking": asking.beside(latest.saved_at if latest else None) if asking else None,
        "reason": reason,
        "longest_reason": actions.LONGEST_REASON,
        "reason_refused": reason_refused.reason if reason_refused else "",
        "diverged": diverged.reason if diverged else "",
        "may_answer": may_answer,
        "may_validate": can_validate(request.user, product, sheet.questionnaire.key),
        "shared": [bar for bar in sheet.bars if bar.enrolled and not bar.here],
        "save_url": reverse("company:save_answer", args=[product.reference, sheet.enrolment.code, sheet.questionnaire.key]),
    }
    return render(request, "company/questionnaires/questionnaire.html", context, status=status)
