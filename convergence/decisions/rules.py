"""Where does a decision stand, and in which words is it told?"""

from __future__ import annotations

from convergence.decisions.workflow import DECIDED, PROPOSED, SENT_BACK, TO_PROPOSE
from foundation.core.language import gettext_lazy

GRANTED, REFUSED = "granted", "refused"

OUTCOME_WORDS = {GRANTED: gettext_lazy("Accorder"), REFUSED: gettext_lazy("Refuser")}
"""What is proposed."""

DECIDED_WORDS = {GRANTED: gettext_lazy("Accordé"), REFUSED: gettext_lazy("Refusé")}
"""What was decided."""

KINDS = ("decision",)
"""The kinds of step that end with a decision. A board has its own room (decision 0029)."""


def state_of(*, is_proposed: bool, is_sent_back: bool, is_decided: bool) -> str:
    """Where it stands, from the latest proposal: decided wins over everything, a proposal sent back waits for another."""
    if is_decided:
        return DECIDED
    if not is_proposed:
        return TO_PROPOSE
    return SENT_BACK if is_sent_back else PROPOSED
