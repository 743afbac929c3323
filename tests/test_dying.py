"""Does the death of an action show what it does by halves? Toys that are not whole, each caught for what it is."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat

from foundation.accounts.models import Company
from foundation.core.verdict import Refused
from foundation.files.store import keep_bytes
from foundation.notifications.mail import post_mail
from tests.dying import COMMIT, COMMITTED, STRIDE, die_everywhere, live

pytestmark = pytest.mark.slow  # a process for each statement, really committing


DEATHS = len([*range(1, 6, STRIDE), 6, 7])
"""Of the whole toy: read, written, savepoint, queued, released; then its COMMIT, and after it."""


def rename(company, name):
    Company.objects.filter(pk=company.pk).update(name=name)


@pytest.fixture
def aubepine(committed_db, cast):
    return cast.aubepine


def whole(company):
    with transaction.atomic():
        if Company.objects.filter(pk=company.pk, name="Après").exists():
            raise Refused("Déjà fait.", code="wrong_state")
        rename(company, "Après")
        post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1")


def test_what_is_whole_passes(aubepine):
    ending = die_everywhere(partial(whole, aubepine))
    assert ending.again == "wrong_state"
    assert ending.queued == ["send_mail"]
    assert [(row["in"], row.get("name")) for row in ending.rows if row["is"] == "changed"] == [("accounts_company", "Après")]
    assert ending.deaths == DEATHS


def test_a_life_says_its_moments_and_its_death(aubepine):
    life = live(partial(whole, aubepine), die_at=2)
    assert (life.was_killed, life.has_committed, len(life.moments)) == (True, False, 2)
    assert "UPDATE" in life.moments[-1]
    life = live(partial(whole, aubepine))
    assert (life.outcome, life.moments[-2:]) == ("done", [COMMIT, COMMITTED])
    assert live(partial(rename, None, "Personne")).outcome.startswith("Traceback")


def test_a_child_never_meets_a_connection_of_its_parent(aubepine, monkeypatch):
    """Not even beside a browser: its loop keeps the connections of the thread apart, those of before are still there."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    connection.ensure_connection()
    before, loop = asyncio._get_running_loop(), asyncio.new_event_loop()
    asyncio._set_running_loop(loop)
    try:
        assert live(partial(whole, aubepine), die_at=2).was_killed
        assert die_everywhere(partial(whole, aubepine)).deaths == DEATHS
        connection.close()  # that of the loop
    finally:
        asyncio._set_running_loop(before)
        loop.close()


def told(name):
    post_mail("claire@demo.invalid", "Objet", "Texte", about=f"essai:{name}")


def without_a_transaction(company):
    rename(company, "Un")
    told("un")


def in_two_transactions(company):
    with transaction.atomic():
        rename(company, "Deux")
    with transaction.atomic():
        told("deux")


def told_after_the_commit(company):
    with transaction.atomic():
        rename(company, "Trois")
        transaction.on_commit(lambda: told("trois"))


def more_each_time(company):
    with transaction.atomic():
        Company.objects.filter(pk=company.pk).update(name=Concat("name", Value("+")))


def test_what_is_not_whole_is_caught_for_what_it_is(aubepine):
    """One after another in the same database: each begins from what the one before left."""
    for act, caught in (
        (without_a_transaction, "écrit hors d'une transaction : UPDATE"),
        (in_two_transactions, "à moitié fait, tué après COMMIT"),
        (told_after_the_commit, "à moitié fait, tué après COMMIT"),
        (more_each_time, "fait deux fois"),
    ):
        with pytest.raises(AssertionError, match=caught):
            die_everywhere(partial(act, aubepine))


def test_bytes_kept_for_nothing_are_caught(aubepine, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }

    def act():
        with transaction.atomic():
            keep_bytes(b"un papier que rien ne retient")
            rename(aubepine, "Après")

    with pytest.raises(AssertionError, match="que personne ne retient"):
        die_everywhere(act)
