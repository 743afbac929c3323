"""Was the last section handed over, or is one wider than it was? What a submission changes of an evidence step, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from convergence.candidatures.actions import complete_evidence
from convergence.candidatures.events import SectionSubmitted, StepSubmitted
from convergence.candidatures.models import Step, StepSection, Submission
from convergence.candidatures.rules import is_evidence_complete
from convergence.candidatures.sections import SectionSheet, sheet_of_step
from convergence.candidatures.workflow import ACCEPTED, SECTION, STEP, SUBMITTED


def complete_when_all_submitted(event: SectionSubmitted) -> None:
    """The rows it takes are already held by the submission: nobody is waited for under the lock of the journal."""
    if event.completes:
        submission = Submission.objects.select_related("step", "submitted_by").get(pk=event.submission)
        complete_evidence(submission.step, by=submission.submitted_by, at=submission.submitted_at)


def follow_profiles(event: StepSubmitted) -> None:
    """A profile chosen later may ask more of a section handed over, or accepted: it opens again, for what is new in it alone.

    One given up may leave nothing to hand over: the evidence is complete without another deposit.
    """
    submission = Submission.objects.select_related("submitted_by").get(pk=event.submission)
    rows = StepSection.objects.filter(step__candidature__number=event.number, state__in=[SUBMITTED, ACCEPTED])
    steps = {row.step_id: row.step for row in rows.select_related("step__candidature__enrolment__subject", "step__folder")}
    for step in steps.values():
        sections = sheet_of_step(step).sections
        if widened := [section.row for section in sections if section.row is not None and _is_widened(section)]:
            _reopen(step, widened, submission.submitted_at)
        elif STEP.allows("complete_evidence", step.state):
            states = {section.code: section.state for section in sections}
            if is_evidence_complete(list(states), states):
                complete_evidence(step, by=submission.submitted_by, at=submission.submitted_at)


def _is_widened(section: SectionSheet) -> bool:
    """Whether a section handed over now asks for something that was not in it."""
    return not section.is_ours and any(not set(one.slots) <= set(section.handed.get(one.code, ())) for one in section.requirements)


def _reopen(step: Step, widened: list[StepSection], at: datetime) -> None:
    if not STEP.allows("return_section", step.state):
        return
    for row in widened:
        row.state, row.since = SECTION.after("reopen_section", row.state), at
        row.save(update_fields=["state", "since"])
    state = STEP.after("return_section", step.state)
    if state != step.state:
        step.state, step.since = state, at
        step.save(update_fields=["state", "since"])
