"""Which moves does a decision allow? Its state is read from what was written, and never stored: what was written does not change."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

TO_PROPOSE, PROPOSED, SENT_BACK, DECIDED = "to_propose", "proposed", "sent_back", "decided"

DECISION = Workflow(
    name=gettext_lazy("décision"),
    initial=TO_PROPOSE,
    states={
        TO_PROPOSE: gettext_lazy("À proposer"),
        PROPOSED: gettext_lazy("À décider"),
        SENT_BACK: gettext_lazy("Renvoyée"),
        DECIDED: gettext_lazy("Prise"),
    },
    moves=(
        Move("propose_decision", (TO_PROPOSE, PROPOSED, SENT_BACK), PROPOSED, by="agency"),
        Move("send_back_proposal", (PROPOSED,), SENT_BACK, by="agency"),
        Move("decide_step", (PROPOSED,), DECIDED, by="agency"),
    ),
)
