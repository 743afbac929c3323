"""Does a mail leave once, and only for what happened? Against a real mail server on the loopback."""

from __future__ import annotations

from mailbox import Maildir
from socket import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from django.core import mail
from django.db import transaction

from foundation.notifications.mail import post_mail
from tests.queue import waiting, work_off


@pytest.fixture
def postbox(settings, tmp_path):
    """A mail server that keeps what it is given, in a folder."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Mailbox(tmp_path / "box"), hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield Maildir(tmp_path / "box")
    server.stop()


def test_a_mail_waits_in_the_queue_then_leaves(db, postbox):
    post_mail("claire@demo.invalid", "Une ligne\r\nBcc: zoe@demo.invalid", "Bonjour Claire,", about="essai:1")
    assert len(postbox) == 0
    work_off()
    (letter,) = postbox.values()
    assert letter["X-RcptTo"] == "claire@demo.invalid"
    assert letter["Subject"] == "Une ligne Bcc: zoe@demo.invalid"
    assert letter["Bcc"] is None


def test_the_same_thing_waits_once_and_is_the_same_mail_when_told_again(db):
    for _ in range(2):
        post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1")
    assert len(waiting()) == 1
    work_off()
    post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1")
    post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:2")
    work_off()
    first, again, other = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == again != other
    assert first.endswith("@localhost>")


def test_a_mail_for_what_was_undone_never_leaves(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        post_mail("claire@demo.invalid", "Objet", "Texte", about="essai:1")
        raise RuntimeError
    assert waiting() == []
