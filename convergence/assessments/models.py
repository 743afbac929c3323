"""What was answered? One row per criterion, immutable validations, and where each questionnaire stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from convergence.assessments.rules import Given, Outcome
from convergence.assessments.workflow import ANSWERS, MATTERS, PENDING, QUESTIONNAIRE, SENT_BACK, VALIDATED, VALIDATION_REQUEST
from convergence.catalogue.models import Enrolment, Subject
from convergence.evidence.models import Folder
from foundation.accounts.models import Person
from foundation.core.language import gettext_lazy

OUTCOME_WORDS = {
    Outcome.REACHED: gettext_lazy("Atteint"),
    Outcome.NOT_REACHED: gettext_lazy("Non atteint"),
    Outcome.UNKNOWN: gettext_lazy("Connu après validation"),
}


class Assessment(models.Model):
    """The answers of one subject to one edition of one questionnaire, shared by every procedure that uses it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="sujet")
    questionnaire = models.CharField("questionnaire", max_length=130)
    begun_at = models.DateTimeField("commencée le")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="commencée par")
    folder = models.OneToOneField(Folder, models.PROTECT, related_name="+", null=True, verbose_name="dossier de preuves")

    locked_with = ("subject",)

    class Meta:
        verbose_name = "évaluation"
        verbose_name_plural = "évaluations"
        constraints = [models.UniqueConstraint(fields=["subject", "questionnaire"], name="assessment_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.questionnaire}"


class Answer(models.Model):
    """Today's answer to one criterion. `version` grows by one at each change: who saves an older one is told.

    `carried_from` is the edition it was taken from, until someone saves it again or it is validated.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers", verbose_name="évaluation")
    criterion = models.CharField("critère", max_length=61)
    level = models.CharField("niveau", max_length=61, blank=True)
    comment = models.TextField("commentaire", max_length=4000, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="enregistrée par")
    carried_from = models.CharField("reprise de", max_length=130, blank=True, db_default="")

    class Meta:
        verbose_name = "réponse"
        verbose_name_plural = "réponses"
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.criterion} {self.level}"

    @property
    def given(self) -> Given:
        return Given(self.level, self.comment)


class Validation(models.Model):
    """A set of answers as it was on a day, with its author and its content version. Written once (migration 0002)."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="validations", verbose_name="évaluation")
    number = models.PositiveIntegerField("numéro")
    validated_at = models.DateTimeField("validée le")
    validated_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="validée par")
    validated_by_name = models.CharField("nom de l'auteur", max_length=120)
    procedure = models.CharField("démarche", max_length=130)
    release = models.PositiveIntegerField("version des contenus")
    qualification = models.JSONField("qualification")
    answers = models.JSONField("réponses")

    class Meta:
        verbose_name = "validation"
        verbose_name_plural = "validations"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["assessment", "number"], name="validation_numbered")]

    def __str__(self) -> str:
        return f"validation {self.number}"

    @property
    def given(self) -> dict[str, Given]:
        stored: Mapping[str, Any] = self.answers
        return {code: Given(one["level"], one["comment"], proofs_named(one.get("evidence", ()))) for code, one in stored.items()}

    @property
    def evidence(self) -> dict[str, list[dict[str, Any]]]:
        """The files that proved each answer, as they were on that day."""
        return {code: one["evidence"] for code, one in self.answers.items() if "evidence" in one}


def proofs_named(evidence: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Each file by its slot and its hash: what makes two sets of evidence the same."""
    return tuple(sorted(f"{one['slot']}:{one['sha256']}" for one in evidence))


class ValidationRequest(models.Model):
    """Someone who may answer asks those who may validate to do so: the answers of a questionnaire, or its targets.

    A projection starts from a validated evaluation, which therefore names the subject and the questionnaire of both.
    One waits at a time for each matter. Settled, it changes no more, but for `followed_at`: what was sent back speaks
    until another request, or a validation, comes after it.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="requests", verbose_name="évaluation")
    matter = models.CharField("objet", max_length=20, default=ANSWERS, choices=list(MATTERS.items()))
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+", verbose_name="inscription")
    requested_at = models.DateTimeField("demandée le")
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="demandée par")
    state = models.CharField("état", max_length=20, default=PENDING, choices=list(VALIDATION_REQUEST.states.items()))
    settled_at = models.DateTimeField("close le", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="close par")
    reason = models.TextField("motif du renvoi", max_length=1000, blank=True)
    followed_at = models.DateTimeField("suite donnée le", null=True)

    class Meta:
        verbose_name = "demande de validation"
        verbose_name_plural = "demandes de validation"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "matter"], condition=Q(state=PENDING), name="request_one_pending"),
            models.CheckConstraint(condition=Q(matter__in=list(MATTERS)), name="request_matter_known"),
            models.CheckConstraint(condition=Q(followed_at=None) | Q(state=SENT_BACK), name="request_followed_once_sent_back"),
            models.CheckConstraint(condition=Q(state__in=list(VALIDATION_REQUEST.states)), name="request_state_known"),
            models.CheckConstraint(
                condition=Q(state=PENDING, settled_at=None, settled_by=None)
                | (~Q(state=PENDING) & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="request_settled_by_someone",
            ),
            models.CheckConstraint(
                condition=(Q(state=SENT_BACK) & ~Q(reason="")) | (~Q(state=SENT_BACK) & Q(reason="")),
                name="request_sent_back_with_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.state}"

    @property
    def is_pending(self) -> bool:
        return self.state == PENDING

    @property
    def is_validated(self) -> bool:
        return self.state == VALIDATED


class Standing(models.Model):
    """Where one questionnaire stands for one enrolment. Derived, so that lists cost one query: see `standings.py`."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="+", verbose_name="inscription")
    questionnaire = models.CharField("questionnaire", max_length=130)
    order = models.PositiveSmallIntegerField("ordre")
    status = models.CharField("statut", max_length=20, choices=list(QUESTIONNAIRE.states.items()))
    asked = models.PositiveSmallIntegerField("critères demandés")
    answered = models.PositiveSmallIntegerField("critères renseignés")
    outcome = models.CharField("niveau", max_length=20, choices=[(o.value, OUTCOME_WORDS[o]) for o in Outcome])
    gaps = models.PositiveSmallIntegerField("obligations non atteintes")
    validated_at = models.DateTimeField("dernière validation", null=True)
    saved_at = models.DateTimeField("dernier enregistrement", null=True)

    class Meta:
        verbose_name = "avancement"
        verbose_name_plural = "avancements"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "questionnaire"], name="standing_once"),
            models.CheckConstraint(condition=Q(status__in=list(QUESTIONNAIRE.states)), name="standing_status_known"),
            models.CheckConstraint(condition=Q(answered__lte=models.F("asked")), name="standing_within_what_is_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.answered}/{self.asked}"

    @property
    def status_word(self) -> str:
        return QUESTIONNAIRE.states[self.status]

    @property
    def outcome_word(self) -> str:
        return str(OUTCOME_WORDS[Outcome(self.outcome)])

    @property
    def is_done(self) -> bool:
        return self.status == "done"

    @property
    def is_begun(self) -> bool:
        return self.status != "to_complete"

    @property
    def is_reached(self) -> bool:
        return self.outcome == Outcome.REACHED

    @property
    def is_not_reached(self) -> bool:
        return self.outcome == Outcome.NOT_REACHED

    @property
    def remaining(self) -> int:
        return self.asked - self.answered

    @property
    def has_draft(self) -> bool:
        """Whether something was saved after the last validation."""
        return self.validated_at is not None and self.saved_at is not None and self.saved_at > self.validated_at
