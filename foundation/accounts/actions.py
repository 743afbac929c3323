"""Every write to people, companies and seats."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings

from foundation.accounts.events import (
    AccountClosed,
    AccountsDelegated,
    CompanyRegistered,
    ConflictDeclared,
    ConflictLifted,
    DelegationWithdrawn,
    LanguageChosen,
    NameChanged,
    PageLookedAt,
    PersonalErasureDecided,
    PersonalErasureDeclined,
    PersonalErasureProposed,
    PersonSignedIn,
    PersonSignedOut,
    PersonWelcomed,
    SeatEnded,
    SeatGiven,
    SignInFailed,
    TermsAccepted,
    ViewClosed,
    ViewShared,
)
from foundation.accounts.models import Company, Conflict, Person, PersonalErasure, Seat, SharedView
from foundation.accounts.permissions import (
    can_accept_terms,
    can_change_name,
    can_choose_language,
    can_close_account,
    can_close_view,
    can_decide_personal_erasure,
    can_declare_conflict,
    can_decline_personal_erasure,
    can_delegate_accounts,
    can_end_seat,
    can_give_seat,
    can_lift_conflict,
    can_look_at_page,
    can_propose_personal_erasure,
    can_record_failed_sign_in,
    can_record_sign_in,
    can_record_sign_out,
    can_register_company,
    can_share_view,
    can_welcome_person,
    can_withdraw_delegation,
)
from foundation.accounts.rights import Right, Role
from foundation.accounts.rules import is_siren, tidy_email, tidy_siren
from foundation.accounts.terms import terms_in_force
from foundation.accounts.workflow import DECLINED, PERSONAL_ERASURE
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, worded
from foundation.journal.action import action
from foundation.journal.actor import Actor
from foundation.journal.erasing import erase_details

LONGEST_REASON = 1000
SHARED_FOR = timedelta(minutes=30)

E = TypeVar("E", AccountsDelegated, DelegationWithdrawn)

LONGEST_NAME = 120


@action(CompanyRegistered)
def register_company(company: Company, *, by: Actor, at: datetime) -> CompanyRegistered:
    """A company enters the platform, under a SIREN that is well formed and not yet known."""
    can_register_company(by, company).or_refuse()
    company.siren = tidy_siren(company.siren)
    if not is_siren(company.siren):
        raise Refused(_("Ce numéro SIREN n'est pas valable : il compte neuf chiffres, dont une clé de contrôle. Vérifiez-le."))
    if Company.objects.filter(siren=company.siren).exists():
        raise Refused(_("Cette entreprise a déjà un compte. Demandez une invitation à son mandataire."), code="duplicate")
    company.created_at = at
    company.save()
    return CompanyRegistered(about=f"company:{company.pk}", company=company.pk, siren=company.siren)


@action(PersonWelcomed)
def welcome_person(person: Person, *, by: Actor, at: datetime, password: str | None = None) -> PersonWelcomed:
    """Someone may sign in from now on; without a password, only through an identity provider."""
    can_welcome_person(by, person).or_refuse()
    person.email = tidy_email(person.email)
    if Person.objects.filter(email=person.email).exists():
        raise Refused(_("Cette adresse a déjà un compte."), code="duplicate", status=409)
    person.joined_at = at
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save()
    return PersonWelcomed(about=person.key, email=person.email, name=person.name)


@action(NameChanged)
def change_name(person: Person, name: str, *, by: Actor, at: datetime) -> NameChanged | None:
    """As one is called from now on, everywhere but in what was signed before."""
    can_change_name(by, person).or_refuse()
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(_("Donnez un nom, en {longest} caractères au plus.").format(longest=LONGEST_NAME), code="no_name", status=400)
    if name == person.name:
        return None
    person.name = name
    person.save(update_fields=["name"])
    return NameChanged(about=person.key, name=name)


@action(LanguageChosen)
def choose_language(person: Person, language: str, *, by: Actor, at: datetime) -> LanguageChosen | None:
    """In which language one is written to, from the next mail on. Nothing else changes: each page says its own by its address."""
    can_choose_language(by, person).or_refuse()
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Cette langue n'est pas proposée. Rechargez la page."), code="no_language", status=400)
    if language == person.language:
        return None
    person.language = language
    person.save(update_fields=["language"])
    return LanguageChosen(about=person.key, language=language)


@action(AccountClosed)
def close_account(person: Person, *, by: Actor, at: datetime) -> AccountClosed | None:
    """Nobody enters by it any more. Roles are ended first, by the rules of each: a company never loses its last legal representative."""
    can_close_account(by, person).or_refuse()
    if not person.is_active:
        return None
    held = list(Seat.objects.held().filter(person=person).select_related("company"))
    if held:
        where = ", ".join(seat.company.name if seat.company else _("l'agence") for seat in held)
        raise Refused(
            _("Ce compte tient encore un rôle ({where}) : mettez-y fin avant de le fermer.").format(where=where),
            code="holds_seats",
            status=409,
        )
    person.is_active = False
    person.save(update_fields=["is_active"])
    return AccountClosed(about=person.key)


@action(PersonalErasureProposed)
def propose_personal_erasure(person: Person, reason: str, *, by: Actor, at: datetime) -> PersonalErasureProposed:
    """Of an account that is closed, with the reason whoever decides will read."""
    can_propose_personal_erasure(by, person).or_refuse()
    assert isinstance(by, Person)
    if person.is_active:
        raise Refused(_("Ce compte est encore ouvert : fermez-le avant d'en effacer les données."), code="wrong_state", status=409)
    if PersonalErasure.objects.filter(person=person).exclude(state=DECLINED).exists():
        raise Refused(_("L'effacement de ces données est déjà proposé, ou fait."), code="duplicate", status=409)
    reason = worded(reason, _("Écrivez pourquoi ces données doivent être effacées : qui décide le lira."), LONGEST_REASON)
    erasure = PersonalErasure.objects.create(person=person, reason=reason, proposed_at=at, proposed_by=by)
    return PersonalErasureProposed(about=person.key, erasure=erasure.pk)


@action(PersonalErasureDeclined)
def decline_personal_erasure(erasure: PersonalErasure, *, by: Person, at: datetime) -> PersonalErasureDeclined:
    """Nothing is erased; it may be proposed again."""
    can_decline_personal_erasure(by, erasure).or_refuse()
    _settle_erasure(erasure, "decline_personal_erasure", by, at)
    return PersonalErasureDeclined(about=erasure.person.key, erasure=erasure.pk)


@action(PersonalErasureDecided)
def decide_personal_erasure(erasure: PersonalErasure, *, by: Person, at: datetime) -> PersonalErasureDecided:
    """The name and the address leave the account, the details leave the journal; the chain stays whole.

    What was validated, submitted, signed or decided keeps the name it was signed with: others rely on it.
    """
    can_decide_personal_erasure(by, erasure).or_refuse()
    person = erasure.person
    erasure.entries = erase_details(person.key)
    _settle_erasure(erasure, "decide_personal_erasure", by, at)
    person.name = f"Compte effacé n° {person.pk}"  # recorded as it is
    person.email = f"compte-{person.pk}@efface.invalid"
    person.set_unusable_password()
    person.save(update_fields=["name", "email", "password"])
    return PersonalErasureDecided(about=person.key, erasure=erasure.pk, entries=erasure.entries)


def _settle_erasure(erasure: PersonalErasure, verb: str, by: Person, at: datetime) -> None:
    erasure.state = PERSONAL_ERASURE.after(verb, erasure.state)
    erasure.settled_by, erasure.settled_at = by, at
    erasure.save(update_fields=["state", "settled_by", "settled_at", "entries"])


@action(SeatGiven)
def give_seat(person: Person, role: Role, company: Company | None = None, *, by: Actor, at: datetime) -> SeatGiven:
    """A person holds a role in a company, or at the agency when no company is named."""
    can_give_seat(by, person).or_refuse()
    if company is not None and Seat.objects.held().filter(person=person, company=company).exists():
        raise Refused(
            _("Cette personne a déjà un rôle dans cette entreprise. Changez-le au lieu d'en ajouter un."), code="duplicate", status=409
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


@action(TermsAccepted)
def accept_terms(person: Person, version: str, *, by: Actor, at: datetime) -> TermsAccepted | None:
    """Someone accepts the terms they have read. Those of another edition than the one in force are to be read again."""
    can_accept_terms(by, person).or_refuse()
    if version != terms_in_force().version:
        raise Refused(_("Les conditions d'utilisation ont changé pendant que vous les lisiez. Relisez-les, puis acceptez-les."), status=409)
    if person.terms_version == version:
        return None
    person.terms_version, person.terms_accepted_at = version, at
    person.save(update_fields=["terms_version", "terms_accepted_at"])
    return TermsAccepted(about=person.key, version=version)


# — Seats —————————————————————————————————————————————————————————————————————————————————


@action(SeatEnded)
def end_seat(seat: Seat, *, by: Actor, at: datetime) -> SeatEnded:
    """Someone leaves, or is made to. The seat is kept with its end; a company never loses its last legal representative."""
    can_end_seat(by, seat).or_refuse()
    if seat.ended_at is not None:
        raise Refused(_("Ce rôle a déjà pris fin. Rechargez la page."), code="wrong_state", status=409)
    if seat.company_id is not None and seat.has(Right.REPRESENT_LEGALLY):
        _refuse_without_representative(seat)
    seat.ended_at, seat.delegated = at, False
    seat.save(update_fields=["ended_at", "delegated"])
    return SeatEnded(about=f"seat:{seat.pk}", company=seat.company_id, person=seat.person_id, role=seat.role)


def _refuse_without_representative(seat: Seat) -> None:
    """The company's row is held: of two legal representatives who leave at once, one stays."""
    assert seat.company_id is not None
    Company.objects.select_for_update(no_key=True).get(pk=seat.company_id)
    others = Seat.objects.held().filter(company=seat.company_id, person__is_active=True).exclude(pk=seat.pk)
    if not any(other.has(Right.REPRESENT_LEGALLY) for other in others):
        raise Refused(
            _(
                "C'est le dernier mandataire de l'entreprise : elle doit en garder un. Invitez d'abord un autre mandataire ; une fois son identité vérifiée, celui-ci pourra partir."
            ),
            code="last_representative",
            status=409,
        )


