"""Who has an account, and which companies are known?"""

from __future__ import annotations

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
    """Someone whose account is active, with the seats held now already read."""
    seats = list(Seat.objects.held().filter(person=key).select_related("person", "company").order_by("pk"))
    person = seats[0].person if seats else Person.objects.filter(pk=key).first()
    if person is None or not person.is_active:
        return None
    person.__dict__["seats"] = seats
    return person
