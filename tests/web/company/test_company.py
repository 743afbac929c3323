"""« Votre entreprise »: who is shown, who may act, and what each button does; nothing of it reaches another company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.accounts.actions import end_seat
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.invitations import actions
from foundation.invitations.models import Invitation
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import product_at
from tests.factories.pages import address, text_of
from tests.factories.people import fresh, invited, seat_of, someone
from tests.refusals import remembered
from web.happenings import OTHER, words_of

Browse = Callable[[Person | None], StrictClient]
PAGE = "/entreprise/"


@pytest.fixture
def representative(cast: Cast, at: datetime) -> Person:
    return someone("representative", Role.REPRESENTATIVE, cast.aubepine, at)


def test_the_legal_representative_sees_and_manages(browse: Browse, cast: Cast, at: datetime, representative: Person) -> None:
    page = text_of(browse(cast.claire).get(PAGE))
    for word in (
        "Aubépine Santé",
        "834 217 697",
        "Claire",
        "Karim",
        "Representative",
        "Inviter une personne",
        "Aucune invitation en cours",
    ):
        assert word in page
    assert "Zoé" not in page


def test_a_representative_sees_and_is_told_whom_to_ask(browse: Browse, cast: Cast, representative: Person) -> None:
    page = text_of(browse(representative).get(PAGE))
    assert "Karim" in page
    assert "La gestion des comptes ne vous est pas déléguée" in page
    assert "Inviter une personne" not in page
    assert "ne vous est pas déléguée" in text_of(browse(representative).get("/entreprise/inviter/"))


def test_an_employee_sees_their_own_line(browse: Browse, cast: Cast, representative: Person) -> None:
    page = text_of(browse(cast.karim).get(PAGE))
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "Karim" in main
    assert "Claire" not in main
    assert "Representative" not in main
    assert "Adressez-vous au mandataire" in main


def test_one_invites_sends_again_and_revokes(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    assert client.get("/entreprise/inviter/").status_code == 200
    page = text_of(client.post("/entreprise/inviter/", {"email": "Nouveau@Aubepine.example", "role": "employee"}, follow=True))
    assert "L'invitation part à nouveau@aubepine.example" in page
    invitation = Invitation.objects.get()
    assert "En attente" in page
    assert "repart à" in text_of(client.post(f"/entreprise/invitations/{invitation.pk}/renvoyer/", follow=True))
    assert [message.to for message in mail.outbox] == [["nouveau@aubepine.example"]] * 2
    assert "est annulée" in text_of(client.post(f"/entreprise/invitations/{invitation.pk}/annuler/", follow=True))
    assert client.post(f"/entreprise/invitations/{invitation.pk}/annuler/").status_code == 409


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"email": "", "role": "employee"}, 400, "Saisissez une adresse électronique."),
        ({"email": "x@y.example", "role": "support"}, 400, "Choisissez un rôle."),
        ({"email": "x@y.example", "role": ""}, 400, "Choisissez un rôle."),
        ({"email": "KARIM@demo.invalid", "role": "employee"}, 409, "tient déjà ce rôle"),
        ({"email": "x@y.example", "role": "employee", "transfers": "1"}, 400, "choisissez ce rôle"),
        ({"email": "a\0b@y.example", "role": "employee"}, 400, "ne peut pas être enregistré"),
        ({"email": "x" * 1000 + "@y.example", "role": "employee"}, 400, "254 caractères"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_sent(browse: Browse, cast: Cast, typed: dict[str, str], status: int, said: str) -> None:
    with remembered():
        response = browse(cast.claire).post("/entreprise/inviter/", typed)
    assert response.status_code == status
    assert said in text_of(response)
    assert mail.outbox == []


def test_one_that_expired_says_so(browse: Browse, cast: Cast, at: datetime) -> None:
    invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at - timedelta(days=400))
    assert "Expirée le" in text_of(browse(cast.claire).get(PAGE))


def test_one_being_verified_says_so(browse: Browse, cast: Cast, at: datetime) -> None:
    invitation = invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email, transfers=True)
    actions.accept_representation(invitation, by=cast.karim, at=at)
    page = text_of(browse(cast.claire).get(PAGE))
    assert "le support vérifie son identité" in page
    assert "à la place de Claire" in page


def test_a_colleague_with_what_they_did_here(browse: Browse, cast: Cast, at: datetime, representative: Person) -> None:
    product = product_at("active", representative, at)
    page = text_of(browse(cast.claire).get(address("company:colleague", seat_of(representative, cast.aubepine).pk)))
    for words in (
        "Produit commencé",
        "Qualification enregistrée",
        "Produit ajouté",
        "(3)",
        "Déléguer la gestion des comptes",
        "Mettre fin",
    ):
        assert words in page
    page = text_of(browse(cast.claire).get(address("company:colleague", seat_of(cast.karim, cast.aubepine).pk)))
    assert address("company:grant_rights", product.reference) in page
    assert "Déléguer" not in page
    page = text_of(browse(representative).get(address("company:colleague", seat_of(cast.claire, cast.aubepine).pk)))
    assert "Seul un mandataire met fin" in page


def test_only_what_was_done_in_this_company_is_shown(browse: Browse, cast: Cast, at: datetime) -> None:
    product_at("active", cast.zoe, at)
    invitation = invited(cast.claire, cast.aubepine, Role.REPRESENTATIVE, at, email=cast.zoe.email)
    actions.accept_invitation(invitation, by=cast.zoe, at=at)
    page = text_of(browse(cast.claire).get(address("company:colleague", seat_of(fresh(cast.zoe), cast.aubepine).pk)))
    assert "Invitation acceptée" in page
    assert "Produit commencé" not in page


def test_delegating_and_taking_it_back(browse: Browse, cast: Cast, representative: Person) -> None:
    number = seat_of(representative, cast.aubepine).pk
    client = browse(cast.claire)
    assert "gère désormais les comptes" in text_of(client.post(f"/entreprise/personnes/{number}/deleguer/", follow=True))
    assert "Gère les comptes" in text_of(client.get(PAGE))
    assert "Inviter une personne" in text_of(browse(representative).get(PAGE))
    assert "ne gère plus les comptes" in text_of(client.post(f"/entreprise/personnes/{number}/retirer/", follow=True))


def test_a_seat_ended_is_refused_at_the_next_request(browse: Browse, cast: Cast) -> None:
    karim = browse(cast.karim)
    assert karim.get(PAGE).status_code == 200
    page = text_of(browse(cast.claire).post(address("company:end_seat", seat_of(cast.karim, cast.aubepine).pk), follow=True))
    assert "Le rôle de Karim a pris fin" in page
    assert "Rôles terminés (1)" in page
    assert karim.get(PAGE).status_code == 404


def test_leaving_leads_away_and_the_last_legal_representative_stays(browse: Browse, cast: Cast) -> None:
    response = browse(cast.claire).post(address("company:end_seat", seat_of(cast.claire, cast.aubepine).pk))
    assert response.status_code == 409
    assert "C'est le dernier mandataire" in text_of(response)
    page = text_of(browse(cast.karim).post(address("company:end_seat", seat_of(cast.karim, cast.aubepine).pk), follow=True))
    assert "Vous avez quitté Aubépine Santé." in page


def test_an_ended_seat_is_shown_and_ends_no_more(browse: Browse, cast: Cast, at: datetime) -> None:
    seat = seat_of(cast.karim, cast.aubepine)
    end_seat(seat, by=cast.claire, at=at)
    page = text_of(browse(cast.claire).get(address("company:colleague", seat.pk)))
    assert "Mettre fin" not in page
    assert browse(cast.claire).post(address("company:end_seat", seat.pk)).status_code == 409


def test_the_page_costs_the_same_for_one_and_three(browse: Browse, cast: Cast, at: datetime) -> None:
    client = browse(cast.claire)

    def price() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    someone("first", Role.EMPLOYEE, cast.aubepine, at)
    invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at, email="i@x.example")
    before = price()
    for rank in range(3):
        someone(f"more{rank}", Role.EMPLOYEE, cast.aubepine, at)
        invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at, email=f"j{rank}@x.example")
    assert price() == before <= 6


def test_a_kind_of_event_without_words_is_still_shown() -> None:
    assert words_of("catalogue.ProductAdded") == "Produit commencé"
    assert words_of("une.Inconnue") == OTHER
