"""How do people and companies enter? By the system's hand alone, once each, on their own side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from foundation.accounts.actions import (
    give_seat,
    record_failed_sign_in,
    record_sign_in,
    record_sign_out,
    register_company,
    welcome_person,
)
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.queries import company_of_siren, new_company, new_person, person_of
from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, RIGHTS, ROLE_WORDS, Right, Role, has_right
from foundation.core.verdict import Refused
from foundation.journal.actor import SYSTEM
from ops import demo
from tests.refusals import refused, remembered

EVERYONE = ("claire", "karim", "zoe", "ines", "hugo")


def company(siren="732829320", name="Cormoran"):
    return new_company(siren=siren, name=name, address="1 rue du Phare, 29200 Brest")


# — Companies —


def test_a_company_enters_under_its_siren(cast, at):
    with remembered("accounts.CompanyRegistered") as entries:
        register_company(company("732 829 320"), by=SYSTEM, at=at)
    known = company_of_siren("732829320")
    assert (known.name, known.siren_spaced, known.country, known.created_at) == ("Cormoran", "732 829 320", "FR", at)
    assert (entries[0].company, entries[0].about) == (known.pk, f"company:{known.pk}")


@pytest.mark.parametrize("siren", ["", "732829321", "73282932", "7328293200", "73282932A", "７３２８２９３２０"])
def test_a_siren_that_is_not_well_formed_is_refused(cast, at, siren):
    with refused("Ce numéro SIREN n'est pas valable"):
        register_company(company(siren), by=SYSTEM, at=at)
    assert Company.objects.count() == 2


@pytest.mark.parametrize("siren", [demo.AUBEPINE, "834 217 697"])
def test_a_company_already_known_is_refused_however_its_siren_is_written(cast, at, siren):
    with refused("Cette entreprise a déjà un compte", code="duplicate"):
        register_company(company(siren), by=SYSTEM, at=at)
    assert Company.objects.get(siren=demo.AUBEPINE).name == "Aubépine Santé"


@pytest.mark.parametrize("who", EVERYONE)
def test_nobody_but_the_system_opens_an_account(cast, at, who):
    person = cast.everyone()[who]
    with refused("Les comptes sont ouverts par l'agence"):
        register_company(company(), by=person, at=at)
    with refused("Les comptes sont ouverts par l'agence"):
        welcome_person(new_person(email="nouveau@demo.invalid", name="Nouveau"), by=person, at=at)
    with refused("Les comptes sont ouverts par l'agence"):
        give_seat(person, Role.LEGAL_REPRESENTATIVE, cast.boree, by=person, at=at)
    assert (Company.objects.count(), Person.objects.get_queryset().count(), Seat.objects.count()) == (2, 5, 5)


@pytest.mark.parametrize("siren", ["", "12345678", "83421769A", "834 217 6"])
def test_the_database_wants_nine_digits_whoever_writes(cast, at, siren):
    with pytest.raises(IntegrityError, match="company_siren_nine_digits"), transaction.atomic():
        Company.objects.create(siren=siren, name="Passe-partout", created_at=at)


def test_the_database_wants_one_company_per_siren(cast, at):
    with pytest.raises(IntegrityError, match="siren"), transaction.atomic():
        Company.objects.create(siren=demo.AUBEPINE, name="Aubépine bis", created_at=at)


def test_a_company_where_someone_sits_cannot_be_deleted(cast):
    with pytest.raises(ProtectedError):
        cast.aubepine.delete()


# — People —


def test_someone_welcomed_with_a_password_may_sign_in_whatever_the_case_of_the_address(cast, at, rf):
    with remembered("accounts.PersonWelcomed") as entries:
        welcome_person(new_person(email=" Lou@Demo.INVALID", name="Lou"), by=SYSTEM, at=at, password="trois mots au hasard")
    person = person_of("LOU@demo.invalid")
    assert (person.name, person.email, person.joined_at) == ("Lou", "lou@demo.invalid", at)
    assert authenticate(rf.post("/"), email="LOU@demo.invalid", password="trois mots au hasard") == person
    assert authenticate(rf.post("/"), email="LOU@demo.invalid", password="trois mots au hasar") is None
    assert entries[0].details["email"] == "lou@demo.invalid"
    assert "lou" not in entries[0].body  # the address is a personal detail: it can be erased


def test_someone_welcomed_without_a_password_cannot_sign_in_with_any(cast, at):
    welcome_person(new_person(email="lou@demo.invalid", name="Lou"), by=SYSTEM, at=at)
    person = person_of("lou@demo.invalid")
    assert not person.has_usable_password()
    assert not person.check_password("")


def test_two_accounts_cannot_share_an_address(cast, at):
    with pytest.raises(Refused, match="a déjà un compte"):
        welcome_person(new_person(email="CLAIRE@demo.invalid", name="Une autre Claire"), by=SYSTEM, at=at)
    assert person_of("claire@demo.invalid") == cast.claire


def test_an_account_put_to_sleep_is_nobody(cast):
    Person.objects.filter(pk=cast.claire.pk).update(is_active=False)
    assert person_of("claire@demo.invalid") is None


# — Seats —


def test_a_seat_in_a_company_gives_its_rights_there_and_nowhere_else(cast, at):
    with remembered("accounts.SeatGiven") as entries:
        give_seat(cast.karim, Role.REPRESENTATIVE, cast.boree, by=SYSTEM, at=at)
    karim = Person.objects.get(pk=cast.karim.pk)
    assert karim.company_has(cast.boree.pk, Right.ADD_PRODUCT)
    assert not karim.company_has(cast.aubepine.pk, Right.ADD_PRODUCT)
    assert karim.agency_seat is None
    assert entries[0].company == cast.boree.pk


def test_a_seat_at_the_agency_belongs_to_no_company(cast, at):
    with remembered("accounts.SeatGiven") as entries:
        give_seat(cast.hugo, Role.AUDITOR, by=SYSTEM, at=at)
    hugo = Person.objects.get(pk=cast.hugo.pk)
    assert entries[0].company is None
    assert hugo.agency_has(Right.READ_CONTENT)  # two seats at the agency: what one gives, the other does not take
    assert [seat.role_word for seat in hugo.seats] == ["Membre du collège", "Auditeur"]


@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_is_held_on_its_own_side_only(cast, at, role):
    wrong_side = cast.boree if role in AGENCY_ROLES else None
    with pytest.raises(IntegrityError, match="seat_role_belongs_to_its_side"), transaction.atomic():
        give_seat(cast.karim, role, wrong_side, by=SYSTEM, at=at)
    give_seat(cast.karim, role, None if wrong_side else cast.boree, by=SYSTEM, at=at)


def test_one_seat_per_company_until_it_has_ended(cast, at):
    with pytest.raises(Refused, match="a déjà un rôle"):
        give_seat(cast.karim, Role.REPRESENTATIVE, cast.aubepine, by=SYSTEM, at=at)
    with pytest.raises(IntegrityError, match="seat_one_per_company"), transaction.atomic():
        Seat.objects.create(person=cast.karim, company=cast.aubepine, role=Role.REPRESENTATIVE, begun_at=at)
    Seat.objects.filter(person=cast.karim).update(ended_at=at)
    give_seat(cast.karim, Role.REPRESENTATIVE, cast.aubepine, by=SYSTEM, at=at + timedelta(days=1))
    karim = Person.objects.get(pk=cast.karim.pk)
    assert [seat.role for seat in karim.seats] == [Role.REPRESENTATIVE]


def test_a_seat_that_has_ended_gives_no_right(cast, at):
    Seat.objects.filter(person=cast.claire).update(ended_at=at)
    claire = Person.objects.get(pk=cast.claire.pk)
    assert claire.seats == []
    assert not any(claire.company_has(cast.aubepine.pk, right) for right in Right)


# — Rights of the roles —


def test_every_role_is_on_one_side_has_a_word_and_its_rights():
    assert frozenset(Role) == COMPANY_ROLES | AGENCY_ROLES
    assert not COMPANY_ROLES & AGENCY_ROLES
    assert set(ROLE_WORDS) == set(RIGHTS) == set(Role)


def test_no_role_of_one_side_has_a_right_of_the_other():
    """The company's rights are named here: any other, whichever comes, is the agency's alone."""
    company = {
        Right.USE_COMPANY_SPACE,
        Right.ADD_PRODUCT,
        Right.SEE_EVERY_PRODUCT,
        Right.EDIT_EVERY_PRODUCT,
        Right.VALIDATE_EVERYTHING,
        Right.GIVE_GRANTS,
        Right.SUBMIT_CANDIDATURES,
        Right.REPRESENT_LEGALLY,
        Right.MANAGE_ACCOUNTS,
        Right.MANAGE_ACCOUNTS_IF_DELEGATED,
    }
    assert all(RIGHTS[role] <= company for role in COMPANY_ROLES)
    assert not any(RIGHTS[role] & company for role in AGENCY_ROLES)


def test_no_role_no_right_and_an_employee_has_only_the_space():
    assert not any(has_right(None, right) for right in Right)
    assert RIGHTS[Role.EMPLOYEE] == {Right.USE_COMPANY_SPACE}


# — Signing in and out —


def test_coming_going_and_failing_are_remembered(cast, at):
    with remembered("accounts.PersonSignedIn", "accounts.SignInFailed", "accounts.PersonSignedOut") as entries:
        record_sign_in(cast.claire, by=cast.claire, at=at)
        record_failed_sign_in(cast.claire, by=SYSTEM, at=at)
        record_sign_out(cast.claire, by=cast.claire, at=at)
    assert {entry.about for entry in entries} == {cast.claire.key}


def test_nobody_signs_in_or_out_for_someone_else(cast, at):
    with refused("Cette connexion n'est pas la vôtre."):
        record_sign_in(cast.claire, by=cast.zoe, at=at)
    with refused("Cette déconnexion n'est pas la vôtre."):
        record_sign_out(cast.claire, by=cast.zoe, at=at)
    with refused("Seule la plateforme constate un échec de connexion."):
        record_failed_sign_in(cast.claire, by=cast.zoe, at=at)
