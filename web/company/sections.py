"""Which evidence does a candidature ask for? Its sections, each with its requirements and slots; handing one over; what is without object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString

from convergence.candidatures import actions
from convergence.candidatures.actions import ReplyCrossed, SectionNotReady
from convergence.candidatures.permissions import can_declare_exemption, can_reply_to_request, can_submit_section
from convergence.candidatures.rules import MISSING, UNREADABLE, WAITING
from convergence.candidatures.sections import REQUIREMENT_WORDS, EvidenceSheet, evidence_sheet, evidence_sheet_of
from convergence.content.library import library
from convergence.reviews.examination import verdicts_told
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, kept_by_language
from foundation.core.verdict import Refused
from foundation.files.recipients import recipients as sealed_for
from web.company.slots import SlotPage, slot_identifier, step_page, step_slots
from web.forms import typed_version
from web.guard import CompanyRequest, Side, guarded
from web.messaging import unread
from web.pieces import escaped, piece, together

if TYPE_CHECKING:
    from convergence.candidatures.sections import RequirementSheet, SectionSheet
    from convergence.content.schema import ExpectedProof, Scenario
    from convergence.evidence.models import Deposit
    from convergence.reviews.models import RequirementVerdict

LACKS = {
    MISSING: gettext_lazy("aucun fichier : déposez-en un."),
    WAITING: gettext_lazy("un fichier est en cours d'analyse : attendez son résultat, puis soumettez."),
    UNREADABLE: gettext_lazy("un fichier est trop volumineux pour être analysé : archivez-le, puis déposez-le en plusieurs parties."),
}
LOOKS = {
    "empty": "",
    "partial": "cv-state--in_progress",
    "filled": "cv-state--in_progress",
    "handed": "cv-state--in_progress",
    "to_correct": "cv-state--bad",
    "corrected": "cv-state--in_progress",
    "accepted": "cv-state--done",
    "open": "",
    "submitted": "cv-state--in_progress",
    "changes_requested": "cv-state--bad",
}
"""The shape of a state, of a requirement or of a section."""


# — Sections ——————————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def evidence_sections(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """« Sections d'exigence »: those that the profiles call for, how far each is, where it stands."""
    sheet = evidence_sheet_of(number, step, request.user)
    sections = sheet.sections
    context = {
        **_around(sheet),
        "sections": [(section, LOOKS[section.state], *_button(sheet, section)) for section in sections],
        "profiles": [str(one.title) for one in sheet.call.profiles if one.code in sheet.candidature.profiles],
        "filled": sum(section.filled for section in sections),
        "expected": sum(section.expected for section in sections),
        "closes_at": sheet.call.closes_at if sheet.step.state == "open" else None,
        "closing": sheet.call.closing,
    }
    return render(request, "company/candidatures/evidence_sections.html", context)


def _button(sheet: EvidenceSheet, section: SectionSheet) -> tuple[str, bool]:
    """Its word, and whether the section is only read."""
    if not section.is_ours or sheet.step.state == "locked" or not sheet.candidature.is_alive:
        return _("Voir"), True
    return _("Corriger") if section.state == "changes_requested" else _("Compléter"), False


# — One section ———————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class RequirementShown:
    """A requirement of the page, folded where there is nothing to do."""

    sheet: RequirementSheet
    id: str
    entry: SafeString
    """Its line in the list of the requirements."""
    drawn: SafeString


@guarded(Side.COMPANY)
def evidence_section(request: CompanyRequest, number: str, step: str, section: str) -> HttpResponse:
    """The requirements of a section, their scenarios, the slots of the proofs expected."""
    return _section_page(request, evidence_sheet_of(number, step, request.user, section, unread(request)), section)


