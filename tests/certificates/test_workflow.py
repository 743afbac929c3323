"""Every verb × every state."""

from __future__ import annotations

import pytest

from convergence.certificates.workflow import CERTIFICATE, EXPIRED, SUSPENDED, VALID, WITHDRAWN
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
