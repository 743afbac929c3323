"""Several tables in one exchange say what each alone would; instants are read as Django reads them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import register_tzloader
from django.test.utils import CaptureQueriesContext

from config.database import read_instants
from foundation.accounts.models import Seat
from foundation.accounts.queries import keys_of_people_ever
from foundation.core.rows import Known, Reading, pointed_at, read_together, reading, rows_of
from tests.cast import Cast


def _numbers(count: int) -> Reading[list[int]]:
    return Reading("SELECT * FROM generate_series(1, %s)", [count], lambda rows: [row[0] for row in rows])


def test_what_is_read_together_is_what_each_would_have_said(cast: Cast) -> None:
    seats = reading(Seat, "WHERE thing.company_id = %s ORDER BY thing.id", [cast.aubepine.pk], "person")
    people, few, many = keys_of_people_ever.reading(cast.aubepine), _numbers(2), _numbers(900)
    with CaptureQueriesContext(connection) as queries:
        read_together(seats, people, few, Known(5), many)
    assert len(queries) == 4
    with CaptureQueriesContext(connection) as queries:
        assert seats.found == list(Seat.objects.filter(company=cast.aubepine).order_by("pk"))
        assert [one.person for one in seats.found] == [one.person for one in Seat.objects.filter(company=cast.aubepine).order_by("pk")]
        assert (few.found, len(many.found)) == ([1, 2], 900)
    assert len(queries) == 2 + len(seats.found), "ceux de l'ORM seulement"
    assert people.found == keys_of_people_ever(cast.aubepine) == {f"person:{one.person_id}" for one in seats.found}


def test_what_a_row_points_at_is_read_without_its_neighbours(cast: Cast) -> None:
    claire, ines = (person.seats[0] for person in (cast.claire, cast.ines))
    with CaptureQueriesContext(connection) as queries:
        read_together(company := pointed_at(Seat, "company", claire.pk), nothing := pointed_at(Seat, "company", ines.pk))
    assert len(queries) == 2
    assert (company.found, nothing.found) == (cast.aubepine, None)
    assert pointed_at(Seat, "person", ines.pk).found == cast.ines
    assert pointed_at(Seat, "person", 0).found is None


def test_what_is_read_is_not_read_again(db: None) -> None:
    once = _numbers(3)
    with CaptureQueriesContext(connection) as queries:
        assert once.found is once.found
        read_together(once, Known("rien"))
        read_together()
    assert len(queries) == 1
    assert Known("rien").then(len).found == 4
    assert _numbers(4).then(sum).found == 10


@pytest.mark.django_db(transaction=True)
def test_a_fault_in_an_exchange_is_told_and_leaves_the_connection_in_use() -> None:
    faulty = Reading("SELECT * FROM no_such_table", [], list)
    with pytest.raises(ProgrammingError, match="no_such_table"):
        read_together(_numbers(1), faulty, _numbers(2))
    assert rows_of("SELECT 1", []) == [(1,)]
    with pytest.raises(ProgrammingError), transaction.atomic():
        read_together(faulty)
    with transaction.atomic():
        again = _numbers(2)
        read_together(again)
    assert again.found == [1, 2]


MOMENTS = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, 59, 999_999, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("moment", [*MOMENTS, None])
def test_an_instant_is_the_one_django_reads(db: None, moment: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        ((ours,),) = cursor.fetchall()
    with connection.cursor() as cursor:
        register_tzloader(UTC, cursor.cursor)
        cursor.execute("SELECT %s::timestamptz", [moment])
        ((theirs,),) = cursor.fetchall()
    assert ours == theirs == moment
    assert ours is None or (ours.tzinfo is UTC and repr(ours) == repr(theirs))


@pytest.mark.parametrize(("zone", "ours"), [(UTC, True), (ZoneInfo("Europe/Paris"), False)])
def test_in_another_time_zone_django_reads_them(zone: tzinfo, ours: bool) -> None:
    registered: list[object] = []
    adapters = SimpleNamespace(register_loader=lambda *loader: registered.append(loader))
    read_instants(connection=SimpleNamespace(timezone=zone, connection=SimpleNamespace(adapters=adapters)))
    assert bool(registered) is ours
