"""Whom does a provider's word let in, as whom, and with which seats?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from foundation.accounts.actions import give_seat, welcome_person
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.queries import new_person, person_of
from foundation.accounts.rights import Role
from foundation.core.verdict import Refused
from foundation.credentials.actions import follow_provider, link_identity, withdraw_seat
from foundation.credentials.models import Identity
from foundation.credentials.oidc import Claims
from foundation.credentials.providers import Misdescribed, Provider, provider_from, providers
from foundation.credentials.recognition import recognised
from foundation.journal.actor import SYSTEM
from ops.demo import AUBEPINE, BOREE
from tests.cast import Cast
from tests.refusals import refused, remembered

NEW_SIREN = "732829320"
ISC = Provider("isc", "iSC", "company", "https://isc.example", "us", opens_companies=(Role.LEGAL_REPRESENTATIVE,))
STAFF = Provider("agence", "l'agence", "agency", "https://agence.example", "us")


def told(subject: str = "s-1", email: str = "lou@demo.invalid", *roles: Role, **more: Any) -> Claims:
    return Claims(**{"subject": subject, "email": email, "email_verified": True, "name": "Lou", "siren": "", "company_name": "", "roles": roles, "session": "sid", "id_token": "t", "authenticated_at": None, **more})  # fmt: skip


def seats_of(person: Person) -> set[tuple[str | None, str]]:
    return {(seat.company.siren if seat.company else None, seat.role) for seat in Seat.objects.held().filter(person=person)}


# — The first time ————————————————————————————————————————————————————————————————————————


def test_someone_invited_is_recognised_by_a_verified_address_whatever_its_case(cast: Cast, at: datetime) -> None:
    with remembered("credentials.IdentityLinked") as entries:
        person = recognised(ISC, told(email="ＣLAIRE@demo.INVALID"), at)  # the first letter is a full-width one
    assert person == cast.claire
    assert seats_of(person) == {(AUBEPINE, "legal_representative")}
    assert entries[0].details["subject"] == "s-1"
    assert "s-1" not in entries[0].body  # personal: it can be erased


def test_afterwards_the_subject_is_enough_and_the_address_is_nothing(cast: Cast, at: datetime) -> None:
    recognised(ISC, told(email=cast.claire.email), at)
    with remembered():
        assert recognised(ISC, told(email="autre@demo.invalid", email_verified=False), at) == cast.claire
    assert Person.objects.get(pk=cast.claire.pk).email == "claire@demo.invalid"


@pytest.mark.parametrize("email", ["claire@demo.invalid", "personne@demo.invalid", ""])
def test_an_address_not_verified_links_nothing_and_tells_nothing(cast: Cast, at: datetime, email: str) -> None:
    """The same words whether an account has this address or not."""
    with refused("n'a pas vérifié votre adresse", code="provider"):
        recognised(ISC, told("s-1", email, Role.EMPLOYEE, email_verified=False, siren=AUBEPINE), at)
    assert not Identity.objects.exists()


def test_a_second_subject_does_not_take_the_account_of_the_first(cast: Cast, at: datetime) -> None:
    """An address given again to someone else by the provider opens nothing of the former holder's."""
    recognised(ISC, told(email=cast.claire.email), at)
    with refused("déjà relié à une autre identité", code="duplicate", status=409):
        recognised(ISC, told("s-2", cast.claire.email), at)


def test_the_same_subject_at_another_provider_is_someone_else(cast: Cast, at: datetime) -> None:
    recognised(ISC, told(email=cast.claire.email), at)
    assert recognised(STAFF, told("s-1", cast.ines.email, Role.REVIEWER), at) == cast.ines


def test_a_provider_of_one_side_does_not_open_the_accounts_of_the_other(cast: Cast, at: datetime) -> None:
    with refused("ne se relie pas", code="provider"):
        recognised(ISC, told("s-1", cast.ines.email, Role.EMPLOYEE, siren=AUBEPINE), at)
    with refused("ne se relie pas", code="provider"):
        recognised(STAFF, told("s-1", cast.claire.email, Role.REVIEWER), at)


def test_someone_nobody_knows_is_welcomed_where_the_provider_places_them(cast: Cast, at: datetime) -> None:
    with remembered("accounts.PersonWelcomed", "credentials.IdentityLinked", "accounts.SeatGiven", "credentials.ProviderFollowed"):
        person = recognised(ISC, told("s-9", "lou@demo.invalid", Role.EMPLOYEE, siren=AUBEPINE), at)
    assert (person.name, person.has_usable_password()) == ("Lou", False)
    assert seats_of(person) == {(AUBEPINE, "employee")}
    staff = recognised(STAFF, told("a-9", "max@demo.invalid", Role.REVIEWER, Role.COORDINATOR, name=""), at)
    assert seats_of(staff) == {(None, "reviewer"), (None, "coordinator")}
    assert staff.name == "max@demo.invalid"


