"""What is planned? Targets by criterion, immutable validations, and what each procedure makes of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from convergence.catalogue.models import Enrolment, Subject
from convergence.projections.rules import Forecast, Prospect
from convergence.projections.workflow import CLOSED, DONE, PROJECTION, TO_COMPLETE
from foundation.accounts.models import Person
from foundation.core.quarter import Quarter


class Projection(models.Model):
    """The target dates of one subject for one questionnaire, shared by every procedure that uses it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="sujet")
    questionnaire = models.CharField("questionnaire", max_length=130)
    begun_at = models.DateTimeField("commencée le")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="commencée par")

    locked_with = ("subject",)

    class Meta:
        verbose_name = "projection"
        verbose_name_plural = "projections"
        constraints = [models.UniqueConstraint(fields=["subject", "questionnaire"], name="projection_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.questionnaire}"


class PlannedTarget(models.Model):
    """What is aimed at today for one criterion. `quarters` gives « 2027-T1 » by level code; `version` grows at each change."""

    projection = models.ForeignKey(Projection, models.PROTECT, related_name="targets", verbose_name="projection")
    criterion = models.CharField("critère", max_length=61)
    quarters = models.JSONField("trimestres", default=dict)
    not_applicable = models.BooleanField("cible non applicable", default=False)
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="enregistrée par")

    class Meta:
        verbose_name = "cible"
        verbose_name_plural = "cibles"
        constraints = [
            models.UniqueConstraint(fields=["projection", "criterion"], name="target_once"),
            models.CheckConstraint(condition=Q(not_applicable=False) | Q(quarters={}), name="target_dated_or_not_applicable"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.quarters}"


class ProjectionValidation(models.Model):
    """The targets as they were on a day, with the evaluation they start from. Written once (migration 0002)."""

    projection = models.ForeignKey(Projection, models.PROTECT, related_name="validations", verbose_name="projection")
    number = models.PositiveIntegerField("numéro")
    validated_at = models.DateTimeField("validée le")
    validated_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="validée par")
    validated_by_name = models.CharField("nom de l'auteur", max_length=120)
    procedure = models.CharField("démarche", max_length=130)
    release = models.PositiveIntegerField("version des contenus")
    assessment = models.PositiveIntegerField("validation de l'évaluation")
    targets = models.JSONField("cibles")

    class Meta:
        verbose_name = "validation de projection"
        verbose_name_plural = "validations de projection"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["projection", "number"], name="projection_validation_numbered")]

    def __str__(self) -> str:
        return f"validation {self.number}"


class Outlook(models.Model):
    """When one questionnaire is reached, for one enrolment. Derived, so that roadmaps cost one query: see `outlooks.py`."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="+", verbose_name="inscription")
    questionnaire = models.CharField("questionnaire", max_length=130)
    is_projected = models.BooleanField("projection attendue par la démarche")
    status = models.CharField("statut", max_length=20, choices=list(PROJECTION.states.items()))
    asked = models.PositiveSmallIntegerField("critères demandés")
    decided = models.PositiveSmallIntegerField("critères renseignés")
    prospect = models.CharField("perspective", max_length=20, choices=[(one.value, one.value) for one in Prospect])
    quarter = models.CharField("atteint le", max_length=7, blank=True)
    untargeted = models.PositiveSmallIntegerField("critères sans cible")
    next_due = models.CharField("première échéance", max_length=7, blank=True)
    validated_at = models.DateTimeField("dernière validation", null=True)
    saved_at = models.DateTimeField("dernier enregistrement", null=True)

    class Meta:
        verbose_name = "perspective"
        verbose_name_plural = "perspectives"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "questionnaire"], name="outlook_once"),
            models.CheckConstraint(condition=Q(status__in=list(PROJECTION.states)), name="outlook_status_known"),
            models.CheckConstraint(condition=Q(decided__lte=models.F("asked")), name="outlook_within_what_is_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.prospect} {self.quarter}"

    @property
    def status_word(self) -> str:
        return PROJECTION.states[self.status]

    @property
    def is_closed(self) -> bool:
        return self.status == CLOSED

    @property
    def is_to_complete(self) -> bool:
        return self.status == TO_COMPLETE

    @property
    def is_done(self) -> bool:
        return self.status == DONE

    @property
    def undecided(self) -> int:
        return self.asked - self.decided

    @property
    def has_draft(self) -> bool:
        """Whether something was saved after the last validation."""
        return self.validated_at is not None and self.saved_at is not None and self.saved_at > self.validated_at

    @property
    def forecast(self) -> Forecast:
        return Forecast(Prospect(self.prospect), Quarter.read(self.quarter), self.untargeted, Quarter.read(self.next_due))