@action(AccountsDelegated)
def delegate_accounts(seat: Seat, *, by: Person, at: datetime) -> AccountsDelegated | None:
    """A representative manages the company's accounts, by delegation of its legal representative."""
    can_delegate_accounts(by, seat).or_refuse()
    if not seat.may_be_delegated or seat.ended_at is not None:
        raise Refused(_("La gestion des comptes se délègue à un représentant. Changez d'abord le rôle de cette personne."), status=409)
    return _delegated(seat, AccountsDelegated) if not seat.delegated else None


@action(DelegationWithdrawn)
def withdraw_delegation(seat: Seat, *, by: Person, at: datetime) -> DelegationWithdrawn | None:
    """The delegation ends; the role stays."""
    can_withdraw_delegation(by, seat).or_refuse()
    return _delegated(seat, DelegationWithdrawn) if seat.delegated else None


def _delegated(seat: Seat, kind: type[E]) -> E:
    seat.delegated = not seat.delegated
    seat.save(update_fields=["delegated"])
    assert seat.company_id is not None
    return kind(about=f"seat:{seat.pk}", company=seat.company_id, person=seat.person_id)


# — Conflicts of interest —————————————————————————————————————————————————————————————————


@action(ConflictDeclared)
def declare_conflict(person: Person, company: Company, reason: str, *, by: Person, at: datetime) -> ConflictDeclared:
    """Someone who examines or decides is linked to a company: from here they are kept from it."""
    can_declare_conflict(by, person).or_refuse()
    reason = worded(reason, _("Dites en quoi consiste le lien."), LONGEST_REASON)
    if Conflict.objects.standing().filter(person=person, company=company).exists():
        raise Refused(_("Ce conflit d'intérêts est déjà déclaré."), code="duplicate", status=409)
    conflict = Conflict.objects.create(person=person, company=company, reason=reason, declared_by=by, declared_at=at)
    return ConflictDeclared(about=f"conflict:{conflict.pk}", person=person.pk, linked_to=company.pk)


