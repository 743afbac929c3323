"""Who may open what is sealed, and who did?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from convergence.candidatures.models import Candidature
from convergence.evidence.models import Deposit
from foundation.accounts.models import Person, Seat
from foundation.core.language import gettext as _


class AccreditationQuerySet(models.QuerySet["Accreditation"]):
    def standing(self) -> AccreditationQuerySet:
        """Neither withdrawn, nor fallen with the role it was given to."""
        return self.filter(ended_at=None, seat__ended_at=None)


class Accreditation(models.Model):
    """Someone may open sealed evidence, in the role they hold. Falls with that role; withdrawn, never deleted."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", verbose_name="siège")
    given_at = models.DateTimeField("accordée le")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="accordée par")
    ended_at = models.DateTimeField("retirée le", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="retirée par")

    locked_with = ("seat",)

    objects = AccreditationQuerySet.as_manager()

    class Meta:
        verbose_name = "accréditation"
        verbose_name_plural = "accréditations"
        constraints = [
            models.UniqueConstraint(fields=["seat"], condition=Q(ended_at=None), name="accreditation_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="accreditation_ended_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return _("accréditation {seat}").format(seat=self.seat_id)


class Opening(models.Model):
    """Someone took the sealed bytes of a deposit, to open them with a key of theirs. Written before a byte is given, never changed."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="+", verbose_name="preuve")
    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="+", null=True, verbose_name="candidature")
    accreditation = models.ForeignKey(Accreditation, models.PROTECT, related_name="+", verbose_name="accréditation")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="ouverte par")
    opened_at = models.DateTimeField("ouverte le")

    class Meta:
        verbose_name = "ouverture"
        verbose_name_plural = "ouvertures"
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="opening_latest"),
            models.Index(fields=["deposit", "-opened_at"], name="opening_by_deposit"),
        ]

    def __str__(self) -> str:
        return f"ouverture {self.deposit_id}"
