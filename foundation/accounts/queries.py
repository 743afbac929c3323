"""Who has an account, and which companies are known?"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import Q

from foundation.accounts.models import Company, Conflict, Person, PersonalErasure, Seat, SharedView
from foundation.accounts.permissions import seats_visible_to
from foundation.accounts.rights import Right
from foundation.accounts.rules import tidy_email
from foundation.core.rows import Read, Reading, columns, row_as, rows_of, width


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


# — The people of a company, and of the agency ————————————————————————————————————————————


def seats_of_company(by: Person, company: Company, *, ended: bool = False) -> list[Seat]:
    """Who is in the company, or was, as far as one may see: the oldest seats first, those ended the latest first."""
    seats = seats_visible_to(by, company).exclude(ended_at=None) if ended else seats_visible_to(by, company).filter(ended_at=None)
    return list(seats.select_related("person", "company").order_by("-ended_at" if ended else "begun_at", "pk"))


@Read
def keys_of_people_ever(company: Company) -> Reading[frozenset[str]]:
    """Who has, or had, a seat in a company, as the journal names them."""
    sql = "SELECT person_id FROM accounts_seat WHERE company_id = %s"
    return Reading(sql, [company.pk], lambda rows: frozenset(f"person:{key}" for (key,) in rows))


def seat_of_company(number: int, by: Person, company: Company) -> Seat:
    return seats_visible_to(by, company).select_related("person", "company").get(pk=number)  # type: ignore[no-any-return]


def staff_seats() -> list[Seat]:
    """The roles held at the agency, by person."""
    return list(Seat.objects.held().filter(company=None).select_related("person").order_by("person__name", "person", "begun_at"))


def staff_seat(number: int) -> Seat:
    return Seat.objects.filter(company=None).select_related("person").get(pk=number)


def impartial_people() -> list[Person]:
    """Those of the agency who examine or decide, by name."""
    people = {seat.person_id: seat.person for seat in staff_seats() if seat.has(Right.BE_IMPARTIAL)}
    return list(people.values())


def people_with_right(right: Right, company: Company | None = None) -> list[Person]:
    """Whose role gives a right, in a company or at the agency, their account active: the oldest seats first. One query."""
    seats = Seat.objects.held().filter(company=company, person__is_active=True).select_related("person").order_by("pk")
    return list({seat.person_id: seat.person for seat in seats if seat.has(right)}.values())


def conflicts_standing(person: Person | None = None) -> list[Conflict]:
    """The conflicts declared: someone's, or everyone's."""
    found = Conflict.objects.standing().select_related("person", "company", "declared_by").order_by("person__name", "company__name", "pk")
    return list(found.filter(person=person) if person is not None else found)


def conflict_of(number: int) -> Conflict:
    return Conflict.objects.select_related("person", "company").get(pk=number)


def companies_by_name() -> list[Company]:
    return list(Company.objects.order_by("name", "pk"))


# — Over the shoulder —————————————————————————————————————————————————————————————————————


def shared_view_of(number: int) -> SharedView | None:
    return SharedView.objects.select_related("seat__person", "seat__company").filter(pk=number).first()


def view_shared_by(person: Person, at: datetime) -> SharedView | None:
    """The view someone shares now, if any."""
    return SharedView.objects.select_related("seat__company").filter(seat__person=person, stopped_at=None, ends_at__gt=at).first()


def views_shared(at: datetime) -> list[SharedView]:
    """Every view shared now, the one that ends first first."""
    found = SharedView.objects.filter(stopped_at=None, ends_at__gt=at, seat__ended_at=None)
    return list(found.select_related("seat__person", "seat__company").order_by("ends_at", "pk"))


def person_with_seats(key: int) -> Person | None:
    """Someone whose account is active, with the seats held now already read. What they are kept from is asked when it matters."""
    person = seated_person(rows_of(_SEATED, [key]))
    if person is not None:
        person.ask_again()
    return person


_brought: ContextVar[Person | None] = ContextVar("the person who came with the session read last")


def bring(person: Person | None) -> None:
    """Whose session was just read, with their seats: the request asks for them next."""
    _brought.set(person)


def person_brought(key: int) -> Person | None:
    """The same as `person_with_seats`, of whom the session was read for; given once, so that nobody is ever given as they were before."""
    brought = _brought.get()
    _brought.set(None)
    return brought if brought is not None and brought.pk == key else person_with_seats(key)


_RECUSALS = """ARRAY(SELECT conflict.company_id FROM accounts_conflict conflict
    WHERE conflict.person_id = person.id AND conflict.lifted_at IS NULL)"""
SEATED_COLUMNS = f"{columns(Person, 'person')}, {columns(Seat, 'seat')}, {columns(Company, 'company')}, {_RECUSALS}"
SEATS = """LEFT JOIN accounts_seat seat ON seat.person_id = person.id AND seat.ended_at IS NULL
    LEFT JOIN accounts_company company ON company.id = seat.company_id"""
_SEATED = f"SELECT {SEATED_COLUMNS} FROM accounts_person person {SEATS} WHERE person.id = %s ORDER BY seat.id"  # noqa: S608 - made of our own columns


def seated_person(rows: Sequence[Sequence[Any]], first: int = 0) -> Person | None:
    """The person and the seats of these rows, of which `SEATED_COLUMNS` begin at `first`; nobody where the account is closed.

    What one may do is read with who one is: the seats, and the companies one is kept from.
    """
    if not rows or rows[0][first] is None:
        return None
    person = row_as(Person, rows[0], first)
    if not person.is_active:
        return None
    of_seat = first + width(Person)
    seats = []
    for row in rows:
        if row[of_seat] is None:
            continue
        seat = row_as(Seat, row, of_seat)
        seat.person = person
        if seat.company_id is not None:
            seat.company = row_as(Company, row, of_seat + width(Seat))
        seats.append(seat)
    person.__dict__["seats"] = seats
    person.recused_from = frozenset(rows[0][of_seat + width(Seat) + width(Company)])
    return person


# — Personal details of closed accounts ———————————————————————————————————————————————————


def closed_accounts(*, words: str = "", limit: int, offset: int = 0) -> tuple[list[Person], int]:
    """Whose details are still there, by name."""
    erased = PersonalErasure.objects.filter(state="erased").values("person")
    found = Person.objects.get_queryset().filter(is_active=False).exclude(pk__in=erased)
    for word in words.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return list(found.order_by("name", "pk")[offset : offset + limit]), found.count()


def closed_account(number: int) -> Person:
    return Person.objects.get_queryset().get(pk=number, is_active=False)


def personal_erasure_of(person: Person) -> PersonalErasure | None:
    """What was last proposed for someone."""
    found = PersonalErasure.objects.filter(person=person).select_related("person", "proposed_by", "settled_by")
    return found.order_by("-pk").first()
