"""Every write to a candidature: what is typed and handed over (`forms`), its evidence (`evidence`), what becomes of it (`answers`)."""

from __future__ import annotations

from convergence.candidatures.actions.answers import (
    LAPSES,
    Correction,
    accept_step,
    conclude_step,
    extend_closing,
    ground,
    lapse_step,
    refuse_step,
    reject_step,
    request_changes,
)
from convergence.candidatures.actions.evidence import (
    SHUT,
    Fault,
    ReplyCrossed,
    SectionNotReady,
    complete_evidence,
    declare_exemption,
    reopen_evidence,
    reply_to_request,
    submit_section,
    withdraw_exemption,
)
from convergence.candidatures.actions.forms import (
    Crossed,
    Crossing,
    NotReady,
    Typed,
    begin_candidature,
    discard_draft,
    save_form,
    submit_step,
    withdraw_candidature,
)
from convergence.candidatures.handing import LONGEST_TEXT

__all__ = [
    "LAPSES",
    "LONGEST_TEXT",
    "SHUT",
    "Correction",
    "Crossed",
    "Crossing",
    "Fault",
    "NotReady",
    "ReplyCrossed",
    "SectionNotReady",
    "Typed",
    "accept_step",
    "begin_candidature",
    "complete_evidence",
    "conclude_step",
    "declare_exemption",
    "discard_draft",
    "extend_closing",
    "ground",
    "lapse_step",
    "refuse_step",
    "reject_step",
    "reopen_evidence",
    "reply_to_request",
    "request_changes",
    "save_form",
    "submit_section",
    "submit_step",
    "withdraw_candidature",
    "withdraw_exemption",
]
