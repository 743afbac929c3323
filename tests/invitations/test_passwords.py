"""Passwords: chosen by a link that expires and opens once, or changed by who knows the present one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from hypothesis import given
from hypothesis import strategies as some

from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.invitations.actions import FORGOTTEN_FOR, WELCOMED_FOR, change_password, send_password_link, set_password
from foundation.invitations.jobs import answer_forgotten_password
from foundation.invitations.links import WRITTEN, is_token_of, key_in, new_secret, token_of
from foundation.invitations.models import PasswordLink
from foundation.invitations.queries import password_link_behind
from foundation.journal.actor import SYSTEM
from ops import demo
from tests.factories.people import STRONG, password_link, someone
from tests.refusals import refused, remembered

NOT_ENOUGH = ["court", "motdepasse", "claire@demo.invalid", "password1234", ""]


def knows(person, password):
    return Person.objects.get(pk=person.pk).check_password(password)


@pytest.mark.parametrize(("welcomes", "lasts"), [(True, WELCOMED_FOR), (False, FORGOTTEN_FOR)])
def test_a_link_is_used_before_it_expires(cast, at, welcomes, lasts):
    link = password_link(cast.claire, at, welcomes=welcomes)
    with refused("Ce lien a expiré", code="expired", status=410):
        set_password(link, STRONG, by=cast.claire, at=at + lasts)
    with remembered("invitations.PasswordSet") as entries:
        set_password(link, STRONG, by=cast.claire, at=at + lasts - timedelta(seconds=1))
    assert knows(cast.claire, STRONG)
    assert STRONG not in entries[0].body + str(entries[0].details)


def test_it_is_used_once(cast, at):
    link = password_link(cast.claire, at)
    set_password(link, STRONG, by=cast.claire, at=at)
    with refused("a déjà servi", code="expired", status=410):
        set_password(PasswordLink.objects.get(pk=link.pk), STRONG + "!", by=cast.claire, at=at)


def test_the_last_link_sent_is_alone_alive(cast, at):
    first = password_link(cast.claire, at)
    second = password_link(cast.claire, at + timedelta(minutes=1))
    later = at + timedelta(minutes=2)
    assert not PasswordLink.objects.get(pk=first.pk).is_alive(later)
    set_password(second, STRONG, by=cast.claire, at=later)
    assert PasswordLink.objects.filter(used_at=None).count() == 0


@pytest.mark.parametrize("password", NOT_ENOUGH)
def test_a_weak_password_is_refused_and_the_link_still_serves(cast, at, password):
    link = password_link(cast.claire, at)
    with refused("", code="weak_password", status=400):
        set_password(link, password, by=cast.claire, at=at)
    set_password(link, STRONG, by=cast.claire, at=at)


def test_a_link_is_its_owners(cast, at):
    link = password_link(cast.claire, at)
    for by in (cast.zoe, SYSTEM):
        with refused("celui d'un autre compte"):
            set_password(link, STRONG, by=by, at=at)


def test_a_closed_account_chooses_no_password(cast, at):
    link = password_link(cast.claire, at)
    Person.objects.get_queryset().filter(pk=cast.claire.pk).update(is_active=False)
    with refused("Ce lien a expiré", code="expired", status=410):
        set_password(PasswordLink.objects.get(pk=link.pk), STRONG, by=cast.claire, at=at)


def test_it_is_sent_by_the_platform_or_the_support(cast, at):
    for who in ("claire", "zoe", "ines"):
        with refused("Seul le support"):
            send_password_link(cast.karim, welcomes=False, by=cast.everyone()[who], at=at)
    send_password_link(cast.karim, welcomes=True, by=someone("support", Role.SUPPORT, None, at), at=at)


def test_changing_takes_the_present_one(cast, at):
    with refused("Le mot de passe actuel", code="wrong_password", status=400):
        change_password(cast.claire, "un autre mot", STRONG, by=cast.claire, at=at)
    with refused("Chacun change"):
        change_password(cast.claire, demo.settings.DEMO_PASSWORD, STRONG, by=cast.zoe, at=at)
    link = password_link(cast.claire, at)
    with remembered("invitations.PasswordChanged"):
        change_password(cast.claire, demo.settings.DEMO_PASSWORD, STRONG, by=cast.claire, at=at)
    assert knows(cast.claire, STRONG)
    assert not PasswordLink.objects.get(pk=link.pk).is_alive(at)  # a link under way is dead with it
    with refused("", code="weak_password", status=400):
        change_password(Person.objects.get(pk=cast.claire.pk), STRONG, "court", by=cast.claire, at=at)


def test_the_new_password_is_the_one_that_enters(cast, at, rf):
    set_password(password_link(cast.claire, at), STRONG, by=cast.claire, at=at)
    request = rf.post("/connexion/")
    assert authenticate(request, email=cast.claire.email, password=STRONG) == cast.claire
    assert authenticate(request, email=cast.claire.email, password=demo.settings.DEMO_PASSWORD) is None


@pytest.mark.parametrize("typed", ["claire@demo.invalid", "CLAIRE@demo.invalid"])
def test_a_forgotten_password_is_looked_for_by_a_worker(cast, typed):
    answer_forgotten_password.func(email=typed)
    assert PasswordLink.objects.get().person == cast.claire


def test_an_unknown_or_closed_account_gets_nothing(cast):
    Person.objects.get_queryset().filter(pk=cast.zoe.pk).update(is_active=False)
    with remembered():
        answer_forgotten_password.func(email="inconnue@demo.invalid")
        answer_forgotten_password.func(email=cast.zoe.email)
    assert not PasswordLink.objects.exists()


def test_a_token_opens_its_row_alone(cast, at):
    link, other = password_link(cast.claire, at), password_link(cast.zoe, at)
    assert password_link_behind(link.token) == link
    assert password_link_behind(token_of("invitation", link.pk, link.secret)) is None
    assert password_link_behind(token_of("password", link.pk, other.secret)) is None
    assert password_link_behind("") is None
    assert password_link_behind(f"999999-{'a' * 64}") is None


@given(some.text(max_size=90))
def test_no_text_is_a_link_by_chance(text):
    assert (key_in(text) is None) == (WRITTEN.fullmatch(text) is None)
    assert not is_token_of("password", 1, "secret", text)


def test_secrets_are_never_alike():
    assert len({new_secret() for _ in range(200)}) == 200