@guarded(Side.COMPANY, "GET", "POST")
def submit_section(request: CompanyRequest, number: str, step: str, section: str) -> HttpResponse:
    """Everything, as it would be handed over, to be read again; « Soumettre la section »: a receipt or, listed, what keeps it from being."""
    sheet = evidence_sheet_of(number, step, request.user)
    found = sheet.section(section)
    if request.method != "POST":
        return _recap(request, sheet, found) if _is_to_fill(sheet, found) else redirect("company:evidence_section", number, step, section)
    try:
        event = actions.submit_section(sheet.step, section, by=request.user, at=now())
    except SectionNotReady as refused:
        return _section_page(request, evidence_sheet(sheet.candidature, step), section, refused=refused)
    except Refused as refused:
        if refused.code not in ("late", "wrong_state"):
            raise
        return _section_page(request, evidence_sheet(sheet.candidature, step), section, refused=refused)
    told = (
        _(
            "La section « {title} » est soumise. Accusé de réception {receipt}. Toutes les sections sont soumises : l'agence examine vos preuves."
        )
        if event.completes
        else _("La section « {title} » est soumise. Accusé de réception {receipt}.")
    )
    messages.success(request, told.format(title=found.asked.section.title, receipt=event.receipt))
    return redirect("company:evidence_sections", number, step)


def _is_to_fill(sheet: EvidenceSheet, section: SectionSheet) -> bool:
    """Whether its evidence still changes: the company's turn, in a candidature under way."""
    return section.is_ours and sheet.candidature.is_alive and sheet.step.state != "locked"


def _recap(request: CompanyRequest, sheet: EvidenceSheet, section: SectionSheet) -> HttpResponse:
    """Requirement by requirement, what is handed over: files, what is said to be without object, answers; and what is already closed."""
    context = {
        **_around(sheet),
        "section": section,
        "title": section.asked.section.title,
        "lines": [_told(one) for one in section.requirements if one.is_open],
        "kept": [one for one in section.requirements if not one.is_open],
        "files": len(section.documents),
        "problems": [line for one in section.remaining for line in _problems(one)],
        "may_submit": can_submit_section(request.user, sheet.step),
        "closes_at": sheet.call.closes_at if sheet.step.state == "open" else None,
        "closing": sheet.call.closing,
    }
    return render(request, "company/candidatures/submit_section.html", context)


def _told(one: RequirementSheet) -> tuple[RequirementSheet, str, list[tuple[ExpectedProof, list[Deposit]]]]:
    """A requirement, the shape of its state, and the files in place for each of its proofs."""
    in_place = [deposit for deposit in one.section.deposits if deposit.is_in_place]
    return one, LOOKS[one.state], [(proof, [each for each in in_place if each.slot == proof.code]) for proof in one.asked.proofs]


def _section_page(request: CompanyRequest, sheet: EvidenceSheet, code: str, *, refused: Refused | None = None) -> HttpResponse:
    section = sheet.section(code)
    is_ours = _is_to_fill(sheet, section)
    may_fill = can_declare_exemption(request.user, sheet.step) if is_ours else None
    checked = isinstance(refused, SectionNotReady) or (is_ours and "controle" in request.GET)
    pointed = request.GET.get("ouvert", "")
    told = verdicts_told(sheet.step, code) if section.submissions else {}
    place = reverse("company:evidence_section", args=[sheet.candidature.number, sheet.step.code, code])
    slots = step_page(sheet, may_change=False, level="h4")
    page = SectionPage(escaped(place), slots, may_fill=bool(may_fill), checked=checked, pointed=pointed)
    states = [one.state for one in section.requirements]
    shown = [_shown(page, one, state, told.get(one.code)) for one, state in zip(section.requirements, states, strict=True)]
    context = {
        **_around(sheet),
        "section": section,
        "title": section.asked.section.title,
        "look": LOOKS[section.state],
        "requirements": shown,
        "entries": together(one.entry for one in shown),
        "drawn": together(one.drawn for one in shown),
        "accepted": states.count("accepted"),
        "is_ours": is_ours,
        "may_fill": may_fill,
        "may_submit": can_submit_section(request.user, sheet.step) if is_ours else None,
        "remaining": section.remaining,
        "problems": [line for one in section.remaining for line in _problems(one)] if checked else [],
        "refused": refused,
        "requests": [one for one in shown if one.sheet.request is not None],
        "archived": sum(1 for one in section.deposits if not one.is_in_place),
        "submissions": section.submissions[::-1],
    }
    return render(request, "company/candidatures/evidence_section.html", context, status=refused.status if refused else 200)


