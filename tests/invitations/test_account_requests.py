"""Asking for the account of a company: who may, what is checked, and what each answer of the support makes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from foundation.accounts.actions import end_seat
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rights import Role
from foundation.invitations.actions import (
    COMPLEMENT_WITHIN,
    accept_account_request,
    ask_account_complement,
    complete_account_request,
    refuse_account_request,
    request_account,
)
from foundation.invitations.models import AccountRequest, PasswordLink
from foundation.invitations.queries import account_request_behind, account_requests, has_account, new_account_request, requests_to_examine
from foundation.journal.actor import SYSTEM
from ops import demo
from tests.factories.people import SIREN, asked, fresh, seat_of, someone, typed_request
from tests.race import kinds_of, race
from tests.refusals import refused, remembered


@pytest.fixture
def support(cast, at):
    return someone("support", Role.SUPPORT, None, at)


TYPED = {name: value for name, value in typed_request().items() if name not in ("country", "certified")}
CORRECTED = {"company_name": "Cormoran SAS", "address": "2 rue du Phare", "name": "Zoé", "function": "Présidente", "phone": "0298000000"}


def again(request):
    return AccountRequest.objects.get(pk=request.pk)


# — Asked —


def test_a_request_gets_a_reference_that_nobody_guesses(cast, at):
    with remembered("invitations.AccountRequested") as entries:
        request = asked(at)
    assert len(request.reference) == 10
    assert request.reference.isascii()
    assert request.reference.isupper()
    assert (request.state, request.siren, request.asked_at) == ("submitted", SIREN, at)
    assert "gerance" not in entries[0].body  # what is personal stays apart, to be erased one day
    assert entries[0].details["email"] == "gerance@cormoran.example"
    assert requests_to_examine() == 1


@pytest.mark.parametrize("typed", ["Gerance@Cormoran.EXAMPLE", "ｇｅｒａｎｃｅ@cormoran.example", "  gerance@cormoran.example "])
def test_an_address_is_one_however_it_is_written(cast, at, typed):
    assert asked(at, email=typed).email == "gerance@cormoran.example"


@pytest.mark.parametrize("siren", ["732829321", "12345678", "", "73282932O", "𝟕𝟑𝟐𝟖𝟐𝟗𝟑𝟐𝟎"])
def test_a_siren_that_is_not_one_is_refused(cast, at, siren):
    with refused("La clé de contrôle du SIREN", code="siren", status=400):
        request_account(new_account_request(**{**TYPED, "siren": siren}), by=SYSTEM, at=at)


def test_a_company_that_has_its_legal_representative_is_told_the_role_and_never_the_name(cast, at):
    with refused("Demandez une invitation à son mandataire", code="duplicate", status=409) as caught:
        asked(at, siren=demo.AUBEPINE)
    assert "Claire" not in caught.value.reason


def test_a_company_without_one_is_sent_to_its_representatives(cast, at):
    with refused("à l'un de ses représentants", code="duplicate", status=409):
        asked(at, siren=demo.BOREE)


def test_a_company_everyone_left_may_ask_again_and_keeps_its_row(cast, at, support):
    end_seat(seat_of(cast.zoe, cast.boree), by=SYSTEM, at=at)
    event = accept_account_request(asked(at, siren=demo.BOREE), by=support, at=at)
    assert event.company == cast.boree.pk
    assert Company.objects.count() == 2


def test_a_second_request_for_the_same_company_is_refused_while_the_first_waits(cast, at, support):
    first = asked(at)
    with refused("Une demande est déjà en cours", code="duplicate", status=409):
        asked(at, email="autre@cormoran.example")
    refuse_account_request(first, "Pièce manquante.", by=support, at=at)
    assert asked(at, email="autre@cormoran.example").state == "submitted"


def test_an_address_that_has_an_account_is_answered_as_any_other(cast, at):
    assert asked(at, email=cast.zoe.email).state == "submitted"
    assert has_account("ZOE@demo.invalid")


def test_nobody_signed_in_asks(cast, at):
    with refused("Vous avez déjà un compte"):
        request_account(new_account_request(**TYPED), by=cast.zoe, at=at)


def test_the_database_keeps_one_request_a_company(cast, at):
    first = asked(at)
    with pytest.raises(IntegrityError, match="account_request_once"), transaction.atomic():
        AccountRequest.objects.create(**{**TYPED, "siren": first.siren}, reference="AUTRE", secret="s", asked_at=at)


# — Answered —


def test_accepting_makes_the_company_its_legal_representative_and_a_link(cast, at, support):
    request = asked(at)
    with remembered(
        "accounts.CompanyRegistered",
        "accounts.PersonWelcomed",
        "invitations.PasswordLinkSent",
        "accounts.SeatGiven",
        "invitations.AccountRequestAccepted",
    ):
        event = accept_account_request(request, by=support, at=at)
    person, company = Person.objects.get(pk=event.person), Company.objects.get(pk=event.company)
    assert (company.name, company.siren, company.address) == ("Cormoran Santé", SIREN, "1 rue du Phare, 29200 Brest")
    assert (person.email, person.name, person.has_usable_password()) == ("gerance@cormoran.example", "Zoé", False)
    assert seat_of(person, company).role == Role.LEGAL_REPRESENTATIVE
    assert PasswordLink.objects.get(person=person).welcomes
    request = again(request)
    assert (request.state, request.settled_by, request.person, request.company) == ("granted", support, person, company)


def test_someone_who_has_an_account_keeps_it_with_one_role_more(cast, at, support):
    request = asked(at, email=cast.zoe.email)
    with remembered("accounts.CompanyRegistered", "accounts.SeatGiven", "invitations.AccountRequestAccepted"):
        accept_account_request(request, by=support, at=at)
    assert len(fresh(cast.zoe).seats) == 2
    assert not PasswordLink.objects.exists()


def test_a_closed_account_is_not_reopened_by_a_request(cast, at, support):
    request = asked(at, email=cast.zoe.email)
    Person.objects.get_queryset().filter(pk=cast.zoe.pk).update(is_active=False)
    with refused("celle d'un compte fermé", status=409):
        accept_account_request(request, by=support, at=at)
    assert not Company.objects.filter(siren=SIREN).exists()


def test_a_company_that_came_in_meanwhile_is_not_given_twice(cast, at, support):
    request = asked(at)
    other = Company.objects.create(siren=SIREN, name="Cormoran", created_at=at)
    someone("gerant", Role.LEGAL_REPRESENTATIVE, other, at)
    with refused("Demandez une invitation à son mandataire", code="duplicate", status=409):
        accept_account_request(request, by=support, at=at)
    assert again(request).state == "submitted"


def test_a_refusal_gives_its_reason(cast, at, support):
    request = asked(at)
    with remembered("invitations.AccountRequestRefused"):
        refuse_account_request(request, "  Ce n'est pas votre entreprise. ", by=support, at=at)
    request = again(request)
    assert (request.state, request.remark, request.settled_by) == ("refused", "Ce n'est pas votre entreprise.", support)
    assert not Company.objects.filter(siren=SIREN).exists()


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("", "la personne le lira", "no_reason"),
        ("  \n", "la personne le lira", "no_reason"),
        ("x" * 2001, "Ce texte compte 2001 caractères, pour 2000 au plus : raccourcissez-le.", "too_long"),
    ],
)
@pytest.mark.parametrize("verb", [refuse_account_request, ask_account_complement])
def test_without_words_nothing_is_answered(cast, at, support, verb, text, words, code):
    request = asked(at)
    with refused(words, code=code, status=400):
        verb(request, text, by=support, at=at)


def test_a_complement_is_asked_given_and_examined(cast, at, support):
    request = asked(at)
    with remembered("invitations.AccountComplementAsked"):
        ask_account_complement(request, "Qui êtes-vous ?", by=support, at=at)
    request = again(request)
    assert (request.state, request.expires_at) == ("complement", at + COMPLEMENT_WITHIN)
    token = request.token
    assert account_request_behind(token) == request
    with refused("l'état est « Complément demandé »", code="wrong_state", status=409):
        accept_account_request(request, by=support, at=at)
    with remembered("invitations.AccountRequestCompleted"):
        complete_account_request(request, CORRECTED, "La présidente.", by=SYSTEM, at=at + timedelta(days=3))
    request = again(request)
    assert (request.state, request.company_name, request.answer) == ("submitted", "Cormoran SAS", "La présidente.")
    assert (request.siren, request.email) == (SIREN, "gerance@cormoran.example")
    assert account_request_behind(token) is None  # used once
    accept_account_request(request, by=support, at=at)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_a_complement_given_too_late_is_refused(cast, at, support, late):
    request = asked(at)
    ask_account_complement(request, "Qui êtes-vous ?", by=support, at=at)
    with refused("Ce lien a expiré", code="expired", status=410):
        complete_account_request(again(request), CORRECTED, "Moi.", by=SYSTEM, at=at + COMPLEMENT_WITHIN + late)
    complete_account_request(again(request), CORRECTED, "Moi.", by=SYSTEM, at=at + COMPLEMENT_WITHIN - timedelta(seconds=1))


def test_a_complement_is_given_by_link_alone(cast, at, support):
    request = asked(at)
    ask_account_complement(request, "Qui ?", by=support, at=at)
    with refused("Déconnectez-vous"):
        complete_account_request(again(request), CORRECTED, "Moi.", by=cast.zoe, at=at)


@pytest.mark.parametrize("who", ["claire", "karim", "zoe", "ines", "hugo", "coordinator", "auditor", "system"])
def test_only_the_support_answers(cast, at, who):
    by = {
        **cast.everyone(),
        "coordinator": someone("coordinator", Role.COORDINATOR, None, at),
        "auditor": someone("auditor", Role.AUDITOR, None, at),
        "system": SYSTEM,
    }[who]
    request = asked(at)
    for verb, words in ((accept_account_request, ()), (refuse_account_request, ("Non.",)), (ask_account_complement, ("Quoi ?",))):
        with refused("Seul le support"):
            verb(request, *words, by=by, at=at)
    assert Seat.objects.filter(role=Role.LEGAL_REPRESENTATIVE).count() == 1


def test_the_list_shows_first_what_can_be_examined_the_oldest_first(cast, at, support):
    sirens = ("732829320", "404833048", "443061841", "542107651")
    for rank, siren in enumerate(sirens):
        asked(at + timedelta(hours=rank), siren=siren, company_name=str(rank), email=f"p{rank}@x.example")
    by_name = {one.company_name: one for one in AccountRequest.objects.all()}
    ask_account_complement(by_name["0"], "Quoi ?", by=support, at=at)
    refuse_account_request(by_name["3"], "Non.", by=support, at=at)
    waiting, count = account_requests(settled=False, limit=10, offset=0)
    assert ([one.company_name for one in waiting], count) == (["1", "2", "0"], 3)
    assert [one.company_name for one in account_requests(settled=True, limit=10, offset=0)[0]] == ["3"]
    assert [one.company_name for one in account_requests(settled=False, limit=1, offset=1)[0]] == ["2"]


@pytest.mark.parametrize("forged", ["", "1", "1-", "0-" + "a" * 64, "x-" + "a" * 64, "99999999999999999999-" + "a" * 64, "1-" + "A" * 64])
def test_a_link_that_was_not_sent_opens_nothing(cast, at, forged):
    asked(at)
    assert account_request_behind(forged) is None


def test_a_link_is_of_one_row_and_of_one_kind(cast, at, support):
    first, second = asked(at), asked(at, siren="404833048", email="b@x.example")
    assert account_request_behind(first.token.replace(f"{first.pk}-", f"{second.pk}-")) is None
    altered = first.token[:-1] + ("0" if first.token[-1] != "0" else "1")
    assert account_request_behind(altered) is None


@pytest.mark.slow  # connections that really commit
def test_of_two_requests_at_once_one_is_kept(committed_db, at):
    outcomes = race(*[lambda rank=rank: asked(at, email=f"p{rank}@x.example") for rank in range(3)])
    assert sorted(kinds_of(outcomes)) == ["AccountRequest", "Refused", "Refused"]
    assert AccountRequest.objects.count() == 1


@pytest.mark.slow  # connections that really commit
def test_accepted_twice_at_once_one_company_is_made(committed_db, at):
    request, support = asked(at), someone("support", Role.SUPPORT, None, at)
    outcomes = race(*[lambda: accept_account_request(request, by=support, at=at)] * 3)
    assert sorted(kinds_of(outcomes)) == ["AccountRequestAccepted", "Refused", "Refused"]
    assert Seat.objects.filter(company__siren=SIREN).count() == 1
