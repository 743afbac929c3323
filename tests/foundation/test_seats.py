"""Seats end and are kept, accounts are managed by delegation, terms are accepted, conflicts recuse, views are shared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Grant
from foundation.accounts import terms
from foundation.accounts.actions import (
    SHARED_FOR,
    accept_terms,
    close_view,
    declare_conflict,
    delegate_accounts,
    end_seat,
    lift_conflict,
    look_at_page,
    share_view,
    withdraw_delegation,
)
from foundation.accounts.models import Company, Conflict, Person, Seat, SharedView
from foundation.accounts.permissions import can_manage_accounts, can_see_colleagues, is_recused, seats_visible_to
from foundation.accounts.queries import (
    companies_by_name,
    conflicts_standing,
    impartial_people,
    seats_of_company,
    shared_view_of,
    staff_seats,
    view_shared_by,
    views_shared,
)
from foundation.accounts.rights import Role, is_verified_first, may_be_delegated
from foundation.accounts.terms import Terms, terms_in_force
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import product_at
from tests.factories.people import fresh, seat_of, someone
from tests.race import race
from tests.refusals import refused, remembered

LEGAL, REPRESENTATIVE, EMPLOYEE = Role.LEGAL_REPRESENTATIVE, Role.REPRESENTATIVE, Role.EMPLOYEE


@pytest.fixture
def representative(cast, at):
    return someone("representative", REPRESENTATIVE, cast.aubepine, at)


@pytest.fixture
def coordinator(cast, at):
    return someone("coordinator", Role.COORDINATOR, None, at)


@pytest.fixture
def support(cast, at):
    return someone("support", Role.SUPPORT, None, at)


# — Who manages —


def test_who_manages_the_accounts_of_a_company(cast, at, representative):
    assert can_manage_accounts(cast.claire, cast.aubepine)
    for person, said in ((representative, "déléguée"), (cast.karim, "Votre rôle"), (cast.zoe, "pas la vôtre"), (cast.ines, "pas la vôtre")):
        assert said in can_manage_accounts(person, cast.aubepine).reason
    delegate_accounts(seat_of(representative, cast.aubepine), by=cast.claire, at=at)
    assert can_manage_accounts(fresh(representative), cast.aubepine)


def test_of_the_roles_one_is_verified_and_one_may_be_delegated():
    assert [role for role in Role if is_verified_first(role)] == [LEGAL]
    assert [role for role in Role if may_be_delegated(role)] == [REPRESENTATIVE]


def test_a_delegation_is_given_once_and_withdrawn_once(cast, at, representative):
    seat = seat_of(representative, cast.aubepine)
    with remembered("accounts.AccountsDelegated", "accounts.DelegationWithdrawn"):
        delegate_accounts(seat, by=cast.claire, at=at)
        delegate_accounts(seat, by=cast.claire, at=at)
        withdraw_delegation(seat, by=cast.claire, at=at)
        withdraw_delegation(seat, by=cast.claire, at=at)
    assert not seat_of(representative, cast.aubepine).delegated


@pytest.mark.parametrize("who", ["representative", "karim", "zoe", "ines", "hugo"])
def test_only_the_legal_representative_delegates(cast, at, representative, who):
    seat = seat_of(representative, cast.aubepine)
    delegate_accounts(seat, by=cast.claire, at=at)
    by = {**cast.everyone(), "representative": fresh(representative)}[who]
    for verb in (delegate_accounts, withdraw_delegation):
        with refused("Seul le mandataire délègue"):
            verb(seat, by=by, at=at)


def test_it_is_delegated_to_a_representative_who_is_there(cast, at, representative):
    seat = seat_of(representative, cast.aubepine)
    end_seat(seat, by=cast.claire, at=at)
    for one in (seat_of(cast.karim, cast.aubepine), seat):
        with refused("se délègue à un représentant", status=409):
            delegate_accounts(one, by=cast.claire, at=at)
    with refused("Seul le mandataire délègue"):
        delegate_accounts(seat_of(cast.ines), by=cast.claire, at=at)


# — Ending a seat —


def test_a_seat_is_ended_and_kept(cast, at, representative):
    seat = seat_of(representative, cast.aubepine)
    delegate_accounts(seat, by=cast.claire, at=at)
    later = at + timedelta(days=1)
    with remembered("accounts.SeatEnded") as entries:
        end_seat(seat, by=cast.claire, at=later)
    assert entries[0].company == cast.aubepine.pk
    seat = Seat.objects.get(pk=seat.pk)
    assert (seat.ended_at, seat.delegated) == (later, False)
    assert fresh(representative).seats == []
    assert seats_of_company(cast.claire, cast.aubepine, ended=True) == [seat]
    with refused("a déjà pris fin", code="wrong_state", status=409):
        end_seat(seat, by=cast.claire, at=later)


def test_what_was_granted_ends_with_the_seat_and_with_it_alone(cast, at):
    product, elsewhere = product_at("active", cast.claire, at), product_at("active", cast.zoe, at)
    grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
    Grant.objects.create(person=cast.karim, subject=elsewhere, rights=["view"])
    end_seat(seat_of(cast.karim, cast.aubepine), by=cast.claire, at=at)
    assert [grant.subject for grant in Grant.objects.all()] == [elsewhere]


@pytest.mark.parametrize(
    ("who", "whose", "said"),
    [
        ("claire", "karim", ""),
        ("claire", "representative", ""),
        ("karim", "karim", ""),
        ("representative", "representative", ""),
        ("delegated", "karim", ""),
        ("delegated", "claire", "Seul un mandataire"),
        ("representative", "karim", "pas déléguée"),
        ("karim", "representative", "Votre rôle"),
        ("zoe", "karim", "pas de votre entreprise"),
        ("ines", "karim", "pas de votre entreprise"),
        ("coordinator", "karim", "pas de votre entreprise"),
        ("coordinator", "ines", ""),
        ("ines", "ines", "Seule la coordination"),
        ("claire", "ines", "Seule la coordination"),
    ],
)
def test_who_ends_whose_seat(cast, at, representative, coordinator, who, whose, said):
    people = {**cast.everyone(), "representative": representative, "coordinator": coordinator}
    if who == "delegated":
        delegate_accounts(seat_of(representative, cast.aubepine), by=cast.claire, at=at)
        people["delegated"] = fresh(representative)
    seat = seat_of(people[whose], None if whose == "ines" else cast.aubepine)
    if said:
        with refused(said):
            end_seat(seat, by=people[who], at=at)
    else:
        end_seat(seat, by=people[who], at=at)
        assert fresh(people[whose]).seats == []


@pytest.mark.parametrize("other", ["nobody", "closed", "representative"])
def test_the_last_legal_representative_neither_leaves_nor_is_removed(cast, at, representative, other):
    if other == "closed":
        gone = someone("gone", LEGAL, cast.aubepine, at)
        Person.objects.get_queryset().filter(pk=gone.pk).update(is_active=False)
    with refused("dernier mandataire", code="last_representative", status=409):
        end_seat(seat_of(cast.claire, cast.aubepine), by=cast.claire, at=at)
    with refused("dernier mandataire", code="last_representative", status=409):
        end_seat(seat_of(cast.claire, cast.aubepine), by=SYSTEM, at=at)


def test_one_of_two_may_leave(cast, at):
    someone("second", LEGAL, cast.aubepine, at)
    end_seat(seat_of(cast.claire, cast.aubepine), by=cast.claire, at=at)
    assert fresh(cast.claire).seats == []


def test_what_acts_and_is_nobody_ends_no_seat(cast, at):
    class Robot:
        key, display_name = "robot", "un robot"

    with refused("Seule la coordination"):
        end_seat(seat_of(cast.karim, cast.aubepine), by=Robot(), at=at)


# — Who sees whom —


def test_an_employee_sees_their_own_seat_and_a_representative_everyones(cast, at, representative):
    everyone = {seat_of(person, cast.aubepine) for person in (cast.claire, cast.karim, representative)}
    assert set(seats_visible_to(cast.claire, cast.aubepine)) == set(seats_visible_to(representative, cast.aubepine)) == everyone
    assert list(seats_visible_to(cast.karim, cast.aubepine)) == [seat_of(cast.karim, cast.aubepine)]
    for person in (cast.zoe, cast.ines):
        assert list(seats_visible_to(person, cast.aubepine)) == []
        assert not can_see_colleagues(person, cast.aubepine)


# — Terms of use —


def test_terms_are_accepted_by_oneself_and_remembered(cast, at, monkeypatch):
    monkeypatch.setattr(terms, "EDITIONS", (*terms.EDITIONS, Terms("2027-01", at.date(), "Tout change.")))
    with refused("Chacun accepte"):
        accept_terms(cast.claire, "2027-01", by=cast.zoe, at=at)
    with refused("ont changé pendant que vous les lisiez", status=409):
        accept_terms(cast.claire, "2026-11", by=cast.claire, at=at)
    with remembered("accounts.TermsAccepted") as entries:
        accept_terms(cast.claire, "2027-01", by=cast.claire, at=at)
        accept_terms(cast.claire, "2027-01", by=cast.claire, at=at + timedelta(days=1))
    assert "2027-01" in entries[0].body
    assert (fresh(cast.claire).terms_version, fresh(cast.claire).terms_accepted_at) == ("2027-01", at)


def test_every_edition_has_its_text_and_they_come_in_order(settings):
    versions = [edition.version for edition in terms.EDITIONS]
    assert versions == sorted(set(versions))
    assert [edition.from_day for edition in terms.EDITIONS] == sorted(edition.from_day for edition in terms.EDITIONS)
    assert {path.stem for path in settings.BASE_DIR.glob("templates/terms/*.html")} == set(versions)
    assert all(edition.changes for edition in terms.EDITIONS[1:])
    assert terms_in_force() == terms.EDITIONS[-1]


# — Conflicts of interest —


def test_a_reviewer_linked_to_a_company_is_recused_from_it_and_from_it_alone(cast, at, coordinator):
    with remembered("accounts.ConflictDeclared") as entries:
        declare_conflict(cast.ines, cast.aubepine, " Ancienne salariée. ", by=cast.ines, at=at)
    assert "salariée" not in entries[0].body + str(entries[0].details)
    assert is_recused(cast.ines, cast.aubepine.pk)
    assert not is_recused(cast.ines, cast.boree.pk)
    assert not is_recused(cast.hugo, cast.aubepine.pk)
    conflict = Conflict.objects.get()
    with remembered("accounts.ConflictLifted"):
        lift_conflict(conflict, by=coordinator, at=at)
    assert not is_recused(cast.ines, cast.aubepine.pk)
    with refused("déjà levé", code="wrong_state", status=409):
        lift_conflict(conflict, by=coordinator, at=at)
    declare_conflict(cast.ines, cast.aubepine, "De nouveau.", by=coordinator, at=at)
    assert Conflict.objects.count() == 2


@pytest.mark.parametrize(
    ("reason", "words", "code"),
    [
        ("", "Dites en quoi consiste le lien", "no_reason"),
        ("  ", "Dites en quoi consiste le lien", "no_reason"),
        ("x" * 1001, "1001 caractères, pour 1000 au plus", "too_long"),
    ],
)
def test_a_link_is_said(cast, at, reason, words, code):
    with refused(words, code=code, status=400):
        declare_conflict(cast.ines, cast.aubepine, reason, by=cast.ines, at=at)


def test_who_declares_and_who_lifts(cast, at, coordinator):
    with refused("Chacun déclare ses propres"):
        declare_conflict(cast.ines, cast.aubepine, "Lien.", by=cast.hugo, at=at)
    for person in (cast.claire, coordinator):
        with refused("n'examine ni ne décide"):
            declare_conflict(person, cast.aubepine, "Lien.", by=coordinator, at=at)
    declare_conflict(cast.ines, cast.aubepine, "Lien.", by=cast.ines, at=at)
    with refused("déjà déclaré", code="duplicate", status=409):
        declare_conflict(cast.ines, cast.aubepine, "Lien.", by=coordinator, at=at)
    conflict = Conflict.objects.get()
    with refused("On ne lève pas son propre"):
        lift_conflict(conflict, by=cast.ines, at=at)
    with refused("Seule la coordination"):
        lift_conflict(conflict, by=cast.hugo, at=at)
    assert conflicts_standing(cast.ines) == conflicts_standing() == [conflict]
    assert conflicts_standing(cast.hugo) == []


def test_the_database_keeps_one_conflict_and_says_who_lifts(cast, at):
    declare_conflict(cast.ines, cast.aubepine, "Lien.", by=cast.ines, at=at)
    row = {"person": cast.ines, "company": cast.aubepine, "reason": "x", "declared_by": cast.ines, "declared_at": at}
    with pytest.raises(IntegrityError, match="conflict_once"), transaction.atomic():
        Conflict.objects.create(**row)
    with pytest.raises(IntegrityError, match="conflict_lifted_by_someone"), transaction.atomic():
        Conflict.objects.create(**row, lifted_at=at)


def test_who_is_at_the_agency(cast, at, coordinator):
    assert [seat.person.name for seat in staff_seats()] == ["Coordinator", "Hugo", "Inès"]
    assert impartial_people() == [cast.hugo, cast.ines]
    assert companies_by_name() == [cast.aubepine, cast.boree]


# — Over the shoulder —


def test_a_view_is_shared_for_half_an_hour_by_oneself(cast, at, support):
    seat = seat_of(cast.karim, cast.aubepine)
    for by in (cast.claire, support):
        with refused("Seul l'intéressé"):
            share_view(seat, by=by, at=at)
    with remembered("accounts.ViewShared") as entries:
        share_view(seat, by=cast.karim, at=at)
    assert entries[0].company == cast.aubepine.pk
    view = SharedView.objects.get()
    assert view.ends_at - view.begun_at == SHARED_FOR == timedelta(minutes=30)
    with refused("Vous partagez déjà", code="duplicate", status=409):
        share_view(seat, by=cast.karim, at=at + SHARED_FOR - timedelta(seconds=1))
    assert views_shared(at) == [view]
    assert view_shared_by(cast.karim, at) == shared_view_of(view.pk) == view
    assert views_shared(at + SHARED_FOR) == []
    share_view(seat, by=cast.karim, at=at + SHARED_FOR)


def test_only_the_screens_of_a_company_are_shared_and_while_one_is_there(cast, at):
    with refused("Seuls les écrans d'une entreprise", status=409):
        share_view(seat_of(cast.ines), by=cast.ines, at=at)
    seat = seat_of(cast.karim, cast.aubepine)
    end_seat(seat, by=cast.karim, at=at)
    with refused("Seuls les écrans d'une entreprise", status=409):
        share_view(Seat.objects.get(pk=seat.pk), by=cast.karim, at=at)


@pytest.mark.parametrize(("minutes", "seen"), [(0, True), (29, True), (30, False), (31, False)])
def test_every_page_seen_is_remembered_and_none_after_the_end(cast, at, support, minutes, seen):
    share_view(seat_of(cast.karim, cast.aubepine), by=cast.karim, at=at)
    view, moment = SharedView.objects.get(), at + timedelta(minutes=minutes)
    if seen:
        with remembered("accounts.PageLookedAt") as entries:
            look_at_page(view, "/produits/?q=x", by=support, at=moment)
        assert (entries[0].by, entries[0].company) == (support.key, cast.aubepine.pk)
        assert "/produits/?q=x" in entries[0].body
    else:
        with refused("Le partage est terminé", code="closed_view"):
            look_at_page(view, "/produits/", by=support, at=moment)


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "hugo"])
def test_only_the_support_looks(cast, at, who):
    share_view(seat_of(cast.karim, cast.aubepine), by=cast.karim, at=at)
    with refused("Seul le support"):
        look_at_page(SharedView.objects.get(), "/", by=cast.everyone()[who], at=at)


@pytest.mark.parametrize("who", ["karim", "support"])
def test_who_shares_or_who_looks_stops(cast, at, support, who):
    share_view(seat_of(cast.karim, cast.aubepine), by=cast.karim, at=at)
    view = SharedView.objects.get()
    for other in (cast.claire, cast.zoe, cast.ines):
        with refused("n'est pas le vôtre"):
            close_view(view, by=other, at=at)
    by = support if who == "support" else cast.karim
    with remembered("accounts.ViewClosed"):
        close_view(view, by=by, at=at + timedelta(minutes=5))
        close_view(view, by=by, at=at + timedelta(minutes=6))
    with refused("Le partage est terminé", code="closed_view"):
        look_at_page(view, "/", by=support, at=at + timedelta(minutes=6))


# — At once —


@pytest.mark.slow  # two connections that really commit
def test_of_two_legal_representatives_who_leave_at_once_one_stays(committed_db, at):
    company = Company.objects.get(name="Aubépine Santé")
    claire = Person.objects.get_queryset().get(email="claire@demo.invalid")
    second = someone("second", LEGAL, company, at)
    seats = [(seat_of(person, company), person) for person in (claire, second)]
    done = race(*[lambda seat=seat, person=person: end_seat(seat, by=person, at=at) for seat, person in seats])
    assert sorted(type(one).__name__ for one in done) == ["Refused", "SeatEnded"]
    assert Seat.objects.held().filter(company=company, role=LEGAL).count() == 1
