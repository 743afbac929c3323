"""Every verb × every state."""

from __future__ import annotations

import pytest

from convergence.certificates.workflow import (
    CERTIFICATE,
    DECLARED,
    DECLARED_CHANGE,
    EXPIRED,
    NEW_CANDIDATURE,
    SUSPENDED,
    VALID,
    WITHDRAWN,
    WITHOUT_EFFECT,
)
from foundation.core.verdict import Refused

ALLOWED = {
    ("suspend_certificate", VALID): SUSPENDED,
    ("restore_certificate", SUSPENDED): VALID,
    ("withdraw_certificate", VALID): WITHDRAWN,
    ("withdraw_certificate", SUSPENDED): WITHDRAWN,
    ("expire_certificate", VALID): EXPIRED,
    ("expire_certificate", SUSPENDED): EXPIRED,
}


@pytest.mark.parametrize("verb", sorted({verb for verb, _ in ALLOWED}))
@pytest.mark.parametrize("state", list(CERTIFICATE.states))
def test_every_verb_from_every_state(verb, state):
    if (verb, state) in ALLOWED:
        assert CERTIFICATE.after(verb, state) == ALLOWED[verb, state]
    else:
        with pytest.raises(Refused):
            CERTIFICATE.after(verb, state)


ANSWERED = {("find_change_harmless", DECLARED): WITHOUT_EFFECT, ("ask_new_candidature", DECLARED): NEW_CANDIDATURE}


@pytest.mark.parametrize("verb", ["find_change_harmless", "ask_new_candidature"])
@pytest.mark.parametrize("state", list(DECLARED_CHANGE.states))
def test_every_answer_to_a_change_from_every_state(verb, state):
    if (verb, state) in ANSWERED:
        assert DECLARED_CHANGE.after(verb, state) == ANSWERED[verb, state]
    else:
        with pytest.raises(Refused):
            DECLARED_CHANGE.after(verb, state)
