"""May this person touch that means of coming in? Each their own; the platform, what a provider or the operator says."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no
from foundation.credentials.models import BrowserSession
from foundation.journal.actor import SYSTEM, Actor

_PLATFORM = no(gettext_lazy("Seule la plateforme fait ce que dit un fournisseur d'identité."))


def can_link_identity(by: Actor, identity: object) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM


def can_follow_provider(by: Actor, identity: object) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM


def can_withdraw_seat(by: Actor, seat: object) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM


def can_enable_second_factor(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun active sa propre double authentification."))


def can_disable_second_factor(by: Actor, person: Person) -> Verdict:
    """Oneself, unless one works at the agency with a password; and the operator, for someone who lost everything."""
    if by is SYSTEM:
        return YES
    if by != person:
        return no(_("Chacun désactive sa propre double authentification."))
    if person.agency_has(Right.USE_AGENCY_SPACE):
        return no(_("La double authentification est obligatoire à l'agence. Pour changer d'appareil, activez-la de nouveau."))
    return YES


def can_renew_recovery_codes(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun renouvelle ses propres codes de secours."))


def can_spend_recovery_code(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Ces codes de secours ne sont pas les vôtres."))


def can_record_failed_code(by: Actor, person: object) -> Verdict:
    return YES if by is SYSTEM else no(_("Seule la plateforme constate un code refusé."))


def can_confirm_identity(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Cette identité n'est pas la vôtre."))


def can_close_session(by: Actor, session: BrowserSession) -> Verdict:
    """Its own, or the platform when the provider says that it is over."""
    if by is SYSTEM or (isinstance(by, Person) and by.pk == session.person_id):
        return YES
    return no(_("Cette session n'est pas la vôtre."))


def can_close_other_sessions(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun ferme ses propres sessions."))


def sessions_visible_to(person: Person, at: Any) -> QuerySet[BrowserSession]:
    """One's own that still open something: neither ended, nor opened with a password changed since."""
    return BrowserSession.objects.filter(person=person, expire_date__gt=at, password_mark=person.get_session_auth_hash())
