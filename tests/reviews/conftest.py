"""What the tests of examinations stand on: a section handed over, in a procedure no code knows."""

from __future__ import annotations

import pytest

from foundation.files.purposes import purposes
from tests.factories.files import TERMS, terms_of_test
from tests.factories.sections import hand_over, proving


@pytest.fixture(autouse=True)
def _test_purpose(monkeypatch):
    monkeypatch.setitem(purposes, TERMS, terms_of_test)


@pytest.fixture
def candidature(cast, at, db):
    found = proving(cast.claire, cast.ines, at)
    hand_over(found, cast.claire, at)
    return found
