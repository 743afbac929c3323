"""Invitations: who may invite whom, who accepts, and the legal representative who is verified first (product, section 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.accounts.actions import delegate_accounts, end_seat
from foundation.accounts.models import Person, Seat
from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, Role
from foundation.invitations.actions import (
    INVITED_FOR,
    accept_invitation,
    accept_representation,
    decline_representative,
    invite_person,
    resend_invitation,
    revoke_invitation,
    verify_representative,
)
from foundation.invitations.models import Invitation
from foundation.invitations.queries import (
    invitation_behind,
    invitations_awaiting,
    invitations_under_way,
    new_invitation,
    representatives_of,
    representatives_to_verify,
)
from foundation.journal.actor import SYSTEM
from tests.factories.people import STRONG, fresh, invited, seat_of, someone
from tests.refusals import refused, remembered

LEGAL, REPRESENTATIVE, EMPLOYEE = Role.LEGAL_REPRESENTATIVE, Role.REPRESENTATIVE, Role.EMPLOYEE


@pytest.fixture
def support(cast, at):
    return someone("support", Role.SUPPORT, None, at)


@pytest.fixture
def representative(cast, at):
    return someone("representative", REPRESENTATIVE, cast.aubepine, at)


def again(invitation):
    return Invitation.objects.get(pk=invitation.pk)


# — Who may invite whom —


@pytest.mark.parametrize("role", sorted(COMPANY_ROLES))
@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("claire", ""),
        ("delegated", ""),
        ("representative", "ne vous est pas déléguée"),
        ("karim", "Votre rôle ne permet pas"),
        ("zoe", "n'est pas la vôtre"),
        ("ines", "n'est pas la vôtre"),
        ("coordinator", "n'est pas la vôtre"),
    ],
)
def test_who_invites_into_a_company(cast, at, representative, who, said, role):
    if who == "delegated":
        delegate_accounts(seat_of(representative, cast.aubepine), by=cast.claire, at=at)
    people = {**cast.everyone(), "representative": representative, "delegated": fresh(representative)}
    by = someone("coordinator", Role.COORDINATOR, None, at) if who == "coordinator" else people[who]
    if said:
        with refused(said):
            invited(by, cast.aubepine, role, at)
        return
    with remembered("invitations.PersonInvited") as entries:
        invitation = invited(by, cast.aubepine, role, at)
    assert (invitation.state, invitation.expires_at, invitation.invited_by) == ("pending", at + INVITED_FOR, by)
    assert entries[0].company == cast.aubepine.pk


@pytest.mark.parametrize("role", sorted(AGENCY_ROLES))
def test_the_coordination_invites_at_the_agency(cast, at, role):
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    assert invited(coordinator, None, role, at).company is None
    for who in ("claire", "ines", "hugo"):
        with refused("Seule la coordination"):
            invited(cast.everyone()[who], None, role, at, email="x@agence.example")


def test_a_role_belongs_to_its_side(cast, at):
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    for by, company, role in (
        (cast.claire, cast.aubepine, Role.SUPPORT),
        (coordinator, None, EMPLOYEE),
        (cast.claire, cast.aubepine, "roi"),
    ):
        with refused("Choisissez un rôle", status=400):
            invited(by, company, role, at)


def test_one_invitation_an_address(cast, at):
    invited(cast.claire, cast.aubepine, EMPLOYEE, at)
    with refused("déjà une invitation en cours", code="duplicate", status=409):
        invited(cast.claire, cast.aubepine, REPRESENTATIVE, at, email="NOUVEAU@aubepine.example")


def test_nobody_is_invited_to_what_they_hold(cast, at):
    with refused("tient déjà ce rôle", code="duplicate", status=409):
        invited(cast.claire, cast.aubepine, EMPLOYEE, at, email="KARIM@demo.invalid")
    with refused("Cette personne est mandataire", status=409):
        invited(cast.claire, cast.aubepine, EMPLOYEE, at, email=cast.claire.email)


# — Sent again, revoked, too late —


def test_sent_again_the_link_before_is_dead(cast, at):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at)
    token, later = invitation.token, at + timedelta(days=20)
    assert invitation_behind(token) == invitation
    with remembered("invitations.InvitationResent"):
        resend_invitation(invitation, by=cast.claire, at=later)
    assert invitation_behind(token) is None
    invitation = again(invitation)
    assert invitation_behind(invitation.token) == invitation
    assert invitation.expires_at == later + INVITED_FOR


def test_revoked_it_is_accepted_no_more(cast, at):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at)
    with remembered("invitations.InvitationRevoked"):
        revoke_invitation(invitation, by=cast.claire, at=at)
    for verb in (accept_invitation, resend_invitation, revoke_invitation):
        with refused("l'état est « Annulée »", code="wrong_state", status=409):
            verb(invitation, by=cast.claire if verb is not accept_invitation else SYSTEM, at=at)
    invited(cast.claire, cast.aubepine, EMPLOYEE, at)


@pytest.mark.parametrize("who", ["karim", "zoe", "ines"])
def test_only_who_may_invite_sends_again_or_revokes(cast, at, who):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at)
    for verb in (resend_invitation, revoke_invitation):
        with refused(""):
            verb(invitation, by=cast.everyone()[who], at=at)
    assert invitations_under_way(cast.everyone()[who], cast.aubepine) == []
    assert invitations_under_way(cast.claire, cast.aubepine) == [invitation]


def test_one_is_in_time_until_it_expires(cast, at):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at)
    with refused("Cette invitation a expiré", code="expired", status=410):
        accept_invitation(invitation, name="N", password=STRONG, by=SYSTEM, at=at + INVITED_FOR)
    accept_invitation(invitation, name="N", password=STRONG, by=SYSTEM, at=at + INVITED_FOR - timedelta(seconds=1))


# — Accepted —


def test_someone_new_has_an_account_and_a_seat(cast, at):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at, email="Ｎouveau@Aubepine.example")
    with remembered("accounts.PersonWelcomed", "accounts.SeatGiven", "invitations.InvitationAccepted"):
        event = accept_invitation(invitation, name=" Nouveau ", password=STRONG, by=SYSTEM, at=at)
    person = Person.objects.get(pk=event.person)
    assert (person.email, person.name, person.check_password(STRONG)) == ("nouveau@aubepine.example", "Nouveau", True)
    assert seat_of(person, cast.aubepine).role == EMPLOYEE
    assert again(invitation).state == "accepted"


def test_a_weak_password_opens_no_account(cast, at):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at)
    with refused("", code="weak_password", status=400):
        accept_invitation(invitation, name="N", password="court", by=SYSTEM, at=at)
    assert not Person.objects.get_queryset().filter(email=invitation.email).exists()


def test_someone_who_has_an_account_signs_in_first(cast, at):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at, email=cast.zoe.email)
    with refused("Connectez-vous, puis acceptez", code="has_account", status=409):
        accept_invitation(invitation, name="Z", password=STRONG, by=SYSTEM, at=at)
    accept_invitation(invitation, by=cast.zoe, at=at)
    assert [seat.company for seat in fresh(cast.zoe).seats] == [cast.boree, cast.aubepine]


@pytest.mark.parametrize("who", ["claire", "karim", "ines"])
def test_the_invitation_of_someone_else_is_refused(cast, at, who):
    invitation = invited(cast.claire, cast.aubepine, EMPLOYEE, at, email=cast.zoe.email)
    with refused("adressée à une autre personne"):
        accept_invitation(invitation, by=cast.everyone()[who], at=at)


def test_another_role_replaces_the_one_held(cast, at):
    invitation = invited(cast.claire, cast.aubepine, REPRESENTATIVE, at, email=cast.karim.email)
    with remembered("accounts.SeatEnded", "accounts.SeatGiven", "invitations.InvitationAccepted"):
        accept_invitation(invitation, by=cast.karim, at=at)
    assert [seat.role for seat in fresh(cast.karim).seats] == [REPRESENTATIVE]
    assert Seat.objects.filter(person=cast.karim).count() == 2  # the former is kept, ended


def test_an_agency_role_is_one_more(cast, at):
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    accept_invitation(invited(coordinator, None, Role.AUDITOR, at, email=cast.ines.email), by=cast.ines, at=at)
    assert {seat.role for seat in fresh(cast.ines).seats} == {Role.REVIEWER, Role.AUDITOR}


# — A legal representative is verified first —


def test_an_invited_legal_representative_waits_for_the_support(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at, email=cast.karim.email)
    with refused("L'identité d'un mandataire est vérifiée", status=409):
        accept_invitation(invitation, by=cast.karim, at=at)
    with remembered("invitations.RepresentationAccepted"):
        accept_representation(invitation, by=cast.karim, at=at)
    assert [seat.role for seat in fresh(cast.karim).seats] == [EMPLOYEE]
    assert representatives_to_verify() == [invitation]
    assert invitations_awaiting(cast.karim) == [invitation]
    with remembered("accounts.SeatEnded", "accounts.SeatGiven", "invitations.RepresentativeVerified"):
        verify_representative(invitation, by=support, at=at)
    assert [seat.role for seat in fresh(cast.karim).seats] == [LEGAL]
    assert [seat.role for seat in fresh(cast.claire).seats] == [LEGAL]
    assert set(representatives_of(cast.aubepine)) == {cast.claire, cast.karim}
    assert representatives_to_verify() == []


def test_someone_new_holds_nothing_until_verified(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at)
    event = accept_representation(invitation, name="Nouveau", password=STRONG, by=SYSTEM, at=at)
    person = Person.objects.get(pk=event.person)
    assert person.seats == []
    with remembered("invitations.RepresentativeDeclined"):
        decline_representative(invitation, "Pièce illisible.", by=support, at=at)
    assert fresh(person).seats == []
    assert again(invitation).remark == "Pièce illisible."
    with refused("l'état est « Identité non vérifiée »", code="wrong_state", status=409):
        verify_representative(invitation, by=support, at=at)


def test_declining_says_why(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at, email=cast.karim.email)
    accept_representation(invitation, by=cast.karim, at=at)
    with refused("la personne le lira", code="no_reason", status=400):
        decline_representative(invitation, " ", by=support, at=at)


def test_a_role_held_at_once_is_not_verified(cast, at):
    invitation = invited(cast.claire, cast.aubepine, REPRESENTATIVE, at, email=cast.karim.email)
    with refused("dès qu'on l'accepte", status=409):
        accept_representation(invitation, by=cast.karim, at=at)


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "coordinator", "system"])
def test_only_the_support_verifies(cast, at, who):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at, email=cast.karim.email)
    accept_representation(invitation, by=cast.karim, at=at)
    by = {**cast.everyone(), "coordinator": someone("coordinator", Role.COORDINATOR, None, at), "system": SYSTEM}[who]
    with refused("On ne vérifie pas sa propre identité" if who == "karim" else "Seul le support"):
        verify_representative(invitation, by=by, at=at)
    with refused("Seul le support"):
        decline_representative(invitation, "Non.", by=by, at=at)


def test_the_support_does_not_verify_itself(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at, email=support.email)
    accept_representation(invitation, by=support, at=at)
    with refused("sa propre identité"):
        verify_representative(invitation, by=support, at=at)


def test_one_being_verified_may_still_be_revoked(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at, email=cast.karim.email)
    accept_representation(invitation, by=cast.karim, at=at)
    revoke_invitation(invitation, by=cast.claire, at=at)
    with refused("l'état est « Annulée »", code="wrong_state", status=409):
        verify_representative(invitation, by=support, at=at)


# — Handing one's place over —


def test_the_place_is_handed_over_once_the_other_is_verified(cast, at, support):
    invitation = invited(cast.claire, cast.aubepine, LEGAL, at, email=cast.karim.email, transfers=True)
    accept_representation(invitation, by=cast.karim, at=at)
    assert [seat.role for seat in fresh(cast.claire).seats] == [LEGAL]
    with remembered(
        "accounts.SeatEnded", "accounts.SeatGiven", "accounts.SeatEnded", "accounts.SeatGiven", "invitations.RepresentativeVerified"
    ):
        verify_representative(invitation, by=support, at=at)
    assert [seat.role for seat in fresh(cast.karim).seats] == [LEGAL]
    assert [(seat.role, seat.delegated) for seat in fresh(cast.claire).seats] == [(REPRESENTATIVE, False)]


def test_who_left_meanwhile_hands_nothing_over(cast, at, support):
    other = someone("other", LEGAL, cast.aubepine, at)
    invitation = invited(other, cast.aubepine, LEGAL, at, email=cast.karim.email, transfers=True)
    accept_representation(invitation, by=cast.karim, at=at)
    end_seat(seat_of(other, cast.aubepine), by=other, at=at)
    verify_representative(invitation, by=support, at=at)
    assert fresh(other).seats == []
    assert [seat.role for seat in fresh(cast.karim).seats] == [LEGAL]


def test_only_a_legal_representative_hands_over_and_only_that_role(cast, at, representative):
    delegate_accounts(seat_of(representative, cast.aubepine), by=cast.claire, at=at)
    with refused("Seul un mandataire transmet"):
        invited(fresh(representative), cast.aubepine, LEGAL, at, transfers=True)
    with refused("choisissez ce rôle", status=400):
        invited(cast.claire, cast.aubepine, REPRESENTATIVE, at, transfers=True)
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    with refused("Seul un mandataire transmet"):
        invite_person(new_invitation(None, email="x@x.example", role=Role.SUPPORT, transfers=True), by=coordinator, at=at)


def test_a_closed_account_manages_nothing(cast, at):
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    assert representatives_of(cast.aubepine) == []
