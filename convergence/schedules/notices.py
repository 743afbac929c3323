"""Who is reminded that something is due, or that a document will expire? The side that is awaited, and nobody else."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from convergence.candidatures.conversations import tell
from convergence.candidatures.events import StepLapsed
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.workflow import CANDIDATURE
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
from foundation.messaging.queries import conversation_about, follows
from foundation.notifications.mail import post_mail


def reminder_sent(event: ReminderSent) -> None:
    """A mail to each person awaited; to the agency, without a word on the product."""
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    candidature, due = step.candidature, datetime.fromisoformat(event.due)
    inside = event.awaits == "company"
    title = f"Échéance dépassée : {event.title}" if event.days == 0 else f"Échéance {_in_days(event.days)} : {event.title}"
    for person in _company_people(candidature) if inside else _agency_people(candidature):
        _post(person, title, candidature, inside, about=f"reminder:{event.reminder}", what=event.title, due=told(due), days=event.days)


def step_lapsed(event: StepLapsed) -> None:
    """The company learns that its delay has passed, and what comes of it."""
    candidature = Candidature.objects.select_related("enrolment__subject").get(number=event.number)
    word = CANDIDATURE.states[candidature.state].lower()
    for person in _company_people(candidature):
        _post(
            person,
            f"Candidature {word}",
            candidature,
            True,
            about=f"step_lapsed:{event.step_key}",
            what=candidature.reason,
            due="",
            days=0,
        )


def tell_reminder(event: ReminderSent) -> None:
    """In the conversation too, at once, where the company is awaited: whoever reads no mail is warned as well."""
    if event.awaits != "company":
        return
    step = Step.objects.select_related("candidature__enrolment__subject").get(pk=event.step_key)
    due = told(datetime.fromisoformat(event.due))
    text = f"{event.title} : la date est passée ({due})." if event.days == 0 else f"{event.title} : à faire avant le {due}."
    tell(step.candidature, text, f"reminder:{event.reminder}", at=Reminder.objects.get(pk=event.reminder).sent_at)


def tell_lapse(event: StepLapsed) -> None:
    candidature = Candidature.objects.select_related("enrolment__subject").get(number=event.number)
    assert candidature.ended_at is not None
    word = CANDIDATURE.states[candidature.state].lower()
    tell(candidature, f"{candidature.reason} La candidature est {word}.", f"lapsed:{event.step_key}", at=candidature.ended_at)


def tell_extension(event: ExtensionAsked | ExtensionGranted | ExtensionDeclined) -> None:
    """What was asked and what was answered: seen by both, in the conversation of the candidature."""
    extension = Extension.objects.select_related("step__candidature__enrolment__subject").get(pk=event.extension)
    at = extension.asked_at if isinstance(event, ExtensionAsked) else extension.settled_at
    if isinstance(event, ExtensionAsked):
        text = f"L'entreprise demande de reporter la clôture au {told(extension.until)}."
    elif isinstance(event, ExtensionGranted):
        text = f"Le report est accordé : la clôture est reportée au {told(extension.until)}."
    else:
        text = "Le report de la clôture est refusé : la date ne change pas."
    assert at is not None
    if extension.step.candidature.submitted_at is None:
        return  # a draft has no conversation yet: the page of the candidature says it
    tell(extension.step.candidature, text, f"extension_{extension.state}:{extension.pk}", at=at)


def expiry_reminded(event: ExpiryReminded) -> None:
    """Those of the company who may change the evidence; the name of a file goes on one line of the text, never in the subject."""
    deposit = Deposit.objects.select_related("file", "folder__subject").get(pk=event.deposit)
    assert deposit.expires_on is not None
    subject = deposit.folder.subject
    path = reverse("company:evidence_list")
    for person in _people_of(subject.company_id):
        if not can_change_evidence(person, subject, deposit.folder.part):
            continue
        words = {
            "to": person,
            "subject": subject,
            "name": " ".join(deposit.file.name.split()),
            "day": told_day(deposit.expires_on),
            "days": event.days,
            "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else "",
        }
        text = render_to_string("mail/schedules/expiry_reminded.txt", words)
        about = f"expiry:{deposit.pk}:{deposit.expires_on}:{event.days}"
        post_mail(person.email, f"Preuve à renouveler {_in_days(event.days)} : {subject.name}", text, about=about)


def _post(person: Person, title: str, candidature: Candidature, inside: bool, *, about: str, what: str, due: str, days: int) -> None:
    path = reverse("company:candidature" if inside else "agency:candidature", args=[candidature.number])
    procedure = library().procedure(candidature.procedure)
    words = {
        "to": person,
        "candidature": candidature,
        "subject": candidature.enrolment.subject if inside else None,
        "procedure": procedure.title if procedure else "",
        "what": what,
        "due": due,
        "days": days,
        "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else "",
    }
    text = render_to_string("mail/schedules/reminder_sent.txt", words)
    post_mail(person.email, f"{title}, candidature n° {candidature.number}", text, about=about)


def _in_days(days: int) -> str:
    return "demain" if days == 1 else f"dans {days} jours"


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
