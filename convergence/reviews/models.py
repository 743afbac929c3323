"""What did a reviewer say of each requirement, and when was a section given back? Nothing here is changed once it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from convergence.candidatures.models import Submission
from convergence.reviews.rules import CONFIRMATION, GIVEN_BACK, OUTCOMES
from foundation.accounts.models import Person


class RequirementVerdict(models.Model):
    """What a reviewer says of one requirement of a section handed over. `look` is 1, or 2 where another reviewer confirms.

    `version` grows by one at each change: who saves over an older one is told. Of no effect until the section is given back.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+", verbose_name="soumission")
    requirement = models.CharField("exigence", max_length=61)
    look = models.PositiveSmallIntegerField("regard", default=1)
    outcome = models.CharField("avis", max_length=20, choices=list(OUTCOMES.items()))
    reason = models.CharField("motif", max_length=61, blank=True)
    text = models.TextField("texte pour l'entreprise", max_length=2000, blank=True)
    note = models.TextField("note interne", max_length=2000, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistré le")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="enregistré par")

    class Meta:
        verbose_name = "avis sur une exigence"
        verbose_name_plural = "avis sur les exigences"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "requirement", "look"], name="verdict_once_a_look"),
            models.CheckConstraint(condition=Q(outcome__in=list(OUTCOMES)), name="verdict_outcome_known"),
            models.CheckConstraint(condition=Q(look__in=[1, CONFIRMATION]), name="verdict_look_known"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.outcome} v{self.version}"

    @property
    def outcome_word(self) -> str:
        return OUTCOMES[self.outcome]


class Report(models.Model):
    """« Rendre la section »: one look at a submission is over, with this result. Written once (migration 0002)."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+", verbose_name="soumission")
    look = models.PositiveSmallIntegerField("regard", default=1)
    result = models.CharField("résultat", max_length=20, choices=list(GIVEN_BACK.items()))
    given_at = models.DateTimeField("rendue le")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="rendue par")

    class Meta:
        verbose_name = "section rendue"
        verbose_name_plural = "sections rendues"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "look"], name="report_once_a_look"),
            models.CheckConstraint(condition=Q(result__in=list(GIVEN_BACK)), name="report_result_known"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.result}"
