"""What was asked of the agency? A numbered candidature, its steps, what was typed, and what was handed over."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from convergence.candidatures.events import Heading, StepHeading
from convergence.candidatures.workflow import (
    ACCEPTED,
    AWAITED,
    CANDIDATURE,
    CHANGES_REQUESTED,
    DRAFT,
    REJECTED,
    SECTION,
    STEP,
    SUBMITTED,
    UNDER_WAY,
)
from convergence.catalogue.models import Enrolment
from convergence.evidence.models import Folder
from foundation.accounts.models import Person


class CandidatureQuerySet(models.QuerySet["Candidature"]):
    def alive(self) -> CandidatureQuerySet:
        return self.filter(state__in=[DRAFT, UNDER_WAY])

    def handed_over(self) -> CandidatureQuerySet:
        """Those the agency has: a draft is the company's alone, whether it goes on or was discarded."""
        return self.filter(submitted_at__isnull=False)


class Candidature(models.Model):
    """What a company asks for a subject in a procedure, in the edition it was begun with. Its number is never given twice."""

    number = models.CharField("numéro", max_length=10, unique=True)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+", verbose_name="inscription")
    procedure = models.CharField("édition de la démarche", max_length=130)
    state = models.CharField("état", max_length=20, default=DRAFT, choices=list(CANDIDATURE.states.items()))
    profiles = ArrayField(models.CharField(max_length=61), default=list, verbose_name="profils")
    begun_at = models.DateTimeField("commencée le")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="commencée par")
    submitted_at = models.DateTimeField("soumise le", null=True)
    ended_at = models.DateTimeField("close le", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="close par")
    reason = models.TextField("motif", max_length=4000, blank=True)

    locked_with = ("enrolment",)
    read_with = ("enrolment__subject",)

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        verbose_name_plural = "candidatures"
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^[A-Z]{10}$"), name="candidature_ten_capitals"),
            models.CheckConstraint(condition=Q(state__in=list(CANDIDATURE.states)), name="candidature_state_known"),
            models.UniqueConstraint(fields=["enrolment"], condition=Q(state__in=[DRAFT, UNDER_WAY]), name="candidature_one_alive"),
            models.CheckConstraint(
                condition=Q(state__in=[DRAFT, UNDER_WAY], ended_at=None) | (~Q(state__in=[DRAFT, UNDER_WAY]) & Q(ended_at__isnull=False)),
                name="candidature_ended_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "-begun_at"], name="candidature_by_enrolment")]

    def __str__(self) -> str:
        return self.number

    @property
    def state_word(self) -> str:
        return CANDIDATURE.states[self.state]

    @property
    def is_draft(self) -> bool:
        return self.state == DRAFT

    @property
    def is_alive(self) -> bool:
        return self.state in (DRAFT, UNDER_WAY)

    @property
    def heading(self) -> Heading:
        """What every event about it says first."""
        return {"about": f"candidature:{self.pk}", "company": self.enrolment.subject.company_id, "number": self.number}


class Step(models.Model):
    """One step of a candidature, named by its code in the procedure. `folder` holds the documents of its form."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="steps", verbose_name="candidature")
    code = models.CharField("étape", max_length=61)
    rank = models.PositiveSmallIntegerField("rang")
    state = models.CharField("état", max_length=20, choices=list(STEP.states.items()), default=STEP.initial)
    folder = models.OneToOneField(Folder, models.PROTECT, related_name="+", null=True, verbose_name="dossier de pièces")
    since = models.DateTimeField("dans cet état depuis")
    extended_to = models.DateTimeField("clôture reportée au", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="décidée par")
    reasons = ArrayField(models.CharField(max_length=61), default=list, verbose_name="motifs")
    text = models.TextField("explication", max_length=4000, blank=True)

    locked_with = ("candidature", "candidature__enrolment")
    read_with = ("candidature__enrolment__subject",)

    class Meta:
        verbose_name = "étape"
        verbose_name_plural = "étapes"
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "code"], name="step_once"),
            models.CheckConstraint(condition=Q(state__in=list(STEP.states)), name="step_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[ACCEPTED, REJECTED], settled_by__isnull=False)
                | (~Q(state__in=[ACCEPTED, REJECTED]) & Q(settled_by=None)),
                name="step_settled_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["since"], name="step_awaiting_the_agency", condition=Q(state=SUBMITTED))]

    def __str__(self) -> str:
        return f"{self.candidature_id} {self.code}"

    @property
    def state_word(self) -> str:
        return STEP.states[self.state]

    @property
    def awaits(self) -> str:
        """« company », « agency », or nobody."""
        return AWAITED.get(self.state, "")

    @property
    def is_to_correct(self) -> bool:
        return self.state == CHANGES_REQUESTED

    @property
    def heading(self) -> StepHeading:
        """What every event about it says first."""
        return {**self.candidature.heading, "step": self.code}


class StepSection(models.Model):
    """Where a section of requirements stands, at a step where evidence is deposited. One never handed over has no row: it is open."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="sections", verbose_name="étape")
    code = models.CharField("section", max_length=61)
    state = models.CharField("état", max_length=20, choices=list(SECTION.states.items()), default=SECTION.initial)
    since = models.DateTimeField("dans cet état depuis")

    class Meta:
        verbose_name = "section d'exigences"
        verbose_name_plural = "sections d'exigences"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["step", "code"], name="section_once"),
            models.CheckConstraint(condition=Q(state__in=list(SECTION.states)), name="section_state_known"),
        ]
        indexes = [models.Index(fields=["since"], name="section_awaiting_the_agency", condition=Q(state=SUBMITTED))]

    def __str__(self) -> str:
        return f"{self.step_id} {self.code}"

    @property
    def state_word(self) -> str:
        return SECTION.states[self.state]


