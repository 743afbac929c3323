"""Which archives were deposited for advice, what is asked to be deleted, which opinions were given?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from convergence.advice.rules import LONGEST_OPINION
from convergence.advice.workflow import ANSWERS, ARCHIVE, ARCHIVED, ASKED, DELETED, IN_PLACE
from convergence.candidatures.models import Step
from foundation.accounts.models import Person
from foundation.files.models import StoredFile


class AdviceDeposit(models.Model):
    """One archive. `known`, `unknown` and `missing` are what its names said the day it came, against what was asked that day."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="étape")
    number = models.PositiveSmallIntegerField("numéro")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    known = models.JSONField("fichiers par scénario")
    unknown = models.JSONField("fichiers sans scénario")
    missing = models.JSONField("scénarios sans fichier")
    state = models.CharField("état", max_length=20, choices=list(ARCHIVE.states.items()), default=ARCHIVE.initial)
    deposited_at = models.DateTimeField("déposée le")
    deposited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déposée par")
    archived_at = models.DateTimeField("archivée le", null=True)
    archived_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="archivée par")

    locked_with = ("step", "step__candidature", "step__candidature__enrolment", "step__candidature__enrolment__subject")

    class Meta:
        verbose_name = "archive pour avis"
        verbose_name_plural = "archives pour avis"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="advice_numbered"),
            models.CheckConstraint(condition=Q(state__in=list(ARCHIVE.states)), name="advice_state_known"),
            models.CheckConstraint(
                condition=Q(state=IN_PLACE, archived_at=None, archived_by=None)
                | (Q(state=ARCHIVED) & Q(archived_at__isnull=False, archived_by__isnull=False))
                | Q(state=DELETED),
                name="advice_archived_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} n° {self.number}"

    @property
    def state_word(self) -> str:
        return ARCHIVE.states[self.state]

    @property
    def is_in_place(self) -> bool:
        return self.state == IN_PLACE

    @property
    def is_deleted(self) -> bool:
        return self.state == DELETED

    @property
    def twice(self) -> dict[str, list[str]]:
        return {code: names for code, names in self.known.items() if len(names) > 1}


class DeletionRequest(models.Model):
    """An archive deposited by mistake: who deposits names it exactly, the agency decides. Nothing is erased without a trace."""

    deposit = models.ForeignKey(AdviceDeposit, models.PROTECT, related_name="requests", verbose_name="archive")
    state = models.CharField("état", max_length=20, choices=list(ANSWERS.items()), default=ASKED)
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="demandée par")
    settled_at = models.DateTimeField("décidée le", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="décidée par")
    text = models.TextField("réponse", max_length=2000, blank=True)

    locked_with = ("deposit", "deposit__step", "deposit__step__candidature", "deposit__step__candidature__enrolment", "deposit__step__candidature__enrolment__subject")  # fmt: skip

    class Meta:
        verbose_name = "demande de suppression"
        verbose_name_plural = "demandes de suppression"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(ANSWERS)), name="deletion_state_known"),
            models.UniqueConstraint(fields=["deposit"], condition=Q(state=ASKED), name="deletion_one_asked"),
            models.CheckConstraint(
                condition=Q(state=ASKED, settled_by=None, settled_at=None)
                | (~Q(state=ASKED) & Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="deletion_settled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.state}"

    @property
    def state_word(self) -> str:
        return ANSWERS[self.state]

    @property
    def is_asked(self) -> bool:
        return self.state == ASKED


class Opinion(models.Model):
    """What the agency thinks of what was deposited so far, for information. Written once (migration 0002)."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="étape")
    number = models.PositiveSmallIntegerField("numéro")
    text = models.TextField("avis", max_length=LONGEST_OPINION)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", null=True, verbose_name="pièce jointe")
    given_at = models.DateTimeField("rendu le")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="rendu par")

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["step", "number"], name="opinion_numbered")]

    def __str__(self) -> str:
        return f"{self.step_id} n° {self.number}"
