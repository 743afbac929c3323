"""A file is sent with a message: who may send it, and what is taken? A deposit names its conversation « message:<key> »."""

from __future__ import annotations

from foundation.accounts.models import Company, Person
from foundation.files.purposes import Terms
from foundation.messaging.models import Conversation
from foundation.messaging.permissions import can_post_message, can_see_conversation

PURPOSE = "message"


def about_message(conversation: Conversation) -> str:
    """What a deposit says it is for."""
    return f"{PURPOSE}:{conversation.key}"


def terms_of_message(by: Person, company: Company, key: str) -> Terms:
    """Every type the platform knows, never sealed: the other side must be able to read it. A conversation not seen does not exist."""
    conversation = Conversation.objects.get(key=key, company=company)
    if not can_see_conversation(by, conversation):
        raise Conversation.DoesNotExist
    can_post_message(by, conversation).or_refuse()
    return Terms()
