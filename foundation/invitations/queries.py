"""Which requests, invitations and links are there, and which one does a token open?"""

from __future__ import annotations

from datetime import datetime

from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rules import tidy_email
from foundation.invitations.links import is_token_of, key_in
from foundation.invitations.models import AccountRequest, Invitation, PasswordLink
from foundation.invitations.permissions import invitations_visible_to
from foundation.invitations.workflow import SUBMITTED, TO_VERIFY


def new_account_request(**typed: str) -> AccountRequest:
    """A request not stored yet, for `request_account`."""
    return AccountRequest(**typed)


def new_invitation(company: Company | None, *, email: str, role: str, transfers: bool = False) -> Invitation:
    """An invitation not stored yet, for `invite_person`."""
    return Invitation(company=company, email=email, role=role, transfers=transfers)


def account_request_of(reference: str) -> AccountRequest:
    return AccountRequest.objects.select_related("settled_by", "person", "company").get(reference=reference)


def account_requests(*, settled: bool, limit: int, offset: int) -> tuple[list[AccountRequest], int]:
    """Those that wait for an answer, those to be examined first, the oldest first; or those settled, the latest first."""
    under_way = AccountRequest.objects.under_way()
    found = AccountRequest.objects.exclude(pk__in=under_way.values("pk")).order_by("-settled_at", "-pk") if settled else under_way
    if not settled:
        found = found.order_by("-state", "asked_at", "pk")
    return list(found[offset : offset + limit]), found.count()


def requests_to_examine() -> int:
    return AccountRequest.objects.filter(state=SUBMITTED).count()


def account_request_behind(token: str) -> AccountRequest | None:
    key = key_in(token)
    found = AccountRequest.objects.filter(pk=key).first() if key else None
    return found if found is not None and is_token_of(AccountRequest.KIND, found.pk, found.secret, token) else None


def invitation_behind(token: str) -> Invitation | None:
    key = key_in(token)
    found = Invitation.objects.select_related("company", "invited_by").filter(pk=key).first() if key else None
    return found if found is not None and is_token_of(Invitation.KIND, found.pk, found.secret, token) else None


def password_link_behind(token: str) -> PasswordLink | None:
    key = key_in(token)
    found = PasswordLink.objects.select_related("person").filter(pk=key).first() if key else None
    return found if found is not None and is_token_of(PasswordLink.KIND, found.pk, found.secret, token) else None


def has_account(email: str) -> bool:
    """Asked only for who proved the address is theirs, or for the support."""
    return Person.objects.get_queryset().filter(email=tidy_email(email)).exists()


def awaits_first_password(person: Person, at: datetime) -> bool:
    """Whether an account was opened to someone who has not chosen a password yet."""
    return not person.has_usable_password()


def invitations_under_way(by: Person, company: Company | None) -> list[Invitation]:
    """Those of a company, or of the agency, that wait for an answer or a verification: for whoever may invite there."""
    found = invitations_visible_to(by, company).under_way().select_related("invited_by", "person")
    return list(found.order_by("invited_at", "pk"))


def invitation_of(number: int, company: Company | None) -> Invitation:
    """One of the company's, or of the agency's; whether it may be touched is for the action to say."""
    return Invitation.objects.get(pk=number, company=company)


def representatives_to_verify() -> list[Invitation]:
    """Legal representatives who accepted and wait, the oldest first, for the support."""
    found = Invitation.objects.filter(state=TO_VERIFY).select_related("company", "person", "invited_by")
    return list(found.order_by("accepted_at", "pk"))


def representative_to_verify(number: int) -> Invitation:
    return Invitation.objects.filter(company__isnull=False).select_related("company", "person").get(pk=number)


def invitations_awaiting(person: Person) -> list[Invitation]:
    """What someone accepted and that is being verified: said to them on their page."""
    found = Invitation.objects.filter(person=person, state=TO_VERIFY).select_related("company")
    return list(found.order_by("accepted_at", "pk"))


def representatives_of(company: Company) -> list[Person]:
    """Who manages the accounts of a company now."""
    seats = Seat.objects.held().filter(company=company, person__is_active=True).select_related("person").order_by("pk")
    return [seat.person for seat in seats if seat.manages_accounts]
