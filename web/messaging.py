"""How is a conversation drawn and answered, on both sides? What was typed, with its files, and what is new in the bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.rows import Known, Reading
from foundation.core.verdict import Refused
from foundation.files.actions import deposit_whole
from foundation.files.queries import file_of
from foundation.files.rules import size_told
from foundation.messaging.actions import post_message
from foundation.messaging.attachments import about_message
from foundation.messaging.permissions import can_post_message
from foundation.messaging.queries import unread_of
from foundation.messaging.rules import problem_of_text
from web.forms import typed_number
from web.guard import chosen_seat

if TYPE_CHECKING:
    from django.http import HttpRequest

    from foundation.accounts.models import Person
    from foundation.messaging.models import Conversation

PER_PAGE = 20
PIECE = 1 << 20


def unread(request: HttpRequest) -> Reading[int]:
    """How many messages are new to who asks; asked once a request, by the page, with what else it reads, or by the bar."""
    kept: Reading[int] | None = getattr(request, "messages_unread", None)
    if kept is None:
        person = cast("Person", request.user)
        seat = chosen_seat(request)
        may_read = seat is not None or person.agency_has(Right.USE_MESSAGING)
        kept = unread_of.reading(person, seat.company if seat else None) if may_read else Known(0)
        request.messages_unread = kept  # type: ignore[attr-defined]
    return kept


@dataclass(slots=True)
class Draft:
    """What someone typed, kept where it is refused."""

    text: str = ""
    refused: Refused | None = None

    @property
    def status(self) -> int:
        return self.refused.status if self.refused else 200


def typed_text(request: HttpRequest) -> str:
    """As typed, its line ends those of everyone."""
    return str(request.POST.get("text", "")).replace("\r\n", "\n")


def send(request: HttpRequest, conversation: Conversation, text: str) -> None:
    """The message with its files. What would be refused is, before any file is taken in."""
    person = cast("Person", request.user)
    files = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    can_post_message(person, conversation).or_refuse()
    if problem := problem_of_text(text, attached=len(files)):
        raise Refused(problem, status=400)
    for file in files:
        if (file.size or 0) > settings.MAX_PLAIN_FILE_SIZE:
            most = size_told(settings.MAX_PLAIN_FILE_SIZE)
            raise Refused(
                _("« {name} » est trop lourd : {most} au plus pour une pièce jointe.").format(name=file.name, most=most),
                code="too_large",
                status=413,
            )
    received = [_received(person, conversation, file) for file in files]
    post_message(conversation, text, received, by=person, at=now())


def _received(person: Person, conversation: Conversation, file: UploadedFile[Any]) -> Any:
    assert file.size is not None
    name = file.name or ""
    try:
        upload = deposit_whole(conversation.company, about_message(conversation), name, file.size, file.chunks(PIECE), by=person, at=now())
    except Refused as refused:
        told = _("« {name} » : {reason}").format(name=name, reason=refused.reason)
        raise Refused(told, code=refused.code, status=refused.status) from refused
    return file_of(upload.reference)


def asked_before(request: HttpRequest) -> int | None:
    """« Voir les messages précédents »: those said before this one."""
    return typed_number(request.GET.get("avant", ""), 17)


def read_to(request: HttpRequest) -> int:
    """The last message that was on the page."""
    return typed_number(request.POST.get("read_to", ""), 17) or 0
