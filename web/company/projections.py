"""When will each level be reached? A quarter by criterion, saved as a draft, validated, read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from convergence.assessments.actions import LONGEST_REASON, Left
from convergence.assessments.permissions import can_answer, can_validate
from convergence.assessments.queries import askings_of, has_left
from convergence.assessments.rules import percent
from convergence.assessments.workflow import TARGETS
from convergence.catalogue.queries import enrolment_of
from convergence.projections import actions
from convergence.projections.actions import Misdated, Overtaken, Plan, Undecided
from convergence.projections.queries import projection_of, projection_sheet_of, with_target
from convergence.projections.rules import Forecast, Prospect
from foundation.core.clock import now
from foundation.core.language import agreed, kept_by_language, language
from foundation.core.language import gettext as _
from foundation.core.quarter import Quarter
from foundation.core.typography import french
from foundation.core.verdict import Refused, Verdict
from web.company.criteria import author_told, identifier
from web.company.editions import turned_from_left
from web.forms import typed_plans
from web.guard import CompanyRequest, Side, guarded
from web.kept import AUTHOR, VERSION, cut, filled, kept
from web.saving import faults_answer, saved_answer, theirs_answer
from web.ui import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import JsonResponse

    from convergence.projections.models import Projection
    from convergence.projections.queries import Planned, ProjectionSheet, Rung

OFFERED = 20  # quarters ahead in the lists: five years


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a criterion's ladder, with its list of quarters where it can be dated."""

    rung: Rung
    field: str
    options: SafeString
    fault: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """One criterion as the page shows it: what is stored or was just typed, and what is wrong with it."""

    row: Planned
    id: str
    shown: Mapping[str, str]
    faults: Mapping[str, str]
    not_applicable: bool
    version: int
    is_missing: bool
    theirs: str
    theirs_by: str

    @property
    def faulty(self) -> bool:
        return bool(self.faults)

    def steps(self, present: Quarter) -> list[Step]:
        """Its levels, each with the quarters offered: wanted only where its markup is not kept already."""
        code = self.row.criterion.code
        return [
            Step(
                rung=rung,
                field=f"date-{code}-{rung.level.code}",
                options=_options(
                    present,
                    self.shown.get(rung.level.code, ""),
                    _("Facultatif") if rung.place == "beyond" or self.row.is_met else _("Choisir"),
                ),
                fault=self.faults.get(rung.level.code, ""),
            )
            for rung in self.row.rungs
        ]

    @property
    def look(self) -> tuple[object, ...] | None:
        """All that its markup depends on, its author and version apart; None where it says what went wrong."""
        if self.faulty or self.is_missing or self.theirs:
            return None
        row, target = self.row, self.row.target
        chosen = tuple(sorted((rank, str(quarter)) for rank, quarter in target.quarters.items()))
        return (
            row.criterion.code,
            row.number,
            row.today.code,
            row.expectation.rank,
            row.is_met,
            row.is_late,
            row.is_outdated,
            chosen,
            self.not_applicable,
        )


