"""What is asked of the agency? Applying, filling in, reading again, handing over, giving up; who is awaited, for what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from convergence.boards.queries import appearances_of
from convergence.boards.rules import RESERVATIONS
from convergence.candidatures import actions
from convergence.candidatures.actions import Crossed, NotReady
from convergence.candidatures.documents import may_change_document
from convergence.candidatures.forms import SEVERAL, Asked, choices_of, told_value
from convergence.candidatures.papers import receipt_file_name, receipt_of
from convergence.candidatures.permissions import can_discard_draft, can_save_form, can_submit_step, can_withdraw_candidature
from convergence.candidatures.queries import (
    FormSheet,
    candidature_of,
    candidatures_of_company,
    form_sheet,
    progress_of,
    submission_of,
)
from convergence.candidatures.watch import clocks_of
from convergence.catalogue.queries import enrolment_of
from convergence.certificates.queries import certificate_of
from convergence.content.requirements import chosen_profiles
from convergence.schedules.queries import extensions_of
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.candidatures import COMPANY_PAGES, awaiting, blocks_shown, clocks_shown, field_id, history_drawn, steps_shown, titled
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.results import file_answer
from web.company.slots import step_page, step_slots
from web.forms import typed_fields
from web.guard import CompanyRequest, Side, guarded
from web.messaging import unread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convergence.candidatures.models import Candidature
    from convergence.content.conditions import Condition

PER_PAGE = 20

# — Candidatures ——————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def candidature_list(request: CompanyRequest) -> HttpResponse:
    """« Vos candidatures »: what is under way first."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return candidatures_of_company(request.user, request.company, words=words, limit=limit, offset=offset)

    context = {"page": page_of(lines, request.GET.get("page"), PER_PAGE), "words": words}
    return render(request, "company/candidatures/candidature_list.html", context)


