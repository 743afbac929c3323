"""What the tests of the board stand on: those who prepare, judge and record; a complete file, a session, the file on its agenda."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.boards import bench_of, boarded_of, complete, listed, scheduled
from tests.factories.catalogue import product_at


@pytest.fixture
def bench(db, at):
    return bench_of(at)


@pytest.fixture
def enrolment(cast, at):
    return boarded_of(product_at("active", cast.claire, at), cast.claire, at)


@pytest.fixture
def candidature(cast, at, enrolment):
    return complete(enrolment, cast.claire, cast.ines, at)


@pytest.fixture
def session(bench, at):
    return scheduled(bench.coordinator, at)


@pytest.fixture
def case(bench, at, candidature, session):
    return listed(candidature, session, bench.coordinator, at)


@pytest.fixture
def later(at):
    """Two hours after: the session has begun."""
    return at + timedelta(hours=2)
