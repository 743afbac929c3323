"""Who is told that a file was refused or set aside, in which words? Decides nothing."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from convergence.catalogue.permissions import can_see_subject
from convergence.evidence.models import Deposit
from convergence.evidence.workflow import IN_PLACE
from foundation.files.events import FileCondemned, FileRefused
from foundation.notifications.mail import post_mail


def evidence_rejected(event: FileCondemned | FileRefused) -> None:
    """Each person who put the file somewhere learns, once, that its slots are empty again."""
    found = Deposit.objects.filter(file=event.file, state=IN_PLACE).select_related("file", "deposited_by", "folder__subject")
    for deposit in found.order_by("deposited_by", "pk").distinct("deposited_by"):
        if deposit.deposited_by.is_active and can_see_subject(deposit.deposited_by, deposit.folder.subject):
            _post(deposit, is_infected=isinstance(event, FileCondemned))


def _post(deposit: Deposit, *, is_infected: bool) -> None:
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
    post_mail(deposit.deposited_by.email, f"{title} : {deposit.folder.subject.name}", text, about=f"evidence_rejected:{deposit.file_id}")
