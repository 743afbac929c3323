"""Every write to the means by which people come in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from foundation.accounts.actions import give_seat
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rights import Role
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.credentials.events import (
    IdentityConfirmed,
    IdentityLinked,
    OtherSessionsClosed,
    ProviderFollowed,
    RecoveryCodeSpent,
    RecoveryCodesRenewed,
    SeatWithdrawn,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SecondFactorFailed,
    SessionClosed,
)
from foundation.credentials.models import BrowserSession, Identity
from foundation.credentials.permissions import (
    can_close_other_sessions,
    can_close_session,
    can_confirm_identity,
    can_disable_second_factor,
    can_enable_second_factor,
    can_follow_provider,
    can_link_identity,
    can_record_failed_code,
    can_renew_recovery_codes,
    can_spend_recovery_code,
    can_withdraw_seat,
)
from foundation.credentials.providers import AGENCY
from foundation.credentials.rules import Means
from foundation.credentials.second_factor import is_code_of, tidy_code
from foundation.journal.action import action
from foundation.journal.actor import Actor

# — What a provider says —————————————————————————————————————————————————————————————————


@action(IdentityLinked)
def link_identity(identity: Identity, *, by: Actor, at: datetime) -> IdentityLinked:
    """A subject of a provider is a person of ours, for good: neither is ever linked to another one."""
    can_link_identity(by, identity).or_refuse()
    known = Identity.objects.filter(provider=identity.provider)
    if known.filter(person=identity.person).exists() or known.filter(subject=identity.subject).exists():
        raise Refused(
            _("Votre compte est déjà relié à une autre identité de ce fournisseur. Demandez au support de vérifier laquelle est la vôtre."),
            code="duplicate",
            status=409,
        )
    identity.linked_at = at
    identity.save()
    return IdentityLinked(about=identity.person.key, provider=identity.provider, subject=identity.subject)


@action(ProviderFollowed)
def follow_provider(identity: Identity, side: str, roles: Collection[Role], company: Company | None = None, *, by: Actor, at: datetime) -> ProviderFollowed | None:  # fmt: skip
    """What the provider says of someone's place wins over what was decided here: seats are given, changed, ended.

    At the agency, the seats held are exactly the roles told. In a company, the role told is held there, and the seat of the
    company told before is withdrawn; seats in companies the provider never spoke of are not its business.
    """
    can_follow_provider(by, identity).or_refuse()
    changed = _at_agency(identity.person, roles, by, at) if side == AGENCY else _in_company(identity, roles, company, by, at)
    return ProviderFollowed(about=identity.person.key, provider=identity.provider, company=identity.company_id) if changed else None


def _at_agency(person: Person, roles: Collection[Role], by: Actor, at: datetime) -> bool:
    held = list(Seat.objects.held().filter(person=person, company=None))
    over = [seat for seat in held if seat.role not in roles]
    missing = [role for role in roles if role not in {seat.role for seat in held}]
    for seat in over:
        withdraw_seat(seat, by=by, at=at)
    for role in missing:
        give_seat(person, role, by=by, at=at)
    return bool(over or missing)


def _in_company(identity: Identity, roles: Collection[Role], company: Company | None, by: Actor, at: datetime) -> bool:
    """One seat a company: of several roles told there, the first of the table, which ranks them."""
    role = next((role for role in Role if role in roles), None) if company is not None else None
    told = company.pk if company is not None and role is not None else None
    changed = identity.company_id != told
    held = Seat.objects.held().filter(person=identity.person)
    if changed:
        for seat in held.filter(company=identity.company_id).exclude(company=None):
            withdraw_seat(seat, by=by, at=at)
        identity.company_id = told
        identity.save(update_fields=["company"])
    if role is not None:
        present = held.filter(company=told).first()
        if present is None or present.role != role:
            if present is not None:
                withdraw_seat(present, by=by, at=at)
            give_seat(identity.person, role, company, by=by, at=at)
            changed = True
    return changed


@action(SeatWithdrawn)
def withdraw_seat(seat: Seat, *, by: Actor, at: datetime) -> SeatWithdrawn:
    """A seat the provider no longer vouches for ends, were it the last legal representative's: the provider knows."""
    can_withdraw_seat(by, seat).or_refuse()
    if seat.ended_at is not None:
        raise Refused(_("Ce rôle a déjà pris fin. Rechargez la page."), code="wrong_state", status=409)
    seat.ended_at = at
    seat.save(update_fields=["ended_at"])
    return SeatWithdrawn(about=f"seat:{seat.pk}", company=seat.company_id, person=seat.person_id, role=seat.role)