@action(ConflictLifted)
def lift_conflict(conflict: Conflict, *, by: Person, at: datetime) -> ConflictLifted:
    """The link is over, as judged by the coordination. The declaration is kept."""
    can_lift_conflict(by, conflict).or_refuse()
    if conflict.lifted_at is not None:
        raise Refused(_("Ce conflit d'intérêts est déjà levé. Rechargez la page."), code="wrong_state", status=409)
    conflict.lifted_by, conflict.lifted_at = by, at
    conflict.save(update_fields=["lifted_by", "lifted_at"])
    return ConflictLifted(about=f"conflict:{conflict.pk}", person=conflict.person_id, linked_to=conflict.company_id)


# — Over the shoulder —————————————————————————————————————————————————————————————————————


@action(ViewShared)
def share_view(seat: Seat, *, by: Person, at: datetime) -> ViewShared:
    """Someone lets the support look at their screens for half an hour (promises, D). Looking is all it can do."""
    can_share_view(by, seat).or_refuse()
    if seat.company_id is None or seat.ended_at is not None:
        raise Refused(_("Seuls les écrans d'une entreprise se partagent."), status=409)
    if any(view.is_open(at) for view in SharedView.objects.filter(seat=seat, stopped_at=None, ends_at__gt=at)):
        raise Refused(_("Vous partagez déjà votre vue. Arrêtez ce partage pour en commencer un autre."), code="duplicate", status=409)
    view = SharedView.objects.create(seat=seat, begun_at=at, ends_at=at + SHARED_FOR)
    return ViewShared(about=f"shared_view:{view.pk}", company=seat.company_id, until=view.ends_at.isoformat())


@action(ViewClosed)
def close_view(view: SharedView, *, by: Person, at: datetime) -> ViewClosed | None:
    """Whoever shares takes it back, or the support has seen enough. One that is over already stays as it ended."""
    can_close_view(by, view).or_refuse()
    if not view.is_open(at):
        return None
    view.stopped_at = at
    view.save(update_fields=["stopped_at"])
    return ViewClosed(about=f"shared_view:{view.pk}", company=_company_shared(view))


@action(PageLookedAt)
def look_at_page(view: SharedView, path: str, *, by: Person, at: datetime) -> PageLookedAt:
    """Every page seen over a shoulder is remembered, and none is seen once the consent is over."""
    can_look_at_page(by, view).or_refuse()
    if not view.is_open(at):
        raise Refused(_("Le partage est terminé. Demandez à la personne d'en ouvrir un autre."), code="closed_view")
    return PageLookedAt(about=f"shared_view:{view.pk}", company=_company_shared(view), path=path[:300])


def _company_shared(view: SharedView) -> int:
    company = view.seat.company_id
    assert company is not None
    return company
