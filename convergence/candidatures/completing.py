"""Was the last section handed over, or is one wider than it was? What a submission changes of an evidence step, in the same transaction."""

from __future__ import annotations

from convergence.candidatures.actions import complete_evidence
from convergence.candidatures.events import SectionSubmitted, StepSubmitted
from convergence.candidatures.models import StepSection, Submission
from convergence.candidatures.sections import sheet_of_step
from convergence.candidatures.workflow import SECTION, STEP


def complete_when_all_submitted(event: SectionSubmitted) -> None:
    """The rows it takes are already held by the submission: nobody is waited for under the lock of the journal."""
    if event.completes:
        submission = Submission.objects.select_related("step", "submitted_by").get(pk=event.submission)
        complete_evidence(submission.step, by=submission.submitted_by, at=submission.submitted_at)


def reopen_widened_sections(event: StepSubmitted) -> None:
    """A profile chosen later may ask more of a section handed over, or accepted: it opens again, for what is new in it alone."""
    submission = Submission.objects.get(pk=event.submission)
    rows = StepSection.objects.filter(step__candidature__number=event.number, state__in=["submitted", "accepted"])
    steps = {row.step_id: row.step for row in rows.select_related("step__candidature__enrolment__subject", "step__folder")}
    for step in steps.values():
        widened = [
            section.row
            for section in sheet_of_step(step).sections
            if section.row is not None
            and not section.is_ours
            and any(not set(one.slots) <= set(section.handed.get(one.code, ())) for one in section.requirements)
        ]
        if not widened or not STEP.allows("return_section", step.state):
            continue
        for row in widened:
            row.state, row.since = SECTION.after("reopen_section", row.state), submission.submitted_at
            row.save(update_fields=["state", "since"])
        state = STEP.after("return_section", step.state)
        if state != step.state:
            step.state, step.since = state, submission.submitted_at
            step.save(update_fields=["state", "since"])
