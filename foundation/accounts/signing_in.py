"""How does someone sign in with an address and a password? allauth checks and throttles; this says our differences."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from foundation.accounts.actions import record_failed_sign_in
from foundation.accounts.models import Person
from foundation.accounts.queries import person_brought
from foundation.accounts.rules import tidy_email
from foundation.core.clock import now
from foundation.journal.actor import SYSTEM


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth checks the password; who is behind a session comes with it and with their seats, in one query a request."""

    def get_user(self, user_id: int) -> Person | None:
        return person_brought(user_id)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-service account, no message of allauth's own, and every wrong password of a known account is journalled."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        return None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """A closed account is no account: the right password gets the answer of a wrong one."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is None or person.is_active:
            return person
        self.authentication_failed(request, **credentials)
        return None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        person = Person.objects.filter(email=tidy_email(credentials.get("email", ""))).first()
        if person is not None:
            record_failed_sign_in(person, by=SYSTEM, at=now())
