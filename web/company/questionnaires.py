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
from convergence.assessments.actions import Change, Diverged, Incomplete, Left
from convergence.assessments.permissions import can_answer, can_validate, code_granted
from convergence.assessments.queries import (
    Sheet,
    askings_of,
    assessment_of,
    begun_enrolment_of,
    cards_of,
    criteria_asked,
    has_left,
    level_word,
    saved_sheet_of,
    sheet_of,
    version_of,
)
from convergence.assessments.rules import percent
from convergence.assessments.workflow import ANSWERS
from convergence.catalogue.queries import enrolment_of
from convergence.evidence.permissions import can_change_evidence
from foundation.core.clock import now, today
from foundation.core.language import agreed
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.company.criteria import CriterionState, criterion_block, identifier, outcome_sentence, section_head
from web.company.editions import turned_from_left
from web.company.slots import LACKING, slot_identifier, slots_block
from web.forms import typed_answers
from web.guard import CompanyRequest, Side, guarded
from web.saving import saved_answer, theirs_answer
from web.ui import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.http import JsonResponse

    from convergence.assessments.events import AnswersSaved
    from convergence.assessments.models import Assessment
    from convergence.catalogue.models import Enrolment


@guarded(Side.COMPANY, "GET", "POST")
def questionnaire(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """The sheet. Sending it saves every answer, then validates, or asks for it, if that was the button pressed.

    In an edition the product has left, nothing is answered any more.
    """
    try:
        sheet = _sheet(request, reference, code, questionnaire)
    except Left:
        return turned_from_left(request, reference, code)
    if request.method != "POST":
        return _page(request, sheet)
    changes = typed_answers(request.POST, sheet.asked)
    try:
        if "validate" not in request.POST or can_answer(request.user, sheet.enrolment.subject, questionnaire):
            save_typed(request, sheet)  # who may validate and not answer sends no answer
        if "validate" in request.POST:
            return _validate(request, sheet, reference, code, questionnaire)
        if "request_validation" in request.POST:
            return _request(request, sheet, reference, code, questionnaire)
    except Diverged as diverged:
        return _page(request, _sheet(request, reference, code, questionnaire), typed=changes, diverged=diverged, status=409)
    except Incomplete as incomplete:
        shown = _sheet(request, reference, code, questionnaire)
        return _page(request, shown, missing=incomplete.missing, unproved=incomplete.unproved, status=409)
    except Refused as refused:
        if refused.status not in (400, 409):
            raise
        return _page(request, _sheet(request, reference, code, questionnaire), typed=changes, refused=refused, status=refused.status)
    messages.success(request, _("Votre brouillon est enregistré."))
    return redirect("company:questionnaire", reference, code, questionnaire)


@guarded(Side.COMPANY, "POST")
def save_answer(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """One criterion, saved by itself while typing. Answers JSON: the new version, what it amounts to, how far one is."""
    enrolment, assessment = begun_enrolment_of(reference, code, questionnaire, request.user)
    if has_left(enrolment, questionnaire):
        raise Left
    asked = criteria_asked(enrolment, questionnaire)
    changes = typed_answers(request.POST, asked)
    if len(changes) != 1:
        raise Refused(_("Un seul critère s'enregistre à la fois."), code="malformed", status=400)
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
        told=_("{by} a répondu à {hour}, pendant que vous répondiez : {answer}.").format(by=by, hour=clock(theirs.saved_at), answer=word),
        comment=theirs.comment,
        keep=_("Garder ma réponse"),
        take=_("Prendre celle de {by}").format(by=by),
        fields={"level": theirs.level, "comment": theirs.comment},
    )


def save_typed(request: CompanyRequest, sheet: Sheet) -> None:
    """Keep what was typed on the page; nothing in a questionnaire of deposits, where nothing is."""
    key = sheet.questionnaire.key
    changes = typed_answers(request.POST, sheet.asked)
    if changes or not sheet.questionnaire.is_deposit:
        _save(request, sheet.enrolment, key, assessment_of(sheet.enrolment.subject, key), changes)


def diverged_page(request: CompanyRequest, sheet: Sheet) -> HttpResponse | None:
    """Keep what was typed around a file; where someone answered meanwhile, the page that shows both texts."""
    try:
        save_typed(request, sheet)
    except Diverged as diverged:
        again = sheet_of(sheet.enrolment, sheet.questionnaire.key)
        assert again is not None
        return _page(request, again, typed=typed_answers(request.POST, sheet.asked), diverged=diverged, status=409)
    return None


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
        messages.info(request, _("Rien n'a changé depuis la dernière validation : elle reste en vigueur."))
    else:
        messages.success(
            request, _("Le questionnaire est validé (validation n°\u00a0{number}). Voici les résultats.").format(number=event.number)
        )
        if sheet.procedure.outcome.portal and all(card.standing.is_done for card in cards_of(sheet.enrolment, today())):
            return redirect(reverse("company:followed_procedure", args=[reference, code], query={"terminee": "1"}))
    return redirect("company:results", reference, code, key)


def _request(request: CompanyRequest, sheet: Sheet, reference: int, code: str, key: str) -> HttpResponse:
    assessment = assessment_of(sheet.enrolment.subject, key)
    if assessment is None:
        raise Incomplete(list(sheet.asked))
    actions.request_validation(assessment, sheet.enrolment, by=request.user, at=now())
    messages.success(request, _("Vos réponses sont enregistrées et leur validation est demandée à vos collègues qui peuvent valider."))
    return redirect("company:questionnaire", reference, code, key)


def sent_back_page(request: CompanyRequest, reference: int, code: str, key: str, reason: str, refused: Refused) -> HttpResponse:
    """The sheet with the reason typed, which does not do."""
    return _page(request, _sheet(request, reference, code, key), reason=reason, reason_refused=refused, status=refused.status)


def _sheet(request: CompanyRequest, reference: int, code: str, key: str) -> Sheet:
    enrolment = enrolment_of(reference, code, request.user)
    sheet = sheet_of(enrolment, key, day=today())
    if sheet is None:
        if has_left(enrolment, key):
            raise Left
        raise Http404
    return sheet


def _edition_carried(sheet: Sheet) -> str:
    """The edition the answers to be read again come from."""
    keys = {sheet.answers[code].carried_from for code in sheet.carried}
    editions = sorted(piece.edition for key in keys if (piece := sheet.library.questionnaire(key)))
    return ", ".join(editions)


def _page(
    request: CompanyRequest,
    sheet: Sheet,
    *,
    typed: Mapping[str, Change] | None = None,
    diverged: Diverged | None = None,
    missing: list[str] | None = None,
    unproved: list[tuple[str, str]] | None = None,
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
    errors = {slot: str(LACKING) for _criterion, slot in unproved or ()}
    to_open = {code for code, _slot in unproved or ()} | {request.GET.get("ouvert", "")}
    may_change = bool(can_change_evidence(request.user, product, code_granted(sheet.questionnaire.key))) if sheet.filing.proofs else False
    sections: list[dict[str, Any]] = []
    first_open, opened_section = "", ""
    for section, criteria in sheet.sections():
        blocks = []
        done = 0
        for criterion in criteria:
            answer = sheet.answers.get(criterion.code)
            state = CriterionState.of(
                answer,
                typed.get(criterion.code),
                criterion.code in (missing or ()),
                divergences.get(criterion.code),
                slots_block(sheet, criterion, errors, may_change=may_change),
                sum(sheet.filing.counted.get(slot.code, 0) for slot in sheet.filing.slots.get(criterion.code, ())),
            )
            done += bool(state.level)
            if not state.level and not first_open:
                first_open, opened_section = criterion.code, section.code
            opened = (not state.level and section.code == opened_section) or criterion.code in to_open
            blocks.append(criterion_block(sheet, section, criterion, state, opened=opened, readonly=not may_answer))
        head = section_head(sheet, section, len(sections) + 1, _done_told(sheet, done, len(criteria)))
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
        "all_done": _done_told(sheet, sheet.answered, len(sheet.asked)),
        "percent": percent(sheet.answered, len(sheet.asked)),
        "next_unanswered": identifier(first_open),
        "missing": [
            (
                identifier(code),
                numbers.number_of(sheet.questionnaire.key, code),
                next(c for _section, c in numbers.criteria(sheet.questionnaire.key) if c.code == code),
            )
            for code in missing or ()
        ],
        "unproved": _unproved_named(sheet, unproved or ()),
        "lacking": _lacking(sheet, missing or (), unproved or ()),
        "rejected": _unproved_named(
            sheet,
            [
                (code, one.slot)
                for one in sheet.filing.deposits
                if one.is_in_place and one.is_rejected and (code := sheet.filing.criterion_of(one.slot))
            ],
        ),
        "takes_files": bool(sheet.filing.proofs),
        "divergences": [(identifier(code), numbers.number_of(sheet.questionnaire.key, code)) for code in divergences],
        "carried": sheet.carried,
        "carried_from": _edition_carried(sheet),
        "first_carried": identifier(next(iter(sheet.carried), "")),
        "refused": refused.reason if refused else "",
        "asking": asking.beside(latest.saved_at if latest else None) if asking else None,
        "reason": reason,
        "longest_reason": actions.LONGEST_REASON,
        "reason_refused": reason_refused.reason if reason_refused else "",
        "diverged": diverged.reason if diverged else "",
        "may_answer": may_answer,
        "may_validate": can_validate(request.user, product, sheet.questionnaire.key),
        "shared": ", ".join(str(bar.procedure.title) for bar in sheet.bars if bar.enrolled and not bar.here),
        "save_url": reverse("company:save_answer", args=[product.reference, sheet.enrolment.code, sheet.questionnaire.key]),
    }
    return render(request, "company/questionnaires/questionnaire.html", context, status=status)


def _unproved_named(sheet: Sheet, slots: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """The slots that lack a file: where they are on the page, the number of their criterion, what they expect."""
    key = sheet.questionnaire.key
    return [
        (slot_identifier(slot), sheet.library.number_of(key, code), str(proof.title))
        for code, slot in slots
        if (proof := sheet.filing.proof(slot)) is not None
    ]


def _done_told(sheet: Sheet, done: int, whole: int) -> str:
    filled_in = agreed(done, "zone remplie,zones remplies") if sheet.questionnaire.is_deposit else agreed(done, "réponse,réponses")
    return _("{filled_in} sur {whole}").format(filled_in=filled_in, whole=whole)


def _lacking(sheet: Sheet, missing: Sequence[str], unproved: Sequence[tuple[str, str]]) -> str:
    """What is still missing to validate, counted."""
    if sheet.questionnaire.is_deposit:
        return agreed(len(missing), "zone vide,zones vides")
    told = [agreed(len(missing), "critère sans réponse,critères sans réponse")] if missing else []
    told += [agreed(len(unproved), "preuve à déposer,preuves à déposer")] if unproved else []
    return ", ".join(told)
