"""Is everything remembered, and can nothing be changed unseen? The chain, the database that keeps it, and the action."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import ClassVar

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from foundation.accounts.actions import record_failed_sign_in, record_sign_in, record_sign_out
from foundation.accounts.models import Company, Person
from foundation.core.clock import PARIS
from foundation.core.event import Event
from foundation.core.verdict import Refused
from foundation.journal import action as acting
from foundation.journal.action import action
from foundation.journal.actor import SYSTEM
from foundation.journal.chain import GENESIS, breaks, canonical, digest_of, hash_of
from foundation.journal.models import Entry
from foundation.journal.origin import origin, remember_origin
from foundation.journal.queries import breaks_of_the_chain, entries_about
from tests.race import Meanwhile, race
from tests.refusals import refused, remembered

THEN = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NameGiven(Event):
    personal: ClassVar[frozenset[str]] = frozenset({"name"})

    about: str
    company: int
    name: str
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SomethingElse(Event):
    about: str


@action(NameGiven)
def give_name(company, name, *, by, at):
    """A name for a company, in the house's own way: what the tests of the journal act with."""
    if company.name == name:
        return None
    company.name = name
    company.save(update_fields=["name"])
    return NameGiven(about=f"company:{company.pk}", company=company.pk, name=name, tags=frozenset({"b", "a"}))


# — The chain, without a database —


def chain_of(count):
    """A whole chain, as the database would write it."""
    entries, previous = [], GENESIS
    for position in range(1, count + 1):
        details, salt = {"by_name": f"Personne {position}", "from": "web"}, f"{position:032x}"
        columns = {
            "kind": "catalogue.ProductAdded",
            "by": f"person:{position}",
            "company": position % 3 or None,
            "about": f"product:{position}",
        }
        at = THEN + timedelta(minutes=position)
        body = canonical({**columns, "at": at.isoformat(), "fields": {"rank": position}, "details": digest_of(details, salt)})
        digest = hash_of(previous, position, body)
        entries.append(
            SimpleNamespace(position=position, at=at, body=body, details=details, salt=salt, previous=previous, hash=digest, **columns)
        )
        previous = digest
    return entries


def forged(entry, **changes):
    other = copy(entry)
    vars(other).update(changes)
    return other


def reasons(entries):
    return [(one.position, one.reason) for one in breaks(entries)]


@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_a_chain_as_it_was_written_is_whole(count):
    assert reasons(chain_of(count)) == []


EDITS = {
    "kind": "catalogue.ProductArchived",
    "by": "person:666",
    "company": 666,
    "about": "product:666",
    "at": THEN - timedelta(days=1),
    "details": {"by_name": "Quelqu'un d'autre", "from": "web"},
    "salt": "f" * 32,
    "previous": "f" * 64,
    "hash": "f" * 64,
}


@given(st.data())
def test_every_edit_of_any_column_is_detected_at_its_place(data):
    entries = chain_of(6)
    place = data.draw(st.integers(0, 5))
    column = data.draw(st.sampled_from(sorted(EDITS)))
    entries[place] = forged(entries[place], **{column: EDITS[column]})
    assert entries[place].position in [position for position, _ in reasons(entries)]


@given(st.data())
def test_every_edit_of_the_body_is_detected(data):
    entries = chain_of(4)
    place = data.draw(st.integers(0, 3))
    cut = data.draw(st.integers(0, len(entries[place].body)))
    body = entries[place].body[:cut] + data.draw(st.text(min_size=1, max_size=5)) + entries[place].body[cut:]
    entries[place] = forged(entries[place], body=body)
    assert (place + 1, "le corps de l'entrée a été modifié") in reasons(entries)


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"at": "hier"}'])
def test_a_body_that_can_no_longer_be_read_is_a_break_and_not_a_crash(body):
    """Even where the forger hashed it again: the verifier still tells every place, and goes on to the end."""
    entries = chain_of(3)
    entries[1] = forged(entries[1], body=body, hash=hash_of(entries[1].previous, 2, body))
    found = reasons(entries)
    assert 2 in [position for position, _ in found]
    assert (3, "l'entrée ne suit pas la précédente") in found


def test_an_edit_hashed_again_breaks_the_link_to_the_next_entry():
    entries = chain_of(3)
    body = entries[0].body.replace("person:1", "person:2")
    entries[0] = forged(entries[0], body=body, by="person:2", hash=hash_of(GENESIS, 1, body))
    assert reasons(entries) == [(2, "l'entrée ne suit pas la précédente")]


