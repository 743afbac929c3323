"""What the tests of decisions stand on: those who sign, and a candidature of which only the decision is missing."""

from __future__ import annotations

import pytest

from tests.factories.catalogue import product_at
from tests.factories.decisions import judged_of, judges, to_judge


@pytest.fixture
def bench(db, at):
    return judges(at)


@pytest.fixture
def enrolment(cast, at, packs):
    return judged_of(product_at("active", cast.claire, at), cast.claire, at, packs)


@pytest.fixture
def candidature(cast, at, enrolment):
    return to_judge(enrolment, cast.claire, cast.ines, at)
