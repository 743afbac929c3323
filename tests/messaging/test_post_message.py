"""Saying something: by those who see it, once and for all, with files that open once found clean."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from convergence.candidatures.actions import Correction, accept_step, request_changes, withdraw_candidature
from convergence.candidatures.models import Candidature
from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Enrolment
from convergence.reviews.rules import CHANGES_ASKED
from foundation.accounts.actions import declare_conflict
from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from foundation.messaging.actions import ask_support, mark_read, post_message, post_notice, support_request, write_note
from foundation.messaging.models import Conversation, Mark, Message, Note
from foundation.messaging.permissions import can_see_conversation
from foundation.messaging.queries import (
    conversation_of_agency,
    conversation_of_company,
    conversations_of_agency,
    conversations_of_company,
    models_for,
    notes_of,
    thread_of,
    unread_of,
)
from tests.cast import Cast
from tests.factories.candidatures import step_of
from tests.factories.messaging import again, asked_for_help, file_for, said
from tests.factories.people import fresh, someone
from tests.factories.sections import accept_all, give_back, hand_over, proving, say
from tests.refusals import refused, remembered


def test_a_conversation_opens_with_the_candidature_and_each_step_is_told(
    cast: Cast, at: datetime, candidature: Candidature, conversation: Conversation
) -> None:
    assert conversation.title == f"Candidature n° {candidature.number}"
    later = at + timedelta(hours=1)
    request_changes(step_of(candidature), [Correction("pilot", "", "Qui ?")], by=cast.ines, at=later)
    texts = [message.text for message in Message.objects.filter(conversation=conversation)]
    assert [text.split(" : ")[0] for text in texts] == ["Dossier", "Dossier"]
    assert "demande une modification" in texts[1]
    assert not any("Qui ?" in text for text in texts)
    candidature.refresh_from_db()
    withdraw_candidature(candidature, "Trop tôt.", by=cast.claire, at=later)
    assert Message.objects.filter(conversation=conversation).last().text == "L'entreprise a retiré sa candidature."
    assert Conversation.objects.count() == 1


def test_a_fact_is_told_once(cast: Cast, at: datetime, candidature: Candidature, conversation: Conversation) -> None:
    accept_step(step_of(candidature), "", by=cast.ines, at=at)
    count = Message.objects.count()
    assert post_notice(conversation, "Encore.", Message.objects.last().notice, by=SYSTEM, at=at) is None
    assert Message.objects.count() == count
    with refused("La plateforme seule"):
        post_notice(conversation, "Moi.", "autre:1", by=cast.ines, at=at)


def test_the_company_asks_and_the_reviewer_answers(cast: Cast, at: datetime, conversation: Conversation) -> None:
    with remembered("messaging.MessagePosted", "messaging.MessagePosted"):
        asked = said(conversation, cast.claire, at, "  Bonjour.\nUne question ?  ")
        answered = said(conversation, cast.ines, at, "Oui.")
    assert (asked.side, asked.author_name, asked.author_role, asked.text) == ("company", "Claire", "Mandataire", "Bonjour.\nUne question ?")
    assert (answered.side, answered.author_role) == ("agency", "Vérificateur")
    assert "Une question" not in str([entry.body for entry in Entry.objects.filter(kind="messaging.MessagePosted")])


def test_who_may_not_read_may_not_write(cast: Cast, at: datetime, trial: Enrolment, conversation: Conversation) -> None:
    for person in (cast.zoe, cast.karim, someone("support", Role.SUPPORT, None, at), someone("partner", Role.PARTNER, None, at)):
        with refused("n'est pas la vôtre"):
            post_message(conversation, "Bonjour.", by=person, at=at)
    with refused("pas d'y répondre"):
        post_message(conversation, "Bonjour.", by=cast.hugo, at=at)
    grant_rights(trial.subject, cast.karim, ("view",), by=cast.claire, at=at)
    assert said(conversation, fresh(cast.karim), at).author_name == "Karim"


def test_a_coordinator_writes_and_who_is_linked_to_the_company_does_not(cast: Cast, at: datetime, conversation: Conversation) -> None:
    coordinator = someone("coordinator", Role.COORDINATOR, None, at)
    assert said(conversation, coordinator, at).side == "agency"
    declare_conflict(cast.ines, cast.aubepine, "Ancienne salariée.", by=cast.ines, at=at)
    with refused("un collègue lui répond"):
        post_message(conversation, "Bonjour.", by=cast.ines, at=at)
    assert conversation_of_agency(conversation.key, cast.ines) == conversation


@pytest.mark.parametrize(
    ("text", "reason", "code"), [(" ", "Écrivez votre message", "no_text"), ("x" * 4001, "raccourcissez-le", "too_long")]
)
def test_what_says_nothing_or_too_much_is_refused(
    cast: Cast, at: datetime, conversation: Conversation, text: str, reason: str, code: str
) -> None:
    with refused(reason, code=code, status=400):
        post_message(conversation, text, by=cast.claire, at=at)


def test_a_file_goes_with_the_message_it_was_sent_for(cast: Cast, at: datetime, conversation: Conversation) -> None:
    file = file_for(conversation, cast.ines, at)
    assert (file.company, file.state) == (cast.aubepine, "quarantined")
    message = said(conversation, cast.ines, at, "", (file,))
    assert [one.file for one in message.attachments.all()] == [file]
    other = asked_for_help(cast.aubepine, cast.claire, at)
    elsewhere = file_for(conversation, cast.claire, at)
    with refused("n'a pas été envoyé pour cette conversation", status=409):
        post_message(other, "", (elsewhere,), by=cast.claire, at=at)
    with refused("pas d'y répondre"):
        file_for(conversation, cast.hugo, at)
    with pytest.raises(Conversation.DoesNotExist):
        file_for(conversation, cast.karim, at)


@pytest.mark.parametrize("table", ["messaging_message", "messaging_attachment", "messaging_note"])
def test_what_was_said_cannot_change(cast: Cast, at: datetime, conversation: Conversation, table: str) -> None:
    said(conversation, cast.claire, at, "Bonjour.", (file_for(conversation, cast.claire, at),))
    write_note(conversation, "À suivre.", by=cast.ines, at=at)
    for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):  # noqa: S608 - names of our own tables
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


NOTE = "CanariNote"


def test_a_note_is_for_the_agency_and_no_query_of_a_company_reads_it(cast: Cast, at: datetime, conversation: Conversation) -> None:
    with remembered("messaging.NoteWritten") as entries:
        write_note(conversation, NOTE, by=cast.ines, at=at)
    assert entries[0].company is None
    assert [note.text for note in notes_of(conversation, cast.hugo)] == [NOTE]
    assert notes_of(conversation, cast.claire) == []
    with refused("n'est pas la vôtre"):
        write_note(conversation, "Moi.", by=cast.claire, at=at)
    with refused("pas d'y répondre"):
        write_note(conversation, "Moi.", by=cast.hugo, at=at)
    with CaptureQueriesContext(connection) as captured:
        lines, _ = conversations_of_company(cast.claire, cast.aubepine, words=NOTE, limit=10)
        found = conversation_of_company(conversation.key, cast.claire, cast.aubepine)
        thread = thread_of(found, cast.claire)
        unread_of(cast.claire, cast.aubepine)
    assert lines == []
    assert NOTE not in str(thread)
    assert not any(Note._meta.db_table in query["sql"] for query in captured)


def test_what_is_new_is_told_to_each_and_read_by_each(cast: Cast, at: datetime, conversation: Conversation) -> None:
    representative = someone("representative", Role.REPRESENTATIVE, cast.aubepine, at)
    first = Message.objects.get(conversation=conversation)
    assert (unread_of(cast.claire, cast.aubepine), unread_of(cast.ines, None)) == (1, 0)
    asked = said(conversation, cast.claire, at)
    assert (unread_of(cast.claire, cast.aubepine), unread_of(representative, cast.aubepine), unread_of(cast.ines, None)) == (1, 2, 1)
    mark_read(again(conversation), first.pk, by=cast.claire, at=at)
    assert (unread_of(cast.claire, cast.aubepine), unread_of(cast.zoe, cast.boree)) == (0, 0)
    mark_read(again(conversation), asked.pk, by=cast.ines, at=at)
    assert unread_of(cast.ines, None) == 0
    assert unread_of(cast.hugo, None) == 0, "un collègue l'a lu"
    said(conversation, representative, at)
    assert (unread_of(cast.ines, None), unread_of(cast.hugo, None), unread_of(cast.claire, cast.aubepine)) == (1, 1, 1)
    said(conversation, cast.ines, at)
    assert (unread_of(cast.hugo, None), unread_of(cast.claire, cast.aubepine)) == (1, 2)


def test_a_mark_goes_neither_back_nor_further_than_what_was_said(cast: Cast, at: datetime, conversation: Conversation) -> None:
    message = said(conversation, cast.ines, at)
    event = mark_read(again(conversation), message.pk + 999, by=cast.claire, at=at)
    assert event is not None
    assert event.read_to == message.pk
    assert mark_read(again(conversation), message.pk - 1, by=cast.claire, at=at) is None
    with refused("n'est pas la vôtre"):
        mark_read(again(conversation), message.pk, by=cast.zoe, at=at)


def test_the_support_is_asked_by_anyone_and_read_by_the_representatives(cast: Cast, at: datetime) -> None:
    support = someone("support", Role.SUPPORT, None, at)
    representative = someone("representative", Role.REPRESENTATIVE, cast.aubepine, at)
    mine = asked_for_help(cast.aubepine, cast.karim, at, title=" Un accès ", text="Je n'entre plus.")
    assert mine.title == "Un accès"
    seen: dict[str, bool] = {
        person.name: bool(can_see_conversation(person, mine))
        for person in (cast.karim, cast.claire, representative, support, cast.zoe, cast.ines, cast.hugo)
    }
    assert [name for name, sees in seen.items() if sees] == ["Karim", "Claire", "Representative", "Support"]
    hers = asked_for_help(cast.aubepine, cast.claire, at)
    assert not can_see_conversation(cast.karim, hers)
    assert said(mine, support, at, "Voici.").side == "agency"
    assert unread_of(cast.karim, cast.aubepine) == 1
    with refused("Dites en quelques mots", code="no_title", status=400):
        ask_support(support_request(cast.aubepine, " "), "Bonjour.", by=cast.karim, at=at)
    with refused("que pour votre entreprise"):
        ask_support(support_request(cast.aubepine, "Accès"), "Bonjour.", by=cast.zoe, at=at)


def test_lists_put_the_unread_first_search_and_ask_one_query(cast: Cast, at: datetime, conversation: Conversation) -> None:
    help_asked = asked_for_help(cast.aubepine, cast.claire, at, title="Un accès", text="Le salarié Rossignol n'entre plus.")

    def keys(person: Person, words: str = "") -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            lines, total = conversations_of_company(person, cast.aubepine, words=words, limit=10)
        assert len(captured) == 1
        assert total == len(lines)
        return [line.key for line in lines]

    _ = cast.claire.seats, cast.karim.seats, cast.ines.seats
    assert keys(cast.claire) == [conversation.key, help_asked.key], "la seule non lue d'abord"
    mark_read(again(conversation), again(conversation).latest, by=cast.claire, at=at)
    assert keys(cast.claire) == [help_asked.key, conversation.key]
    assert keys(cast.claire, "rossignol ACCÈS") == [help_asked.key]
    assert keys(cast.claire, conversation.key.lower()) == [conversation.key]
    assert keys(cast.karim) == []
    lines, _ = conversations_of_agency(cast.ines, limit=10)
    assert [(line.key, line.company) for line in lines] == [(conversation.key, "Aubépine Santé")]


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_page_after_page_a_list_says_each_conversation_once_the_unread_first(cast: Cast, at: datetime, limit: int) -> None:
    """Some new to everybody, some read by one and not by another, some answered; asked in pages of any length, and searched."""
    support, other = (someone(name, Role.SUPPORT, None, at) for name in ("support", "autre"))
    found = [asked_for_help(cast.aubepine, cast.claire, at, title=f"Demande {rank}") for rank in range(8)]
    for one in found[:5]:
        mark_read(again(one), again(one).latest, by=support, at=at)
    for one in found[2:6]:
        said(again(one), support, at, "Voici.")
    said(again(found[3]), cast.claire, at, "Encore un mot.")
    mark_read(again(found[4]), again(found[4]).latest, by=cast.claire, at=at)

    def told(person: Person) -> list[tuple[str, bool]]:
        """As the messages themselves say it."""
        marks = dict(Mark.objects.filter(person=person).values_list("conversation", "read_to"))
        lines = []
        for one in Conversation.objects.all():
            said_there = Message.objects.filter(conversation=one)
            if person == cast.claire:
                new = said_there.filter(pk__gt=marks.get(one.pk, 0)).exclude(author=person).exists()
            else:
                new = said_there.filter(pk__gt=marks.get(one.pk, one.agency_read), side="company").exists()
            lines.append((not new, -one.latest, one.key))
        return [(key, not old) for old, _latest, key in sorted(lines)]

    for person in (cast.claire, fresh(support), fresh(other)):
        read, expected = [], told(person)
        for offset in range(0, 10, limit):
            if person == cast.claire:
                lines, total = conversations_of_company(person, cast.aubepine, words="demande", limit=limit, offset=offset)
            else:
                lines, total = conversations_of_agency(person, limit=limit, offset=offset)
            assert total == (8 if lines else 0)
            read += [(line.key, line.unread > 0) for line in lines]
        assert read == expected
        assert 0 < sum(new for _, new in expected) < 8


def test_the_answers_ready_to_be_sent_are_those_of_the_content(cast: Cast, conversation: Conversation) -> None:
    assert [(one.title, one.text) for one in models_for(conversation, cast.ines)] == [("Peu clair", "Peu clair."), ("Inapte", "Inapte.")]


def test_a_section_given_back_is_told_when_it_was(cast: Cast, at: datetime) -> None:
    found = proving(cast.claire, cast.ines, at)
    hand_over(found, cast.claire, at)
    later = at + timedelta(days=3)
    say(found, "ILL-L 1", cast.ines, later, outcome=CHANGES_ASKED, reason="unreadable", text="Trop sombre.")
    accept_all(found, cast.ines, later)
    give_back(found, cast.ines, later)
    told = Message.objects.filter(conversation__key=found.number).last()
    assert "Trop sombre" not in told.text
    assert told.notice.startswith("section:")
    assert told.at == later
