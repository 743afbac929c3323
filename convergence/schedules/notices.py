"""Who is reminded that something is due, or that a document will expire? The side that is awaited, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string

from convergence.candidatures.conversations import tell
from convergence.candidatures.events import StepLapsed
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.workflow import ABANDONED, CANDIDATURE, REJECTED_CANDIDATURE
from convergence.catalogue.permissions import can_see_subject
from convergence.content.library import library
from convergence.evidence.models import Deposit
from convergence.evidence.permissions import can_change_evidence
from convergence.reviews.queue import assignment_of
from convergence.schedules.events import ExpiryReminded, ExtensionAsked, ExtensionDeclined, ExtensionGranted, ReminderSent
from convergence.schedules.models import Extension, Reminder
from foundation.accounts.models import Person, Seat
from foundation.accounts.rights import Right
from foundation.core.clock import told, told_day
from foundation.core.language import agreed, gettext_lazy, spoken
from foundation.core.language import gettext as _
from foundation.messaging.queries import conversation_about, follows
from foundation.notifications.mail import in_their_language, link_to, post_mail


def reminder_sent(event: ReminderSent) -> None:
    """A mail to each person awaited; to the agency, without a word on the product."""
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    candidature, inside = step.candidature, event.awaits == "company"
    for person in _company_people(candidature) if inside else _agency_people(candidature):
        _remind(person, event, candidature, inside)


@in_their_language
def _remind(person: Person, event: ReminderSent, candidature: Candidature, inside: bool) -> None:
    if event.days == 0:
        title = _("Échéance dépassée : {what}, candidature n° {number}")
    elif event.days == 1:
        title = _("Échéance demain : {what}, candidature n° {number}")
    else:
        title = _("Échéance dans {days} : {what}, candidature n° {number}")
    title = title.format(days=agreed(event.days, "jour,jours"), what=event.title, number=candidature.number)
    words = {"what": event.title, "due": told(datetime.fromisoformat(event.due)), "days": event.days}
    _post(person, title, candidature, inside, f"reminder:{event.reminder}", words)


def step_lapsed(event: StepLapsed) -> None:
    """The company learns that its delay has passed, and what comes of it."""
    candidature = Candidature.objects.select_related("enrolment__subject").get(number=event.number)
    for person in _company_people(candidature):
        _tell_lapse(person, event, candidature)


LAPSED = {
    REJECTED_CANDIDATURE: gettext_lazy("Candidature refusée, candidature n° {number}"),
    ABANDONED: gettext_lazy("Candidature abandonnée, candidature n° {number}"),
}


@in_their_language
def _tell_lapse(person: Person, event: StepLapsed, candidature: Candidature) -> None:
    title = LAPSED[candidature.state].format(number=candidature.number)
    _post(person, title, candidature, True, f"step_lapsed:{event.step_key}", {"what": candidature.reason})


def tell_reminder(event: ReminderSent) -> None:
    """In the conversation too, at once, where the company is awaited: whoever reads no mail is warned as well."""
    if event.awaits != "company":
        return
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    with spoken("fr"):
        due = told(datetime.fromisoformat(event.due))
    what = f"la date est passée ({due})." if event.days == 0 else f"à faire avant le {due}."  # recorded as it is
    tell(step.candidature, f"{event.title} : {what}", f"reminder:{event.reminder}", at=Reminder.objects.get(pk=event.reminder).sent_at)


def tell_lapse(event: StepLapsed) -> None:
    candidature = Candidature.objects.select_related("enrolment__subject").get(number=event.number)
    assert candidature.ended_at is not None
    with spoken("fr"):
        word = CANDIDATURE.states[candidature.state].lower()
    text = f"{candidature.reason} La candidature est {word}."  # recorded as it is
    tell(candidature, text, f"lapsed:{event.step_key}", at=candidature.ended_at)


def tell_extension(event: ExtensionAsked | ExtensionGranted | ExtensionDeclined) -> None:
    """What was asked and what was answered: seen by both, in the conversation of the candidature."""
    extension = Extension.objects.select_related("step__candidature__enrolment__subject").get(pk=event.extension)
    at = extension.asked_at if isinstance(event, ExtensionAsked) else extension.settled_at
    with spoken("fr"):
        until = told(extension.until)
    if isinstance(event, ExtensionAsked):
        text = f"L'entreprise demande de reporter la clôture au {until}."  # recorded as it is
    elif isinstance(event, ExtensionGranted):
        text = f"Le report est accordé : la clôture est reportée au {until}."  # recorded as it is
    else:
        text = "Le report de la clôture est refusé : la date ne change pas."  # recorded as it is
    assert at is not None
    if extension.step.candidature.submitted_at is None:
        return  # a draft has no conversation yet: the page of the candidature says it
    tell(extension.step.candidature, text, f"extension_{extension.state}:{extension.pk}", at=at)


def expiry_reminded(event: ExpiryReminded) -> None:
    """Those of the company who may change the evidence; the name of a file goes on one line of the text, never in the subject."""
    deposit = Deposit.objects.select_related("file", "folder__subject").get(pk=event.deposit)
    assert deposit.expires_on is not None
    for person in _people_of(deposit.folder.subject.company_id):
        if can_change_evidence(person, deposit.folder.subject, deposit.folder.part):
            _tell_expiry(person, deposit, deposit.expires_on, event.days)


@in_their_language
def _tell_expiry(person: Person, deposit: Deposit, expires_on: date, days: int) -> None:
    subject = deposit.folder.subject
    words = {
        "to": person,
        "subject": subject,
        "name": " ".join(deposit.file.name.split()),
        "day": told_day(expires_on),
        "link": link_to("company:evidence_list"),
    }
    text = render_to_string("mail/schedules/expiry_reminded.txt", words)
    title = _("Preuve à renouveler demain : {product}") if days == 1 else _("Preuve à renouveler dans {days} : {product}")
    title = title.format(days=agreed(days, "jour,jours"), product=subject.name)
    post_mail(person.email, title, text, about=f"expiry:{deposit.pk}:{expires_on}:{days}")


def _post(person: Person, title: str, candidature: Candidature, inside: bool, about: str, said: Mapping[str, Any]) -> None:
    """In the language under way, which is theirs."""
    procedure = library().procedure(candidature.procedure)
    words = {
        "to": person,
        "candidature": candidature,
        "subject": candidature.enrolment.subject if inside else None,
        "procedure": procedure.title if procedure else "",
        "link": link_to("company:candidature" if inside else "agency:candidature", candidature.number),
        **said,
    }
    text = render_to_string("mail/schedules/reminder_sent.txt", words)
    post_mail(person.email, title, text, about=about)


def _people_of(company: int) -> list[Person]:
    seats = Seat.objects.held().filter(company=company, person__is_active=True).select_related("person").order_by("pk")
    return [seat.person for seat in seats]


def _company_people(candidature: Candidature) -> list[Person]:
    """Who may hand it over, and who began it while they still see the product."""
    subject = candidature.enrolment.subject
    return [
        person
        for person in _people_of(subject.company_id)
        if person.company_has(subject.company_id, Right.SUBMIT_CANDIDATURES)
        or (person.pk == candidature.begun_by_id and can_see_subject(person, subject))
    ]


def _agency_people(candidature: Candidature) -> list[Person]:
    """Who has taken it, and the coordination; while nobody has, the reviewers who have opened its conversation."""
    held = assignment_of(candidature)
    conversation = None if held else conversation_about("candidature", candidature.number)
    seats = Seat.objects.held().filter(company=None, person__is_active=True).select_related("person").order_by("pk")
    people = {seat.person_id: seat.person for seat in seats}
    return [
        person
        for person in people.values()
        if person.agency_has(Right.SEE_CANDIDATURES)
        and (
            person.agency_has(Right.MANAGE_STAFF)
            or (held is not None and held.person_id == person.pk)
            or (conversation is not None and follows(person, conversation))
        )
    ]
