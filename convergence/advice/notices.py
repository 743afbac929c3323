"""What is told of advice, in the conversation of the candidature and by mail? The opinion itself is in the conversation, on both sides."""

from __future__ import annotations

from django.template.loader import render_to_string

from convergence.advice.events import AdviceDeposited, DeletionAsked, DeletionDeclined, DeletionGranted, OpinionSent
from convergence.advice.models import AdviceDeposit, DeletionRequest, Opinion
from convergence.candidatures.calls import call_of
from convergence.candidatures.conversations import tell
from convergence.catalogue.permissions import can_see_subject
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.notifications.mail import in_their_language, link_to, post_mail

TOLD_WHOLE = 3800
"""Characters of an opinion that a message has room for, with what stands around them; of a longer one, the message says where the rest is."""

_STEP = "step__candidature__enrolment__subject"


def tell_deposit(event: AdviceDeposited) -> None:
    deposit = AdviceDeposit.objects.select_related(_STEP, "file").get(pk=event.deposit)
    title = call_of(library(), deposit.step).piece.title.fr
    known = f"{event.known} scénario{'s' if event.known > 1 else ''} reconnu{'s' if event.known > 1 else ''}"  # recorded as it is
    unknown = f"{event.unknown} fichier{'s' if event.unknown > 1 else ''} sans code connu"  # recorded as it is
    text = f"{title} : l'archive n° {deposit.number} est reçue ({known}, {unknown})."  # recorded as it is
    tell(deposit.step.candidature, text, f"advice:{deposit.pk}", at=deposit.deposited_at)


def tell_opinion(event: OpinionSent) -> None:
    opinion = Opinion.objects.select_related(_STEP).get(pk=event.opinion)
    joined = " Un document est joint, dans la candidature." if opinion.file_id else ""  # recorded as it is
    words = opinion.text
    if len(words) > TOLD_WHOLE:
        words = f"{words[:TOLD_WHOLE].rsplit(maxsplit=1)[0]}… La suite de l'avis est dans la candidature."  # recorded as it is
    text = f"Avis informatif n° {opinion.number} : {words}{joined}"  # recorded as it is
    told = _depositor(opinion)
    tell(opinion.step.candidature, text, f"opinion:{opinion.pk}", at=opinion.given_at, told=told.pk if told else None)


def tell_deletion(event: DeletionAsked | DeletionGranted | DeletionDeclined) -> None:
    request = DeletionRequest.objects.select_related(f"deposit__{_STEP}").get(pk=event.request)
    number = request.deposit.number
    words, at = {
        DeletionAsked: (f"L'entreprise demande la suppression de l'archive n° {number}.", request.asked_at),  # recorded as it is
        DeletionGranted: (f"L'archive n° {number} est supprimée : elle ne sera pas examinée.", request.settled_at),  # recorded as it is
        DeletionDeclined: (
            f"L'archive n° {number} n'est pas supprimée. Le motif figure dans la candidature.",  # recorded as it is
            request.settled_at,
        ),
    }[type(event)]
    assert at is not None
    tell(request.deposit.step.candidature, words, f"deletion_{request.state}:{request.pk}", at=at)


def opinion_sent(event: OpinionSent) -> None:
    """Whoever made the last deposit, if they may still see the product. What the agency thinks stays in the platform."""
    opinion = Opinion.objects.select_related(_STEP).get(pk=event.opinion)
    person = _depositor(opinion)
    if person is not None:
        _post(person, opinion)


@in_their_language
def _post(person: Person, opinion: Opinion) -> None:
    candidature = opinion.step.candidature
    subject = candidature.enrolment.subject
    words = {
        "to": person,
        "candidature": candidature,
        "subject": subject,
        "link": link_to("company:deposit_for_advice", candidature.number, opinion.step.code),
    }
    text = render_to_string("mail/advice/opinion_sent.txt", words)
    title = _("Avis rendu : candidature n° {number}, {product}").format(number=candidature.number, product=subject.name)
    post_mail(person.email, title, text, about=f"opinion_sent:{opinion.pk}")


def _depositor(opinion: Opinion) -> Person | None:
    latest = AdviceDeposit.objects.filter(step=opinion.step_id).select_related("deposited_by").order_by("-number").first()
    person = latest.deposited_by if latest else None
    if person is None or not person.is_active or not can_see_subject(person, opinion.step.candidature.enrolment.subject):
        return None
    return person