@dataclass(frozen=True, slots=True)
class SectionPage:
    """What is the same for every requirement of the page: its address, whether it is filled in, whether it was just refused."""

    place: str
    slots: SlotPage
    may_fill: bool
    checked: bool
    pointed: str


def _shown(page: SectionPage, one: RequirementSheet, state: str, verdict: RequirementVerdict | None) -> RequirementShown:
    look = _look(page, one, state)
    if one.is_untouched and verdict is None and not page.checked:
        drawn = _untouched(page, one, look)
    else:
        drawn = _filled_in(page, one, look, verdict if state == "accepted" else None)
    return RequirementShown(one, slot_identifier(one.code), _entry(one.code, state), drawn)


def _look(page: SectionPage, one: RequirementSheet, state: str) -> dict[str, Any]:
    wanting = page.checked and one.is_open and not one.is_answered
    return {
        "release": library().number,
        "source": one.section.sheet.requirements.key,
        "asked_for": one.slots,
        "code": one.code,
        "state": state,
        "is_unfolded": wanting or state == "to_correct" or one.code == page.pointed,
        "may_fill": page.may_fill and one.is_open,
        "is_exempt": one.code in one.exempt,
    }


def _determined(one: RequirementSheet, state: str) -> dict[str, Any]:
    """What the look of a requirement determines."""
    return {"asked": one.asked, "id": slot_identifier(one.code), "shape": LOOKS[state], "word": REQUIREMENT_WORDS[state]}


def _untouched(page: SectionPage, one: RequirementSheet, look: Mapping[str, Any]) -> SafeString:
    """One piece is the whole of it: nothing is to be put in but addresses."""
    may = look["may_fill"]

    def scenarios(marks: Mapping[str, str]) -> SafeString:
        slots = replace(page.slots, place=marks["slots_place"], about=marks["about"], may_change=may)
        told = ((scenario, _slots(slots, one, scenario)) for scenario in one.asked.scenarios)
        return together(_scenario(one, scenario, marks["place"], "", drawn, may_fill=may) for scenario, drawn in told)

    return piece(
        "company/candidatures/requirement.html",
        {**look, "recipients": " ".join(sealed_for()) if one.asked.is_sealed else ""},
        {"place": page.place, "slots_place": page.slots.place, "about": page.slots.about},
        **_determined(one, look["state"]),
        filled="0",
        aside="",
        exemption="",
        scenarios=scenarios,
    )


def _filled_in(page: SectionPage, one: RequirementSheet, look: Mapping[str, Any], verdict: RequirementVerdict | None) -> SafeString:
    """By pieces that are kept: what was deposited, asked, answered or said to be without object is put in."""
    slots = slots_of_requirement(one, may_fill=page.may_fill, checked=page.checked)
    scenarios = [
        _scenario(one, scenario, page.place, _exemption(page, one, scenario.code), slots[scenario.code], may_fill=look["may_fill"])
        for scenario in one.asked.scenarios
    ]
    told = {
        "place": page.place,
        "filled": str(one.filled),
        "aside": _aside(page, one, verdict),
        "exemption": _exemption(page, one, one.code),
        "scenarios": together(scenarios),
    }
    return piece("company/candidatures/requirement.html", look, told, **_determined(one, look["state"]))


def _scenario(one: RequirementSheet, scenario: Scenario, place: str, exemption: str, slots: SafeString, *, may_fill: bool) -> SafeString:
    look = {
        "release": library().number,
        "source": one.section.sheet.requirements.key,
        "code": scenario.code,
        "may_fill": may_fill,
        "is_exempt": one.is_scenario_exempt(scenario),
    }
    told = {"place": place, "exemption": exemption, "slots": slots}
    return piece("company/candidatures/scenario.html", look, told, scenario=scenario)


