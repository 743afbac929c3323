"""In the demonstration Inès may open what is sealed, as the coordination named her."""

from __future__ import annotations

from datetime import datetime

from convergence.openings.permissions import accreditation_of
from ops import demo
from tests.cast import Cast
from tests.factories.people import fresh


def test_ines_is_accredited_by_the_coordination(cast: Cast, at: datetime) -> None:
    demo.seat(demo.OFFICES, at)
    demo._accredited(at)
    given = accreditation_of(fresh(cast.ines))
    assert given is not None
    assert given.given_by.email == "coordination@demo.invalid"