@given(st.integers(0, 5), st.integers(1, 5))
def test_every_deletion_is_detected_except_at_the_tail(first, length):
    entries = chain_of(7)
    left = entries[:first] + entries[first + length :]
    if first + length >= 7:
        assert reasons(left) == []  # only an anchor kept elsewhere shows a tail cut off
    else:
        assert reasons(left) == [(first + 1, f"les entrées {first + 1} à {first + length} manquent")]


@given(st.integers(0, 4))
def test_every_insertion_is_detected(place):
    entries = chain_of(5)
    previous = entries[place - 1].hash if place else GENESIS
    stranger = forged(entries[place], previous=previous)
    stranger.body = stranger.body.replace("ProductAdded", "ProductStolen")
    stranger.kind = "catalogue.ProductStolen"
    stranger.hash = hash_of(previous, stranger.position, stranger.body)
    assert reasons([*entries[:place], stranger, *entries[place:]]) != []


@given(st.permutations(range(5)))
def test_every_reordering_is_detected(order):
    entries = chain_of(5)
    assert bool(reasons([entries[place] for place in order])) is (list(order) != sorted(order))


@given(st.permutations(range(5)))
def test_every_reordering_renumbered_is_detected(order):
    """Positions rewritten to look in order: the bodies no longer hash to what was written."""
    entries = chain_of(5)
    moved = [forged(entries[place], position=position) for position, place in enumerate(order, 1)]
    assert bool(reasons(moved)) is (list(order) != sorted(order))


def test_erasing_details_with_their_salt_keeps_the_chain():
    entries = [forged(entry, details=None, salt=None) for entry in chain_of(3)]
    assert reasons(entries) == []


@pytest.mark.parametrize("changes", [{"details": None}, {"salt": None}, {"salt": None, "details": {"by_name": "Une autre"}}])
def test_erasing_one_without_the_other_is_detected(changes):
    entries = chain_of(3)
    entries[1] = forged(entries[1], **changes)
    assert reasons(entries) == [(2, "les détails ont été modifiés")]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.lists(st.text())))
def test_canonical_text_depends_on_the_content_and_never_on_the_order(value):
    assert canonical(value) == canonical(dict(reversed(value.items())))
    assert json.loads(canonical(value)) == value


# — The database that keeps it —


def test_what_real_actions_wrote_is_a_whole_chain(cast, at):
    record_sign_in(cast.claire, by=cast.claire, at=at)
    record_sign_out(cast.claire, by=cast.claire, at=at + timedelta(hours=1))
    entries = list(Entry.objects.order_by("position"))
    assert breaks_of_the_chain() == []
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0].previous == GENESIS


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET by = 'person:666'",
        "UPDATE journal_entry SET body = '{}' WHERE position = 1",
        "UPDATE journal_entry SET details = NULL",
        "UPDATE journal_entry SET salt = NULL",
        "UPDATE journal_entry SET details = '{}', salt = NULL",
        "UPDATE journal_entry SET details = NULL, salt = NULL, at = now()",
        "UPDATE journal_entry SET details = NULL, salt = NULL, company = 666",
        "UPDATE journal_entry SET hash = repeat('f', 64), details = NULL, salt = NULL",
        "DELETE FROM journal_entry",
        "DELETE FROM journal_entry WHERE position = (SELECT max(position) FROM journal_entry)",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(cast, statement):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert breaks_of_the_chain() == []


def test_the_database_refuses_to_empty_the_journal_where_it_is_not_a_scratch_one(cast):
    with pytest.raises(IntegrityError, match="may not be emptied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL convergence.scratch = off")
        cursor.execute("TRUNCATE journal_entry")


def test_an_entry_written_by_hand_is_numbered_and_chained_by_the_database(cast):
    last = Entry.objects.order_by("-position").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (position, at, kind, by, about, body, previous, hash) "
            "VALUES (1, now(), 'x.Forged', 'person:1', 'x:1', '{}', repeat('f', 64), repeat('f', 64))"
        )
    written = Entry.objects.order_by("-position").first()
    assert (written.position, written.previous) == (last.position + 1, last.hash)
    assert written.hash == hash_of(last.hash, written.position, "{}")


def test_details_may_be_erased_with_their_salt_and_the_chain_stays_whole(cast):
    erased = Entry.objects.filter(kind="accounts.PersonWelcomed").update(details=None, salt=None)
    assert erased == 5
    assert breaks_of_the_chain() == []
    assert not Entry.objects.filter(body__icontains="@demo.invalid").exists()  # no address was ever in what is hashed