@guarded(Side.COMPANY, "POST")
def begin_candidature(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """« Candidater »: a number and a draft; its first form opens."""
    event = actions.begin_candidature(enrolment_of(reference, code, request.user), by=request.user, at=now())
    messages.success(
        request,
        _("La candidature n° {number} est commencée. Elle reste un brouillon jusqu'à ce que vous la soumettiez.").format(
            number=event.number
        ),
    )
    return redirect("company:candidature", event.number)


@guarded(Side.COMPANY)
def candidature(request: CompanyRequest, number: str) -> HttpResponse:
    """One screen that always says who is awaited, for what, since when."""
    found = candidature_of(number, request.user)
    progress = progress_of(found, unread(request))
    enrolment = found.enrolment
    steps = steps_shown(progress, COMPANY_PAGES)
    yours, theirs = awaiting("company", steps, progress), awaiting("agency", steps, progress)
    closings = [
        (one.line.step, one.line.piece.title, call.closing, call.closes_at)
        for one in yours
        if (call := progress.call(one.line.step)).closes_at
    ]
    rejected = next((one for one in steps if one.line.step.state == "rejected"), None)
    appearances = appearances_of(found, progress.procedure)
    context = {
        **around(found),
        "progress": progress,
        "steps": steps,
        "yours": yours,
        "theirs": theirs,
        "closings": [
            (step, title, milestone, at, at is not None and at <= now()) for step, title, milestone, at in closings if step.state == "open"
        ],
        "extensions": extensions_of(found) if progress.procedure.milestones else [],
        "clocks": clocks_shown(clocks_of(progress), now()),
        "requests": progress.requests,
        "appearances": appearances,
        "reserved": next((one for one in appearances[:1] if one.result == RESERVATIONS and found.is_alive), None),
        "history": history_drawn(progress, names_agency=False),
        "product": enrolment.subject,
        "may_withdraw": can_withdraw_candidature(request.user, found) if found.state == "under_way" else None,
        "may_discard": can_discard_draft(request.user, found) if found.is_draft else None,
        "rejected": rejected.line if rejected else None,
        "rejected_page": rejected.url if rejected and rejected.line.piece.kind != "form" else "",
        "reasons": _reasons(progress),
        "published": certificate_of(found, today()) if found.state == "completed" else None,
    }
    return render(request, "company/candidatures/candidature.html", context)


def _reasons(progress: Any) -> list[str]:
    return [str(one.title) for line in progress.lines for one in line.piece.reasons if one.code in line.step.reasons]


@guarded(Side.COMPANY, "GET", "POST")
def discard_draft(request: CompanyRequest, number: str) -> HttpResponse:
    """« Supprimer ce brouillon » asks first."""
    found = candidature_of(number, request.user)
    if request.method == "POST":
        actions.discard_draft(found, by=request.user, at=now())
        messages.success(request, _("Le brouillon de la candidature n° {number} est supprimé.").format(number=found.number))
        return redirect("company:followed_procedure", found.enrolment.subject.reference, found.enrolment.code)
    context = {**around(found), "may": can_discard_draft(request.user, found) if found.is_draft else None}
    return render(request, "company/candidatures/discard_draft.html", context)


@guarded(Side.COMPANY, "GET", "POST")
def withdraw_candidature(request: CompanyRequest, number: str) -> HttpResponse:
    """Giving up, before the decision: the reason is asked, and what was handed over stays readable."""
    found = candidature_of(number, request.user)
    reason, refused = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            actions.withdraw_candidature(found, reason, by=request.user, at=now())
            messages.success(request, _("La candidature n° {number} est retirée.").format(number=found.number))
            return redirect("company:candidature", found.number)
        except Refused as refusal:
            if refusal.status != 400:
                raise
            refused = refusal.reason
    context = {**around(found), "reason": reason, "refused": refused, "may": can_withdraw_candidature(request.user, found)}
    return render(request, "company/candidatures/withdraw_candidature.html", context, status=400 if refused else 200)


@guarded(Side.COMPANY)
def receipt(request: CompanyRequest, number: str, receipt: str) -> HttpResponse:
    """What was handed over, on paper: number, server time, answers, documents and hashes."""
    found = candidature_of(number, request.user)
    submission = submission_of(found, receipt)
    return file_answer(receipt_of(found, submission), "application/pdf", receipt_file_name(submission))


# — Form ——————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field to fill in, or one that is only read."""

    asked: Asked
    id: str
    title: str
    kind: str
    value: str
    chosen: list[str]
    choices: list[tuple[str, str]]
    told: str
    version: int
    error: str
    request: Any
    crossing: Any
    theirs: str
    is_open: bool
    is_hidden: bool
    when: str
    slots: SafeString | None


@dataclass(frozen=True, slots=True)
class FormBlockShown:
    block: Any
    fields: list[FieldShown]
    is_hidden: bool
    when: str


@guarded(Side.COMPANY, "GET", "POST")
def save_form(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """The form of a step: « Enregistrer comme brouillon », or « Suivant » to read it again."""
    sheet = form_sheet(candidature_of(number, request.user), step)
    if request.method == "POST":
        if (crossed := crossed_page(request, sheet)) is not None:
            return crossed
        if "next" in request.POST:
            return redirect("company:submit_step", number, step)
        messages.success(request, _("Votre brouillon est enregistré."))
        return redirect("company:save_form", number, step)
    return _form_page(request, sheet)


def crossed_page(request: CompanyRequest, sheet: FormSheet) -> HttpResponse | None:
    """Save what was typed; where a colleague changed the same fields meanwhile, the page with both."""
    try:
        actions.save_form(sheet.step, typed_fields(request.POST), by=request.user, at=now())
    except Crossed as crossed:
        return _form_page(request, sheet, crossed=crossed, status=409)
    except Refused as refused:
        if refused.status != 400:
            raise
        return _form_page(request, sheet, refused=refused.reason, status=400)
    return None


def _form_page(request: CompanyRequest, sheet: FormSheet, *, crossed: Crossed | None = None, refused: str = "", status: int = 200) -> HttpResponse:  # fmt: skip
    found = sheet.candidature
    may_save = can_save_form(request.user, sheet.step) if sheet.step.awaits == "company" and found.is_alive else None
    checked = "controle" in request.GET and sheet.step.awaits == "company"
    errors = {problem.key: problem.sentence for problem in sheet.problems()} if checked else {}
    blocks = form_blocks(request, sheet, errors, crossed)
    context = {
        **around(found),
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "blocks": blocks,
        "may_save": may_save,
        "can_type": bool(may_save),
        "crossed": crossed,
        "crossings": [field for block in blocks for field in block.fields if field.crossing],
        "refused": refused,
        "errors": [field for block in blocks for field in block.fields if field.error],
        "requests": [field for block in blocks for field in block.fields if field.request],
        "saved": sheet.saved,
        "closes_at": sheet.call.closes_at if sheet.step.state == "open" else None,
        "closing": sheet.call.closing,
        "may_discard": can_discard_draft(request.user, found) if found.is_draft else None,
    }
    return render(request, "company/candidatures/save_form.html", context, status=status)


def form_blocks(request: CompanyRequest, sheet: FormSheet, errors: Mapping[str, str], crossed: Crossed | None) -> list[FormBlockShown]:
    """Every field that may be asked, those that are not for now hidden: a script shows them at once, saving does without one."""
    stored = sheet.values
    typed = typed_fields(request.POST) if request.method == "POST" else {}
    values: dict[str, Any] = dict(stored)
    known = {one.key: one.field for one in sheet.every(stored)}
    for key, sent in typed.items():
        if key in known:
            values[key] = list(sent.raw) if known[key].kind in SEVERAL else "".join(sent.raw[-1:])
    crossings = {one.field: one for one in crossed.crossings} if crossed else {}
    asked = {one.key for one in sheet.call.asked(values, spare=1)}
    may = sheet.candidature.is_alive and bool(can_save_form(request.user, sheet.step))
    blocks: dict[str, list[FieldShown]] = {}
    for one in sheet.every(values):
        field, value = one.field, values.get(one.key, "")
        crossing = crossings.get(one.key)
        held = sheet.stored.get(one.key)
        is_open = may and sheet.is_open(one)
        if (one.key not in asked and (not is_open or field.kind == "file")) or (one.number and not is_open and not value):
            continue
        blocks.setdefault(one.block.code, []).append(
            FieldShown(
                asked=one,
                id=field_id(one.key),
                title=titled(one),
                kind=field.kind,
                value=value if isinstance(value, str) else "",
                chosen=[value] if isinstance(value, str) else value,
                choices=_choices(sheet, one),
                told=told_value(field, value, sheet.call.profiles),
                version=crossing.theirs.version if crossing else held.version if held else 0,
                error=errors.get(one.key, ""),
                request=sheet.requests.get(one.key) if sheet.step.is_to_correct else None,
                crossing=crossing,
                theirs=told_value(field, crossing.theirs.value, sheet.call.profiles) if crossing else "",
                is_open=is_open,
                is_hidden=one.key not in asked and field.when is not None,
                when=_when(sheet, field.when),
                slots=document_slots(request, sheet, one, errors.get(one.key, "")) if field.kind == "file" else None,
            )
        )
    return [
        FormBlockShown(
            block, fields, block.when is not None and not any(field.asked.key in asked for field in fields), _when(sheet, block.when)
        )
        for block in sheet.form.blocks
        if (fields := blocks.get(block.code))
    ]


def _choices(sheet: FormSheet, one: Asked) -> list[tuple[str, str]]:
    codes = choices_of(one.field, sheet.call.profiles)
    return [(code, told_value(one.field, [code], sheet.call.profiles)) for code in codes]


def _when(sheet: FormSheet, condition: Condition | None) -> str:
    """The condition of a field as a script reads it: what this page cannot change is answered beforehand."""
    return json.dumps(_readable_condition(sheet, condition)) if condition is not None else ""


def _readable_condition(sheet: FormSheet, condition: Condition) -> dict[str, Any]:
    if condition.all_of is not None:
        return {"all": [_readable_condition(sheet, one) for one in condition.all_of]}
    if condition.any_of is not None:
        return {"any": [_readable_condition(sheet, one) for one in condition.any_of]}
    if condition.negated is not None:
        return {"not": _readable_condition(sheet, condition.negated)}
    if condition.field is not None:
        if not sheet.step.is_to_correct or condition.field in sheet.requests:
            return {"field": condition.field, "in": list(condition.values or ())}
        holds = sheet.values.get(condition.field) in (condition.values or ())
    elif condition.question is not None:
        holds = sheet.call.qualification.get(condition.question) in (condition.values or ())
    elif condition.profile is not None:
        profiles = sheet.call.profiles
        asked = [field.code for block in sheet.form.blocks for field in block.fields if field.kind == "profiles"]
        if asked and condition.profile not in chosen_profiles(profiles, []):
            return {"field": asked[0], "in": [one.code for one in profiles if condition.profile in chosen_profiles(profiles, [one.code])]}
        holds = bool(asked) or condition.profile in sheet.call.held
    else:
        holds = condition.subject == sheet.call.subject_kind
    return {"all" if holds else "any": []}


# — Recapitulation ————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY, "GET", "POST")
def submit_step(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """Everything, as it would be handed over, and what keeps it from being; « Soumettre votre candidature »."""
    found = candidature_of(number, request.user)
    refused, status = "", 200
    if request.method == "POST":
        try:
            event = actions.submit_step(form_sheet(found, step).step, by=request.user, at=now())
            messages.success(request, _("Votre candidature est soumise. Accusé de réception {receipt}.").format(receipt=event.receipt))
            return redirect("company:candidature", number)
        except NotReady:
            status = 409
        except Refused as refusal:
            if refusal.code != "late":
                raise
            refused, status = refusal.reason, 409
    sheet = form_sheet(found, step)
    if sheet.step.awaits != "company" or not found.is_alive:
        return redirect("company:save_form", number, step)
    titles = {one.key: titled(one) for one in sheet.every(sheet.values)}
    values = {key: one.value for key, one in sheet.stored.items()}
    documents = [
        {"slot": one.slot, "name": one.file.name, "size": one.file.size, "sha256": one.file.sha256, "deposit": one.pk}
        for one in sheet.deposits
        if one.is_in_place
    ]
    context = {
        **around(found),
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "blocks": blocks_shown(sheet, values, documents, {one.pk: one.file for one in sheet.deposits}),
        "problems": [(field_id(one.key), titles.get(one.key, one.key), one.sentence) for one in sheet.problems()],
        "refused": refused,
        "may_submit": can_submit_step(request.user, sheet.step),
        "closes_at": sheet.call.closes_at if sheet.step.state == "open" else None,
        "closing": sheet.call.closing,
    }
    return render(request, "company/candidatures/submit_step.html", context, status=status)


# — Slots —————————————————————————————————————————————————————————————————————————————————


def document_slots(request: CompanyRequest, sheet: FormSheet, one: Asked, error: str = "") -> SafeString:
    """The slot of a document, drawn as those of a questionnaire."""
    proof = one.field.proof
    assert proof is not None
    may_change = bool(may_change_document(request.user, sheet, proof.code)) if sheet.proof(proof.code) else False
    return step_slots(
        step_page(sheet, may_change=may_change, level="h3"),
        sheet.held,
        [proof],
        errors={proof.code: error},
        is_required=one.field.required,
        help=str(one.field.help or ""),
    )


# — Pieces —————————————————————————————————————————————————————————————————————————————————


def around(found: Candidature) -> dict[str, Any]:
    enrolment = found.enrolment
    return {"candidature": found, "enrolment": enrolment, "product": enrolment.subject}
