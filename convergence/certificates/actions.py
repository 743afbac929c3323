"""Every write to a certificate: issuing it, sealing its paper, suspending, restoring, withdrawing it, and its term."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from convergence.candidatures.calls import call_of, procedure_of
from convergence.candidatures.models import Candidature, Submission
from convergence.candidatures.workflow import COMPLETED
from convergence.certificates.events import (
    CertificateExpired,
    CertificateIssued,
    CertificateRestored,
    CertificateSealed,
    CertificateSuspended,
    CertificateWithdrawn,
    ChangeDeclared,
    ChangeFoundHarmless,
    NewCandidatureAsked,
)
from convergence.certificates.models import Certificate, DeclaredChange, Episode
from convergence.certificates.permissions import (
    can_ask_new_candidature,
    can_declare_change,
    can_expire_certificate,
    can_find_change_harmless,
    can_issue_certificate,
    can_restore_certificate,
    can_seal_certificate,
    can_suspend_certificate,
    can_withdraw_certificate,
)
from convergence.certificates.rules import CERTIFYING, LISTING, after_months, certificate_number, listing_number, searched_of
from convergence.certificates.workflow import CERTIFICATE, DECLARED_CHANGE, EXPIRED, SUSPENDED, VALID
from convergence.content.library import library
from convergence.content.schema import Outcome, RequirementSet
from foundation.accounts.models import Person
from foundation.core.clock import day_of
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused, fitting, worded
from foundation.documents.sealing import seals_of
from foundation.files.store import keep_bytes
from foundation.journal.action import action
from foundation.journal.actor import Actor

LONGEST_TEXT, LONGEST_VERSION = 2000, 60


@action(CertificateIssued)
def issue_certificate(candidature: Candidature, *, by: Actor, at: datetime) -> CertificateIssued | None:
    """A candidature has ended well: what its procedure certifies is written, as it is on that day. Once; nothing where it certifies nothing."""
    can_issue_certificate(by, candidature).or_refuse()
    procedure = procedure_of(library(), candidature)
    if candidature.state != COMPLETED or procedure.outcome.kind not in CERTIFYING:
        return None
    if Certificate.objects.filter(candidature=candidature).exists():
        return None
    certificate = _numbered(candidature, at)
    Episode.objects.create(certificate=certificate, verb="issue_certificate", at=at)
    return CertificateIssued(**_told(certificate))


def _numbered(candidature: Candidature, at: datetime) -> Certificate:
    """Its numbers are drawn again in the case, one in a thousand billion, where one was given before."""
    fields = _as_of(candidature, at)
    while True:
        number = certificate_number(fields["track"], fields["issued_on"].year, secrets.choice)
        listing = listing_number(secrets.choice) if fields["kind"] in LISTING else None
        try:
            with transaction.atomic():
                searched = searched_of(number, listing, *(fields[name] for name in ("product", "version", "company", "siren")))
                return Certificate.objects.create(number=number, listing=listing, candidature=candidature, searched=searched, **fields)
        except IntegrityError:
            if not (Certificate.objects.filter(number=number).exists() or Certificate.objects.filter(listing=listing or "").exists()):
                raise


def _as_of(candidature: Candidature, at: datetime) -> dict[str, Any]:
    """The product, the company, what it was held to: as they are."""
    shelf = library()
    procedure, subject = procedure_of(shelf, candidature), candidature.enrolment.subject
    outcome, day = procedure.outcome, day_of(at)
    requirements = shelf.piece("requirements", procedure.profiles_from) if procedure.profiles_from else None
    profiles: list[str] = []
    named = ""
    if isinstance(requirements, RequirementSet):
        named = f"{requirements.title.fr}, {requirements.edition}"
        profiles = [one.title.fr for one in requirements.profiles if one.code in set(candidature.profiles)]
    return {
        "procedure": procedure.key,
        "procedure_code": procedure.code,
        "track": procedure.track,
        "kind": outcome.kind,
        "product": subject.name,
        "version": subject.version,
        "company": subject.company.name,
        "siren": subject.company.siren,
        "requirements": named,
        "profiles": profiles,
        "level": _level(candidature, outcome),
        "issued_on": day,
        "valid_until": after_months(day, outcome.validity_months) if outcome.validity_months else None,
        "control_on": after_months(day, outcome.next_control_months) if outcome.next_control_months else None,
    }


def _level(candidature: Candidature, outcome: Outcome) -> str:
    """The level that was asked for in a form, as its choice words it; else that of the content."""
    if outcome.level_from is not None:
        steps = {step.pk: step for step in candidature.steps.all()}
        for submission in Submission.objects.filter(step__in=steps).order_by("-submitted_at", "-pk"):
            chosen = submission.values.get(outcome.level_from)
            step = steps[submission.step_id]
            step.candidature = candidature
            form = call_of(library(), step).form
            for field in (field for block in (form.blocks if form else ()) for field in block.fields):
                if field.code == outcome.level_from and (found := next((one for one in field.choices if one.code == chosen), None)):
                    return found.title.fr
    return outcome.level.fr if outcome.level else ""


@action(CertificateSealed)
def seal_certificate(certificate: Certificate, paper: bytes, report: bytes, *, by: Actor, at: datetime) -> CertificateSealed | None:
    """Its paper, made and sealed by a worker, is kept, with the report where requirements were examined; for good, and once."""
    can_seal_certificate(by, certificate).or_refuse()
    if certificate.paper:
        return None
    for body in filter(None, (paper, report)):
        seals = seals_of(body)
        if len(seals) != 1 or not seals[0].is_good:
            raise Refused(_("Le certificat n'est pas scellé comme il doit l'être : il n'est pas gardé."), code="altered", status=409)
    certificate.paper, certificate.size, certificate.sha256 = keep_bytes(paper), len(paper), sha256(paper).hexdigest()
    if report:
        certificate.report, certificate.report_size = keep_bytes(report), len(report)
        certificate.report_sha256 = sha256(report).hexdigest()
    certificate.save(update_fields=["paper", "size", "sha256", "report", "report_size", "report_sha256"])
    return CertificateSealed(**_told(certificate), sha256=certificate.sha256)


# — Its life ——————————————————————————————————————————————————————————————————————————————


@action(CertificateSuspended)
def suspend_certificate(certificate: Certificate, reason: str, *, by: Person, at: datetime) -> CertificateSuspended:
    """It does not count for now; its page says so, with the reason."""
    can_suspend_certificate(by, certificate).or_refuse()
    episode = _lives(certificate, "suspend_certificate", by, at, worded(reason, PUBLIC_REASON, LONGEST_TEXT))
    return CertificateSuspended(**_told(certificate), episode=episode.pk)


@action(CertificateRestored)
def restore_certificate(certificate: Certificate, reason: str, *, by: Person, at: datetime) -> CertificateRestored:
    """It counts again."""
    can_restore_certificate(by, certificate).or_refuse()
    episode = _lives(certificate, "restore_certificate", by, at, worded(reason, PUBLIC_REASON, LONGEST_TEXT))
    return CertificateRestored(**_told(certificate), episode=episode.pk)


@action(CertificateWithdrawn)
def withdraw_certificate(certificate: Certificate, reason: str, *, by: Person, at: datetime) -> CertificateWithdrawn:
    """It counts no more, and never again; its page stays, with the reason."""
    can_withdraw_certificate(by, certificate).or_refuse()
    episode = _lives(certificate, "withdraw_certificate", by, at, worded(reason, PUBLIC_REASON, LONGEST_TEXT))
    return CertificateWithdrawn(**_told(certificate), episode=episode.pk)


@action(CertificateExpired)
def expire_certificate(certificate: Certificate, *, by: Actor, at: datetime) -> CertificateExpired | None:
    """Past its last day; its page said so already."""
    can_expire_certificate(by, certificate).or_refuse()
    if certificate.standing(day_of(at)) != EXPIRED or certificate.state == EXPIRED:
        return None
    episode = _lives(certificate, "expire_certificate", None, at, "")
    return CertificateExpired(**_told(certificate), episode=episode.pk)


# — Changes of the product ————————————————————————————————————————————————————————————————


@action(ChangeDeclared)
def declare_change(certificate: Certificate, kind: str, occurred_on: date, version: str, text: str, *, by: Person, at: datetime) -> ChangeDeclared:  # fmt: skip
    """The product has changed: the company says how, and since when. Late, it is received all the same, and shown as late."""
    can_declare_change(by, certificate).or_refuse()
    if certificate.standing(day_of(at)) not in (VALID, SUSPENDED):
        raise Refused(_("Ce certificat ne s'applique plus : il n'y a plus de modification à déclarer."), code="wrong_state", status=409)
    procedure = procedure_of(library(), certificate.candidature)
    if kind not in [one.code for one in procedure.outcome.changes]:
        raise Refused(_("Choisissez la nature de la modification dans la liste."), code="no_kind", status=400)
    if occurred_on > day_of(at):
        raise Refused(_("Cette date est à venir : déclarez la modification une fois qu'elle est faite."), code="future", status=400)
    if len(version) > LONGEST_VERSION:
        raise Refused(
            _("Une version compte {longest} caractères au plus.").format(longest=LONGEST_VERSION),
            code="too_long",
            status=400,
        )
    change = DeclaredChange.objects.create(
        certificate=certificate,
        kind=kind,
        occurred_on=occurred_on,
        version=version.strip(),
        text=worded(text, _("Décrivez la modification : ce qui change, et ce qui ne change pas."), LONGEST_TEXT),
        declared_at=at,
        declared_by=by,
    )
    return ChangeDeclared(**_told(certificate), change=change.pk)


@action(ChangeFoundHarmless)
def find_change_harmless(change: DeclaredChange, answer: str, *, by: Person, at: datetime) -> ChangeFoundHarmless:
    """« Sans effet »: the certificate goes on, and its life says so. What the company wrote is not published."""
    can_find_change_harmless(by, change).or_refuse()
    _answer(change, "find_change_harmless", fitting(answer, LONGEST_TEXT), by, at)
    return ChangeFoundHarmless(**_told(change.certificate), change=change.pk)


@action(NewCandidatureAsked)
def ask_new_candidature(change: DeclaredChange, answer: str, *, by: Person, at: datetime) -> NewCandidatureAsked:
    """The change affects conformity: the company is asked to apply again, and told why. The certificate does not move by itself."""
    can_ask_new_candidature(by, change).or_refuse()
    _answer(
        change,
        "ask_new_candidature",
        worded(answer, _("Dites à l'entreprise pourquoi une nouvelle candidature est demandée."), LONGEST_TEXT),
        by,
        at,
    )
    return NewCandidatureAsked(**_told(change.certificate), change=change.pk)


def _answer(change: DeclaredChange, verb: str, answer: str, by: Person, at: datetime) -> None:
    change.state = DECLARED_CHANGE.after(verb, change.state)
    change.answer, change.answered_at, change.answered_by = answer, at, by
    change.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    reason = f"Version {change.version}." if change.version else ""  # recorded as it is
    Episode.objects.create(certificate=change.certificate, verb=verb, reason=reason, at=at, by=by)


def _lives(certificate: Certificate, verb: str, by: Person | None, at: datetime, reason: str) -> Episode:
    if verb != "expire_certificate" and certificate.standing(day_of(at)) == EXPIRED:
        raise Refused(_("Ce certificat est arrivé à son terme : il ne change plus."), code="wrong_state", status=409)
    certificate.state = CERTIFICATE.after(verb, certificate.state)
    certificate.save(update_fields=["state"])
    return Episode.objects.create(certificate=certificate, verb=verb, reason=reason, at=at, by=by)


PUBLIC_REASON = gettext_lazy("Écrivez la raison : elle figure sur la page publique du certificat.")


def _told(certificate: Certificate) -> dict[str, Any]:
    """What each event says first."""
    return {**certificate.candidature.heading, "number": certificate.number, "certificate": certificate.pk}
