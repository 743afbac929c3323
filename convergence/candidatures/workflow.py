"""Which moves does a candidature, and each of its steps, allow? Which steps there are, and in which order, is content."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

DRAFT, UNDER_WAY, COMPLETED, WITHDRAWN, REJECTED_CANDIDATURE, DISCARDED, ABANDONED = (
    "draft", "under_way", "completed", "withdrawn", "rejected", "discarded", "abandoned",
)  # fmt: skip

CANDIDATURE = Workflow(
    name="candidature",
    initial=DRAFT,
    states={
        DRAFT: gettext_lazy("Brouillon"),
        UNDER_WAY: gettext_lazy("En cours"),
        COMPLETED: gettext_lazy("Terminée"),
        WITHDRAWN: gettext_lazy("Retirée"),
        REJECTED_CANDIDATURE: gettext_lazy("Refusée"),
        DISCARDED: gettext_lazy("Brouillon supprimé"),
        ABANDONED: gettext_lazy("Abandonnée"),
    },
    moves=(
        Move("submit_step", (DRAFT, UNDER_WAY), UNDER_WAY, by="company"),
        Move("submit_section", (UNDER_WAY,), UNDER_WAY, by="company"),
        Move("discard_draft", (DRAFT,), DISCARDED, by="company"),
        Move("withdraw_candidature", (UNDER_WAY,), WITHDRAWN, by="company"),
        Move("request_changes", (UNDER_WAY,), UNDER_WAY, by="agency"),
        Move("accept_step", (UNDER_WAY,), UNDER_WAY, by="agency"),
        Move("accept_last_step", (UNDER_WAY,), COMPLETED, by="agency"),
        Move("reject_step", (UNDER_WAY,), REJECTED_CANDIDATURE, by="agency"),
        Move("reject_lapsed", (UNDER_WAY,), REJECTED_CANDIDATURE, by="system"),
        Move("abandon_lapsed", (UNDER_WAY,), ABANDONED, by="system"),
        Move("refuse_step", (UNDER_WAY,), REJECTED_CANDIDATURE, by="agency"),
    ),
)

LOCKED, OPEN, SUBMITTED, CHANGES_REQUESTED, ACCEPTED, REJECTED, LAPSED = (
    "locked", "open", "submitted", "changes_requested", "accepted", "rejected", "lapsed",
)  # fmt: skip

STEP = Workflow(
    name=gettext_lazy("étape"),
    initial=LOCKED,
    states={
        LOCKED: gettext_lazy("Verrouillée"),
        OPEN: gettext_lazy("À compléter"),
        SUBMITTED: gettext_lazy("Soumise"),
        CHANGES_REQUESTED: gettext_lazy("À corriger"),
        ACCEPTED: gettext_lazy("Acceptée"),
        REJECTED: gettext_lazy("Refusée"),
        LAPSED: gettext_lazy("Échue"),
    },
    moves=(
        Move("open_step", (LOCKED,), OPEN, by="system"),
        Move("hand_to_agency", (LOCKED,), SUBMITTED, by="system"),
        Move("save_form", (OPEN,), OPEN, by="company"),
        Move("save_form", (CHANGES_REQUESTED,), CHANGES_REQUESTED, by="company"),
        Move("submit_step", (OPEN, CHANGES_REQUESTED), SUBMITTED, by="company"),
        Move("submit_section", (OPEN,), OPEN, by="company"),
        Move("submit_section", (CHANGES_REQUESTED,), CHANGES_REQUESTED, by="company"),
        Move("complete_evidence", (OPEN, CHANGES_REQUESTED), SUBMITTED, by="company"),
        Move("return_section", (OPEN,), OPEN, by="agency"),
        Move("return_section", (SUBMITTED, CHANGES_REQUESTED), CHANGES_REQUESTED, by="agency"),
        Move("sign_agreement", (OPEN, CHANGES_REQUESTED), SUBMITTED, by="company"),
        Move("send_back_agreement", (SUBMITTED,), CHANGES_REQUESTED, by="agency"),
        Move("accept_step", (SUBMITTED,), ACCEPTED, by="agency"),
        Move("conclude_step", (OPEN, SUBMITTED), ACCEPTED, by="agency"),
        Move("deposit_for_advice", (OPEN, SUBMITTED), SUBMITTED, by="company"),
        Move("send_opinion", (OPEN, SUBMITTED), OPEN, by="agency"),
        Move("request_changes", (SUBMITTED,), CHANGES_REQUESTED, by="agency"),
        Move("reject_step", (SUBMITTED,), REJECTED, by="agency"),
        Move("lapse_step", (OPEN, CHANGES_REQUESTED), LAPSED, by="system"),
        Move("extend_closing", (OPEN,), OPEN, by="agency"),
        Move("refuse_step", (SUBMITTED,), REJECTED, by="agency"),
        Move("reopen_evidence", (ACCEPTED,), CHANGES_REQUESTED, by="agency"),
        Move("await_evidence", (SUBMITTED,), LOCKED, by="agency"),
    ),
)

SECTION = Workflow(
    name="section",
    initial=OPEN,
    states={
        OPEN: gettext_lazy("À compléter"),
        SUBMITTED: gettext_lazy("Soumise"),
        CHANGES_REQUESTED: gettext_lazy("À corriger"),
        ACCEPTED: gettext_lazy("Acceptée"),
    },
    moves=(
        Move("submit_section", (OPEN, CHANGES_REQUESTED), SUBMITTED, by="company"),
        Move("return_section", (SUBMITTED,), CHANGES_REQUESTED, by="agency"),
        Move("accept_section", (SUBMITTED,), ACCEPTED, by="agency"),
        Move("reopen_section", (SUBMITTED, ACCEPTED), CHANGES_REQUESTED, by="system"),
    ),
)
"""The sections of an evidence step, handed over and examined one by one; a profile chosen later opens again those it adds to."""

AWAITED = {OPEN: "company", CHANGES_REQUESTED: "company", SUBMITTED: "agency"}
"""Whose turn it is, while a step is in this state. Nobody's otherwise."""
