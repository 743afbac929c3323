"""« Version du contenu »: what another edition would change for a product, moving to it, and what the editions left still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.assessments.actions import Left
from convergence.assessments.editions import change_of_editions, questionnaires_left
from convergence.catalogue import actions
from convergence.catalogue.permissions import can_change_edition
from convergence.catalogue.queries import edition_moves, enrolments_of, product_of_reference
from convergence.content.library import library
from convergence.projections.queries import questionnaires_projected
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convergence.catalogue.models import Subject
    from convergence.catalogue.queries import EditionMove


@guarded(Side.COMPANY, "GET", "POST")
def change_edition(request: CompanyRequest, reference: int) -> HttpResponse:
    """What changes, criterion by criterion, before anything is moved; one button moves every procedure of the product."""
    shown = product_of_reference(reference, request.user)
    refused = None
    if request.method == "POST":
        try:
            event = actions.change_edition(shown, by=request.user, at=now())
        except Refused as why:
            if why.code != "not_yet":
                raise
            refused = why
        else:
            _tell(request, shown, list(event.procedures.values()) if event else [])
            return redirect("company:change_edition", reference)
    return _page(request, shown, refused)


def _page(request: CompanyRequest, shown: Subject, refused: Refused | None) -> HttpResponse:
    enrolments = enrolments_of(shown)
    open_now, announced = edition_moves([enrolment.procedure for enrolment in enrolments], shown.kind, today())
    moves = open_now or announced
    left = questionnaires_left(shown, enrolments)
    projected = questionnaires_projected(shown, [one.questionnaire.key for one in left]) if left else frozenset()
    shelf = library()
    context = {
        "product": shown,
        "moves": moves,
        "is_open": bool(open_now),
        "later": edition_told(moves),
        "begins": min((move.begins for move in moves), default=None),
        "change": change_of_editions(shown, moves) if moves else None,
        "followed": [(enrolment, procedure) for enrolment in enrolments if (procedure := shelf.procedure(enrolment.procedure))],
        "left": [(one, one.questionnaire.key in projected) for one in left],
        "may": can_change_edition(request.user, shown),
        "refused": refused.reason if refused else "",
    }
    return render(request, "company/editions/change_edition.html", context, status=refused.status if refused else 200)


def turned_from_left(request: CompanyRequest, reference: int, code: str) -> HttpResponse:
    """A page of an edition the product has left: a link kept leads to what it follows now; what is sent is refused."""
    if request.method == "POST":
        raise Left
    messages.info(request, _("Cette page était celle d'une édition qui n'est plus suivie. Voici la démarche dans celle qui l'est."))
    return redirect("company:followed_procedure", reference, code)


def editions_told(held: Iterable[str], subject_kind: str) -> dict[str, Any]:
    """What other pages say of the editions: moves open today, or announced. No query."""
    open_now, announced = edition_moves(held, subject_kind, today())
    moves = open_now or announced
    return {
        "edition_is_open": bool(open_now),
        "edition_later": edition_told(moves) if moves else "",
        "edition_begins": min((move.begins for move in moves), default=None),
    }


def edition_told(moves: Sequence[EditionMove]) -> str:
    """« l'édition 2027 », or « une autre édition » where the procedures do not go to editions of one name."""
    names = {move.later.edition for move in moves}
    return _("l’édition {edition}").format(edition=names.pop()) if len(names) == 1 else _("une autre édition")


def _tell(request: CompanyRequest, shown: Subject, moved: Sequence[str]) -> None:
    if not moved:
        messages.info(request, _("Les éditions en vigueur sont déjà suivies : rien n'a changé."))
        return
    shelf = library()
    procedures = ", ".join(
        _("« {title} » {edition}").format(title=procedure.title, edition=procedure.edition)
        for key in moved
        if (procedure := shelf.procedure(key))
    )
    if shown.is_product:
        told = _(
            "« {name} » suit maintenant {procedures}. Les réponses qui s'y prêtent sont reprises en brouillon : relisez-les, complétez, puis validez. Vos résultats précédents restent lisibles ci-dessous."
        )
    else:
        told = _(
            "Votre stratégie globale suit maintenant {procedures}. Les réponses qui s'y prêtent sont reprises en brouillon : relisez-les, complétez, puis validez. Vos résultats précédents restent lisibles ci-dessous."
        )
    messages.success(request, told.format(name=shown.name, procedures=procedures))
