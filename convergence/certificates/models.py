"""What was recognised, of which version of which product, and what became of it?"""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from convergence.candidatures.models import Candidature
from convergence.certificates.rules import standing
from convergence.certificates.workflow import CERTIFICATE, DECLARED, DECLARED_CHANGE, VERBS
from foundation.accounts.models import Person


class Certificate(models.Model):
    """What the agency recognises, as it was on that day: the product and the company may change their names, not this."""

    number = models.CharField("numéro", max_length=40, unique=True)
    listing = models.CharField("numéro de référencement", max_length=10, null=True, unique=True)  # noqa: DJ001 - unique where there is one
    candidature = models.OneToOneField(Candidature, models.PROTECT, related_name="+", verbose_name="candidature")
    procedure = models.CharField("édition de la démarche", max_length=130)
    procedure_code = models.CharField("démarche", max_length=61)
    track = models.CharField("parcours", max_length=61)
    kind = models.CharField("nature", max_length=20)
    product = models.CharField("produit", max_length=200)
    version = models.CharField("version", max_length=60, blank=True)
    company = models.CharField("entreprise", max_length=200)
    siren = models.CharField("SIREN", max_length=9)
    requirements = models.CharField("référentiel", max_length=300, blank=True)
    profiles = ArrayField(models.CharField(max_length=300), default=list, verbose_name="profils")
    level = models.CharField("niveau", max_length=200, blank=True)
    searched = models.TextField("mots cherchés", default="")
    """What the directory looks in, folded: numbers, product, version, company."""

    issued_on = models.DateField("délivré le")
    valid_until = models.DateField("valable jusqu'au", null=True)
    control_on = models.DateField("prochain contrôle", null=True)
    state = models.CharField("état", max_length=20, default=CERTIFICATE.initial, choices=list(CERTIFICATE.states.items()))
    paper = models.CharField("clé de rangement", max_length=80, blank=True)
    size = models.PositiveIntegerField("taille", null=True)
    sha256 = models.CharField("empreinte", max_length=64, blank=True)
    report = models.CharField("rapport de conformité", max_length=80, blank=True)
    report_size = models.PositiveIntegerField("taille du rapport", null=True)
    report_sha256 = models.CharField("empreinte du rapport", max_length=64, blank=True)

    locked_with = ("candidature", "candidature__enrolment", "candidature__enrolment__subject")

    class Meta:
        verbose_name = "certificat"
        verbose_name_plural = "certificats"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(CERTIFICATE.states)), name="certificate_state_known"),
            models.CheckConstraint(
                condition=Q(paper="", sha256="", size=None) | (~Q(paper="") & Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)),
                name="certificate_paper_whole_or_none",
            ),
            models.CheckConstraint(
                condition=Q(report="", report_sha256="", report_size=None)
                | (~Q(report="") & ~Q(paper="") & Q(report_sha256__regex=r"^[0-9a-f]{64}$", report_size__gt=0)),
                name="certificate_report_whole_or_none",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("issued_on")), name="certificate_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(listing=None) | Q(listing__regex=r"^[1-9][0-9]{9}$"), name="certificate_listing_digits"),
        ]
        indexes = [
            # The directory in its order, with all that it is narrowed by: the table is read for the lines shown only
            models.Index(
                fields=["-issued_on", "-id"],
                include=["state", "valid_until", "track", "procedure_code", "searched"],
                name="certificate_directory",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        return f"{self.product} – v{self.version}" if self.version else self.product

    def standing(self, today: date) -> str:
        """Its state, on a day."""
        return standing(self.state, self.valid_until, today)


class Episode(models.Model):
    """One line of the life of a certificate, with its reason, which is public. Written once (migration 0002)."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="episodes", verbose_name="certificat")
    verb = models.CharField("fait", max_length=30, choices=list(VERBS.items()))
    reason = models.TextField("raison", max_length=2000, blank=True)
    at = models.DateTimeField("le")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="par")

    class Meta:
        verbose_name = "épisode"
        verbose_name_plural = "épisodes"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(verb__in=list(VERBS)), name="episode_verb_known")]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.verb}"

    @property
    def word(self) -> str:
        return VERBS[self.verb]


class DeclaredChange(models.Model):
    """A change of a certified product, as the company declares it, and what the agency answers. `kind` is a code of the content."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="changes", verbose_name="certificat")
    kind = models.CharField("nature", max_length=61)
    occurred_on = models.DateField("survenue le")
    version = models.CharField("nouvelle version", max_length=60, blank=True)
    text = models.TextField("description", max_length=4000)
    declared_at = models.DateTimeField("déclarée le")
    declared_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déclarée par")
    state = models.CharField("état", max_length=20, default=DECLARED, choices=list(DECLARED_CHANGE.states.items()))
    answer = models.TextField("réponse", max_length=4000, blank=True)
    answered_at = models.DateTimeField("répondue le", null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="répondue par")

    locked_with = (
        "certificate",
        "certificate__candidature",
        "certificate__candidature__enrolment",
        "certificate__candidature__enrolment__subject",
    )

    class Meta:
        verbose_name = "modification déclarée"
        verbose_name_plural = "modifications déclarées"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(DECLARED_CHANGE.states)), name="change_state_known"),
            models.CheckConstraint(
                condition=Q(state=DECLARED, answered_at=None, answered_by=None)
                | (~Q(state=DECLARED) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="change_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.kind} {self.state}"

    @property
    def state_word(self) -> str:
        return DECLARED_CHANGE.states[self.state]

    @property
    def is_open(self) -> bool:
        return self.state == DECLARED
