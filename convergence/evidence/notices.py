"""Who is told that a file was refused or set aside, in which words? Decides nothing."""

from __future__ import annotations

from django.template.loader import render_to_string

from convergence.catalogue.permissions import can_see_subject
from convergence.evidence.events import ErasureDecided, ErasureDeclined, ErasureProposed, ErasureRequested
from convergence.evidence.models import Deposit, ErasureRequest
from convergence.evidence.permissions import can_decide_erasure
from convergence.evidence.workflow import IN_PLACE
from foundation.accounts.models import Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.files.events import FileCondemned, FileRefused
from foundation.files.reasons import reason_told
from foundation.notifications.mail import in_their_language, link_to, post_mail


def evidence_rejected(event: FileCondemned | FileRefused) -> None:
    """Each person who put the file somewhere learns, once, that its slots are empty again."""
    found = Deposit.objects.filter(file=event.file, state=IN_PLACE).select_related("file", "deposited_by", "folder__subject")
    for deposit in found.order_by("deposited_by", "pk").distinct("deposited_by"):
        if deposit.deposited_by.is_active and can_see_subject(deposit.deposited_by, deposit.folder.subject):
            _post(deposit.deposited_by, deposit, is_infected=isinstance(event, FileCondemned))


def erasure_asked(event: ErasureRequested) -> None:
    """Those of the support who may look into it."""
    for person in people_with_right(Right.PROPOSE_ERASURES):
        _tell(person, event.request, gettext_lazy("Effacement demandé"), f"erasure_asked:{event.request}")


def erasure_proposed(event: ErasureProposed) -> None:
    """Those who may decide it."""
    request = ErasureRequest.objects.get(pk=event.request)
    for person in people_with_right(Right.DECIDE_ERASURES):
        if can_decide_erasure(person, request):
            _tell(person, event.request, gettext_lazy("Effacement à décider"), f"erasure_proposed:{event.request}")


def erasure_settled(event: ErasureDecided | ErasureDeclined) -> None:
    """Whoever asked, if they still see the product."""
    request = ErasureRequest.objects.select_related("asked_by", "deposit__folder__subject").get(pk=event.request)
    if request.asked_by.is_active and can_see_subject(request.asked_by, request.deposit.folder.subject):
        title = gettext_lazy("Preuve effacée") if isinstance(event, ErasureDecided) else gettext_lazy("Effacement refusé")
        _tell(request.asked_by, request.pk, title, f"erasure_settled:{request.pk}")


@in_their_language
def _tell(person: Person, key: int, title: str, about: str) -> None:
    """The name of the file stays on the page; the agency is told of a number alone."""
    request = ErasureRequest.objects.select_related("deposit__folder__subject").get(pk=key)
    is_staff = person.pk != request.asked_by_id
    subject = request.deposit.folder.subject
    link = link_to("agency:erasure", key) if is_staff else link_to("company:request_erasure", subject.reference, request.deposit_id)
    words = {
        "to": person,
        "title": title,
        "subject": None if is_staff else subject,
        "number": key,
        "link": link,
    }
    text = render_to_string("mail/evidence/erasure_told.txt", words)
    post_mail(person.email, _("{title} (demande n° {number})").format(title=title, number=key), text, about=about)


@in_their_language
def _post(person: Person, deposit: Deposit, *, is_infected: bool) -> None:
    """The name of a file is what a stranger typed: it goes into the text, on one line, never into the subject of the mail."""
    words = {
        "to": person,
        "subject": deposit.folder.subject,
        "name": " ".join(deposit.file.name.split()),
        "reason": reason_told(deposit.file.reason),
        "is_infected": is_infected,
        "link": link_to("company:evidence_list"),
    }
    text = render_to_string("mail/evidence/evidence_rejected.txt", words)
    title = _("Fichier infecté, à remplacer : {product}") if is_infected else _("Fichier refusé, à remplacer : {product}")
    post_mail(person.email, title.format(product=deposit.folder.subject.name), text, about=f"evidence_rejected:{deposit.file_id}")
