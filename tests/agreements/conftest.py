"""What the tests of agreements stand on: a candidature whose agreement is ready to be signed, and someone who signs for the agency."""

from __future__ import annotations

import pytest

from tests.factories.agreements import signatory, signed_trial, to_sign


@pytest.fixture
def signing(db, at):
    """Who signs for the agency."""
    return signatory(at)


@pytest.fixture
def ready(cast, at):
    return to_sign(signed_trial(cast.claire, at), cast.claire, cast.ines, at)
