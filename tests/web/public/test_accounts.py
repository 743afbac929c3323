"""The pages of accounts for everyone: asking for one, the links of mails, and what nobody learns from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.accounts.rules import is_siren
from foundation.core.clock import now
from foundation.invitations import actions
from foundation.invitations.models import AccountRequest, PasswordLink
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import address, body_of, text_of
from tests.factories.people import STRONG, asked, fresh, invited, password_link, someone, typed_request
from tests.refusals import remembered
from tests.web.public.test_opinions import proof

Browse = Callable[[Person | None], StrictClient]
REQUEST, FORGOTTEN = "/demande-de-compte/", "/mot-de-passe/oublie/"
TWICE = {"password": STRONG, "password_again": STRONG}


def without_reference(response: Any) -> str:
    return re.sub(r"[A-Z]{10}", "", text_of(response))


# — Asking —


def test_a_visitor_asks_and_is_told_what_comes_next(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    assert "Demander un compte" in text_of(client.get("/"))
    assert client.get(REQUEST).status_code == 200
    response = client.post(REQUEST, typed_request(), follow=True)
    request = AccountRequest.objects.get()
    assert f"sous la référence {request.reference}" in text_of(response)
    assert (request.siren, request.email) == ("732829320", "gerance@cormoran.example")
    assert [message.to for message in mail.outbox] == [["gerance@cormoran.example"]]


def test_the_answer_is_the_same_whether_the_address_has_an_account(browse: Browse, cast: Cast) -> None:
    pages = [
        browse(None).post(REQUEST, typed_request(siren=siren, email=email), follow=True)
        for siren, email in (("732829320", cast.zoe.email), ("404833048", "inconnue@x.example"))
    ]
    assert without_reference(pages[0]) == without_reference(pages[1])
    assert pages[0].redirect_chain == pages[1].redirect_chain


def test_without_a_proof_five_an_hour_and_with_one_more(cast: Cast) -> None:
    cache.clear()
    sirens = islice((str(number) for number in range(100_000_000, 100_001_000) if is_siren(str(number))), 6)
    asks = [typed_request(siren=siren, email=f"gerance{rank}@cormoran.example") for rank, siren in enumerate(sirens)]
    assert [Client().post(REQUEST, typed).status_code for typed in asks] == [302] * 5 + [429]
    refused = Client().post(REQUEST, asks[5])
    assert "Attendez une heure" in text_of(refused)
    assert "gerance5@cormoran.example" in text_of(refused)
    client = Client()
    assert client.post(REQUEST, asks[5] | {"altcha": proof(client, REQUEST)}).status_code == 302
    assert AccountRequest.objects.count() == 6


def test_what_fills_the_field_nobody_sees_asks_nothing(cast: Cast) -> None:
    with remembered():
        response = Client().post(REQUEST, typed_request(site="https://robot.example"))
    assert response.status_code == 302
    assert AccountRequest.objects.count() == 0


def test_a_company_that_is_here_is_told_the_role_and_no_name(browse: Browse, cast: Cast) -> None:
    with remembered():
        response = browse(None).post(REQUEST, typed_request(siren=cast.aubepine.siren))
    page = text_of(response)
    assert response.status_code == 409
    assert "Demandez une invitation à son mandataire" in page
    assert "Claire" not in page.partition("<main")[2].partition("</main>")[0]
    assert "Aubépine" not in page
    assert 'value="Cormoran Santé"' in page  # what was typed stays


WRONG = {
    "siren": ("123 456 789", "La clé de contrôle ne correspond pas"),
    "company_name": ("", "Saisissez la raison sociale."),
    "address": ("x" * 501, "500 caractères au plus"),
    "name": ("x" * 121, "120 caractères au plus"),
    "function": ("", "Saisissez votre fonction."),
    "email": ("zoe@lierre", "Cette adresse n'est pas complète"),
    "phone": ("appelez-moi", "Ce numéro n'est pas valable"),
    "certified": ("", "Cochez cette case"),
    "country": ("XX", "Choisissez un pays"),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_said_beside_the_field(browse: Browse, cast: Cast, field: str) -> None:
    typed, said = WRONG[field]
    with remembered():
        response = browse(None).post(REQUEST, typed_request(**{field: typed}))
    assert response.status_code == 400
    page = text_of(response)
    assert page.count(said) == 2  # at the head of the page, and beside the field
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>Erreur" in page


def test_a_manufacturer_from_abroad_is_told_who_applies(browse: Browse, cast: Cast) -> None:
    with remembered():
        response = browse(None).post(REQUEST, typed_request(country="DE", siren=""))
    page = text_of(response)
    assert "c'est l'exploitant ou le distributeur français du produit" in page
    assert "Saisissez le SIREN." not in page
    assert "1 réponse est à corriger" in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE accounts_person; --", "‮abc", "=cmd()"])
def test_what_is_typed_is_text(browse: Browse, cast: Cast, at: datetime, text: str) -> None:
    """Shown literally to whoever asked and to the support."""
    visitor = browse(None)
    visitor.allow_markup = (text,)
    assert visitor.post(REQUEST, typed_request(company_name=text, address=text, name=text, function=text)).status_code == 302
    support = browse(someone("support", Role.SUPPORT, None, at))
    support.allow_markup = (text,)
    page = text_of(support.get(address("agency:account_request", AccountRequest.objects.get().reference)))
    assert page.count(text) >= 4
    assert "<script>alert(1)</script>" not in support.get(address("agency:account_requests")).content.decode()


def test_fields_that_are_not_asked_are_ignored(browse: Browse, cast: Cast) -> None:
    more = {"state": "granted", "reference": "MIENNE", "person": str(cast.claire.pk), "company_id": str(cast.aubepine.pk), "id": "1"}
    assert browse(None).post(REQUEST, {**typed_request(), **more}).status_code == 302
    request = AccountRequest.objects.get()
    assert (request.state, request.person, request.company) == ("submitted", None, None)
    assert request.reference != "MIENNE"


@pytest.mark.parametrize("field", ["company_name", "address", "name", "email", "siren", "phone"])
def test_a_character_that_cannot_be_kept_is_refused(browse: Browse, cast: Cast, field: str) -> None:
    for text in ("a\0b",):
        with remembered():
            assert browse(None).post(REQUEST, typed_request(**{field: text})).status_code == 400


def test_a_megabyte_and_a_thousand_fields_are_refused(browse: Browse, cast: Cast) -> None:
    with remembered():
        assert browse(None).post(REQUEST, typed_request(address="x" * 1_000_000)).status_code == 400
        assert browse(None).post(REQUEST, {f"f{rank}": "x" for rank in range(1001)}).status_code == 400


def test_nobody_floods_an_address(browse: Browse, cast: Cast) -> None:
    sirens = ("732829320", "404833048", "443061841", "542107651")
    statuses = [browse(None).post(REQUEST, typed_request(siren=siren, email="VICTIME@x.example")).status_code for siren in sirens]
    assert statuses == [302, 302, 302, 429]
    assert AccountRequest.objects.count() == 3


# — The complement —


@pytest.fixture
def incomplete(cast: Cast, at: datetime) -> AccountRequest:
    request = asked(at)
    actions.ask_account_complement(request, "Qui êtes-<b>vous</b> ?", by=someone("support", Role.SUPPORT, None, at), at=now())
    return AccountRequest.objects.get(pk=request.pk)


def test_the_link_of_the_complement_opens_once(browse: Browse, incomplete: AccountRequest) -> None:
    where = address("public:complete_account_request", incomplete.token)
    client = browse(None)
    page = text_of(client.get(where))
    assert "Qui êtes-<b>vous</b> ?" in page
    assert 'value="Cormoran Santé"' in page
    assert client.post(where, {**typed_request(), "answer": ""}).status_code == 400
    response = client.post(
        where, {**typed_request(company_name="Cormoran SAS", siren=incomplete.siren[::-1]), "answer": "Moi."}, follow=True
    )
    assert "Votre complément à la demande" in text_of(response)
    request = AccountRequest.objects.get()
    assert (request.state, request.company_name, request.siren) == ("submitted", "Cormoran SAS", incomplete.siren)
    for method in (client.get, client.post):
        assert method(where).status_code == 404


# — Forgotten, chosen, changed —


def test_forgetting_is_answered_alike_and_only_an_account_gets_a_link(browse: Browse, cast: Cast) -> None:
    pages = [browse(None).post(FORGOTTEN, {"email": email}, follow=True) for email in ("Zoe@demo.invalid", "inconnue@x.example")]
    assert body_of(pages[0]) == body_of(pages[1])
    assert "Si cette adresse a un compte" in text_of(pages[0])
    assert [message.to for message in mail.outbox] == [["zoe@demo.invalid"]]
    assert PasswordLink.objects.get().person == cast.zoe


def test_forgetting_is_throttled_by_address(browse: Browse, cast: Cast) -> None:
    statuses = [browse(None).post(FORGOTTEN, {"email": "zoe@demo.invalid"}).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert browse(None).post(FORGOTTEN, {"email": "pas une adresse"}).status_code == 400


def test_a_password_is_chosen_by_its_link_then_one_signs_in(browse: Browse, cast: Cast) -> None:
    where = address("public:set_password", password_link(cast.zoe, now()).token)
    client = browse(None)
    assert "zoe@demo.invalid" in text_of(client.get(where))
    for typed, said in (
        ({"password": "", "password_again": ""}, "Saisissez le nouveau mot de passe."),
        ({"password": STRONG, "password_again": STRONG + "!"}, "Les deux saisies diffèrent"),
        ({"password": "court", "password_again": "court"}, "trop court"),
    ):
        response = client.post(where, typed)
        assert response.status_code == 400
        assert said in text_of(response)
        assert "court" not in re.sub(r"trop court", "", text_of(response)) or typed["password"] != "court"
    assert client.post(where, TWICE).status_code == 302
    assert client.get(where).status_code == 404
    assert client.post("/connexion/", {"login": "zoe@demo.invalid", "password": STRONG}).status_code == 302


def test_choosing_ends_the_sessions_opened_with_the_former(browse: Browse, cast: Cast) -> None:
    inside = browse(cast.zoe)
    assert inside.get(address("company:dashboard")).status_code == 200
    browse(None).post(address("public:set_password", password_link(cast.zoe, now()).token), TWICE)
    assert inside.get(address("company:dashboard")).status_code == 302


def test_changing_keeps_this_session_and_ends_the_others(browse: Browse, cast: Cast) -> None:
    here, elsewhere = browse(cast.zoe), browse(cast.zoe)
    where = address("public:change_password")
    assert here.get(where).status_code == 200
    response = here.post(where, {**TWICE, "present_password": "pas celui-là"})
    assert response.status_code == 400
    assert "Le mot de passe actuel n'est pas celui-là" in text_of(response)
    assert here.post(where, {"password": "court", "password_again": "court", "present_password": settings.DEMO_PASSWORD}).status_code == 400
    response = here.post(where, {**TWICE, "present_password": settings.DEMO_PASSWORD}, follow=True)
    assert "Votre mot de passe est changé" in text_of(response)
    assert here.get(address("company:dashboard")).status_code == 200
    assert elsewhere.get(address("company:dashboard")).status_code == 302


def test_changing_is_throttled(browse: Browse, cast: Cast) -> None:
    client, where = browse(cast.zoe), address("public:change_password")
    statuses = [client.post(where, {**TWICE, "present_password": "non"}).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]


@pytest.mark.parametrize("route", ["public:set_password", "public:invitation", "public:complete_account_request"])
@pytest.mark.parametrize("token", ["x", "1-" + "a" * 64, "999999-" + "0" * 64, "9" * 200])
def test_a_link_that_never_was_opens_nothing(browse: Browse, cast: Cast, at: datetime, route: str, token: str) -> None:
    """As one that was used: the same page."""
    password_link(cast.zoe, at - timedelta(days=2))
    client = browse(None)
    for response in (client.get(address(route, token)), client.post(address(route, token), TWICE)):
        assert response.status_code == 404
        assert "Ce lien n’ouvre plus rien" in text_of(response)


# — Invitations —


def test_someone_new_accepts_and_is_in(browse: Browse, cast: Cast) -> None:
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, now())
    where = address("public:invitation", invitation.token)
    client = browse(None)
    page = text_of(client.get(where))
    assert "Rejoindre Aubépine Santé" in page
    assert "Salarié" in page
    response = client.post(where, {"name": "", **TWICE})
    assert response.status_code == 400
    assert client.post(where, {"name": "Nouveau", "password": "court", "password_again": "court"}).status_code == 400
    assert client.post(where, {"name": "Nouveau", **TWICE}).status_code == 302
    person = Person.objects.get_queryset().get(email=invitation.email)
    assert [seat.company for seat in person.seats] == [cast.aubepine]
    assert client.get(address("public:account")).status_code == 200
    assert browse(None).get(where).status_code == 404


def test_someone_known_signs_in_and_comes_back(browse: Browse, cast: Cast) -> None:
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, now(), email="ZOE@demo.invalid")
    where = address("public:invitation", invitation.token)
    visitor = browse(None)
    assert f"/connexion/?next={where}" in text_of(visitor.get(where))
    response = visitor.post(where, {"name": "Autre", **TWICE})
    assert response.status_code == 409
    assert not fresh(cast.zoe).check_password(STRONG)
    client = browse(cast.zoe)
    assert "Accepter l’invitation" in text_of(client.get(where))
    assert client.post(where, follow=True).status_code == 200
    assert {seat.company for seat in fresh(cast.zoe).seats} == {cast.aubepine, cast.boree}


def test_the_invitation_of_someone_else_is_not_accepted(browse: Browse, cast: Cast) -> None:
    where = address("public:invitation", invited(cast.claire, cast.aubepine, Role.EMPLOYEE, now()).token)
    client = browse(cast.zoe)
    assert "adressée à une autre personne" in text_of(client.get(where))
    with remembered():
        response = client.post(where, {"name": "Zoé", **TWICE})
    assert response.status_code == 403
    assert len(fresh(cast.zoe).seats) == 1


def test_a_legal_representative_waits_on_their_account(browse: Browse, cast: Cast) -> None:
    where = address("public:invitation", invited(cast.claire, cast.aubepine, Role.LEGAL_REPRESENTATIVE, now()).token)
    client = browse(None)
    assert "Le support vérifie l’identité d’un mandataire" in text_of(client.get(where))
    page = text_of(client.post(where, {"name": "Nouveau", **TWICE}, follow=True))
    assert "Le support vérifie votre identité" in page
    assert client.get(address("company:dashboard")).status_code == 404


# — One's account, and the choice between two companies —


def test_between_two_companies_one_chooses(browse: Browse, cast: Cast, at: datetime) -> None:
    invitation = invited(cast.claire, cast.aubepine, Role.EMPLOYEE, at, email=cast.zoe.email)
    actions.accept_invitation(invitation, by=cast.zoe, at=at)
    client = browse(fresh(cast.zoe))
    assert client.get("/")["Location"] == address("public:choose_seat")
    page = text_of(client.get(address("public:choose_seat")))
    assert "Aubépine Santé" in page
    assert "Éditions Borée" in page
    seats = {seat.company.name: seat.pk for seat in fresh(cast.zoe).seats if seat.company}
    for name in ("Aubépine Santé", "Éditions Borée"):
        assert client.post(address("public:choose_seat"), {"seat": seats[name]}).status_code == 302
        assert f"Zoé · {name}" in text_of(client.get(address("company:dashboard")))
    assert client.get("/")["Location"] == address("company:dashboard")
    claire = fresh(cast.claire).seats[0].pk
    for wrong in ("", "0", "x", str(claire), "9" * 30):
        assert client.post(address("public:choose_seat"), {"seat": wrong}).status_code == 404


def test_without_a_role_ones_account_says_whom_to_ask(browse: Browse, cast: Cast, at: datetime) -> None:
    client = browse(someone("seule", None, None, at))
    page = text_of(client.get("/", follow=True))
    assert "Votre compte ne tient plus aucun rôle" in page
    assert "Vous ne tenez de rôle dans aucune entreprise" in text_of(client.get(address("public:choose_seat")))
