"""What is done later for certificates? Their papers are made and sealed; those past their last day are said to be."""

from __future__ import annotations

from datetime import datetime, timedelta

from convergence.certificates.actions import expire_certificate, seal_certificate
from convergence.certificates.events import CertificateIssued
from convergence.certificates.models import Certificate
from convergence.certificates.notices import tell_term
from convergence.certificates.papers import certificate_pdf
from convergence.certificates.queries import published
from convergence.certificates.report import report_pdf
from convergence.certificates.workflow import SUSPENDED, VALID
from foundation.core.clock import day_of, now
from foundation.core.typography import french
from foundation.documents.sealing import sealed
from foundation.journal.actor import SYSTEM

REMINDERS = (90, 30, 7)


def make_paper(event: CertificateIssued) -> None:
    """Done twice, done once. An authority that does not date it now is asked again by the queue."""
    certificate = Certificate.objects.select_related("candidature__enrolment__subject__company").get(pk=event.certificate)
    if certificate.paper:
        return
    at = now()
    shown = published(certificate, day_of(at))
    paper = certificate_pdf(shown, shown.episodes[0].at)
    reason = french(f"Délivré par l'agence : {shown.outcome.title.fr} n° {certificate.number}")  # recorded as it is
    report = report_pdf(shown, shown.episodes[0].at)
    said = french(f"Rapport de conformité du certificat n° {certificate.number}")  # recorded as it is
    seal_certificate(
        certificate,
        sealed(paper, "agence", reason=reason, at=at),
        sealed(report, "agence", reason=said, at=at) if report else b"",
        by=SYSTEM,
        at=at,
    )


def expire_certificates(at: datetime) -> None:
    """Each night, those whose last day was yesterday or before."""
    for certificate in Certificate.objects.filter(state__in=[VALID, SUSPENDED], valid_until__lt=day_of(at)):
        expire_certificate(certificate, by=SYSTEM, at=at)


def remind_of_terms(at: datetime) -> None:
    """Three months, one month and a week before its last day, those who bind the company are told."""
    day = day_of(at)
    for days in REMINDERS:
        for certificate in Certificate.objects.filter(state__in=[VALID, SUSPENDED], valid_until=day + timedelta(days=days)):
            tell_term(certificate, days)
