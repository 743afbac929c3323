"""Every verb × every state."""

from __future__ import annotations

import pytest

from convergence.agreements.workflow import (
    AGREEMENT,
    CLOSED,
    CONCLUDED,
    DONE,
    ENVELOPE,
    PLACED,
    REFUSED,
    TO_COUNTERSIGN,
    TO_SIGN,
    WAITING,
)
from foundation.core.verdict import Refused

ALLOWED = {
    ("send_signing_code", TO_SIGN): TO_SIGN,
    ("send_signing_code", TO_COUNTERSIGN): TO_COUNTERSIGN,
    ("sign_agreement", TO_SIGN): TO_COUNTERSIGN,
    ("countersign_agreement", TO_COUNTERSIGN): CONCLUDED,
    ("send_back_agreement", TO_COUNTERSIGN): TO_SIGN,
    ("refuse_agreement", TO_COUNTERSIGN): REFUSED,
    ("request_signatures", TO_SIGN): TO_SIGN,
    ("note_company_signature", TO_SIGN): TO_COUNTERSIGN,
    ("conclude_envelope", TO_SIGN): CONCLUDED,
    ("conclude_envelope", TO_COUNTERSIGN): CONCLUDED,
    ("close_envelope", TO_SIGN): TO_SIGN,
    ("close_envelope", TO_COUNTERSIGN): TO_SIGN,
}
SENT = {
    ("place_envelope", WAITING): PLACED,
    ("note_company_signature", PLACED): PLACED,
    ("conclude_envelope", PLACED): DONE,
    ("close_envelope", WAITING): CLOSED,
    ("close_envelope", PLACED): CLOSED,
}


def test_no_verb_is_left_out():
    assert {move.verb for move in AGREEMENT.moves} == {verb for verb, _ in ALLOWED}
    assert {move.verb for move in ENVELOPE.moves} == {verb for verb, _ in SENT}


@pytest.mark.parametrize("verb", sorted({verb for verb, _ in ALLOWED}))
@pytest.mark.parametrize("state", list(AGREEMENT.states))
def test_every_verb_from_every_state(verb, state):
    if (verb, state) in ALLOWED:
        assert AGREEMENT.after(verb, state) == ALLOWED[verb, state]
    else:
        with pytest.raises(Refused):
            AGREEMENT.after(verb, state)


@pytest.mark.parametrize("verb", sorted({verb for verb, _ in SENT}))
@pytest.mark.parametrize("state", list(ENVELOPE.states))
def test_every_verb_of_what_is_sent_from_every_state(verb, state):
    if (verb, state) in SENT:
        assert ENVELOPE.after(verb, state) == SENT[verb, state]
    else:
        with pytest.raises(Refused):
            ENVELOPE.after(verb, state)
