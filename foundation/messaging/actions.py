"""Every write to a conversation: opening it, saying something in it, noting aside, reading; and the copies one wants."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest

from foundation.accounts.models import Company, Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import spoken
from foundation.core.verdict import Refused
from foundation.files.models import StoredFile
from foundation.journal.action import action
from foundation.journal.actor import Actor
from foundation.messaging.attachments import about_message
from foundation.messaging.events import (
    AnswerDropped,
    AnswerKept,
    ConversationOpened,
    CopiesChosen,
    CopiesStopped,
    MessagePosted,
    MessagesRead,
    NoteWritten,
    NoticePosted,
    SupportAsked,
)
from foundation.messaging.models import Attachment, Conversation, CopyChoice, Mark, Message, Note, SavedAnswer
from foundation.messaging.permissions import (
    can_ask_support,
    can_choose_copies,
    can_drop_answer,
    can_keep_answer,
    can_mark_read,
    can_open_conversation,
    can_post_message,
    can_post_notice,
    can_stop_copies,
    can_write_note,
)
from foundation.messaging.queries import calls
from foundation.messaging.rules import AGENCY, COMPANY, COPIES, LONGEST_TITLE, NONE, PLATFORM, problem_of_text
from foundation.messaging.topics import SUPPORT

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
MOST_SAVED = 50


@action(ConversationOpened)
def open_conversation(conversation: Conversation, *, by: Actor, at: datetime) -> ConversationOpened:
    """What it is about has begun: one conversation for it, from its first day, and no other."""
    can_open_conversation(by, conversation).or_refuse()
    conversation.begun_at = at
    conversation.save()
    return ConversationOpened(
        about=f"conversation:{conversation.pk}", company=conversation.company_id, key=conversation.key, topic=conversation.topic
    )


def support_request(company: Company, title: str) -> Conversation:
    """A conversation with the support, not stored yet. Its reference can be read out on the telephone."""
    key = f"A-{''.join(secrets.choice(LETTERS) for _rank in range(8))}"
    return Conversation(topic=SUPPORT, key=key, company=company, title=title.strip())


@action(SupportAsked)
def ask_support(conversation: Conversation, text: str, *, by: Person, at: datetime) -> SupportAsked:
    """« Écrire à l'assistance »: a subject and a first message; whoever begins it, and the company's representatives, read it."""
    can_ask_support(by, conversation).or_refuse()
    if not conversation.title:
        raise Refused(_("Dites en quelques mots de quoi il s'agit."), code="no_title", status=400)
    if len(conversation.title) > LONGEST_TITLE:
        raise Refused(
            _("L'objet compte plus de {longest} caractères : raccourcissez-le.").format(longest=LONGEST_TITLE),
            code="too_long",
            status=400,
        )
    _refuse_text(text)
    conversation.begun_at, conversation.begun_by = at, by
    conversation.caption = f"Demande {conversation.key}"  # recorded as it is
    conversation.save()
    message = _say(conversation, COMPANY, text, by, at)
    return SupportAsked(about=f"conversation:{conversation.pk}", company=conversation.company_id, key=conversation.key, message=message.pk)


@action(MessagePosted)
def post_message(conversation: Conversation, text: str, files: Sequence[StoredFile] = (), *, by: Person, at: datetime) -> MessagePosted:
    """Say something, to be read by both sides. It is never changed; its files open once found clean."""
    can_post_message(by, conversation).or_refuse()
    _refuse_text(text, attached=len(files))
    for file in files:
        if file.about != about_message(conversation) or file.deposited_by_id != by.pk:
            raise Refused(_("Ce fichier n'a pas été envoyé pour cette conversation. Joignez-le de nouveau."), status=409)
    side = COMPANY if by.company_has(conversation.company_id, Right.USE_COMPANY_SPACE) else AGENCY
    message = _say(conversation, side, text, by, at)
    Attachment.objects.bulk_create(Attachment(message=message, file=file) for file in files)
    return MessagePosted(
        about=f"conversation:{conversation.pk}",
        company=conversation.company_id,
        key=conversation.key,
        message=message.pk,
        side=side,
        files=len(files),
    )


@action(NoticePosted)
def post_notice(
    conversation: Conversation, text: str, notice: str, told: int | None = None, *, by: Actor, at: datetime
) -> NoticePosted | None:
    """The platform says what happened, once for each fact (`notice`)."""
    can_post_notice(by, conversation).or_refuse()
    if Message.objects.filter(conversation=conversation, notice=notice).exists():
        return None
    message = _say(conversation, PLATFORM, text, None, at, notice)
    return NoticePosted(
        about=f"conversation:{conversation.pk}", company=conversation.company_id, key=conversation.key, message=message.pk, told=told
    )


def _say(conversation: Conversation, side: str, text: str, by: Person | None, at: datetime, notice: str = "") -> Message:
    seat = None
    if by is not None:
        seat = by.agency_seat if side == AGENCY else by.seat_in(conversation.company_id)
    with spoken(settings.LANGUAGE_CODE):  # what is kept is in French, whoever writes
        role = str(seat.role_word) if seat else ""
    message = Message.objects.create(
        conversation=conversation,
        side=side,
        author=by,
        author_name=by.name if by else "",
        author_role=role,
        text=text.strip(),
        at=at,
        notice=notice,
    )
    conversation.latest = message.pk
    if side == COMPANY:
        conversation.latest_from_company = message.pk
    conversation.save(update_fields=["latest", "latest_from_company"])
    return message


@action(NoteWritten)
def write_note(conversation: Conversation, text: str, *, by: Person, at: datetime) -> NoteWritten:
    """For the agency alone."""
    can_write_note(by, conversation).or_refuse()
    _refuse_text(text)
    note = Note.objects.create(conversation=conversation, author=by, author_name=by.name, text=text.strip(), at=at)
    return NoteWritten(about=f"conversation:{conversation.pk}", key=conversation.key, note=note.pk)


@action(MessagesRead)
def mark_read(conversation: Conversation, read_to: int, *, by: Person, at: datetime) -> MessagesRead | None:
    """Up to the last message one had before one's eyes, never further than what was said, never back."""
    can_mark_read(by, conversation).or_refuse()
    read_to = min(read_to, conversation.latest)
    held = Mark.objects.filter(conversation=conversation, person=by).first()
    if read_to <= (held.read_to if held else 0):
        return None
    Mark.objects.update_or_create(conversation=conversation, person=by, defaults={"read_to": read_to, "read_at": at})
    if not by.company_has(conversation.company_id, Right.USE_COMPANY_SPACE) and calls(conversation, by):
        Conversation.objects.filter(pk=conversation.pk).update(agency_read=Greatest(F("agency_read"), read_to))
    return MessagesRead(about=f"conversation:{conversation.pk}", company=conversation.company_id, key=conversation.key, read_to=read_to)


