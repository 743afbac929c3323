"""What is to be done first? The list « À faire » of the dashboard: short, in the order of usefulness, nothing told twice."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from convergence.assessments.listings import awaited_validations, pending_questionnaires
from convergence.candidatures.listings import steps_to_take
from convergence.projections.listings import pending_projections
from foundation.core.quarter import Quarter
from web.candidatures import COMPANY_PAGES
from web.company.cards import pending_drawn, together
from web.guard import CompanyRequest

SHOWN = 8
PROJECTIONS_SHOWN = 3
"""Of the lines left, those that projections have at least: late promises among them. Evaluations take the others."""


def to_do(request: CompanyRequest, present: Quarter) -> dict[str, Any]:
    """What others await, what is late, the evaluations, then the projections to be given dates. Four queries."""
    person, company = request.user, request.company
    awaited = awaited_validations(person, company, SHOWN + 1)
    steps = steps_to_take(person, company, SHOWN + 1)
    told = {(one.reference, one.questionnaire.key, one.is_of_targets) for one in awaited}
    most = SHOWN + 1 + len(awaited)
    pending = [one for one in pending_questionnaires(person, company, most) if (one.reference, one.questionnaire.key, False) not in told]
    projections = [
        one for one in pending_projections(person, company, present, most) if (one.reference, one.questionnaire.key, True) not in told
    ]
    count = len(awaited) + len(steps) + len(pending) + len(projections)
    asked = steps[: max(SHOWN - len(awaited), 0)]
    room = SHOWN - min(len(awaited), SHOWN) - len(asked)
    planned = projections[: max(room - len(pending), min(room, PROJECTIONS_SHOWN))]
    return {
        "awaited": awaited[:SHOWN],
        "steps": [
            (one, reverse(page.route, args=[one.number, one.piece.code])) for one in asked if (page := COMPANY_PAGES.get(one.piece.kind))
        ],
        "late": [one for one in planned if one.late_since],
        "pending": together(pending_drawn(one) for one in pending[: room - len(planned)]),
        "projections": [one for one in planned if not one.late_since],
        "to_do": min(count, SHOWN),
        "more_to_do": count > SHOWN,
    }
