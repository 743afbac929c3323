"""One's own account: the name changed, the account closed, everything held about oneself taken away; never by a neighbour."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from foundation.accounts.actions import change_name, choose_language, close_account, end_seat
from foundation.accounts.own_record import own_record
from foundation.accounts.permissions import can_change_name, can_choose_language, can_close_account
from foundation.accounts.rights import Role
from foundation.core.language import spoken
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, answered, enrolled, product_at, validated
from tests.factories.pages import text_of
from tests.factories.people import STAFF, fresh, seat_of, someone
from tests.refusals import refused, remembered


@pytest.fixture
def leaver(cast, at):
    """A representative who no longer holds any role."""
    person = someone("partante", Role.REPRESENTATIVE, cast.aubepine, at)
    end_seat(seat_of(person, cast.aubepine), by=person, at=at)
    return fresh(person)


def test_a_name_is_changed_and_stays_out_of_the_body_of_the_journal(cast, at):
    with remembered("accounts.NameChanged") as entries:
        change_name(cast.karim, "  Karim   Nouveau ", by=cast.karim, at=at)
    assert fresh(cast.karim).name == "Karim Nouveau"
    assert "Nouveau" not in entries[0].body
    assert entries[0].details["name"] == "Karim Nouveau"
    with remembered():
        change_name(fresh(cast.karim), "Karim Nouveau", by=cast.karim, at=at)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_is_something_and_not_too_long(cast, at, name):
    with refused("Donnez un nom, en 120 caractères au plus.", code="no_name", status=400):
        change_name(cast.karim, name, by=cast.karim, at=at)


def test_who_may(cast, at):
    people = {**cast.everyone(), **{login: someone(login, role, None, at) for login, role in STAFF.items()}}
    assert {name for name, one in people.items() if can_change_name(one, cast.karim)} == {"karim"}
    assert {name for name, one in people.items() if can_choose_language(one, cast.karim)} == {"karim"}
    assert {name for name, one in people.items() if can_close_account(one, cast.karim)} == {"karim", "support"}
    assert not can_choose_language(SYSTEM, cast.karim)
    assert not can_close_account(SYSTEM, cast.karim)


def test_a_language_is_chosen_for_ones_own_mails(cast, at):
    assert cast.karim.language == "fr"
    with remembered("accounts.LanguageChosen") as entries:
        choose_language(cast.karim, "en", by=cast.karim, at=at)
    assert fresh(cast.karim).language == "en"
    assert '"language":"en"' in entries[0].body.replace(" ", "")
    with remembered():
        choose_language(fresh(cast.karim), "en", by=cast.karim, at=at)
    with refused("Chacun choisit la langue de ses propres courriels."):
        choose_language(cast.karim, "fr", by=cast.zoe, at=at)


@pytest.mark.parametrize("language", ["", "de", "EN", "french"])
def test_a_language_is_one_of_those_we_write(cast, at, language):
    with refused("Cette langue n'est pas proposée.", code="no_language", status=400):
        choose_language(cast.karim, language, by=cast.karim, at=at)
    assert fresh(cast.karim).language == "fr"


def test_roles_are_ended_before_an_account_is_closed(cast, at, leaver):
    with refused("Ce compte tient encore un rôle (Aubépine Santé)", code="holds_seats", status=409):
        close_account(cast.claire, by=cast.claire, at=at)
    with refused("Ce compte tient encore un rôle (l'agence)", code="holds_seats", status=409):
        close_account(cast.ines, by=cast.ines, at=at)
    with remembered("accounts.AccountClosed"):
        close_account(leaver, by=leaver, at=at)
    with remembered():
        close_account(leaver, by=leaver, at=at)
    assert not fresh(leaver).is_active


def test_closed_from_the_page_one_is_outside(browse, leaver):
    client = browse(leaver)
    assert "Personne n’entrera plus par ce compte" in text_of(client.get(reverse("public:close_account")))
    assert client.post(reverse("public:close_account")).status_code == 302
    assert client.get(reverse("public:account")).status_code == 302  # to the way in
    assert not fresh(leaver).is_active


def test_the_page_says_which_roles_to_end_first(browse, cast):
    client = browse(cast.claire)
    text = text_of(client.get(reverse("public:close_account")))
    assert "Mandataire, Aubépine Santé" in text
    assert "Fermer ce compte" not in text
    assert client.post(reverse("public:close_account")).status_code == 409


def test_what_was_typed_comes_back(browse, cast):
    client, page = browse(cast.karim), reverse("public:change_name")
    answer = client.post(page, {"name": " "})
    assert answer.status_code == 400
    assert "Donnez un nom" in text_of(answer)
    client.post(page, {"name": "Karim B."})
    assert "Karim B." in text_of(client.get(reverse("public:account")))


def chosen(page):
    """The language ticked in the form, as its value."""
    return re.findall(r'name="language" value="(\w+)" checked', page.content.decode())


def test_the_language_of_mails_is_chosen_on_ones_page_apart_from_the_one_of_the_page(browse, cast):
    client, page, form = browse(cast.karim), reverse("public:account"), reverse("public:choose_language")
    assert "Langue de vos courriels" in text_of(client.get(page))
    assert chosen(client.get(page)) == ["fr"]
    assert client.post(form, {"language": "en"}).status_code == 302
    assert chosen(client.get(page)) == ["en"]
    assert client.get(page)["Content-Language"] == "fr", "la page ne suit pas les courriels"
    assert client.post(form, {"language": "de"}).status_code == 400
    assert client.get(form).status_code == 405
    assert fresh(cast.karim).language == "en"
    assert fresh(cast.zoe).language == "fr"


def test_the_form_is_sent_from_a_page_in_english_too(browse, cast):
    client = browse(cast.karim)
    with spoken("en"):
        page, form = reverse("public:account"), reverse("public:choose_language")
        assert chosen(client.get(page)) == ["fr"], "les courriels ne suivent pas la page"
        assert client.post(form, {"language": "en"})["Location"] == page
    assert fresh(cast.karim).language == "en"


def test_a_visitor_chooses_nothing(browse, cast):
    assert browse(None).post(reverse("public:choose_language"), {"language": "en"}).status_code == 302  # to the way in
    assert fresh(cast.karim).language == "fr"


def test_everything_held_about_oneself_and_nothing_of_a_neighbour(browse, cast, at):
    enrolment = enrolled(product_at("active", cast.claire, at, name="CanariProduit"), SOCLES, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    answer = browse(cast.claire).get(reverse("public:own_record"))
    assert answer["Content-Disposition"].startswith('attachment; filename="vos-donnees-')
    held = json.loads(answer.content)
    assert held["compte"]["adresse électronique"] == cast.claire.email
    assert held["compte"]["langue des courriels"] == "fr"
    assert [role["rôle"] for role in held["rôles"]] == ["Mandataire"]
    named = {(one["quoi"], one["en tant que"]): one["combien"] for one in held["là où votre nom figure"]}
    assert named["validation", "validée par"] == 1
    assert {entry["événement"] for entry in held["journal"]["entrées"]} >= {"assessments.AssessmentValidated", "catalogue.ProductAdded"}
    told = answer.content.decode()
    for secret in ("argon2", "CanariProduit", cast.karim.email, cast.zoe.email):
        assert secret not in told
    assert json.loads(browse(cast.zoe).get(reverse("public:own_record")).content)["compte"]["nom"] == "Zoé"


def test_whoever_did_nothing_has_a_short_record(cast, at):
    newcomer = someone("nouvelle", None, None, at)
    held = own_record(newcomer, at)
    assert (held["rôles"], held["là où votre nom figure"], held["journal"]["combien"]) == ([], [], 0)
