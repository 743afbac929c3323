"""How does a mail leave? By a worker, one address at a time, again where the mail server did not take it."""

from __future__ import annotations

from django.core.mail import EmailMessage
from procrastinate.contrib.django import app

from foundation.journal.afterwards import AGAIN


@app.task(name="send_mail", retry=AGAIN)
def send_mail(to: str, subject: str, text: str, message_id: str, headers: dict[str, str] | None = None) -> None:
    """Hand one mail to the mail server. Sent twice, it is the same mail: its Message-ID does not change."""
    EmailMessage(subject, text, None, [to], headers={**(headers or {}), "Message-ID": message_id}).send()
