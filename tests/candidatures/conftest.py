"""What the tests of candidatures stand on: a procedure no code knows, and a product enrolled in it."""

from __future__ import annotations

import pytest

from foundation.files.purposes import purposes
from tests.factories.candidatures import enrolled_for_trial, publish_trial
from tests.factories.files import TERMS, terms_of_test


@pytest.fixture
def trial(cast, at, packs, tmp_path, monkeypatch):
    monkeypatch.setitem(purposes, TERMS, terms_of_test)
    publish_trial(tmp_path, packs, at)
    return enrolled_for_trial(cast.claire, at)
