"""Who is told that a file was refused or set aside, in which words? Decides nothing; a mail that cannot leave undoes nothing."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from convergence.catalogue.permissions import can_see_subject
from convergence.evidence.models import Deposit
from convergence.evidence.workflow import IN_PLACE
from foundation.files.events import FileCondemned, FileRefused

log = logging.getLogger(__name__)


def evidence_rejected(event: FileCondemned | FileRefused) -> None:
    """Each person who put the file somewhere learns, once, that its slots are empty again."""
    try:
        found = Deposit.objects.filter(file=event.file, state=IN_PLACE).select_related("file", "deposited_by", "folder__subject")
        for deposit in found.order_by("deposited_by", "pk").distinct("deposited_by"):
            if deposit.deposited_by.is_active and can_see_subject(deposit.deposited_by, deposit.folder.subject):
                _send(deposit, is_infected=isinstance(event, FileCondemned))
    except Exception:
        log.exception("messages non envoyés : fichier %s", event.file)


def _send(deposit: Deposit, *, is_infected: bool) -> None:
    """The name of a file is what a stranger typed: it goes into the text, on one line, never into the subject of the mail."""
    path = reverse("company:evidence_list")
    words = {
        "to": deposit.deposited_by,
        "subject": deposit.folder.subject,
        "name": " ".join(deposit.file.name.split()),
        "reason": deposit.file.reason,
        "is_infected": is_infected,
        "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else "",
    }
    text = render_to_string("mail/evidence/evidence_rejected.txt", words)
    title = "Fichier infecté, à remplacer" if is_infected else "Fichier refusé, à remplacer"
    send_mail(" ".join(f"{title} : {deposit.folder.subject.name}".split()), text, None, [deposit.deposited_by.email])
