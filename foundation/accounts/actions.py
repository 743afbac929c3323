"""Every write to people and companies."""

from __future__ import annotations

from datetime import datetime

from foundation.accounts.events import (
    CompanyRegistered,
    PersonSignedIn,
    PersonSignedOut,
    PersonWelcomed,
    SeatGiven,
    SignInFailed,
)
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.permissions import (
    can_give_seat,
    can_record_failed_sign_in,
    can_record_sign_in,
    can_record_sign_out,
    can_register_company,
    can_welcome_person,
)
from foundation.accounts.rights import Role
from foundation.accounts.rules import is_siren, tidy_email, tidy_siren
from foundation.core.verdict import Refused
from foundation.journal.action import action
from foundation.journal.actor import Actor


@action(CompanyRegistered)
def register_company(company: Company, *, by: Actor, at: datetime) -> CompanyRegistered:
    """A company enters the platform, under a SIREN that is well formed and not yet known."""
    can_register_company(by, company).or_refuse()
    company.siren = tidy_siren(company.siren)
    if not is_siren(company.siren):
        raise Refused("Ce numéro SIREN n'est pas valable : il compte neuf chiffres, dont une clé de contrôle. Vérifiez-le.")
    if Company.objects.filter(siren=company.siren).exists():
        raise Refused("Cette entreprise a déjà un compte. Demandez une invitation à son mandataire.", code="duplicate")
    company.created_at = at
    company.save()
    return CompanyRegistered(about=f"company:{company.pk}", company=company.pk, siren=company.siren)


@action(PersonWelcomed)
def welcome_person(person: Person, *, by: Actor, at: datetime, password: str | None = None) -> PersonWelcomed:
    """Someone may sign in from now on; without a password, only through an identity provider."""
    can_welcome_person(by, person).or_refuse()
    person.email = tidy_email(person.email)
    if Person.objects.filter(email=person.email).exists():
        raise Refused("Cette adresse a déjà un compte.", code="duplicate", status=409)
    person.joined_at = at
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save()
    return PersonWelcomed(about=person.key, email=person.email, name=person.name)


@action(SeatGiven)
def give_seat(person: Person, role: Role, company: Company | None = None, *, by: Actor, at: datetime) -> SeatGiven:
    """A person holds a role in a company, or at the agency when no company is named."""
    can_give_seat(by, person).or_refuse()
    if company is not None and Seat.objects.held().filter(person=person, company=company).exists():
        raise Refused(
            "Cette personne a déjà un rôle dans cette entreprise. Changez-le au lieu d'en ajouter un.", code="duplicate", status=409
        )
    seat = Seat.objects.create(person=person, company=company, role=role, begun_at=at)
    return SeatGiven(about=f"seat:{seat.pk}", company=seat.company_id, person=person.pk, role=role)


@action(PersonSignedIn)
def record_sign_in(person: Person, *, by: Actor, at: datetime) -> PersonSignedIn:
    """Someone came in, by themselves: nobody signs in for another."""
    can_record_sign_in(by, person).or_refuse()
    return PersonSignedIn(about=person.key)


@action(PersonSignedOut)
def record_sign_out(person: Person, *, by: Actor, at: datetime) -> PersonSignedOut:
    """Someone went out, by themselves."""
    can_record_sign_out(by, person).or_refuse()
    return PersonSignedOut(about=person.key)


@action(SignInFailed)
def record_failed_sign_in(person: Person, *, by: Actor, at: datetime) -> SignInFailed:
    """A wrong password was given for a known account: the platform saw it, whoever tried."""
    can_record_failed_sign_in(by, person).or_refuse()
    return SignInFailed(about=person.key)