# — The second factor —————————————————————————————————————————————————————————————————————


@action(SecondFactorEnabled)
def enable_second_factor(person: Person, secret: str, code: str, *, by: Actor, at: datetime) -> SecondFactorEnabled:
    """An application is trusted once it has given a right code; it replaces the former one, and so do the recovery codes."""
    can_enable_second_factor(by, person).or_refuse()
    if not secret or not is_code_of(secret, code):
        raise Refused(
            _("Ce code n'est pas celui de l'application. Attendez le suivant, vérifiez l'heure de votre appareil et réessayez."),
            code="wrong_code",
            status=400,
        )
    Authenticator.objects.filter(user_id=person.pk).delete()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return SecondFactorEnabled(about=person.key)


@action(SecondFactorDisabled)
def disable_second_factor(person: Person, *, by: Actor, at: datetime) -> SecondFactorDisabled | None:
    """Only the password is asked from now on. Whoever works at the agency does not get to do so."""
    can_disable_second_factor(by, person).or_refuse()
    removed, _by_table = Authenticator.objects.filter(user_id=person.pk).delete()
    return SecondFactorDisabled(about=person.key) if removed else None


@action(RecoveryCodesRenewed)
def renew_recovery_codes(person: Person, *, by: Actor, at: datetime) -> RecoveryCodesRenewed:
    """Ten other codes; the former ones no longer open anything."""
    can_renew_recovery_codes(by, person).or_refuse()
    if not Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists():
        raise Refused(
            _("Activez d'abord la double authentification : les codes de secours la remplacent le jour où elle manque."), status=409
        )
    Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(person)
    return RecoveryCodesRenewed(about=person.key)


@action(RecoveryCodeSpent)
def spend_recovery_code(person: Person, code: str, *, by: Actor, at: datetime) -> RecoveryCodeSpent | None:
    """A recovery code opens once. None where it is not one, or no longer: nothing happened then."""
    can_spend_recovery_code(by, person).or_refuse()
    kept = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    codes = kept.wrap() if kept is not None else None
    if codes is None or not codes.validate_code(tidy_code(code)):
        return None
    return RecoveryCodeSpent(about=person.key, left=len(codes.get_unused_codes()))


@action(SecondFactorFailed)
def record_failed_code(person: Person, *, by: Actor, at: datetime) -> SecondFactorFailed:
    """A wrong code was given by someone who knows the password: the platform saw it."""
    can_record_failed_code(by, person).or_refuse()
    return SecondFactorFailed(about=person.key)


@action(IdentityConfirmed)
def confirm_identity(person: Person, means: Means, *, by: Actor, at: datetime) -> IdentityConfirmed:
    """Someone already in has just shown again who they are, by themselves."""
    can_confirm_identity(by, person).or_refuse()
    return IdentityConfirmed(about=person.key, means=means)


# — Sessions ——————————————————————————————————————————————————————————————————————————————


@action(SessionClosed)
def close_session(session: BrowserSession, *, by: Actor, at: datetime) -> SessionClosed:
    """The session is over at its next request, wherever it is."""
    can_close_session(by, session).or_refuse()
    session.delete()
    return SessionClosed(about=f"person:{session.person_id}", device=session.device)


@action(OtherSessionsClosed)
def close_other_sessions(person: Person, present: str | None, *, by: Actor, at: datetime) -> OtherSessionsClosed | None:
    """Every session of someone but the present one."""
    can_close_other_sessions(by, person).or_refuse()
    closed, _by_table = BrowserSession.objects.filter(person=person).exclude(session_key=present or "").delete()
    return OtherSessionsClosed(about=person.key, closed=closed) if closed else None
