"""Is every section accepted? Then the step is over: said once, in the same transaction."""

from __future__ import annotations

from convergence.candidatures.actions import conclude_step
from convergence.candidatures.models import Step
from convergence.candidatures.rules import is_evidence_accepted
from convergence.candidatures.sections import sheet_of_step
from convergence.reviews.events import SectionGivenBack
from convergence.reviews.models import Report
from convergence.reviews.rules import SECTION_ACCEPTED


def conclude_when_all_accepted(event: SectionGivenBack) -> None:
    """The rows it takes are already held by whoever gave the section back: nobody is waited for under the lock of the journal."""
    if event.result != SECTION_ACCEPTED:
        return
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    states = dict(step.sections.values_list("code", "state"))
    if is_evidence_accepted([one.code for one in sheet_of_step(step).sections], states):
        report = Report.objects.select_related("given_by").get(submission=event.submission, look=event.look)
        conclude_step(step, "", by=report.given_by, at=report.given_at)