@kept_by_language(10_000)
def _entry(code: str, state: str) -> SafeString:
    """Of the content and of a state alone."""
    told = {"code": code, "id": slot_identifier(code), "shape": LOOKS[state], "word": REQUIREMENT_WORDS[state]}
    return SafeString(get_template("company/candidatures/requirement_entry.html").render(told))


def _aside(page: SectionPage, one: RequirementSheet, verdict: RequirementVerdict | None) -> str:
    """What the agency asks of a requirement, what was answered, what it said; mostly nothing."""
    if one.request is None and verdict is None:
        return ""
    context = {"one": one, "verdict": verdict, "reason": _reason(one), "place": page.place, "may_fill": page.may_fill}
    return str(get_template("company/candidatures/requirement_aside.html").render(context))


def _exemption(page: SectionPage, one: RequirementSheet, code: str) -> str:
    held = one.exempt.get(code)
    if held is None:
        return ""
    context = {"exemption": held, "place": page.place, "may_change": page.may_fill and one.is_open}
    return str(get_template("company/candidatures/exemption.html").render(context))


def _reason(one: RequirementSheet) -> str:
    """The reason of the content for which a change is asked, by its title; nothing where there is none."""
    asked = one.request.reason if one.request else ""
    return next((str(reason.title) for reason in one.section.sheet.call.piece.reasons if reason.code == asked), "")


def slots_of_requirement(one: RequirementSheet, *, may_fill: bool, checked: bool = False) -> dict[str, SafeString]:
    """The slots of a requirement, scenario by scenario. What is without object expects nothing: what it holds is only shown."""
    sheet = one.section.sheet
    may = may_fill and sheet.takes(one.slots[0])
    page = step_page(sheet, may_change=may, level="h4")
    shut = replace(page, may_change=False) if one.exempt else page
    errors = {lack.slot: _capital(str(LACKS[lack.why])) for lack in one.lacks} if checked and one.is_open else {}
    return {
        scenario.code: _slots(shut if one.is_scenario_exempt(scenario) else page, one, scenario, errors) for scenario in one.asked.scenarios
    }


def _slots(page: SlotPage, one: RequirementSheet, scenario: Scenario, errors: Mapping[str, str] | None = None) -> SafeString:
    titles = {proof.code: f"{proof.code} · {proof.title}" for proof in scenario.proofs}
    return step_slots(page, one.section.sheet.held, scenario.proofs, titles=titles, errors=errors)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _problems(one: RequirementSheet) -> list[tuple[str, str, str]]:
    """What keeps a requirement from being handed over: where, of which proof, in words."""
    if one.lacks:
        return [(f"p-{slot_identifier(lack.slot)}", _("Preuve {slot}").format(slot=lack.slot), LACKS[lack.why]) for lack in one.lacks]
    assert one.request is not None
    return [
        (f"r-{slot_identifier(one.code)}", one.code, _("rien n'a changé depuis la demande de l'agence : remplacez ou complétez la preuve."))
    ]


# — Without object ————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY, "GET", "POST")
def declare_exemption(request: CompanyRequest, number: str, step: str, section: str, code: str) -> HttpResponse:
    """« Sans objet »: the reason is asked, the reviewer judges."""
    sheet = evidence_sheet_of(number, step, request.user)
    requirement, named = _named(sheet, section, code)
    held = requirement.exempt.get(code)
    text, refused = held.text if held else "", ""
    if request.method == "POST":
        text = str(request.POST.get("text", ""))
        try:
            actions.declare_exemption(sheet.step, code, text, by=request.user, at=now())
            messages.success(request, _("{code} est déclaré sans objet. L'agence jugera de votre raison.").format(code=code))
            return redirect(_place(sheet, section, requirement))
        except Refused as refusal:
            if refusal.status != 400:
                raise
            refused = refusal.reason
    can_declare_exemption(request.user, sheet.step).or_refuse()
    if named.applies_if is None or not sheet.takes(requirement.slots[0]):
        return redirect(_place(sheet, section, requirement))
    context = {
        **_around(sheet),
        "section": sheet.section(section),
        "title": sheet.section(section).asked.section.title,
        "code": code,
        "words": named.text,
        "applies_if": named.applies_if,
        "text": text,
        "refused": refused,
        "longest": actions.LONGEST_TEXT,
        "back": _place(sheet, section, requirement),
    }
    return render(request, "company/candidatures/declare_exemption.html", context, status=400 if refused else 200)