def test_a_forger_who_silences_the_database_is_still_caught(cast, capsys):
    victim = Entry.objects.get(position=3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute("UPDATE journal_entry SET by = 'person:666' WHERE position = %s", [victim.position])
        cursor.execute("DELETE FROM journal_entry WHERE position = 5")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert {(one.position, one.reason) for one in breaks_of_the_chain()} == {
        (3, "la colonne « by » ne dit pas ce que dit le corps haché"),
        (5, "les entrées 5 à 5 manquent"),
    }
    with pytest.raises(CommandError, match="rompu en 2 endroits"):
        call_command("verify_journal")
    assert "3 : la colonne « by »" in capsys.readouterr().err


def test_the_operator_is_told_that_the_journal_is_whole(cast, capsys):
    call_command("verify_journal")
    assert capsys.readouterr().out == "Le journal est intact.\n"


# — What an action remembers —


def test_who_what_when_and_from_where_are_remembered(cast, at):
    token = origin.set("web 192.0.2.7")
    try:
        with remembered("foundation.NameGiven") as entries:
            give_name(cast.aubepine, "Aubépine", by=cast.claire, at=at)
    finally:
        origin.reset(token)
    entry, body = entries[0], json.loads(entries[0].body)
    assert (entry.by, entry.company, entry.about, entry.at) == (cast.claire.key, cast.aubepine.pk, f"company:{cast.aubepine.pk}", at)
    assert entry.details == {"by_name": "Claire", "from": "web 192.0.2.7", "name": "Aubépine"}
    assert body["fields"] == {"tags": ["a", "b"]}  # personal fields stay out of what is hashed
    assert (body["at"], body["by"]) == (at.isoformat(), cast.claire.key)
    assert breaks_of_the_chain() == []


def test_what_no_request_asked_for_comes_from_a_command_and_the_system_has_a_name(cast, at):
    with remembered("foundation.NameGiven") as entries:
        give_name(cast.aubepine, "Aubépine", by=SYSTEM, at=at)
    assert entries[0].by == "system"
    assert entries[0].details["by_name"] == "la plateforme"
    assert entries[0].details["from"] == "commande"


def test_a_request_says_its_address_only_while_it_lasts(rf):
    seen = []
    remember_origin(lambda request: seen.append(origin.get()))(rf.get("/", REMOTE_ADDR="198.51.100.4"))
    assert seen == ["web 198.51.100.4"]
    assert origin.get() == "commande"


def test_two_entries_with_the_same_details_have_digests_that_differ(cast, at):
    with remembered("accounts.PersonSignedIn", "accounts.PersonSignedIn") as entries:
        record_sign_in(cast.claire, by=cast.claire, at=at)
        record_sign_in(cast.claire, by=cast.claire, at=at)
    assert entries[0].details == entries[1].details
    assert json.loads(entries[0].body)["details"] != json.loads(entries[1].body)["details"]


def test_where_nothing_happened_nothing_is_remembered(cast, at):
    with remembered():
        assert give_name(cast.aubepine, cast.aubepine.name, by=cast.claire, at=at) is None


@pytest.mark.parametrize("when", [datetime(2026, 11, 16, 9, 0), "2026-11-16", None, 0])  # noqa: DTZ001
def test_an_action_wants_an_aware_time(cast, when):
    with remembered(), pytest.raises(TypeError, match="date avec son fuseau"):
        give_name(cast.aubepine, "Aubépine", by=cast.claire, at=when)
    cast.aubepine.refresh_from_db()
    assert cast.aubepine.name == "Aubépine Santé"


def test_an_action_wants_to_know_who_and_when(cast, at):
    with pytest.raises(KeyError):
        give_name(cast.aubepine, "Aubépine", by=cast.claire)
    with pytest.raises(KeyError):
        give_name(cast.aubepine, "Aubépine", at=at)


def test_a_paris_time_is_kept_as_the_same_instant(cast):
    paris = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)  # the hour that happens twice
    with remembered("foundation.NameGiven") as entries:
        give_name(cast.aubepine, "Aubépine", by=cast.claire, at=paris)
    assert entries[0].at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert breaks_of_the_chain() == []


def test_an_action_returns_the_event_it_announced_and_no_other(cast, at):
    @action(NameGiven)
    def lie(company, *, by, at):
        company.name = "Écrit quand même"
        company.save()
        return SomethingElse(about="company:1")

    with remembered(), pytest.raises(TypeError, match="lie doit rendre NameGiven"):
        lie(cast.aubepine, by=cast.claire, at=at)
    cast.aubepine.refresh_from_db()
    assert cast.aubepine.name == "Aubépine Santé"


