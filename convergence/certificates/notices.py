"""Who is told that a certificate is issued, suspended, restored, withdrawn or expired? Those who bind the company."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from convergence.certificates.events import CertificateSealed, ChangeDeclared
from convergence.certificates.models import Certificate, DeclaredChange, Episode
from convergence.certificates.papers import public_address
from convergence.certificates.permissions import can_watch
from convergence.content.library import library
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.notifications.mail import post_mail


class OfEpisode(Protocol):
    """An event of the life of a certificate."""

    @property
    def episode(self) -> int: ...


TITLES = {
    "issue_certificate": "Certificat délivré",
    "suspend_certificate": "Certificat suspendu",
    "restore_certificate": "Certificat rétabli",
    "withdraw_certificate": "Certificat retiré",
    "expire_certificate": "Certificat arrivé à son terme",
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
    path = reverse("agency:certificate", args=[change.certificate.number])
    for person in people_with_right(Right.WATCH_CERTIFICATES):
        if can_watch(person, change.certificate):
            words = {"to": person, "change": change, "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else ""}
            text = render_to_string("mail/certificates/change_declared.txt", words)
            subject = f"Modification déclarée : certificat {change.certificate.number}"
            post_mail(person.email, subject, text, about=f"change_declared:{change.pk}")


def change_answered(event: OfChange) -> None:
    """Whoever declared it, if they still work there."""
    change = DeclaredChange.objects.select_related("declared_by", "certificate__candidature__enrolment__subject").get(pk=event.change)
    person, certificate = change.declared_by, change.certificate
    if not person.is_active or person.seat_in(certificate.candidature.enrolment.subject.company_id) is None:
        return
    path = reverse("company:declare_change", args=[certificate.candidature.number])
    words = {
        "to": person,
        "change": change,
        "certificate": certificate,
        "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else "",
    }
    text = render_to_string("mail/certificates/change_answered.txt", words)
    post_mail(person.email, f"Réponse à votre déclaration : certificat {certificate.number}", text, about=f"change_answered:{change.pk}")


def tell_term(certificate: Certificate, days: int) -> None:
    """How many days it still stands. Told twice on the same day, it is one mail."""
    procedure = library().procedure(certificate.procedure)
    assert procedure is not None
    for person in people_with_right(Right.SUBMIT_CANDIDATURES, certificate.candidature.enrolment.subject.company):
        words = {
            "to": person,
            "certificate": certificate,
            "title": procedure.outcome.title,
            "days": days,
            "renewable": procedure.outcome.renewable,
            "address": public_address(certificate) if settings.SITE_ADDRESS else "",
        }
        text = render_to_string("mail/certificates/certificate_term.txt", words)
        subject = f"Certificat à son terme dans {days} jours : {certificate.number}, {certificate.name}"
        post_mail(person.email, subject, text, about=f"certificate_term:{certificate.pk}:{days}")


def _tell(episode: Episode) -> None:
    certificate = episode.certificate
    procedure = library().procedure(certificate.procedure)
    assert procedure is not None
    path = reverse("company:candidature", args=[certificate.candidature.number])
    for person in people_with_right(Right.SUBMIT_CANDIDATURES, certificate.candidature.enrolment.subject.company):
        words = {
            "to": person,
            "certificate": certificate,
            "title": procedure.outcome.title,
            "episode": episode,
            "is_new": episode.verb == "issue_certificate",
            "next_steps": procedure.outcome.next_steps,
            "address": public_address(certificate) if settings.SITE_ADDRESS else "",
            "link": f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else "",
        }
        text = render_to_string("mail/certificates/certificate_told.txt", words)
        subject = f"{TITLES[episode.verb]} : {certificate.number}, {certificate.name}"
        post_mail(person.email, subject, text, about=f"certificate:{episode.pk}")
