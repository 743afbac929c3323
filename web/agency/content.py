"""What does the platform ask, and where does each text come from? For those who write and apply content."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from pydantic import BaseModel

from convergence.content.library import library
from convergence.content.schema import Origin, Piece, Procedure, Questionnaire
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from web.guard import Side, guarded

KIND_WORDS = {
    "scales": gettext_lazy("Échelles"),
    "qualification": gettext_lazy("Qualifications"),
    "questionnaires": gettext_lazy("Questionnaires"),
    "requirements": gettext_lazy("Jeux d'exigences"),
    "forms": gettext_lazy("Formulaires"),
    "agreements": gettext_lazy("Conventions"),
    "tracks": gettext_lazy("Parcours"),
    "procedures": gettext_lazy("Démarches"),
    "maps": gettext_lazy("Passages d'édition"),
    "presentations": gettext_lazy("Présentations publiques"),
}
ORIGIN_WORDS = {
    Origin.SEED: gettext_lazy("Officiel (guide)"),
    Origin.PUBLIC: gettext_lazy("Public"),
    Origin.ILLUSTRATIVE: gettext_lazy("Illustratif"),
}


@guarded(Side.AGENCY, right=Right.READ_CONTENT)
def content_list(request: HttpRequest) -> HttpResponse:
    """Every piece of the release, in force or announced, by kind, with the origin of its texts."""
    shelf = library()
    groups = [
        (KIND_WORDS[kind], [(kind, piece, origins(piece)) for piece in sorted(pieces, key=lambda p: (p.order, p.key))])
        for kind, pieces in shelf.kinds().items()
        if pieces
    ]
    return render(request, "agency/content/content_list.html", {"groups": groups, "number": shelf.number})


@guarded(Side.AGENCY, right=Right.READ_CONTENT)
def piece(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One piece: for a questionnaire its criteria, for a procedure what it expects, each with its origin."""
    shelf = library()
    found = shelf.piece(kind, key)
    if found is None:
        raise Http404
    context: dict[str, Any] = {"piece": found, "kind_word": KIND_WORDS[kind], "origins": origins(found), "sections": [], "uses": []}
    if isinstance(found, Questionnaire):
        context["sections"] = [
            (
                section,
                _("Critères : {title}").format(title=section.title),
                [
                    (shelf.number_of(key, criterion.code), criterion, _word(criterion.origin or section.origin or found.origin))
                    for criterion in section.criteria
                ],
            )
            for section in found.sections
        ]
    if isinstance(found, Procedure):
        context["uses"] = [(use, shelf.questionnaire(use.questionnaire)) for use in found.uses]
    return render(request, "agency/content/piece.html", context)


def origins(piece: Piece) -> list[tuple[str, int]]:
    """How many texts of each origin a piece holds, itself included."""
    counted: Counter[Origin] = Counter()

    def count(node: Any, inherited: Origin) -> None:
        if isinstance(node, BaseModel):
            own = getattr(node, "origin", None) or inherited
            if "origin" in type(node).model_fields:
                counted[own] += 1
            for name in type(node).model_fields:
                count(getattr(node, name), own)
        elif isinstance(node, tuple):
            for child in node:
                count(child, inherited)

    count(piece, piece.origin)
    return [(ORIGIN_WORDS[origin], counted[origin]) for origin in Origin if counted[origin]]


def _word(origin: Origin) -> str:
    return ORIGIN_WORDS[origin]
