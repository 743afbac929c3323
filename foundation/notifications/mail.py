"""How is a mail posted? Queued in the transaction under way: rolled back with it, and never waited for."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from foundation.notifications.jobs import send_mail


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
