"""People of every role, requests and invitations at every stage: always by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from foundation.accounts.actions import accept_terms, declare_conflict, delegate_accounts, give_seat, share_view, welcome_person
from foundation.accounts.models import Company, Conflict, Person, Seat, SharedView
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Role
from foundation.accounts.terms import terms_in_force
from foundation.core.clock import now
from foundation.invitations import actions
from foundation.invitations.models import AccountRequest, Invitation, PasswordLink
from foundation.invitations.queries import new_account_request, new_invitation
from foundation.journal.actor import SYSTEM
from tests.cast import Cast

STRONG = "une phrase assez longue pour lui"
SIREN = "732829320"


def someone(
    login: str,
    role: Role | None,
    company: Company | None,
    at: datetime,
    *,
    terms: bool = True,
    name: str = "",
    domain: str = "demo.invalid",
) -> Person:
    """Someone new, named by what they are, in a role, with the password of the cast; in a company, with the terms accepted."""
    person = new_person(email=f"{login}@{domain}", name=name or login.capitalize())
    welcome_person(person, by=SYSTEM, at=at, password=settings.DEMO_PASSWORD)
    if role is not None:
        give_seat(person, role, company, by=SYSTEM, at=at)
    if company is not None and terms:
        accept_terms(person, terms_in_force().version, by=person, at=at)
    return fresh(person)


def fresh(person: Person) -> Person:
    """As the next request reads them: the seats held now."""
    return Person.objects.get_queryset().get(pk=person.pk)


def seat_of(person: Person, company: Company | None = None) -> Seat:
    return Seat.objects.held().get(person=person, company=company)


def typed_request(**changes: str) -> dict[str, str]:
    """The form « Demander un compte », filled in."""
    return {
        "country": "FR",
        "siren": "732 829 320",
        "company_name": "Cormoran Santé",
        "address": "1 rue du Phare, 29200 Brest",
        "name": "Zoé",
        "function": "Gérante",
        "email": "gerance@cormoran.example",
        "phone": "+33 2 98 00 00 00",
        "certified": "1",
        **changes,
    }


def asked(at: datetime, **changes: Any) -> AccountRequest:
    """A request for an account, just sent."""
    typed = {name: value for name, value in typed_request(**changes).items() if name not in ("country", "certified")}
    request = new_account_request(**typed)
    actions.request_account(request, by=SYSTEM, at=at)
    return AccountRequest.objects.get(pk=request.pk)


def invited(
    by: Person, company: Company | None, role: Role, at: datetime, email: str = "nouveau@aubepine.example", **more: Any
) -> Invitation:
    invitation = new_invitation(company, email=email, role=role, **more)
    actions.invite_person(invitation, by=by, at=at)
    return Invitation.objects.get(pk=invitation.pk)


def password_link(person: Person, at: datetime, *, welcomes: bool = False) -> PasswordLink:
    event = actions.send_password_link(person, welcomes=welcomes, by=SYSTEM, at=at)
    return PasswordLink.objects.get(pk=event.link)


ACCOUNT_CANARY = "CanariCompte"
"""The name of a representative of Aubépine: whoever reads it reads its accounts."""

STAFF = {
    "coordinator": Role.COORDINATOR,
    "signatory": Role.SIGNATORY,
    "content_editor": Role.CONTENT_EDITOR,
    "support": Role.SUPPORT,
    "auditor": Role.AUDITOR,
    "partner": Role.PARTNER,
}


def everyone(cast: Cast, at: datetime) -> dict[str, Person]:
    """Someone of each role: the cast, a representative of Aubépine, and the rest of the agency."""
    representative = someone("representative", Role.REPRESENTATIVE, cast.aubepine, at, name=ACCOUNT_CANARY, domain="aubepine.example")
    staff = {login: someone(login, role, None, at) for login, role in STAFF.items()}
    return {**cast.everyone(), "representative": representative, **staff}


@dataclass(frozen=True, slots=True)
class Accounts:
    """Something in each page of accounts: requests, invitations, links, seats, a conflict, a shared view."""

    submitted: AccountRequest
    granted: AccountRequest
    incomplete: AccountRequest
    invitation: Invitation
    to_verify: Invitation
    staff_invitation: Invitation
    link: PasswordLink
    seat: Seat
    delegated: Seat
    staff_seat: Seat
    conflict: Conflict
    view: SharedView


def furnish_accounts(cast: Cast, people: dict[str, Person], at: datetime) -> Accounts:
    support, coordinator = people["support"], people["coordinator"]
    granted = asked(at, siren="404833048", email="accordee@x.example")
    actions.accept_account_request(granted, by=support, at=at)
    incomplete = asked(at, siren="443061841", email="incomplete@x.example")
    actions.ask_account_complement(incomplete, "Qui êtes-vous ?", by=support, at=at)
    to_verify = invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email)
    actions.accept_representation(to_verify, by=cast.karim, at=at)
    delegated = seat_of(someone("delegated", Role.REPRESENTATIVE, cast.aubepine, at), cast.aubepine)
    delegate_accounts(delegated, by=cast.claire, at=at)
    declare_conflict(cast.hugo, cast.aubepine, "Ancien salarié.", by=cast.hugo, at=at)
    seat = seat_of(people["representative"], cast.aubepine)
    share_view(seat, by=people["representative"], at=now())
    return Accounts(
        submitted=asked(at, siren="542107651", email="demande@x.example"),
        granted=AccountRequest.objects.get(pk=granted.pk),
        incomplete=AccountRequest.objects.get(pk=incomplete.pk),
        invitation=invited(cast.claire, cast.aubepine, Role.EMPLOYEE, now()),
        to_verify=to_verify,
        staff_invitation=invited(coordinator, None, Role.AUDITOR, at, email="nouvelle@agence.example"),
        link=password_link(cast.claire, now()),
        seat=seat,
        delegated=delegated,
        staff_seat=seat_of(cast.ines),
        conflict=Conflict.objects.get(),
        view=SharedView.objects.get(),
    )
