"""May this person deposit for advice, ask that an archive be deleted, give an opinion?"""

from __future__ import annotations

from convergence.advice.models import AdviceDeposit, DeletionRequest
from convergence.candidatures.models import Step
from convergence.candidatures.permissions import can_examine, can_save_form, can_submit_step
from foundation.accounts.models import Person
from foundation.core.verdict import Verdict


def can_deposit_for_advice(by: Person, step: Step) -> Verdict:
    """Whoever fills in the candidature: an opinion is for information, and binds nobody."""
    return can_save_form(by, step)


def can_archive_advice(by: Person, deposit: AdviceDeposit) -> Verdict:
    return can_save_form(by, deposit.step)


def can_restore_advice(by: Person, deposit: AdviceDeposit) -> Verdict:
    return can_save_form(by, deposit.step)


def can_ask_deletion(by: Person, deposit: AdviceDeposit) -> Verdict:
    """Whoever may bind the company: what is deleted is read by nobody any more."""
    return can_submit_step(by, deposit.step)


def can_grant_deletion(by: Person, request: DeletionRequest) -> Verdict:
    return can_examine(by, request.deposit.step)


def can_decline_deletion(by: Person, request: DeletionRequest) -> Verdict:
    return can_examine(by, request.deposit.step)


def can_send_opinion(by: Person, step: Step) -> Verdict:
    return can_examine(by, step)


def can_close_advice(by: Person, step: Step) -> Verdict:
    return can_examine(by, step)
