"""What did a reviewer say of each requirement, and when was a section given back? Nothing here is changed once it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from convergence.candidatures.models import Candidature, Submission
from convergence.reviews.rules import AGENCY, COMPANY, CONFIRMATION, GIVEN_BACK, OUTCOMES, TURNS
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


class Sight(models.Model):
    """Someone of the agency had a requirement before their eyes, as it was in a submission: what comes later is new to them."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+", verbose_name="soumission")
    requirement = models.CharField("exigence", max_length=61)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="vérificateur")
    seen_at = models.DateTimeField("vue le")

    class Meta:
        verbose_name = "exigence vue"
        verbose_name_plural = "exigences vues"
        constraints = [models.UniqueConstraint(fields=["submission", "person", "requirement"], name="sight_once")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.requirement}"


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


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def held(self) -> AssignmentQuerySet:
        return self.filter(ended_at=None)


class Assignment(models.Model):
    """Who examines a candidature, since when, at whose hand. One at a time; ended, never deleted."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="+", verbose_name="candidature")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="vérificateur")
    begun_at = models.DateTimeField("depuis")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="attribuée par")
    ended_at = models.DateTimeField("jusqu'à", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="terminée par")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "attribution"
        verbose_name_plural = "attributions"
        constraints = [
            models.UniqueConstraint(fields=["candidature"], condition=Q(ended_at=None), name="assignment_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="assignment_ended_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(ended_at=None), name="assignment_held_by")]

    def __str__(self) -> str:
        return f"{self.candidature_id} {self.person_id}"


class Place(models.Model):
    """Where a candidature handed over is in the queue. Deduced from its steps: `places.py` writes it, and nothing else (decision 0028).

    `turn` is whose turn it is, empty once it ended. `arrived_at` and `due_at` are those of what the agency has to examine.
    """

    candidature = models.OneToOneField(Candidature, models.PROTECT, related_name="+", verbose_name="candidature")
    code = models.CharField("démarche", max_length=61)
    turn = models.CharField("tour", max_length=7, blank=True, choices=list(TURNS.items()))
    step = models.CharField("étape", max_length=61, blank=True)
    step_state = models.CharField("état de l'étape", max_length=20, blank=True)
    since = models.DateTimeField("depuis")
    arrived_at = models.DateTimeField("arrivée le", null=True)
    due_at = models.DateTimeField("à rendre le", null=True)
    assignee = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="vérificateur")

    class Meta:
        verbose_name = "place"
        verbose_name_plural = "places"
        constraints = [
            models.CheckConstraint(condition=Q(turn__in=["", *TURNS]), name="place_turn_known"),
            models.CheckConstraint(
                condition=Q(turn=AGENCY, arrived_at__isnull=False) | (~Q(turn=AGENCY) & Q(arrived_at=None, due_at=None)),
                name="place_arrived_at_the_agency",
            ),
        ]
        indexes = [
            models.Index(fields=["arrived_at", "candidature"], condition=Q(turn=AGENCY), name="place_at_the_agency"),
            models.Index(fields=["arrived_at", "candidature"], condition=Q(turn=AGENCY, assignee=None), name="place_free"),
            models.Index(fields=["due_at"], condition=Q(turn=AGENCY), name="place_due"),
            models.Index(fields=["since", "candidature"], condition=Q(turn=COMPANY), name="place_at_the_company"),
            models.Index(fields=["-since", "-candidature"], condition=Q(turn=""), name="place_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.candidature_id} {self.turn}"
