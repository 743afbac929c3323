"""Who has an account, and which companies are known?"""

from __future__ import annotations

from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rules import tidy_email
from foundation.core.rows import columns, row_as, rows_of, width


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
    """Someone whose account is active, with the seats held now already read. Every request asks it."""
    rows = rows_of(_SEATED, [key])
    person = row_as(Person, rows[0]) if rows else None
    if person is None or not person.is_active:
        return None
    seats = []
    for row in rows:
        if row[width(Person)] is None:
            continue
        seat = row_as(Seat, row, width(Person))
        seat.person = person
        if seat.company_id is not None:
            seat.company = row_as(Company, row, width(Person) + width(Seat))
        seats.append(seat)
    person.__dict__["seats"] = seats
    return person


_SEATED = f"""SELECT {columns(Person, "person")}, {columns(Seat, "seat")}, {columns(Company, "company")}
    FROM accounts_person person
    LEFT JOIN accounts_seat seat ON seat.person_id = person.id AND seat.ended_at IS NULL
    LEFT JOIN accounts_company company ON company.id = seat.company_id
    WHERE person.id = %s ORDER BY seat.id"""  # noqa: S608 - made of our own columns
