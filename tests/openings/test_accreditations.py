"""Accrediting: by the coordination, by name, never oneself; it falls with the role, and is taken back at any time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from convergence.openings.actions import accredit_reader, withdraw_accreditation
from convergence.openings.models import Accreditation
from convergence.openings.permissions import accreditation_of, can_withdraw_accreditation
from convergence.openings.queries import accreditations_past, readers
from foundation.accounts.actions import end_seat, give_seat
from foundation.accounts.models import Seat
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.factories.openings import accredited, coordinating
from tests.factories.people import STAFF, fresh, seat_of, someone
from tests.refusals import refused, remembered


def test_given_once_taken_back_given_again(cast: Cast, at: datetime) -> None:
    seat, by = seat_of(cast.ines), coordinating(at)
    with remembered("openings.ReaderAccredited"):
        accredit_reader(seat, by=by, at=at)
    with remembered():
        accredit_reader(seat, by=by, at=at)
    held = accreditation_of(cast.ines)
    assert held is not None
    with remembered("openings.AccreditationWithdrawn"):
        withdraw_accreditation(held, by=by, at=at + timedelta(days=1))
    with remembered():
        withdraw_accreditation(held, by=by, at=at + timedelta(days=1))
    assert accreditation_of(cast.ines) is None
    assert [one.ended_by for one in accreditations_past()] == [by]
    accredit_reader(seat, by=by, at=at + timedelta(days=2))
    assert Accreditation.objects.count() == 2


def test_only_by_the_coordination(cast: Cast, at: datetime) -> None:
    seat = seat_of(cast.ines)
    for login in ("auditor", "support", "signatory", "partner"):
        other = someone(f"autre-{login}", STAFF[login], None, at)
        with refused("La coordination accorde et retire les accréditations"):
            accredit_reader(seat, by=other, at=at)
    for person in (cast.claire, cast.zoe, cast.hugo, cast.ines):
        with refused("La coordination accorde et retire les accréditations"):
            accredit_reader(seat, by=person, at=at)
    given = accredited(cast.ines, at)
    assert not can_withdraw_accreditation(cast.ines, given)
    with refused("La coordination accorde et retire les accréditations"):
        withdraw_accreditation(given, by=cast.hugo, at=at)


def test_only_of_who_examines(cast: Cast, at: datetime) -> None:
    by = coordinating(at)
    for seat in (seat_of(cast.hugo), seat_of(cast.claire, cast.aubepine)):
        with refused("n'examine pas de candidature"):
            accredit_reader(seat, by=by, at=at)


def test_never_oneself(cast: Cast, at: datetime) -> None:
    """Someone who coordinates and examines asks someone else."""
    both = coordinating(at)
    give_seat(both, Role.REVIEWER, None, by=SYSTEM, at=at)
    with refused("On ne s'accrédite pas soi-même"):
        accredit_reader(Seat.objects.get(person=both, role=Role.REVIEWER), by=fresh(both), at=at)


def test_it_falls_with_the_role_and_does_not_come_back_with_another(cast: Cast, at: datetime) -> None:
    given, by = accredited(cast.ines, at), coordinating(at)
    end_seat(given.seat, by=by, at=at)
    assert accreditation_of(fresh(cast.ines)) is None
    give_seat(cast.ines, Role.REVIEWER, None, by=SYSTEM, at=at)
    assert accreditation_of(fresh(cast.ines)) is None
    assert [(one.seat.person, one.accreditation) for one in readers()] == [(cast.ines, None)]
    assert [one.pk for one in accreditations_past()] == [given.pk]
    with refused("n'examine pas de candidature"):
        accredit_reader(given.seat, by=by, at=at)


@pytest.mark.parametrize("many", [1, 5])
def test_the_readers_take_as_many_queries_whatever_their_number(cast: Cast, at: datetime, many: int, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for rank in range(many):
        accredited(someone(f"lecteur-{rank}", Role.REVIEWER, None, at), at)
    with django_assert_num_queries(2):
        assert sum(1 for one in readers() if one.accreditation) == many
