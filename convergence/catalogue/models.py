"""Of what? Subjects (products and global strategies), their enrolments, and what employees were granted."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from convergence.catalogue.workflow import ACTIVE, ARCHIVED, DRAFT, PRODUCT_LIFE
from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, pgettext_lazy
from foundation.core.words import fold


class SubjectQuerySet(models.QuerySet["Subject"]):
    def products(self) -> SubjectQuerySet:
        return self.filter(kind=Subject.PRODUCT)

    def in_use(self) -> SubjectQuerySet:
        return self.exclude(state=ARCHIVED)

    def matching(self, words: str) -> SubjectQuerySet:
        """Those whose folded name, version or reference contains every word."""
        found = self
        for word in fold(words).split():
            found = found.filter(Q(searched__contains=word))
        return found


class Subject(models.Model):
    """What is measured. `searched` is what people look it up by, without accents or case."""

    PRODUCT, GLOBAL_STRATEGY = "product", "global_strategy"
    CORE, OPTION = "core", "option"

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name="entreprise")
    kind = models.CharField(
        "nature", max_length=20, choices=[(PRODUCT, gettext_lazy("Produit")), (GLOBAL_STRATEGY, gettext_lazy("Stratégie globale"))]
    )
    reference = models.PositiveIntegerField("Réf. produit", unique=True)
    state = models.CharField("état", max_length=20, default=DRAFT, choices=list(PRODUCT_LIFE.states.items()))
    name = models.CharField("nom", max_length=200)
    version = models.CharField("version", max_length=40, blank=True)
    type = models.CharField(
        "type", max_length=10, blank=True, choices=[(CORE, gettext_lazy("Socle")), (OPTION, pgettext_lazy("produit", "Option"))]
    )
    nil = models.CharField("N° d'identification (NIL délivré par le CNDA)", max_length=40, blank=True)
    responsible = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="responsable")
    description = models.TextField("description", max_length=4000, blank=True)
    certifications = models.TextField("certifications", max_length=2000, blank=True)
    qualification = models.JSONField("qualification", default=dict)
    searched = models.TextField("mots recherchés")
    created_at = models.DateTimeField("créé le")
    confirmed_at = models.DateTimeField("ajouté le", null=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = "sujet"
        verbose_name_plural = "sujets"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(PRODUCT_LIFE.states)), name="subject_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[DRAFT, ARCHIVED]) | Q(confirmed_at__isnull=False), name="subject_in_use_is_confirmed"
            ),
            models.UniqueConstraint(fields=["company"], condition=Q(kind="global_strategy"), name="global_strategy_once"),
        ]
        indexes = [models.Index(fields=["company", "state", "-reference"], name="subject_of_company")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """As the guide writes it: « Careoptim – v0.1 – 883 ». The strategy bears its company's name: it says what it is."""
        parts = [
            "" if self.is_product else _("Stratégie globale"),
            self.name,
            f"v{self.version.removeprefix('v')}" if self.version else "",
            str(self.reference),
        ]
        return " – ".join(part for part in parts if part)

    @property
    def is_product(self) -> bool:
        return self.kind == Subject.PRODUCT

    @property
    def is_draft(self) -> bool:
        return self.state == DRAFT

    @property
    def is_active(self) -> bool:
        return self.state == ACTIVE

    @property
    def certification_list(self) -> list[str]:
        """One certification a line, as they were typed."""
        return [line.strip() for line in self.certifications.splitlines() if line.strip()]

    @property
    def qualification_items(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.qualification.items())


class Enrolment(models.Model):
    """A subject follows a procedure, in the edition that was in force on the day it was enrolled or last moved.

    `past_editions` are those it followed before, the oldest first: what was answered under them is read with them.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="enrolments", verbose_name="sujet")
    track = models.CharField("parcours", max_length=61)
    code = models.CharField("démarche", max_length=61)
    procedure = models.CharField("édition de la démarche", max_length=130)
    searched = models.TextField("mots recherchés")
    enrolled_at = models.DateTimeField("inscrit le")
    past_editions = ArrayField(models.CharField(max_length=130), verbose_name="éditions passées", default=list)
    moved_at = models.DateTimeField("passé à cette édition le", null=True)

    class Meta:
        verbose_name = "inscription"
        verbose_name_plural = "inscriptions"
        constraints = [
            models.UniqueConstraint(fields=["subject", "code"], name="enrolment_once_per_procedure"),
            models.CheckConstraint(
                condition=Q(past_editions=[], moved_at=None) | (~Q(past_editions=[]) & Q(moved_at__isnull=False)),
                name="enrolment_moved_with_its_past",
            ),
        ]
        indexes = [models.Index(fields=["code", "subject"], name="enrolment_by_procedure")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.procedure}"

    @property
    def editions(self) -> list[str]:
        """The edition followed, then those before it, the latest first."""
        return [self.procedure, *reversed(self.past_editions)]


class Grant(models.Model):
    """What an employee may do with a product: view, edit or validate, for one questionnaire or (empty) for all."""

    VIEW, EDIT, VALIDATE = "view", "edit", "validate"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="sujet")
    questionnaire = models.CharField("questionnaire", max_length=61, blank=True)
    rights = ArrayField(models.CharField(max_length=10), verbose_name="droits")

    class Meta:
        verbose_name = "droit accordé"
        verbose_name_plural = "droits accordés"
        constraints = [models.UniqueConstraint(fields=["person", "subject", "questionnaire"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.subject_id} {self.questionnaire or '*'}"


class ShareQuerySet(models.QuerySet["Share"]):
    def standing(self) -> ShareQuerySet:
        return self.filter(ended_at=None)


class Share(models.Model):
    """A company lets a partner read the results of a product in a procedure. Taken back, never deleted."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="shares", verbose_name="inscription")
    partner = models.CharField("partenaire", max_length=61)
    begun_at = models.DateTimeField("partagé le")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="partagé par")
    ended_at = models.DateTimeField("repris le", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="repris par")

    locked_with = ("enrolment", "enrolment__subject")

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = "partage de résultats"
        verbose_name_plural = "partages de résultats"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "partner"], condition=Q(ended_at=None), name="share_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False), name="share_ended_by_someone"
            ),
        ]
        indexes = [models.Index(fields=["partner", "-begun_at"], condition=Q(ended_at=None), name="share_by_partner")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.partner}"