def test_a_refusal_writes_nothing_at_all(cast, at):
    @action(NameGiven)
    def change_its_mind(company, *, by, at):
        company.name = "Écrit trop tôt"
        company.save()
        raise Refused("Finalement non.")

    with refused("Finalement non."):
        change_its_mind(cast.aubepine, by=cast.claire, at=at)
    cast.aubepine.refresh_from_db()
    assert cast.aubepine.name == "Aubépine Santé"


def test_the_row_is_locked_and_read_again(cast, at):
    stale = Company.objects.get(pk=cast.aubepine.pk)
    Company.objects.filter(pk=stale.pk).update(address="5 allée des Saules", name="Entre-temps")
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        remembered(),
    ):
        assert give_name(stale, "Entre-temps", by=cast.claire, at=at) is None  # it saw the fresh row
    assert any("FOR NO KEY UPDATE" in query["sql"] for query in queries)


def test_reactions_run_in_the_order_of_the_table_and_get_the_event(cast, at, monkeypatch):
    seen = []
    monkeypatch.setitem(
        acting.at_once, NameGiven, (lambda event: seen.append(("first", event)), lambda event: seen.append(("second", event)))
    )
    event = give_name(cast.aubepine, "Aubépine", by=cast.claire, at=at)
    assert seen == [("first", event), ("second", event)]


def test_a_reaction_that_fails_rolls_everything_back(cast, at, monkeypatch):
    def fail(event):
        assert Entry.objects.filter(kind="foundation.NameGiven").exists()  # it runs in the transaction of the event
        raise RuntimeError("la réaction a échoué")

    monkeypatch.setitem(acting.at_once, NameGiven, (fail,))
    with remembered(), pytest.raises(RuntimeError, match="la réaction a échoué"):
        give_name(cast.aubepine, "Aubépine", by=cast.claire, at=at)
    cast.aubepine.refresh_from_db()
    assert cast.aubepine.name == "Aubépine Santé"


def test_what_happened_to_one_thing_is_read_the_latest_first(cast, at):
    record_sign_in(cast.claire, by=cast.claire, at=at)
    record_sign_in(cast.zoe, by=cast.zoe, at=at)
    record_failed_sign_in(cast.claire, by=SYSTEM, at=at)
    found = [entry.kind for entry in entries_about("person", cast.claire.pk)]
    assert found == ["accounts.SignInFailed", "accounts.PersonSignedIn", "accounts.TermsAccepted", "accounts.PersonWelcomed"]


# — Several connections —


def test_concurrent_writers_leave_neither_gap_nor_fork(committed_db, cast, at):
    before = Entry.objects.count()
    people = [cast.claire, cast.karim, cast.zoe, cast.ines]

    def sign_in_often(person):
        for minute in range(10):
            record_sign_in(person, by=person, at=at + timedelta(minutes=minute))

    assert race(*[lambda person=person: sign_in_often(person) for person in people]) == [None] * 4
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == list(range(1, before + 41))
    assert breaks_of_the_chain() == []


def test_a_writer_that_gives_up_leaves_no_gap(committed_db, cast, at):
    def give_up():
        with transaction.atomic():
            record_sign_in(cast.zoe, by=cast.zoe, at=at)
            raise RuntimeError

    before = Entry.objects.count()
    race(*[lambda person=person: record_sign_in(person, by=person, at=at) for person in (cast.claire, cast.karim)], give_up, give_up)
    assert Entry.objects.count() == before + 2
    assert breaks_of_the_chain() == []


def test_the_second_who_acts_waits_for_the_first_and_sees_what_was_done(committed_db, cast, at):
    with transaction.atomic():
        give_name(cast.aubepine, "Aubépine", by=cast.claire, at=at)
        second = Meanwhile(lambda: give_name(cast.aubepine, "Aubépine", by=cast.karim, at=at))
        second.wait_until_blocked()
    assert second.outcome() is None  # read again once unlocked: already so
    assert Entry.objects.filter(kind="foundation.NameGiven").count() == 1


def test_the_stage_is_set_again_after_a_test_that_really_commits(cast, shelf):
    """Stands after those above: whoever comes next finds the cast and the content."""
    assert Person.objects.get_queryset().count() == 5
    assert len(shelf.tracks) == 5
    assert not Entry.objects.filter(kind="foundation.NameGiven").exists()
