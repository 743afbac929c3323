"""What was proposed, sent back, decided? Written once: the database refuses to change any of it (migration 0002)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from convergence.candidatures.models import Step
from convergence.decisions.rules import DECIDED_WORDS, GRANTED, OUTCOME_WORDS
from foundation.accounts.models import Person


class Proposal(models.Model):
    """What a reviewer proposes to decide at a step. Another takes its place under the next number; none is ever changed."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="étape")
    number = models.PositiveSmallIntegerField("numéro")
    outcome = models.CharField("sens", max_length=20, choices=list(OUTCOME_WORDS.items()))
    reasons = ArrayField(models.CharField(max_length=61), default=list, verbose_name="motifs")
    text = models.TextField("explication", max_length=4000, blank=True)
    proposed_at = models.DateTimeField("proposée le")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="proposée par")

    class Meta:
        verbose_name = "proposition"
        verbose_name_plural = "propositions"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="proposal_numbered"),
            models.CheckConstraint(condition=Q(outcome__in=list(OUTCOME_WORDS)), name="proposal_outcome_known"),
            models.CheckConstraint(condition=~Q(outcome=GRANTED) | Q(reasons=[]), name="proposal_granted_without_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.number}"

    @property
    def word(self) -> str:
        return OUTCOME_WORDS[self.outcome]


class SendBack(models.Model):
    """The signatory does not follow a proposal, and says why: another is awaited."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="sent_back", verbose_name="proposition")
    reason = models.TextField("motif", max_length=4000)
    sent_back_at = models.DateTimeField("renvoyée le")
    sent_back_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="renvoyée par")

    class Meta:
        verbose_name = "renvoi"
        verbose_name_plural = "renvois"

    def __str__(self) -> str:
        return f"{self.proposal_id}"


class Decision(models.Model):
    """What was decided at a step, on which proposal, in the words the company reads; `appeal` is how it may be contested."""

    step = models.OneToOneField(Step, models.PROTECT, related_name="+", verbose_name="étape")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+", verbose_name="proposition")
    outcome = models.CharField("sens", max_length=20, choices=list(DECIDED_WORDS.items()))
    reasons = ArrayField(models.CharField(max_length=61), default=list, verbose_name="motifs")
    text = models.TextField("explication", max_length=4000, blank=True)
    appeal = models.TextField("voies de recours", blank=True)
    decided_at = models.DateTimeField("prise le")
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="prise par")
    decided_by_name = models.CharField("nom du signataire", max_length=120)

    class Meta:
        verbose_name = "décision"
        verbose_name_plural = "décisions"
        constraints = [models.CheckConstraint(condition=Q(outcome__in=list(DECIDED_WORDS)), name="decision_outcome_known")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.outcome}"

    @property
    def word(self) -> str:
        return DECIDED_WORDS[self.outcome]

    @property
    def is_granted(self) -> bool:
        return self.outcome == GRANTED
