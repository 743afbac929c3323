"""What is to be done first? The list « À faire » of the dashboard: short, in the order of usefulness, nothing told twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from convergence.assessments.listings import awaited_validations, pending_questionnaires
from convergence.candidatures.listings import steps_to_take
from convergence.projections.listings import pending_projections
from foundation.core.quarter import Quarter
from web.candidatures import COMPANY_PAGES
from web.company.cards import pending_drawn, projection_drawn
from web.guard import CompanyRequest
from web.pieces import together

if TYPE_CHECKING:
    from convergence.assessments.listings import Awaited, Pending
    from convergence.candidatures.listings import StepToTake
    from convergence.projections.listings import PendingProjection
    from foundation.core.rows import Reading

SHOWN = 8
PROJECTIONS_SHOWN = 3
"""Of the lines left, those that projections have at least: late promises among them. Evaluations take the others."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is read for the list: four queries, to be asked with those of the page."""

    awaited: Reading[list[Awaited]]
    steps: Reading[list[StepToTake]]
    pending: Reading[list[Pending]]
    projections: Reading[list[PendingProjection]]

    @classmethod
    def of(cls, request: CompanyRequest, present: Quarter) -> ToDo:
        asked, most = (request.user, request.company), 2 * (SHOWN + 1)  # what is awaited may be told again among what is pending
        return cls(
            awaited_validations.reading(*asked, SHOWN + 1),
            steps_to_take.reading(*asked, SHOWN + 1),
            pending_questionnaires.reading(*asked, most),
            pending_projections.reading(*asked, present, most),
        )

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        return self.awaited, self.steps, self.pending, self.projections


def to_do(read: ToDo) -> dict[str, Any]:
    """What others await, what is late, the evaluations, then the projections to be given dates."""
    awaited, steps = read.awaited.found, read.steps.found
    told = {(one.reference, one.questionnaire.key, one.is_of_targets) for one in awaited}
    pending = [one for one in read.pending.found if (one.reference, one.questionnaire.key, False) not in told]
    projections = [one for one in read.projections.found if (one.reference, one.questionnaire.key, True) not in told]
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
        "projections": together(projection_drawn(one) for one in planned if not one.late_since),
        "to_do": min(count, SHOWN),
        "more_to_do": count > SHOWN,
    }
