"""A product evaluated, then projected: always by the real actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from convergence.catalogue.models import Enrolment
from convergence.projections.actions import Plan, begin_projection, save_targets, validate_projection
from convergence.projections.models import PlannedTarget, Projection, ProjectionValidation
from foundation.accounts.models import Person


def projection(enrolment: Enrolment, questionnaire: str, person: Person, at: datetime) -> Projection:
    """The projection, begun now unless it already is."""
    found = Projection.objects.filter(subject=enrolment.subject_id, questionnaire=questionnaire).first()
    if found is None:
        begin_projection(enrolment, questionnaire, by=person, at=at)
        found = Projection.objects.get(subject=enrolment.subject_id, questionnaire=questionnaire)
    return found


def planned(held: Projection, enrolment: Enrolment, dates: Mapping[str, Mapping[str, str] | None], person: Person, at: datetime) -> None:
    """Save these dates over whatever is stored; None sets the criterion aside."""
    versions = dict(PlannedTarget.objects.filter(projection=held).values_list("criterion", "version"))
    plans = {code: Plan(dict(levels or {}), levels is None, versions.get(code, 0)) for code, levels in dates.items()}
    save_targets(held, enrolment, plans, by=person, at=at)


def projected(held: Projection, enrolment: Enrolment, person: Person, at: datetime) -> ProjectionValidation:
    event = validate_projection(held, enrolment, by=person, at=at)
    assert event is not None
    return ProjectionValidation.objects.get(projection=held, number=event.number)