class Exemption(models.Model):
    """« Sans objet »: what the company says of a requirement, or of a scenario, that does not apply to its product. The reviewer judges."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="exemptions", verbose_name="étape")
    code = models.CharField("exigence ou scénario", max_length=61)
    text = models.TextField("raison", max_length=2000)
    is_declared = models.BooleanField("déclaré", default=True)
    saved_at = models.DateTimeField("enregistré le")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="enregistré par")

    class Meta:
        verbose_name = "sans objet"
        verbose_name_plural = "sans objet"
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="exemption_once")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.code}"


class FieldValue(models.Model):
    """What a field of a form says today, as it was typed. `version` grows by one at each change: who saves an older one is told.

    At an evidence step, which has no form, a field is a request of the agency, and its value what the company answers.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="values", verbose_name="étape")
    field = models.CharField("champ", max_length=70)
    value = models.JSONField("valeur")
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="enregistrée par")

    class Meta:
        verbose_name = "valeur"
        verbose_name_plural = "valeurs"
        constraints = [models.UniqueConstraint(fields=["step", "field"], name="value_once")]

    def __str__(self) -> str:
        return f"{self.field} v{self.version}"


class Submission(models.Model):
    """A form, or a section of requirements, as it was handed over, with its documents and their hashes. Written once (migration 0002).

    Of a section, `values` keeps what was asked of it that day and what was said to be without object.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="submissions", verbose_name="étape")
    section = models.CharField("section", max_length=61, blank=True)
    number = models.PositiveSmallIntegerField("numéro")
    receipt = models.CharField("accusé de réception", max_length=20, unique=True)
    release = models.PositiveIntegerField("version des contenus")
    values = models.JSONField("valeurs")
    documents = models.JSONField("pièces")
    digest = models.CharField("empreinte", max_length=64)
    submitted_at = models.DateTimeField("soumise le")
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="soumise par")
    submitted_by_name = models.CharField("nom de l'auteur", max_length=120)

    class Meta:
        verbose_name = "soumission"
        verbose_name_plural = "soumissions"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["step", "section", "number"], name="submission_numbered")]

    def __str__(self) -> str:
        return self.receipt


class ChangeRequest(models.Model):
    """What the agency asks to be corrected in a submission: one field of a form, one requirement of a section."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="requests", verbose_name="soumission")
    field = models.CharField("champ", max_length=70)
    reason = models.CharField("motif", max_length=61, blank=True)
    text = models.TextField("demande", max_length=2000)
    requested_at = models.DateTimeField("demandée le")
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="demandée par")

    class Meta:
        verbose_name = "demande de modification"
        verbose_name_plural = "demandes de modification"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "field"], name="change_once_per_field")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.field}"
