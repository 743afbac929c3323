"""May this person examine a section, give it back, confirm it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convergence.candidatures.models import StepSection
from convergence.candidatures.permissions import can_examine
from convergence.reviews.rules import FIRST
from foundation.accounts.models import Person
from foundation.core.verdict import YES, Verdict, no

if TYPE_CHECKING:
    from convergence.reviews.examination import Examination


def can_save_verdict(by: Person, section: StepSection) -> Verdict:
    return can_examine(by, section.step)


def can_give_back_section(by: Person, section: StepSection) -> Verdict:
    return can_examine(by, section.step)


def can_confirm(by: Person, examination: Examination) -> Verdict:
    """The second look is that of someone else: not of whoever gave the section back, or a verdict of the first look on it, in any round."""
    gave = any(one.look == FIRST and one.given_by_id == by.pk for one in examination.reports)
    if gave or any(one.look == FIRST and one.saved_by_id == by.pk for one in examination.verdicts):
        return no("Vous avez examiné cette section : un autre vérificateur doit la confirmer.")
    return YES
