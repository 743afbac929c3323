"""Every verb × every state."""

from __future__ import annotations

import pytest

from convergence.agreements.workflow import AGREEMENT, CONCLUDED, REFUSED, TO_COUNTERSIGN, TO_SIGN
from foundation.core.verdict import Refused

ALLOWED = {
    ("send_signing_code", TO_SIGN): TO_SIGN,
    ("send_signing_code", TO_COUNTERSIGN): TO_COUNTERSIGN,
    ("sign_agreement", TO_SIGN): TO_COUNTERSIGN,
    ("countersign_agreement", TO_COUNTERSIGN): CONCLUDED,
    ("send_back_agreement", TO_COUNTERSIGN): TO_SIGN,
    ("refuse_agreement", TO_COUNTERSIGN): REFUSED,
}


@pytest.mark.parametrize("verb", sorted({verb for verb, _ in ALLOWED}))
@pytest.mark.parametrize("state", list(AGREEMENT.states))
def test_every_verb_from_every_state(verb, state):
    if (verb, state) in ALLOWED:
        assert AGREEMENT.after(verb, state) == ALLOWED[verb, state]
    else:
        with pytest.raises(Refused):
            AGREEMENT.after(verb, state)
