"""How is a mail posted? Queued in the transaction under way: rolled back with it, and never waited for.

What writes to someone is `@in_their_language`: its sentences, its dates, and the pages its links open. An address without an
account is written to in French.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parseaddr
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from procrastinate.exceptions import AlreadyEnqueued

from foundation.accounts.models import Person
from foundation.core.language import spoken
from foundation.notifications.jobs import send_mail

P = ParamSpec("P")


def in_their_language(write: Callable[Concatenate[Person, P], None]) -> Callable[Concatenate[Person, P], None]:
    """Make a function write in the language its first argument, who is written to, has chosen."""

    @wraps(write)
    def written(person: Person, /, *args: P.args, **kwargs: P.kwargs) -> None:
        with spoken(person.language):
            write(person, *args, **kwargs)

    return written


def link_to(route: str, *path: Any) -> str:
    """The page a mail leads to, in the language it is written in; nothing where the installation does not say where it is."""
    return f"{settings.SITE_ADDRESS}{reverse(route, args=path)}" if settings.SITE_ADDRESS else ""


def post_mail(to: str, subject: str, text: str, *, about: str, headers: Mapping[str, str] | None = None) -> None:
    """Queue one mail to one address. `about` names what it tells (« validation_requested:12 »): the same thing told twice to the
    same address is one mail, with one Message-ID, and is not queued while it still waits.

    No line end may enter a subject: it becomes a space.
    """
    digest = sha256(f"{about}\n{to}".encode()).hexdigest()[:40]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    more: dict[str, Any] = {"headers": dict(headers)} if headers else {}
    try:
        with transaction.atomic():  # a savepoint: what is refused here must not undo what it tells of
            send_mail.configure(queueing_lock=f"mail:{digest}").defer(
                to=to, subject=" ".join(subject.split()), text=text, message_id=f"<{digest}@{domain}>", **more
            )
    except AlreadyEnqueued:
        return
