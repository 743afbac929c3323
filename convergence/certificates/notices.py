"""Who is told that a certificate is issued, suspended, restored, withdrawn or expired? Those who bind the company."""

from __future__ import annotations

from typing import Protocol

from django.template.loader import render_to_string

from convergence.certificates.events import CertificateSealed, ChangeDeclared
from convergence.certificates.models import Certificate, DeclaredChange, Episode
from convergence.certificates.permissions import can_watch
from convergence.content.library import library
from convergence.content.schema import Outcome
from foundation.accounts.models import Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.notifications.mail import in_their_language, link_to, post_mail


class OfEpisode(Protocol):
    """An event of the life of a certificate."""

    @property
    def episode(self) -> int: ...


SUBJECTS = {
    "issue_certificate": gettext_lazy("Certificat délivré : {number}, {name}"),
    "suspend_certificate": gettext_lazy("Certificat suspendu : {number}, {name}"),
    "restore_certificate": gettext_lazy("Certificat rétabli : {number}, {name}"),
    "withdraw_certificate": gettext_lazy("Certificat retiré : {number}, {name}"),
    "expire_certificate": gettext_lazy("Certificat arrivé à son terme : {number}, {name}"),
}


def certificate_sealed(event: CertificateSealed) -> None:
    """It can be downloaded: what comes next is said with it."""
    _tell(Episode.objects.select_related(*_WITH).get(certificate=event.certificate, verb="issue_certificate"))


def certificate_moved(event: OfEpisode) -> None:
    _tell(Episode.objects.select_related(*_WITH).get(pk=event.episode))


_WITH = ("certificate__candidature__enrolment__subject__company",)


class OfChange(Protocol):
    """An event about a declared change."""

    @property
    def change(self) -> int: ...


def change_declared(event: ChangeDeclared) -> None:
    """Those of the agency who watch certificates; neither the product nor what was written leaves in the mail."""
    change = DeclaredChange.objects.select_related("certificate__candidature__enrolment__subject").get(pk=event.change)
    if not change.is_open:
        return
    for person in people_with_right(Right.WATCH_CERTIFICATES):
        if can_watch(person, change.certificate):
            _post_change(person, change)


@in_their_language
def _post_change(person: Person, change: DeclaredChange) -> None:
    number = change.certificate.number
    words = {"to": person, "change": change, "link": link_to("agency:certificate", number)}
    text = render_to_string("mail/certificates/change_declared.txt", words)
    subject = _("Modification déclarée : certificat {number}").format(number=number)
    post_mail(person.email, subject, text, about=f"change_declared:{change.pk}")


def change_answered(event: OfChange) -> None:
    """Whoever declared it, if they still work there."""
    change = DeclaredChange.objects.select_related("declared_by", "certificate__candidature__enrolment__subject").get(pk=event.change)
    person, certificate = change.declared_by, change.certificate
    if person.is_active and person.seat_in(certificate.candidature.enrolment.subject.company_id) is not None:
        _post_answer(person, change, certificate)


@in_their_language
def _post_answer(person: Person, change: DeclaredChange, certificate: Certificate) -> None:
    words = {
        "to": person,
        "change": change,
        "certificate": certificate,
        "link": link_to("company:declare_change", certificate.candidature.number),
    }
    text = render_to_string("mail/certificates/change_answered.txt", words)
    subject = _("Réponse à votre déclaration : certificat {number}").format(number=certificate.number)
    post_mail(person.email, subject, text, about=f"change_answered:{change.pk}")


def tell_term(certificate: Certificate, days: int) -> None:
    """How many days it still stands. Told twice on the same day, it is one mail."""
    for person in people_with_right(Right.SUBMIT_CANDIDATURES, certificate.candidature.enrolment.subject.company):
        _post_term(person, certificate, days)


@in_their_language
def _post_term(person: Person, certificate: Certificate, days: int) -> None:
    outcome = _outcome(certificate)
    words = {
        "to": person,
        "certificate": certificate,
        "title": outcome.title,
        "days": days,
        "renewable": outcome.renewable,
        "address": link_to("public:certificate", certificate.number),
    }
    text = render_to_string("mail/certificates/certificate_term.txt", words)
    subject = _("Certificat à son terme dans {days} jours : {number}, {name}")
    subject = subject.format(days=days, number=certificate.number, name=certificate.name)
    post_mail(person.email, subject, text, about=f"certificate_term:{certificate.pk}:{days}")


def _tell(episode: Episode) -> None:
    for person in people_with_right(Right.SUBMIT_CANDIDATURES, episode.certificate.candidature.enrolment.subject.company):
        _post_episode(person, episode)


@in_their_language
def _post_episode(person: Person, episode: Episode) -> None:
    certificate = episode.certificate
    outcome = _outcome(certificate)
    words = {
        "to": person,
        "certificate": certificate,
        "title": outcome.title,
        "episode": episode,
        "is_new": episode.verb == "issue_certificate",
        "next_steps": outcome.next_steps,
        "address": link_to("public:certificate", certificate.number),
        "link": link_to("company:candidature", certificate.candidature.number),
    }
    text = render_to_string("mail/certificates/certificate_told.txt", words)
    subject = SUBJECTS[episode.verb].format(number=certificate.number, name=certificate.name)
    post_mail(person.email, subject, text, about=f"certificate:{episode.pk}")


def _outcome(certificate: Certificate) -> Outcome:
    procedure = library().procedure(certificate.procedure)
    assert procedure is not None
    return procedure.outcome