@pytest.mark.parametrize("more", [{}, {"siren": NEW_SIREN}, {"siren": NEW_SIREN, "company_name": "Neuve"}])
def test_without_a_place_nobody_is_welcomed(cast: Cast, at: datetime, more: dict[str, str]) -> None:
    """No role; a company unknown; one whose name is told, but by an employee: an employee opens no company."""
    roles = (Role.EMPLOYEE,) if more else ()
    with refused("pas encore de compte", code="provider"):
        recognised(ISC, told("s-9", "lou@demo.invalid", *roles, **more), at)
    assert person_of("lou@demo.invalid") is None
    assert not Company.objects.filter(siren=NEW_SIREN).exists()


def test_a_legal_representative_opens_their_company_where_the_settings_say_so(cast: Cast, at: datetime) -> None:
    claims = told("s-9", "lou@demo.invalid", Role.LEGAL_REPRESENTATIVE, siren=NEW_SIREN, company_name="Neuve")
    closed = Provider("isc", "iSC", "company", "https://isc.example", "us")
    with refused("pas encore de compte", code="provider"):
        recognised(closed, claims, at)
    with remembered("accounts.CompanyRegistered", "accounts.PersonWelcomed", "credentials.IdentityLinked", "accounts.SeatGiven", "credentials.ProviderFollowed"):  # fmt: skip
        person = recognised(ISC, claims, at)
    assert seats_of(person) == {(NEW_SIREN, "legal_representative")}


def test_a_number_that_is_no_siren_is_said_to_be_wrong(cast: Cast, at: datetime) -> None:
    with refused("SIREN transmis", code="provider"):
        recognised(ISC, told("s-9", "lou@demo.invalid", Role.EMPLOYEE, siren="834217698"), at)


# — Each time —————————————————————————————————————————————————————————————————————————————


def test_the_role_told_wins_over_the_one_decided_here(cast: Cast, at: datetime) -> None:
    with remembered("credentials.IdentityLinked", "credentials.SeatWithdrawn", "accounts.SeatGiven", "credentials.ProviderFollowed"):
        person = recognised(ISC, told("k", cast.karim.email, Role.EMPLOYEE, Role.REPRESENTATIVE, siren=AUBEPINE), at)
    assert seats_of(person) == {(AUBEPINE, "representative")}  # of two told, the one that ranks first
    with remembered():
        recognised(ISC, told("k", cast.karim.email, Role.REPRESENTATIVE, siren=AUBEPINE), at)


def test_another_company_told_moves_the_person_there(cast: Cast, at: datetime) -> None:
    recognised(ISC, told("k", cast.karim.email, Role.EMPLOYEE, siren=AUBEPINE), at)
    with remembered("credentials.SeatWithdrawn", "accounts.SeatGiven", "credentials.ProviderFollowed") as entries:
        person = recognised(ISC, told("k", cast.karim.email, Role.EMPLOYEE, siren=BOREE), at + timedelta(days=1))
    assert seats_of(person) == {(BOREE, "employee")}
    assert [entry.company for entry in entries] == [cast.aubepine.pk, cast.boree.pk, cast.boree.pk]
    ended = Seat.objects.get(person=cast.karim, company=cast.aubepine)
    assert ended.ended_at == at + timedelta(days=1)


def test_a_seat_the_provider_never_spoke_of_is_not_its_business(cast: Cast, at: datetime) -> None:
    give_seat(cast.karim, Role.REPRESENTATIVE, cast.boree, by=SYSTEM, at=at)
    recognised(ISC, told("k", cast.karim.email, Role.EMPLOYEE, siren=AUBEPINE), at)
    person = recognised(ISC, told("k", cast.karim.email), at)  # it no longer places him anywhere
    assert seats_of(person) == {(BOREE, "representative")}


def test_a_provider_that_says_nothing_leaves_who_was_invited_here_where_they_are(cast: Cast, at: datetime) -> None:
    with remembered("credentials.IdentityLinked"):
        assert seats_of(recognised(ISC, told("k", cast.karim.email), at)) == {(AUBEPINE, "employee")}


def test_a_role_taken_back_ends_the_seat_and_nobody_comes_in(cast: Cast, at: datetime) -> None:
    """Even the last legal representative's; what was withdrawn stays so though the sign-in is refused."""
    recognised(ISC, told("c", cast.claire.email, Role.LEGAL_REPRESENTATIVE, siren=AUBEPINE), at)
    with remembered("credentials.SeatWithdrawn", "credentials.ProviderFollowed"), pytest.raises(Refused, match="aucun rôle"):
        recognised(ISC, told("c", cast.claire.email, siren=AUBEPINE), at)
    assert seats_of(cast.claire) == set()


def test_at_the_agency_the_seats_are_exactly_the_roles_told(cast: Cast, at: datetime) -> None:
    give_seat(cast.ines, Role.AUDITOR, by=SYSTEM, at=at)
    person = recognised(STAFF, told("i", cast.ines.email, Role.REVIEWER, Role.COORDINATOR), at)
    assert seats_of(person) == {(None, "reviewer"), (None, "coordinator")}
    with pytest.raises(Refused, match="coordination de l'agence"):
        recognised(STAFF, told("i", cast.ines.email), at)
    assert seats_of(person) == set()


