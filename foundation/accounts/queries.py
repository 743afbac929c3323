"""Who has an account, and which companies are known?"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model

from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rules import tidy_email


def person_of(email: str) -> Person | None:
    """The active account of an address, whatever its case."""
    return Person.objects.get_queryset().active().filter(email=tidy_email(email)).first()


def demo_seats() -> list[Seat]:
    """The seats of the demonstration's cast, in the order they were given."""
    return list(Seat.objects.held().filter(person__email__endswith="@demo.invalid").select_related("person", "company").order_by("pk"))


def company_of_siren(siren: str) -> Company | None:
    return Company.objects.filter(siren=siren).first()


def new_company(*, siren: str, name: str, address: str) -> Company:
    """A company not stored yet, for `register_company`."""
    return Company(siren=siren, name=name, address=address)


def new_person(*, email: str, name: str) -> Person:
    """A person not stored yet, for `welcome_person`."""
    return Person(email=email, name=name)


def person_with_seats(key: int) -> Person | None:
    """Someone whose account is active, with the seats held now already read.

    Every request asks it: it is written in SQL, as building the query costs more than answering it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SEATED, [key])
        rows = cursor.fetchall()
    if not rows:
        return None
    person = Person.from_db(connection.alias, _PERSON, rows[0][: len(_PERSON)])
    if not person.is_active:
        return None
    person.__dict__["seats"] = [_seat_of(person, row[len(_PERSON) :]) for row in rows if row[len(_PERSON)] is not None]
    return person


def _seat_of(person: Person, row: tuple[Any, ...]) -> Seat:
    seat = Seat.from_db(connection.alias, _SEAT, row[: len(_SEAT)])
    seat.person = person
    if seat.company_id is not None:
        seat.company = Company.from_db(connection.alias, _COMPANY, row[len(_SEAT) :])
    return seat


def _fields(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_PERSON, _SEAT, _COMPANY = _fields(Person), _fields(Seat), _fields(Company)
_SEATED = f"""SELECT {", ".join(f"{table}.{name}" for table, names in (("person", _PERSON), ("seat", _SEAT), ("company", _COMPANY)) for name in names)}
    FROM accounts_person person
    LEFT JOIN accounts_seat seat ON seat.person_id = person.id AND seat.ended_at IS NULL
    LEFT JOIN accounts_company company ON company.id = seat.company_id
    WHERE person.id = %s ORDER BY seat.id"""  # noqa: S608 - made of our own columns