@guarded(Side.COMPANY, "GET", "POST")
def projection(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """The projection. Sending it saves every date, then validates, or asks for it, if that was the button pressed."""
    try:
        sheet = _sheet(request, reference, code, questionnaire)
    except Left:
        return turned_from_left(request, reference, code)
    if request.method != "POST":
        return _page(request, sheet)
    plans = typed_plans(request.POST, _datable(sheet))
    try:
        held = _begun(request, sheet)
        if "validate" not in request.POST or can_answer(request.user, sheet.enrolment.subject, questionnaire):
            actions.save_targets(held, sheet.enrolment, plans, by=request.user, at=now())  # who may validate and not plan sends no date
        if "validate" in request.POST:
            event = actions.validate_projection(held, sheet.enrolment, by=request.user, at=now())
            if event is None:
                messages.info(request, _("Rien n'a changé depuis la dernière validation : elle reste en vigueur."))
            else:
                messages.success(
                    request,
                    _("La projection est validée (validation n°\u00a0{number}). Voici la feuille de route.").format(number=event.number),
                )
            return redirect("company:roadmap", reference, code, questionnaire)
        if "request_validation" in request.POST:
            actions.request_projection_validation(held, sheet.enrolment, by=request.user, at=now())
            messages.success(request, _("Vos dates sont enregistrées et leur validation est demandée à vos collègues qui peuvent valider."))
            return redirect("company:projection", reference, code, questionnaire)
    except Misdated as misdated:
        return _page(request, sheet, typed=plans, misdated=misdated, status=misdated.status)
    except Overtaken as overtaken:
        return _page(request, _sheet(request, reference, code, questionnaire), typed=plans, overtaken=overtaken, status=409)
    except Undecided as undecided:
        return _page(request, _sheet(request, reference, code, questionnaire), missing=undecided.missing, status=409)
    except Refused as refused:
        if refused.status not in (400, 409):
            raise
        return _page(request, _sheet(request, reference, code, questionnaire), typed=plans, refused=refused, status=refused.status)
    messages.success(request, _("Votre brouillon est enregistré."))
    return redirect("company:projection", reference, code, questionnaire)


@guarded(Side.COMPANY, "POST")
def save_target(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """One criterion, saved by itself while choosing. Answers JSON: the new version, what all the dates now amount to."""
    sheet = _sheet(request, reference, code, questionnaire)
    if not sheet.is_open:
        raise Refused(_("Cette projection n'est plus ouverte : l'évaluation a changé. Rechargez la page."), code="closed", status=409)
    plans = typed_plans(request.POST, _datable(sheet))
    if len(plans) != 1:
        raise Refused(_("Un seul critère s'enregistre à la fois."), code="malformed", status=400)
    criterion, plan = next(iter(plans.items()))
    at = now()
    try:
        event = actions.save_targets(_begun(request, sheet), sheet.enrolment, plans, by=request.user, at=at)
    except Misdated as misdated:
        return faults_answer(misdated, criterion, {f"date-{level}": fault for level, fault in misdated.faults[criterion].items()})
    except Overtaken as overtaken:
        return _overtaken_told(overtaken, sheet, criterion)
    planned = with_target(sheet, criterion, plan.quarters, plan.not_applicable)
    row = next(row for row in planned.rows if row.criterion.code == criterion)
    told = {f"target-{criterion}": target_words(row)}
    told |= {f"forecast-{one.procedure.code}": forecast_words(one.forecast) for one in planned.prospects}
    version = event.versions[criterion] if event else row.saved.version if row.saved else 0
    return saved_answer(criterion, version, at, answered=planned.decided, asked=len(planned.rows), told=told)


def _overtaken_told(overtaken: Overtaken, sheet: ProjectionSheet, criterion: str) -> JsonResponse:
    """Both choices, for the page to show side by side."""
    theirs = overtaken.theirs[criterion]
    row = next(row for row in sheet.rows if row.criterion.code == criterion)
    by = theirs.saved_by.name
    fields = {f"date-{rung.level.code}": theirs.quarters.get(rung.level.code, "") for rung in row.rungs if rung.is_ahead}
    return theirs_answer(
        overtaken,
        criterion,
        theirs.version,
        told=_("{by} a choisi à {hour}, pendant que vous planifiiez : {choice}.").format(
            by=by, hour=clock(theirs.saved_at), choice=_told(row, theirs)
        ),
        keep=_("Garder mes dates"),
        take=_("Prendre celles de {by}").format(by=by),
        fields={**fields, "aside": "1" if theirs.not_applicable else ""},
    )


def _datable(sheet: ProjectionSheet) -> dict[str, list[str]]:
    """The levels of each criterion that may be dated."""
    return {row.criterion.code: [rung.level.code for rung in row.rungs if rung.is_ahead] for row in sheet.rows}


def sent_back_page(request: CompanyRequest, reference: int, code: str, key: str, reason: str, refused: Refused) -> HttpResponse:
    """The projection with the reason typed, which does not do."""
    return _page(request, _sheet(request, reference, code, key), reason=reason, reason_refused=refused, status=refused.status)


def _sheet(request: CompanyRequest, reference: int, code: str, key: str) -> ProjectionSheet:
    enrolment = enrolment_of(reference, code, request.user)
    sheet = projection_sheet_of(enrolment, key, at=now())
    if sheet is None:
        if has_left(enrolment, key):
            raise Left
        raise Http404
    return sheet


def _begun(request: CompanyRequest, sheet: ProjectionSheet) -> Projection:
    """The projection, begun now or, a moment ago, by someone else."""
    found = projection_of(sheet.enrolment.subject, sheet.questionnaire.key)
    if found is not None:
        return found
    try:
        actions.begin_projection(sheet.enrolment, sheet.questionnaire.key, by=request.user, at=now())
    except Refused as refused:
        if refused.code != "duplicate":
            raise
    found = projection_of(sheet.enrolment.subject, sheet.questionnaire.key)
    assert found is not None
    return found


def _page(
    request: CompanyRequest,
    sheet: ProjectionSheet,
    *,
    typed: Mapping[str, Plan] | None = None,
    misdated: Misdated | None = None,
    overtaken: Overtaken | None = None,
    missing: list[str] | None = None,
    refused: Refused | None = None,
    reason: str = "",
    reason_refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    product = sheet.enrolment.subject
    present = Quarter.of(now())
    faults = misdated.faults if misdated else {}
    theirs = overtaken.theirs if overtaken else {}
    ladders = [
        _ladder(row, (typed or {}).get(row.criterion.code), faults.get(row.criterion.code, {}), theirs, row.criterion.code in (missing or ()))
        for row in sheet.rows
    ]  # fmt: skip
    may_answer = can_answer(request.user, product, sheet.questionnaire.key)
    shape = (sheet.library.number, sheet.questionnaire.key, str(present), bool(may_answer), typed is not None)
    drawn = [(ladder.row.is_met, _drawn(ladder, shape, present, may_answer)) for ladder in ladders]
    asking = askings_of(product).get((sheet.questionnaire.key, TARGETS))
    decided = sheet.decided
    context: dict[str, Any] = {
        "sheet": sheet,
        "product": product,
        "present": present,
        "to_plan": len(sheet.to_plan),
        "to_plan_drawn": mark_safe("".join(block for is_met, block in drawn if not is_met)),  # noqa: S308 - each rendered by a template
        "reached": len(sheet.reached),
        "reached_drawn": mark_safe("".join(block for is_met, block in drawn if is_met)),  # noqa: S308 - the same
        "faulty": [ladder for ladder in ladders if ladder.faulty],
        "missing": [ladder for ladder in ladders if ladder.is_missing],
        "diverged": [ladder for ladder in ladders if ladder.theirs],
        "problem": misdated or overtaken or refused,
        "asked": len(sheet.rows),
        "decided": decided,
        "percent": percent(decided, len(sheet.rows)),
        "asking": asking.beside(sheet.saved_at) if asking else None,
        "reason": reason,
        "longest_reason": LONGEST_REASON,
        "reason_refused": reason_refused.reason if reason_refused else "",
        "save_url": reverse("company:save_target", args=[product.reference, sheet.enrolment.code, sheet.questionnaire.key]),
        "may_answer": may_answer,
        "may_validate": can_validate(request.user, product, sheet.questionnaire.key),
    }
    return render(request, "company/projections/projection.html", context, status=status)


def _ladder(row: Planned, typed: Plan | None, faults: Mapping[str, str], theirs: Mapping[str, Any], is_missing: bool) -> Ladder:  # fmt: skip
    """What was just typed wins over what is stored: a refusal loses nothing."""
    saved, code = row.saved, row.criterion.code
    other = theirs.get(code)
    return Ladder(
        row=row,
        id=identifier(code),
        shown=typed.quarters if typed else saved.quarters if saved else {},
        faults=faults,
        not_applicable=typed.not_applicable if typed else bool(saved and saved.not_applicable),
        version=other.version if other else typed.version if typed else saved.version if saved else 0,
        is_missing=is_missing,
        theirs=_told(row, other) if other else "",
        theirs_by=other.saved_by.name if other else "",
    )


def _drawn(ladder: Ladder, shape: tuple[object, ...], present: Quarter, may_answer: Verdict) -> str:
    """The markup of one criterion: rendered once for each look it has (decision 0010), its author and version put in afterwards."""

    def draw() -> str:
        context = {
            "ladder": ladder,
            "steps": ladder.steps(present),
            "may_answer": may_answer,
            "version_marker": VERSION,
            "author_marker": AUTHOR,
        }
        return str(get_template("company/projections/ladder.html").render(context))

    look = None if shape[-1] else ladder.look
    block = kept(("ladder", language(), *shape, *look), draw) if look else cut(draw())
    saved = ladder.row.saved
    author = author_told(saved.saved_by, saved.saved_at) if saved else ""
    return filled(block, {VERSION: str(ladder.version), AUTHOR: author})


def target_words(row: Planned) -> str:
    """What is planned for one criterion, at the end of its title. The page and the script say the same."""
    if row.target.not_applicable:
        return _("Cible non applicable")
    if row.reached is not None:
        return _("Atteint en {quarter}").format(quarter=row.reached)
    return "" if row.is_met else _("Sans cible")


def forecast_words(told: Forecast) -> str:
    """When a procedure is reached, as `forecast.html` says it."""
    match told.prospect:
        case Prospect.ALREADY:
            return _("Déjà atteint")
        case Prospect.DATED:
            return _("Atteint le {quarter}").format(quarter=told.quarter)
        case Prospect.NOT_REACHED:
            untargeted = agreed(told.untargeted, "critère sans cible,critères sans cible")
            return french(_("Non atteint : {untargeted}").format(untargeted=untargeted))
    return _("Connu après validation")


def _told(row: Planned, other: Any) -> str:
    """What someone else chose, in words."""
    if other.not_applicable:
        return _("cible non applicable")
    names = {rung.level.code: str(rung.level.short) for rung in row.rungs}
    dated = _("{level} en {quarter}")
    return ", ".join(dated.format(level=names.get(level, level), quarter=told) for level, told in other.quarters.items()) or _(
        "aucune date"
    )


@kept_by_language(512)
def _options(present: Quarter, chosen: str, empty: str) -> SafeString:
    """The quarters offered. One that is over stays shown where it was chosen: it is late, and is not silently lost."""
    offered = [str(quarter) for quarter in present.until(present.after(OFFERED - 1))]
    known = Quarter.read(chosen)
    lines = [f'<option value="">{empty}</option>']
    if known is not None and chosen not in offered:
        told = _("{quarter} (passé)").format(quarter=known) if known < present else known
        lines.append(f'<option value="{known}" selected>{told}</option>')
    lines += [f"<option{' selected' if quarter == chosen else ''}>{quarter}</option>" for quarter in offered]
    return mark_safe("".join(lines))  # noqa: S308 - made of quarters, and of our own words
