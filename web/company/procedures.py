"""Tracks and procedures: what they are, which products follow them, and how one begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from convergence.assessments.listings import followed_procedures
from convergence.assessments.queries import askings_of, cards_of
from convergence.assessments.rules import percent
from convergence.assessments.workflow import ANSWERS, TARGETS
from convergence.candidatures.permissions import can_begin_candidature
from convergence.candidatures.queries import candidatures_of, lines_of
from convergence.catalogue import actions
from convergence.catalogue.listings import product_cards
from convergence.catalogue.permissions import (
    can_add_global_strategy,
    can_add_product,
    can_edit_product,
    can_enrol_product,
    can_share_results,
)
from convergence.catalogue.queries import (
    enrolled_codes,
    enrolment_of,
    global_strategy_of,
    product_of_reference,
    qualification_shown,
    share_of,
)
from convergence.content.library import library
from convergence.content.partners import PARTNERS, THE_PARTNER, questionnaires_read_by
from convergence.content.schema import Procedure, Questionnaire, Track
from convergence.projections.queries import outlooks_of
from convergence.projections.rules import latest_of
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.language import language
from foundation.help.queries import entries_of_procedure
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.editions import editions_told
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.assessments.listings import FollowedProcedure
    from convergence.candidatures.models import Candidature
    from convergence.candidatures.queries import StepLine
    from convergence.catalogue.models import Enrolment, Subject
    from foundation.core.verdict import Verdict

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class StrategyCard:
    """« Stratégie globale » on the page of a procedure: not begun, a draft, to be enrolled, or followed (`line`)."""

    subject: Subject | None
    line: FollowedProcedure | None
    questionnaires: list[Questionnaire]
    may: Verdict


@guarded(Side.COMPANY)
def track(request: CompanyRequest, code: str) -> HttpResponse:
    """« Présentation du parcours », and its procedures."""
    shown = _track(code)
    context = {"track": shown, "procedures": library().procedures_of(code, today())}
    return render(request, "company/procedures/track.html", context)


@guarded(Side.COMPANY)
def procedure(request: CompanyRequest, track_code: str, code: str) -> HttpResponse:
    """One procedure: how to complete it, the questionnaires it asks, and the products that follow it."""
    shown, shelf = _procedure(track_code, code), library()

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return followed_procedures(request.user, company=request.company, code=code, kind="product", limit=limit, offset=offset)

    context = {
        "track": _track(track_code),
        "procedure": shown,
        "strategy": _strategy_card(request, shown) if "global_strategy" in shown.subjects else None,
        "door": shelf.procedure(shown.opens_into) if shown.opens_into else None,
        "uses": [(use, shelf.questionnaire(use.questionnaire)) for use in shelf.uses_of(shown, "product")],
        "to_come": shelf.procedure_to_come(code, today()),
        "page": page_of(lines, request.GET.get("page"), PAGE_SIZE),
        "may_add": can_add_product(request.user, request.company),
        "lines": entries_of_procedure(code, language()),
    }
    return render(request, "company/procedures/procedure.html", context)


@guarded(Side.COMPANY)
def choose_product(request: CompanyRequest, track_code: str, code: str) -> HttpResponse:
    """« Ajouter un produit à la démarche »: « Sélectionner ce produit » among those that do not follow it, or a new one."""
    shown = _procedure(track_code, code)
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def cards(limit: int, offset: int) -> tuple[list[Any], int]:
        return product_cards(request.user, request.company, words=words, to_enrol_in=code, limit=limit, offset=offset)

    context = {
        "track": _track(track_code),
        "procedure": shown,
        "page": page_of(cards, request.GET.get("page"), PAGE_SIZE),
        "words": words,
        "may_add": can_add_product(request.user, request.company),
    }
    return render(request, "company/procedures/choose_product.html", context)


@guarded(Side.COMPANY)
def new_procedure(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Nouvelle démarche », for a product: the track first."""
    shown = product_of_reference(reference, request.user)
    if not shown.is_product:
        return redirect("company:product", reference)
    context = {"product": shown, "tracks": library().tracks, "may": can_enrol_product(request.user, shown)}
    return render(request, "company/procedures/new_procedure.html", context)


@guarded(Side.COMPANY)
def new_procedure_in_track(request: CompanyRequest, reference: int, track: str) -> HttpResponse:
    """« Nouvelle démarche », for a product, in a track: its procedures, and why some cannot be begun."""
    shown, chosen, shelf = product_of_reference(reference, request.user), _track(track), library()
    if not shown.is_product:
        return redirect("company:product", reference)
    already = enrolled_codes(shown)
    context = {
        "product": shown,
        "track": chosen,
        "procedures": [
            (procedure, procedure.code in already, shelf.procedure(procedure.opens_into) if procedure.opens_into else None)
            for procedure in shelf.procedures_of(track, today())
        ],
        "may": can_enrol_product(request.user, shown),
    }
    return render(request, "company/procedures/new_procedure_in_track.html", context)