@action(CopiesChosen)
def choose_copies(person: Person, wants: str, *, by: Person, at: datetime) -> CopiesChosen | None:
    """Of which messages one wants a copy by mail."""
    can_choose_copies(by, person).or_refuse()
    if wants not in COPIES:
        raise Refused(_("Ce choix n'existe pas. Rechargez la page."), status=400)
    return CopiesChosen(about=f"person:{person.pk}", wants=wants) if _chosen(person, wants, at) else None


@action(CopiesStopped)
def stop_copies(person: Person, *, by: Person, at: datetime) -> CopiesStopped | None:
    """By the link of a mail: no copy any more, of anything."""
    can_stop_copies(by, person).or_refuse()
    return CopiesStopped(about=f"person:{person.pk}") if _chosen(person, NONE, at) else None


def _chosen(person: Person, wants: str, at: datetime) -> bool:
    held = CopyChoice.objects.filter(person=person).first()
    if wants == (held.wants if held else NONE):
        return False
    CopyChoice.objects.update_or_create(person=person, defaults={"wants": wants, "chosen_at": at})
    return True


@action(AnswerKept)
def keep_answer(answer: SavedAnswer, *, by: Person, at: datetime) -> AnswerKept:
    """Keep a text one writes often, named by its beginning."""
    can_keep_answer(by, answer).or_refuse()
    _refuse_text(answer.text)
    if SavedAnswer.objects.filter(person=by).count() >= MOST_SAVED:
        raise Refused(_("Vous gardez déjà {most} réponses types : retirez-en une avant d'en ajouter.").format(most=MOST_SAVED), status=409)
    answer.text, answer.saved_at = answer.text.strip(), at
    answer.title = " ".join(answer.text.split())[:LONGEST_TITLE]
    answer.save()
    return AnswerKept(about=f"person:{by.pk}", answer=answer.pk)


@action(AnswerDropped)
def drop_answer(answer: SavedAnswer, *, by: Person, at: datetime) -> AnswerDropped:
    """Forget a text kept for oneself; what was sent with it stays."""
    can_drop_answer(by, answer).or_refuse()
    key = answer.pk
    answer.delete()
    return AnswerDropped(about=f"person:{by.pk}", answer=key)


def _refuse_text(text: str, *, attached: int = 0) -> None:
    if problem := problem_of_text(text, attached=attached):
        raise Refused(problem, code="no_text" if not text.strip() else "too_long", status=400)
