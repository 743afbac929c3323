"""Conversations in a test: opened by what they are about, spoken in by the real actions."""

from __future__ import annotations

from datetime import datetime

from foundation.accounts.models import Company, Person
from foundation.files.actions import deposit_whole
from foundation.files.models import StoredFile
from foundation.messaging.actions import ask_support, post_message, support_request
from foundation.messaging.attachments import about_message
from foundation.messaging.models import Attachment, Conversation, Message
from tests.factories.evidence import PDF


def again(conversation: Conversation) -> Conversation:
    """As it now is."""
    return Conversation.objects.select_related("company").get(pk=conversation.pk)


def asked_for_help(company: Company, person: Person, at: datetime, *, title: str = "Un accès", text: str = "Bonjour.") -> Conversation:
    event = ask_support(support_request(company, title), text, by=person, at=at)
    return Conversation.objects.select_related("company").get(key=event.key)


def said(conversation: Conversation, person: Person, at: datetime, text: str = "Bonjour.", files: tuple[StoredFile, ...] = ()) -> Message:
    event = post_message(conversation, text, files, by=person, at=at)
    return Message.objects.get(pk=event.message)


def file_for(conversation: Conversation, person: Person, at: datetime, *, name: str = "exemple.pdf", body: bytes = PDF) -> StoredFile:
    """A file received for a message, not yet said."""
    company = Company.objects.get(pk=conversation.company_id)
    upload = deposit_whole(company, about_message(conversation), name, len(body), [body], by=person, at=at)
    return StoredFile.objects.get(reference=upload.reference)


def sent_with_file(conversation: Conversation, person: Person, at: datetime) -> int:
    """A message with one file, still examined; the attachment."""
    message = said(conversation, person, at, "Voici un exemple.", (file_for(conversation, person, at),))
    return Attachment.objects.get(message=message).pk
