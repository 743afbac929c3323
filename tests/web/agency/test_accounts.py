"""The agency's pages of accounts and staff: examined by the support, read by others, closed to the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core import mail

from foundation.accounts.models import Conflict, Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Role
from foundation.invitations import actions
from foundation.invitations.models import AccountRequest, Invitation
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import address, text_of
from tests.factories.people import STRONG, asked, fresh, invited, password_link, seat_of, someone
from tests.refusals import remembered

Browse = Callable[[Person | None], StrictClient]
LIST = "/agence/comptes/"


@pytest.fixture
def support(cast: Cast, at: datetime) -> Person:
    return someone("support", Role.SUPPORT, None, at)


@pytest.fixture
def coordinator(cast: Cast, at: datetime) -> Person:
    return someone("coordinator", Role.COORDINATOR, None, at)


def place(request: AccountRequest, route: str = "account_request") -> str:
    return address(f"agency:{route}", request.reference)


def test_empty_then_full(browse: Browse, support: Person, at: datetime) -> None:
    client = browse(support)
    page = text_of(client.get(LIST))
    assert "Aucune demande n’attend de réponse." in page
    assert "Aucun mandataire n’attend de vérification." in page
    assert "Aucune demande n’a encore été examinée." in text_of(client.get(LIST + "?traitees=1"))
    request = asked(at)
    page = text_of(client.get(LIST))
    assert request.reference in page
    assert "À examiner" in page


def test_accepted_the_link_can_be_sent_again_until_a_password_is_chosen(browse: Browse, support: Person, at: datetime) -> None:
    request = asked(at)
    client = browse(support)
    assert "Accepter la demande" in text_of(client.get(place(request)))
    page = text_of(client.post(place(request, "accept_account_request"), follow=True))
    assert "Le compte de Cormoran Santé est ouvert" in page
    assert "Renvoyer le lien" in page
    mail.outbox.clear()
    client.post(place(request, "send_password_link"))
    assert [message.subject for message in mail.outbox] == ["Choisissez votre mot de passe"]
    person = Person.objects.get_queryset().get(email=request.email)
    actions.set_password(password_link(person, at), STRONG, by=person, at=at)
    assert "Renvoyer le lien" not in text_of(client.get(place(request)))
    assert client.post(place(request, "send_password_link")).status_code == 409
    assert client.post(place(request, "accept_account_request")).status_code == 409


@pytest.mark.parametrize(("route", "prefix", "state"), [("refuse_account_request", "refuse", "refused"), ("ask_account_complement", "complement", "complement")])  # fmt: skip
def test_refused_or_sent_back_with_words(browse: Browse, support: Person, at: datetime, route: str, prefix: str, state: str) -> None:
    request = asked(at)
    client = browse(support)
    for words in ("", "x" * 2001):
        with remembered():
            response = client.post(place(request, route), {f"{prefix}-remark": words})
        assert response.status_code == 400
        assert "<title>Erreur" in text_of(response)
    assert client.post(place(request, route), {f"{prefix}-remark": "Il manque <une pièce>."}).status_code == 302
    assert AccountRequest.objects.get().state == state
    page = text_of(client.get(place(request)))
    assert "Il manque <une pièce>." in page


def test_the_coordination_and_the_auditor_read_only(browse: Browse, cast: Cast, coordinator: Person, at: datetime) -> None:
    request = asked(at)
    for reader in (coordinator, someone("auditor", Role.AUDITOR, None, at)):
        page = text_of(browse(reader).get(place(request)))
        assert "Seul le support examine" in page
        assert "Accepter la demande" not in page
        assert browse(reader).post(place(request, "accept_account_request")).status_code == 404


@pytest.mark.parametrize("reference", ["INCONNUE", "0", "a" * 300, "-"])
def test_a_request_that_is_not_there(browse: Browse, support: Person, reference: str) -> None:
    assert browse(support).get(f"/agence/comptes/demandes/{reference}/").status_code == 404


def test_a_legal_representative_is_verified_or_declined(browse: Browse, cast: Cast, support: Person, at: datetime) -> None:
    client = browse(support)
    for number, verdict in enumerate(("decline", "verify")):
        invitation = invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, at, email=cast.karim.email)
        actions.accept_representation(invitation, by=fresh(cast.karim), at=at)
        assert "Karim" in text_of(client.get(LIST))
        where = address("agency:verify_representative", invitation.pk)
        assert "Confirmer le mandataire" in text_of(client.get(where))
        if verdict == "decline":
            assert client.post(address("agency:decline_representative", invitation.pk), {"remark": ""}).status_code == 400
            assert client.post(address("agency:decline_representative", invitation.pk), {"remark": "Illisible."}).status_code == 302
            assert "Motif : Illisible." in text_of(client.get(where))
        else:
            assert "Karim est désormais mandataire." in text_of(client.post(where, follow=True))
        assert [seat.role_word for seat in fresh(cast.karim).seats] == ["Salarié" if number == 0 else "Mandataire"]


# — Staff —


def test_the_coordination_invites_sends_again_revokes_and_ends(browse: Browse, cast: Cast, coordinator: Person) -> None:
    client = browse(coordinator)
    assert "Inès" in text_of(client.get("/agence/equipe/"))
    assert client.get("/agence/equipe/inviter/").status_code == 200
    for typed, status in (({"email": "x", "role": "auditor"}, 400), ({"email": "x@y.example", "role": "employee"}, 400), ({"email": cast.ines.email, "role": "reviewer"}, 409)):  # fmt: skip
        assert client.post("/agence/equipe/inviter/", typed).status_code == status
    assert "part à nouvelle@agence.example" in text_of(client.post("/agence/equipe/inviter/", {"email": "nouvelle@agence.example", "role": "auditor"}, follow=True))  # fmt: skip
    invitation = Invitation.objects.get()
    assert "repart à" in text_of(client.post(address("agency:resend_invitation", invitation.pk), follow=True))
    assert "est annulée" in text_of(client.post(address("agency:revoke_invitation", invitation.pk), follow=True))
    ines = browse(cast.ines)
    assert "n'est plus vérificateur" in text_of(client.post(address("agency:end_seat", seat_of(cast.ines).pk), follow=True))
    assert ines.get("/agence/").status_code == 404
    assert client.post(address("agency:end_seat", seat_of(coordinator).pk))["Location"] == "/"


def test_a_companys_seat_and_invitation_are_not_the_agencys(browse: Browse, cast: Cast, coordinator: Person, at: datetime) -> None:
    client = browse(coordinator)
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at)
    for route, number in (("end_seat", seat_of(cast.karim, cast.aubepine).pk), ("resend_invitation", invitation.pk), ("revoke_invitation", invitation.pk)):  # fmt: skip
        assert client.post(address(f"agency:{route}", number)).status_code == 404


def test_the_team_is_read_by_the_auditor(browse: Browse, cast: Cast, at: datetime) -> None:
    page = text_of(browse(someone("auditor", Role.AUDITOR, None, at)).get("/agence/equipe/"))
    assert "Seule la coordination" in page
    assert "Mettre fin" not in page


# — Conflicts —


def test_a_reviewer_declares_and_the_coordination_lifts(browse: Browse, cast: Cast, coordinator: Person) -> None:
    where = "/agence/conflits/"
    client = browse(cast.ines)
    page = text_of(client.get(where))
    assert "Aucun conflit d’intérêts n’est déclaré." in page
    assert "Hugo" not in page
    typed = {"person": str(cast.ines.pk), "company": str(cast.aubepine.pk), "reason": "Ancienne <b>salariée</b>."}
    for wrong in ({"reason": ""}, {"company": "0"}, {"company": "x"}, {"person": str(cast.hugo.pk)}):
        with remembered():
            assert client.post(where, {**typed, **wrong}).status_code == 400
    assert client.post(where, typed).status_code == 302
    assert is_recused(cast.ines, cast.aubepine.pk)
    assert client.post(where, typed).status_code == 409
    assert "Ancienne <b>salariée</b>." in text_of(client.get(where))
    conflict = Conflict.objects.get()
    assert client.post(address("agency:lift_conflict", conflict.pk)).status_code == 404
    page = text_of(browse(coordinator).post(address("agency:lift_conflict", conflict.pk), follow=True))
    assert "est levé" in page
    assert "Hugo" in page


def test_who_examines_nothing_declares_nothing(browse: Browse, support: Person) -> None:
    assert "votre rôle ne le demande pas" in text_of(browse(support).get("/agence/conflits/"))
    assert browse(support).post("/agence/conflits/", {}).status_code == 403
