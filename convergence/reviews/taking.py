"""Whose does a candidature become without anyone saying so? Of who answers first; of nobody, once a conflict of interest is declared."""

from __future__ import annotations

from convergence.candidatures.events import ChangesRequested, StepAccepted
from convergence.candidatures.models import Candidature, ChangeRequest, Step
from convergence.reviews.actions import give_back_candidature, take_candidature
from convergence.reviews.events import SectionGivenBack
from convergence.reviews.models import Assignment, Report
from convergence.reviews.permissions import can_take_candidature
from foundation.accounts.events import ConflictDeclared
from foundation.accounts.models import Conflict


def take_when_examined(event: StepAccepted | ChangesRequested | SectionGivenBack) -> None:
    """A reviewer who answers for a candidature nobody has, has it from then on."""
    step = Step.objects.select_related("candidature__enrolment__subject", "settled_by").get(pk=event.step_key)
    candidature = step.candidature
    if not candidature.is_alive or Assignment.objects.held().filter(candidature=candidature).exists():
        return
    if isinstance(event, SectionGivenBack):
        report = Report.objects.select_related("given_by").get(submission=event.submission, look=event.look)
        by, at = report.given_by, report.given_at
    elif isinstance(event, ChangesRequested):
        request = ChangeRequest.objects.filter(submission=event.request).select_related("requested_by").latest("pk")
        by, at = request.requested_by, request.requested_at
    else:
        assert step.settled_by is not None
        by, at = step.settled_by, step.since
    if can_take_candidature(by, candidature):
        take_candidature(candidature, by=by, at=at)


def free_when_recused(event: ConflictDeclared) -> None:
    """Whoever is linked to a company has none of its candidatures any longer."""
    conflict = Conflict.objects.select_related("declared_by").get(pk=event.about.partition(":")[2])
    held = Assignment.objects.held().filter(person=conflict.person_id, candidature__enrolment__subject__company=conflict.company_id)
    for candidature in Candidature.objects.filter(pk__in=held.values("candidature")).order_by("pk"):
        give_back_candidature(candidature, by=conflict.declared_by, at=conflict.declared_at)