def test_a_closed_account_is_refused_and_nothing_is_given_back_to_it(cast: Cast, at: datetime) -> None:
    recognised(ISC, told("k", cast.karim.email, Role.EMPLOYEE, siren=AUBEPINE), at)
    Person.objects.get_queryset().filter(pk=cast.karim.pk).update(is_active=False)
    with remembered("accounts.SignInFailed"), pytest.raises(Refused, match="fermé"):
        recognised(ISC, told("k", cast.karim.email, Role.LEGAL_REPRESENTATIVE, siren=BOREE), at)
    assert seats_of(cast.karim) == {(AUBEPINE, "employee")}


# — The actions ———————————————————————————————————————————————————————————————————————————


def test_only_the_platform_follows_a_provider(cast: Cast, at: datetime) -> None:
    identity = Identity(person=cast.karim, provider="isc", subject="k")
    with refused("Seule la plateforme"):
        link_identity(identity, by=cast.karim, at=at)
    link_identity(identity, by=SYSTEM, at=at)
    for role in (Role.LEGAL_REPRESENTATIVE, Role.EMPLOYEE):  # the second is what he holds: no seat changes, and it is refused all the same
        with refused("Seule la plateforme"):
            follow_provider(identity, "company", [role], cast.aubepine, by=cast.karim, at=at)
    seat = Seat.objects.get(person=cast.karim)
    with refused("Seule la plateforme"):
        withdraw_seat(seat, by=cast.claire, at=at)
    withdraw_seat(seat, by=SYSTEM, at=at)
    with refused("déjà pris fin", code="wrong_state", status=409):
        withdraw_seat(seat, by=SYSTEM, at=at)
    assert str(identity) == "isc k"


def test_a_subject_is_one_person_and_a_person_one_subject(cast: Cast, at: datetime) -> None:
    link_identity(Identity(person=cast.karim, provider="isc", subject="k"), by=SYSTEM, at=at)
    for person, subject in ((cast.claire, "k"), (cast.karim, "other")):
        with refused("déjà relié", code="duplicate", status=409):
            link_identity(Identity(person=person, provider="isc", subject=subject), by=SYSTEM, at=at)


def test_someone_without_any_seat_is_linked_by_either_side(cast: Cast, at: datetime) -> None:
    welcome_person(new_person(email="seule@demo.invalid", name="Seule"), by=SYSTEM, at=at)
    assert recognised(STAFF, told("x", "seule@demo.invalid", Role.AUDITOR), at).agency_seat is not None


# — The settings ——————————————————————————————————————————————————————————————————————————

RIGHT: dict[str, Any] = {"key": "isc", "name": "iSC", "side": "company", "issuer": "https://isc.example", "client_id": "us"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"key": "i sc"}, "n'est pas une clé"),
        ({"key": "é"}, "n'est pas une clé"),
        ({"side": "both"}, "« side »"),
        ({"issuer": "http://isc.example"}, "https"),
        ({"issuer": "isc.example"}, "https"),
        ({"client_id": ""}, "client_id"),
        ({"scopes": ["email"]}, "openid"),
        ({"algorithms": ["RS256", "none"]}, "none"),
        ({"algorithms": ["HS256"]}, "HS256"),
        ({"algorithms": []}, "aucune"),
        ({"roles": {"x": "reviewer"}}, "autre côté : reviewer"),
        ({"roles": {"x": "king"}}, "rôle inconnu : king"),
        ({"opens_companies": ["king"]}, "rôle inconnu : king"),
        ({"opens_companies": ["reviewer"]}, "autre côté"),
        ({"signd_profile": True}, "réglage inconnu : signd_profile"),
    ],
)
def test_a_provider_that_cannot_be_obeyed_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(Misdescribed, match=why):
        provider_from({**RIGHT, **changed})


def test_a_provider_is_read_whole_and_its_secret_is_not_shown(settings: Any) -> None:
    found = provider_from({**RIGHT, "client_secret": "s3cret", "roles": {"m": "employee"}, "opens_companies": ["employee"]})
    assert (found.roles, found.opens_companies) == ({"m": Role.EMPLOYEE}, (Role.EMPLOYEE,))
    assert "s3cret" not in repr(found)
    with pytest.raises(Misdescribed, match="il manque client_id, issuer"):
        provider_from({"key": "isc", "name": "x", "side": "company"})
    settings.OIDC_PROVIDERS = [RIGHT, RIGHT]
    with pytest.raises(Misdescribed, match="deux fois"):
        providers()


def test_a_claim_is_found_by_its_name_or_by_a_path() -> None:
    found = provider_from({**RIGHT, "claims": {"roles": "access.roles", "siren": "https://isc.example/siren"}})
    claims = {"access": {"roles": ["a"]}, "https://isc.example/siren": "1", "email": "e"}
    assert [found.word(name, claims) for name in ("roles", "siren", "email", "name")] == [["a"], "1", "e", None]
