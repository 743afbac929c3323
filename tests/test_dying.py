"""Does the death of an action show what it does by halves? Toys that are not whole, each caught for what it is."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection, transaction

from foundation.accounts.models import Company
from foundation.core.verdict import Refused
from foundation.files.store import keep_bytes
from foundation.notifications.mail import post_mail
from tests.dying import COMMIT, COMMITTED, die_everywhere, live, seen

pytestmark = pytest.mark.slow  # a process for each statement, really committing


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
    assert ending.deaths == 7  # read, written, savepoint, queued, released, COMMIT, after it


def test_a_life_says_its_moments_and_its_death(aubepine):
    life = live(partial(whole, aubepine), die_at=2)
    assert (life.was_killed, life.has_committed, len(life.moments)) == (True, False, 2)
    assert "UPDATE" in life.moments[-1]
    life = live(partial(whole, aubepine))
    assert (life.outcome, life.moments[-2:]) == ("done", [COMMIT, COMMITTED])
    assert live(partial(rename, None, "Personne")).outcome.startswith("Traceback")


def test_two_writes_without_a_transaction_are_caught(aubepine):
    def act():
        rename(aubepine, "Après")
        post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1")

    with pytest.raises(AssertionError, match=r"à moitié fait \(accounts_company\)"):
        die_everywhere(act)


def test_two_transactions_are_caught(aubepine):
    def act():
        with transaction.atomic():
            rename(aubepine, "Après")
        with transaction.atomic():
            post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1")

    with pytest.raises(AssertionError, match="à moitié fait, tué après COMMIT"):
        die_everywhere(act)


def test_what_is_left_for_after_the_commit_is_caught(aubepine):
    def act():
        with transaction.atomic():
            rename(aubepine, "Après")
            transaction.on_commit(lambda: post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1"))

    with pytest.raises(AssertionError, match="à moitié fait, tué après COMMIT"):
        die_everywhere(act)


def test_what_is_done_twice_is_caught(aubepine):
    def act():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_company SET name = name || '+' WHERE id = %s", [aubepine.pk])

    with pytest.raises(AssertionError, match="fait deux fois"):
        die_everywhere(act)


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


def test_a_state_is_told_row_by_row(aubepine):
    state = seen()
    assert state.rows["accounts_company"][aubepine.pk]["name"] == "Aubépine Santé"
    rename(aubepine, "Après")
    assert [table for table, digest in seen().digests.items() if digest != state.digests[table]] == ["accounts_company"]
