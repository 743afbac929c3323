"""Which means does someone have, and who are they to a provider?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from foundation.accounts.models import Person
from foundation.credentials.models import BrowserSession, Identity
from foundation.credentials.permissions import sessions_visible_to
from foundation.credentials.providers import providers
from foundation.credentials.rules import MEANS_WORDS, handle_of


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session, as its owner reads it."""

    handle: str
    device: str
    address: str
    means: str
    opened_at: datetime | None
    seen_at: datetime | None
    is_this_one: bool


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """When it was enabled and last used, and how many recovery codes are left."""

    since: datetime
    used_at: datetime | None
    codes_left: int


def sessions_of(person: Person, present: str | None, at: datetime) -> list[SessionLine]:
    """The present one first, then the last used."""
    lines = [
        SessionLine(
            handle_of(row.session_key),
            row.device,
            row.address,
            MEANS_WORDS.get(row.means, ""),
            row.opened_at,
            row.seen_at,
            row.session_key == present,
        )
        for row in sessions_visible_to(person, at).order_by("-seen_at", "-opened_at")
    ]
    return sorted(lines, key=lambda line: not line.is_this_one)


def session_of(person: Person, handle: str, at: datetime) -> BrowserSession | None:
    return next((row for row in sessions_visible_to(person, at) if handle_of(row.session_key) == handle), None)


def sessions_at_provider(provider: str, subject: str, session: str) -> list[BrowserSession]:
    """Those a provider declares over: one of its sessions, else every one of who it knows by that subject."""
    rows = BrowserSession.objects.filter(provider=provider)
    if session:
        return list(rows.filter(provider_session=session))
    return list(rows.filter(person__in=Identity.objects.filter(provider=provider, subject=subject).values("person")))


def second_factor_of(person: Person) -> SecondFactor | None:
    found = {one.type: one for one in Authenticator.objects.filter(user_id=person.pk)}
    application, codes = found.get(Authenticator.Type.TOTP), found.get(Authenticator.Type.RECOVERY_CODES)
    if application is None:
        return None
    return SecondFactor(application.created_at, application.last_used_at, len(codes.wrap().get_unused_codes()) if codes else 0)


def recovery_codes_of(person: Person) -> list[str]:
    """Those not used yet. Shown once, when they are made."""
    codes = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(codes.wrap().get_unused_codes()) if codes else []


def identities_of(person: Person) -> list[tuple[str, datetime]]:
    """The providers someone comes in through, by their name, and since when."""
    names = {provider.key: provider.name for provider in providers()}
    rows = Identity.objects.filter(person=person).order_by("linked_at")
    return [(names.get(row.provider, row.provider), row.linked_at) for row in rows]


def identity_of(provider: str, subject: str) -> Identity | None:
    return Identity.objects.select_related("person").filter(provider=provider, subject=subject).first()
