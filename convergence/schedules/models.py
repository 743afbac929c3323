"""What was reminded, to whom, of what? And which closing dates were asked to be put off, by whom, granted by whom?"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from convergence.candidatures.models import Candidature, Step
from convergence.evidence.models import Deposit
from convergence.schedules.workflow import DECLINED, EXTENSION, GRANTED, PROPOSED, UNDER_WAY
from foundation.accounts.models import Person


class Reminder(models.Model):
    """A reminder sent, once: of one thing due at one moment, so many days before (0: once it has passed)."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="+", verbose_name="candidature")
    thing = models.CharField("échéance", max_length=160)
    days = models.PositiveSmallIntegerField("jours avant")
    sent_at = models.DateTimeField("envoyé le")

    locked_with = ("candidature",)

    class Meta:
        verbose_name = "rappel"
        verbose_name_plural = "rappels"
        constraints = [models.UniqueConstraint(fields=["candidature", "thing", "days"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.candidature_id} {self.thing} {self.days}"


class ExpiryReminder(models.Model):
    """A reminder that a document will no longer be valid, once for each date and each number of days before."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="+", verbose_name="preuve")
    expires_on = models.DateField("expire le")
    days = models.PositiveSmallIntegerField("jours avant")
    sent_at = models.DateTimeField("envoyé le")

    class Meta:
        verbose_name = "rappel d'expiration"
        verbose_name_plural = "rappels d'expiration"
        constraints = [models.UniqueConstraint(fields=["deposit", "expires_on", "days"], name="expiry_reminder_once")]

    def __str__(self) -> str:
        return f"{self.deposit_id} {self.expires_on} {self.days}"


class Extension(models.Model):
    """A closing date to be put off for one candidature. `until` is what was asked, then what was proposed: that is what is granted."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="étape")
    state = models.CharField("état", max_length=20, choices=list(EXTENSION.states.items()), default=EXTENSION.initial)
    until = models.DateTimeField("reportée au")
    reason = models.TextField("motif", max_length=2000)
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="demandé par")
    proposed_at = models.DateTimeField("proposé le", null=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="proposé par")
    settled_at = models.DateTimeField("décidé le", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="décidé par")
    text = models.TextField("réponse", max_length=2000, blank=True)

    locked_with = ("step", "step__candidature", "step__candidature__enrolment", "step__candidature__enrolment__subject")

    class Meta:
        verbose_name = "report de clôture"
        verbose_name_plural = "reports de clôture"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(EXTENSION.states)), name="extension_state_known"),
            models.UniqueConstraint(fields=["step"], condition=Q(state__in=list(UNDER_WAY)), name="extension_one_under_way"),
            models.CheckConstraint(
                condition=~Q(state__in=[PROPOSED, GRANTED]) | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="extension_proposed_by_someone",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=[GRANTED, DECLINED]) & Q(settled_by__isnull=False, settled_at__isnull=False))
                | (Q(state__in=list(UNDER_WAY)) & Q(settled_by=None, settled_at=None)),
                name="extension_settled_by_someone",
            ),
            models.CheckConstraint(condition=~Q(state=GRANTED) | ~Q(settled_by=F("proposed_by")), name="extension_by_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.state}"

    @property
    def state_word(self) -> str:
        return EXTENSION.states[self.state]

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY
