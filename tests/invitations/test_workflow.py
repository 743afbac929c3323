"""Every verb of a request for an account and of an invitation, with every state."""

from __future__ import annotations

from foundation.invitations.workflow import ACCOUNT_REQUEST, INVITATION
from tests.crossing import as_read_aloud, unreachable


def test_a_request_for_an_account():
    nowhere = dict.fromkeys(ACCOUNT_REQUEST.states)
    assert as_read_aloud(ACCOUNT_REQUEST) == {
        "ask_account_complement": {**nowhere, "submitted": "complement"},
        "complete_account_request": {**nowhere, "complement": "submitted"},
        "accept_account_request": {**nowhere, "submitted": "granted"},
        "refuse_account_request": {**nowhere, "submitted": "refused", "complement": "refused"},
    }
    assert unreachable(ACCOUNT_REQUEST) == set()


def test_an_invitation():
    nowhere = dict.fromkeys(INVITATION.states)
    assert as_read_aloud(INVITATION) == {
        "resend_invitation": {**nowhere, "pending": "pending"},
        "revoke_invitation": {**nowhere, "pending": "revoked", "to_verify": "revoked"},
        "accept_invitation": {**nowhere, "pending": "accepted"},
        "accept_representation": {**nowhere, "pending": "to_verify"},
        "verify_representative": {**nowhere, "to_verify": "accepted"},
        "decline_representative": {**nowhere, "to_verify": "declined"},
    }
    assert unreachable(INVITATION) == set()
