"""Who is behind a session? Read in SQL: it must say what the models say."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts.actions import declare_conflict, give_seat, welcome_person
from foundation.accounts.models import Conflict, Person, Seat
from foundation.accounts.permissions import is_recused
from foundation.accounts.queries import _SEATED, bring, new_person, person_brought, person_with_seats, seated_person
from foundation.accounts.rights import Role
from foundation.core.rows import rows_of
from foundation.journal.actor import SYSTEM
from tests.cast import Cast


def _fields(thing: object) -> dict[str, object]:
    return {name: value for name, value in vars(thing).items() if not name.startswith("_") and name not in ("seats", "recused_from")}


def test_the_person_the_seats_and_the_companies_are_those_of_the_models(cast: Cast) -> None:
    for person in cast.everyone().values():
        with CaptureQueriesContext(connection) as queries:
            found = person_with_seats(person.pk)
            assert found is not None
            read = [(seat.person, seat.company, seat.role) for seat in found.seats]
        assert len(queries) == 1
        fresh = Person.objects.get_queryset().get(pk=person.pk)
        seats = list(Seat.objects.held().filter(person=person).select_related("company").order_by("pk"))
        assert _fields(found) == _fields(fresh)
        assert [_fields(seat) for seat in found.seats] == [_fields(seat) for seat in seats]
        assert read == [(fresh, seat.company, seat.role) for seat in seats]
        assert [_fields(company) for _, company, _ in read if company] == [_fields(seat.company) for seat in seats if seat.company]


def test_several_seats_come_the_oldest_first_and_an_ended_one_is_left_out(cast: Cast, at: datetime) -> None:
    give_seat(cast.karim, Role.REPRESENTATIVE, cast.boree, by=SYSTEM, at=at)
    give_seat(cast.karim, Role.SUPPORT, by=SYSTEM, at=at)
    Seat.objects.filter(person=cast.karim, company=cast.boree).update(ended_at=at)
    found = person_with_seats(cast.karim.pk)
    assert found is not None
    assert [seat.company for seat in found.seats] == [cast.aubepine, None]


def test_someone_without_a_seat_is_there_all_the_same(db: None, at: datetime) -> None:
    person = new_person(email="seule@demo.invalid", name="Seule")
    welcome_person(person, by=SYSTEM, at=at)
    found = person_with_seats(person.pk)
    assert found == person
    assert found.seats == []


def test_a_closed_account_and_an_unknown_one_are_nobody(cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    assert person_with_seats(cast.claire.pk) is None
    assert person_with_seats(999_999_999) is None


def test_what_someone_is_kept_from_comes_with_their_session_and_is_asked_again_when_they_act(cast: Cast, at: datetime) -> None:
    def who_asks() -> Person:
        bring(seated_person(rows_of(_SEATED, [cast.ines.pk])))
        brought = person_brought(cast.ines.pk)
        assert brought is not None
        return brought

    declare_conflict(cast.ines, cast.aubepine, "Parent.", by=cast.ines, at=at)
    found = who_asks()
    with CaptureQueriesContext(connection) as queries:
        assert is_recused(found, cast.aubepine.pk)
        assert not is_recused(found, cast.boree.pk)
    assert not queries.captured_queries
    found = who_asks()
    declare_conflict(cast.ines, cast.boree, "Parent.", by=cast.ines, at=at)
    assert not is_recused(found, cast.boree.pk), "ce que la page montrait"
    found.ask_again()
    assert is_recused(found, cast.boree.pk)
    assert person_with_seats(cast.ines.pk).recused_from is None, "de qui n'a rien demandé, on ne se souvient pas"  # type: ignore[union-attr]
    Conflict.objects.filter(person=cast.ines).update(lifted_at=at, lifted_by=cast.hugo)
    assert who_asks().recused_from == frozenset()