@guarded(Side.COMPANY, "POST")
def enrol_product(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """The product follows the procedure from now on; its questionnaires open."""
    shown = product_of_reference(reference, request.user)
    chosen = library().procedure_in_force(code, today())
    if chosen is None:
        raise Http404
    actions.enrol_product(shown, chosen, by=request.user, at=now())
    messages.success(request, _("« {name} » suit maintenant la démarche « {title} ».").format(name=shown.name, title=chosen.title))
    return redirect("company:followed_procedure", reference, code)


@guarded(Side.COMPANY)
def followed_procedure(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """The page of a product in a procedure: a card per questionnaire, and what to do next."""
    enrolment = enrolment_of(reference, code, request.user)
    shelf = library()
    cards = cards_of(enrolment, today())
    next_card = next((card for card in cards if card.standing.status == "in_progress"), None) or next(
        (card for card in cards if not card.standing.is_done), None
    )
    done = sum(1 for card in cards if card.standing.is_done)
    outlooks = outlooks_of(enrolment)
    pairs = [(card, outlooks.get(card.questionnaire.key) if card.use.projection else None) for card in cards]
    projected = [outlook for card, outlook in pairs if card.use.projection and outlook is not None]
    next_projection = next(((card, outlook) for card, outlook in pairs if outlook and not outlook.is_closed and not outlook.is_done), None)
    askings = askings_of(enrolment.subject)
    followed = shelf.procedure(enrolment.procedure)
    saved = {(card.questionnaire.key, ANSWERS): card.standing.saved_at for card in cards}
    saved |= {(outlook.questionnaire, TARGETS): outlook.saved_at for outlook in projected}
    context = {
        "application": _candidature_card(request, enrolment, followed) if followed and followed.steps else None,
        "enrolment": enrolment,
        "product": enrolment.subject,
        "track": shelf.track(enrolment.track),
        "procedure": shelf.procedure(enrolment.procedure),
        "cards": cards,
        "pairs": pairs,
        "projects": any(card.use.projection for card in cards),
        "projected": projected,
        "projected_done": sum(1 for outlook in projected if outlook.is_done),
        "next_projection": next_projection,
        "forecast": latest_of([outlook.forecast for outlook in projected]),
        "askings": [
            (card.questionnaire, askings[asked].beside(saved[asked]))
            for card in cards
            for asked in ((card.questionnaire.key, ANSWERS), (card.questionnaire.key, TARGETS))
            if asked in askings and asked in saved
        ],
        "next_card": next_card,
        "done": done,
        "done_percent": percent(done, len(cards)),
        "reached": bool(cards) and all(card.standing.is_reached for card in cards),
        "known": all(card.standing.is_reached or card.standing.is_not_reached for card in cards),
        "has_results": any(card.standing.validated_at for card in cards),
        "is_finished": bool(cards) and done == len(cards) and not any(outlook and not outlook.is_done for _other, outlook in pairs),
        "just_finished": "terminee" in request.GET,
        "qualification": qualification_shown(shelf, enrolment.subject),
        **_sharing(request, enrolment, followed),
        "may_edit": can_edit_product(request.user, enrolment.subject),
        **editions_told([enrolment.procedure], enrolment.subject.kind),
    }
    return render(request, "company/procedures/followed_procedure.html", context)


def _sharing(request: CompanyRequest, enrolment: Any, procedure: Any) -> dict[str, Any]:
    """With which partner the results are, or may be, shared; nothing is asked where the content names none."""
    if procedure is None or not questionnaires_read_by(procedure, THE_PARTNER):
        return {"partner": ""}
    may = can_share_results(request.user, enrolment)
    return {"partner": PARTNERS[THE_PARTNER], "share": share_of(enrolment, THE_PARTNER), "may_share": may}


@dataclass(frozen=True, slots=True)
class CandidatureCard:
    """« Candidature » on the page of a procedure: its steps, the one under way, those that ended, and whether one may be begun."""

    procedure: Procedure
    alive: Candidature | None
    lines: list[StepLine]
    past: list[Candidature]
    may: Verdict

    @property
    def awaiting(self) -> StepLine | None:
        return next((line for line in self.lines if line.is_now), None)


def _candidature_card(request: CompanyRequest, enrolment: Enrolment, procedure: Procedure) -> CandidatureCard:
    """One query, and another once a candidature is under way."""
    found = candidatures_of(enrolment)
    alive = next((one for one in found if one.is_alive), None)
    if alive is not None:
        alive.enrolment = enrolment
    past = [one for one in found if not one.is_alive]
    return CandidatureCard(procedure, alive, lines_of(alive) if alive else [], past, can_begin_candidature(request.user, enrolment))


def _strategy_card(request: CompanyRequest, procedure: Procedure) -> StrategyCard:
    """One query, and another once the strategy is in use. `may` answers for the button shown."""
    shelf = library()
    subject = global_strategy_of(request.company, request.user)
    questionnaires = [found for use in shelf.uses_of(procedure, "global_strategy") if (found := shelf.questionnaire(use.questionnaire))]
    if subject is None:
        return StrategyCard(None, None, questionnaires, can_add_global_strategy(request.user, request.company))
    if subject.is_draft:
        return StrategyCard(subject, None, questionnaires, can_edit_product(request.user, subject))
    lines = followed_procedures(request.user, subject=subject, code=procedure.code)[0]
    return StrategyCard(subject, lines[0] if lines else None, questionnaires, can_enrol_product(request.user, subject))


def _track(code: str) -> Track:
    found = library().track(code)
    if found is None:
        raise Http404
    return found


def _procedure(track_code: str, code: str) -> Procedure:
    found = library().procedure_in_force(code, today())
    if found is None or found.track != track_code:
        raise Http404
    return found