@guarded(Side.COMPANY, "POST")
def withdraw_exemption(request: CompanyRequest, number: str, step: str, section: str, code: str) -> HttpResponse:
    """It applies after all: its proofs are expected again."""
    sheet = evidence_sheet_of(number, step, request.user)
    requirement = _named(sheet, section, code)[0]
    if actions.withdraw_exemption(sheet.step, code, by=request.user, at=now()):
        messages.success(request, _("{code} n'est plus déclaré sans objet : ses preuves sont attendues.").format(code=code))
    return redirect(_place(sheet, section, requirement))


# — Answers ———————————————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY, "GET", "POST")
def reply_to_request(request: CompanyRequest, number: str, step: str, section: str, code: str) -> HttpResponse:
    """What the company answers to what the agency asks of a requirement; handed over with the section."""
    sheet = evidence_sheet_of(number, step, request.user)
    requirement = sheet.section(section).requirement(code)
    if requirement is None:
        raise Http404
    held = requirement.typed_reply
    text, version = (str(held.value) if held else ""), (held.version if held else 0)
    refused: Refused | None = None
    if request.method == "POST":
        text, version = str(request.POST.get("text", "")), typed_version(request.POST.get("version", ""))
        try:
            if actions.reply_to_request(sheet.step, code, text, version, by=request.user, at=now()):
                messages.success(request, _("Votre réponse est enregistrée. Elle sera transmise avec la section."))
            return redirect(_place(sheet, section, requirement))
        except Refused as refusal:
            if refusal.status not in (400, 409):
                raise
            refused = refusal
    elif requirement.request is None:
        return redirect(_place(sheet, section, requirement))
    can_reply_to_request(request.user, sheet.step).or_refuse()
    theirs = refused.theirs if isinstance(refused, ReplyCrossed) else None
    context = {
        **_around(sheet),
        "section": sheet.section(section),
        "title": sheet.section(section).asked.section.title,
        "code": code,
        "asked": requirement.request,
        "text": text,
        "version": theirs.version if theirs else version,
        "theirs": theirs,
        "refused": refused,
        "longest": actions.LONGEST_TEXT,
        "back": _place(sheet, section, requirement),
    }
    return render(request, "company/candidatures/reply_to_request.html", context, status=refused.status if refused else 200)


# — Pieces ————————————————————————————————————————————————————————————————————————————————


def _named(sheet: EvidenceSheet, section: str, code: str) -> tuple[RequirementSheet, Any]:
    """The requirement a code is of, and what the code names: the requirement itself, or one of its scenarios."""
    for one in sheet.section(section).requirements:
        if one.code == code:
            return one, one.asked.requirement
        for scenario in one.asked.scenarios:
            if scenario.code == code:
                return one, scenario
    raise Http404


def _place(sheet: EvidenceSheet, section: str, one: RequirementSheet) -> str:
    place = reverse("company:evidence_section", args=[sheet.candidature.number, sheet.step.code, section], query={"ouvert": one.code})
    return f"{place}#r-{slot_identifier(one.code)}"


def _around(sheet: EvidenceSheet) -> dict[str, Any]:
    found = sheet.candidature
    return {
        "candidature": found,
        "enrolment": found.enrolment,
        "product": found.enrolment.subject,
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
    }
