"""May this person plan, validate the dates? Whoever may answer may plan; whoever may validate answers validates dates."""

from __future__ import annotations

from convergence.assessments.permissions import can_answer, can_ask, can_validate
from convergence.catalogue.models import Enrolment
from convergence.projections.models import Projection
from foundation.accounts.models import Person
from foundation.core.verdict import Verdict


def can_begin_projection(by: Person, enrolment: Enrolment, questionnaire: str) -> Verdict:
    return can_answer(by, enrolment.subject, questionnaire)


def can_save_targets(by: Person, projection: Projection) -> Verdict:
    return can_answer(by, projection.subject, projection.questionnaire)


def can_validate_projection(by: Person, projection: Projection) -> Verdict:
    return can_validate(by, projection.subject, projection.questionnaire)


def can_request_projection_validation(by: Person, projection: Projection) -> Verdict:
    """Who may plan and not validate."""
    return can_ask(by, projection.subject, projection.questionnaire)
