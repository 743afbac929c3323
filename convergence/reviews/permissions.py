"""May this person examine a section, give it back, confirm it?"""

from __future__ import annotations

from convergence.candidatures.models import StepSection, Submission
from convergence.candidatures.permissions import can_examine
from convergence.reviews.models import Report, RequirementVerdict
from convergence.reviews.rules import FIRST
from foundation.accounts.models import Person
from foundation.core.verdict import YES, Verdict, no


def can_save_verdict(by: Person, section: StepSection) -> Verdict:
    return can_examine(by, section.step)


def can_give_back_section(by: Person, section: StepSection) -> Verdict:
    return can_examine(by, section.step)


def can_confirm(by: Person, section: StepSection) -> Verdict:
    """The second look is that of someone else: not of whoever gave the section back, or a verdict of the first look on it."""
    handed = Submission.objects.filter(step=section.step_id, section=section.code)
    gave = Report.objects.filter(submission__in=handed, look=FIRST, given_by=by).exists()
    if gave or RequirementVerdict.objects.filter(submission__in=handed, look=FIRST, saved_by=by).exists():
        return no("Vous avez examiné cette section : un autre vérificateur doit la confirmer.")
    return YES
