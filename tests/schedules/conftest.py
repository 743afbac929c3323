"""A product in the procedure whose time is counted."""

from __future__ import annotations

from datetime import datetime

import pytest

from convergence.catalogue.models import Enrolment
from tests.cast import Cast
from tests.factories.catalogue import product_at
from tests.factories.schedules import timed


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return timed(product_at("active", cast.claire, at), cast.claire, at)
