"""Who is sent a copy of a message, in which words? Those who asked for it and see the conversation; the author never."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string

from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.messaging.events import MessagePosted, NoticePosted, SupportAsked
from foundation.messaging.models import Message
from foundation.messaging.permissions import can_see_conversation
from foundation.messaging.queries import copies_wanted, follows
from foundation.messaging.rules import COMPANY, wants_copy
from foundation.notifications.mail import in_their_language, link_to, post_mail

_signer = Signer(salt="foundation.messaging.copies")


def message_posted(event: MessagePosted | NoticePosted | SupportAsked) -> None:
    """A mail to each of them. To the agency it says that a message waits, not what it says: files leave the platform by no mail."""
    message = Message.objects.select_related("conversation__company").get(pk=event.message)
    conversation = message.conversation
    told = getattr(event, "told", None)
    for choice in copies_wanted():
        person = choice.person
        if person.pk in (message.author_id, told) or not wants_copy(choice.wants, message.side):
            continue
        if not can_see_conversation(person, conversation):
            continue
        inside = person.company_has(conversation.company_id, Right.USE_COMPANY_SPACE)
        if not inside and (message.side != COMPANY or not follows(person, conversation)):
            continue
        _post(person, message, inside)


@in_their_language
def _post(person: Person, message: Message, inside: bool) -> None:
    conversation, stop = message.conversation, link_to("public:stop_copies", stop_token(person))
    words = {
        "to": person,
        "conversation": conversation,
        "message": message,
        "inside": inside,
        "link": link_to("company:conversation" if inside else "agency:conversation", conversation.key),
        "stop": stop,
    }
    text = render_to_string("mail/messaging/message_posted.txt", words)
    title = _("Nouveau message : {title}").format(title=conversation.title)
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if stop else {}
    post_mail(person.email, title, text, about=f"message:{message.pk}", headers=headers)


def stop_token(person: Person) -> str:
    """What the link that stops the copies carries: whose, signed by this installation."""
    return _signer.sign(str(person.pk)).replace(":", "-", 1)


def person_of_token(token: str) -> Person | None:
    """Whose copies a link stops; None where the link is not ours, or the account is closed."""
    try:
        key = int(_signer.unsign(token.replace("-", ":", 1)))
    except (BadSignature, ValueError):
        return None
    return Person.objects.get_queryset().active().filter(pk=key).first()
