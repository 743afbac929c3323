"""What is done later? A forgotten password, looked for by a worker: asking takes as long for an unknown address as for a known one."""

from __future__ import annotations

from procrastinate.contrib.django import app

from foundation.accounts.queries import person_of
from foundation.core.clock import now
from foundation.invitations.actions import send_password_link
from foundation.journal.actor import SYSTEM
from foundation.journal.afterwards import AGAIN


@app.task(name="answer_forgotten_password", retry=AGAIN)
def answer_forgotten_password(email: str) -> None:
    """Send a link if the address has an active account; else nothing, and nobody knows."""
    person = person_of(email)
    if person is not None:
        send_password_link(person, welcomes=False, by=SYSTEM, at=now())
