"""What was deposited? A transfer under way, then a file fully received, with what is known of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.files.rules import LONGEST, WITHOUT_ANTIVIRUS
from foundation.files.workflow import CLEAN, ERASED, FILE


class Upload(models.Model):
    """One transfer under way. `offset` counts the bytes that are on the disk for good: nothing above it is ever trusted.

    Its bytes are in the spool, under its reference; the file that comes of it keeps that reference, and goes under `key`,
    chosen beforehand so that receiving twice, after a crash, is receiving once.
    """

    reference = models.UUIDField("référence", unique=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name="entreprise")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déposé par")
    about = models.CharField("destiné à", max_length=120)
    name = models.CharField("nom", max_length=LONGEST)
    size = models.BigIntegerField("taille annoncée")
    offset = models.BigIntegerField("octets reçus", default=0)
    sha256 = models.CharField("empreinte annoncée", max_length=64, blank=True)
    key = models.CharField("clé de rangement", max_length=80, unique=True)
    accepts_sealed = models.BooleanField("peut être scellé", default=False)
    accepted = models.JSONField("types acceptés", default=list)
    sealed_for = models.JSONField("scellé pour", default=list)
    begun_at = models.DateTimeField("commencé le")
    expires_at = models.DateTimeField("expire le")
    received_at = models.DateTimeField("reçu le", null=True)

    class Meta:
        verbose_name = "dépôt en cours"
        verbose_name_plural = "dépôts en cours"
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_not_empty"),
            models.CheckConstraint(condition=Q(offset__gte=0, offset__lte=models.F("size")), name="upload_within_its_size"),
            models.CheckConstraint(condition=Q(received_at=None) | Q(offset=models.F("size")), name="upload_received_whole"),
            models.CheckConstraint(condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$"), name="upload_sha256_or_none"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_by_expiry")]

    def __str__(self) -> str:
        return f"{self.reference} {self.offset}/{self.size}"

    @property
    def is_received(self) -> bool:
        return self.received_at is not None


class StoredFile(models.Model):
    """A file fully received. What was received never changes (migration 0002); what is thought of it may.

    `sealed`: a container only its addressee opens (age, Zed!); it is neither inspected nor scanned inside. `remarks` are
    codes of `REMARKS` (checks.py): what a reader must know before opening it. `sealed_for` are the keys it was sealed for in the
    browser of whoever deposited it; none where it was sealed by other means.
    """

    reference = models.UUIDField("référence", unique=True, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name="entreprise")
    about = models.CharField("destiné à", max_length=120)
    name = models.CharField("nom", max_length=LONGEST)
    size = models.BigIntegerField("taille")
    sha256 = models.CharField("empreinte", max_length=64)
    key = models.CharField("clé de rangement", max_length=80, unique=True)
    accepts_sealed = models.BooleanField("peut être scellé", default=False)
    accepted = models.JSONField("types acceptés", default=list)
    sealed_for = models.JSONField("scellé pour", default=list)
    deposited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déposé par")
    deposited_at = models.DateTimeField("déposé le")
    state = models.CharField("état", max_length=20, choices=list(FILE.states.items()), default=FILE.initial)
    media_type = models.CharField("type reconnu", max_length=100, blank=True)
    sealed = models.BooleanField("scellé", default=False)
    remarks = models.JSONField("remarques", default=list)
    reason = models.CharField("raison du refus", max_length=500, blank=True)
    engine = models.CharField("examiné par", max_length=120, blank=True)
    scanned_at = models.DateTimeField("examiné le", null=True)
    erased_at = models.DateTimeField("effacé le", null=True)

    class Meta:
        verbose_name = "fichier"
        verbose_name_plural = "fichiers"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(FILE.states)), name="file_state_known"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_sha256"),
            models.CheckConstraint(condition=Q(size__gt=0), name="file_not_empty"),
            models.CheckConstraint(
                condition=Q(state=ERASED, erased_at__isnull=False) | (~Q(state=ERASED) & Q(erased_at=None)), name="file_erased_on_a_day"
            ),
            models.CheckConstraint(condition=~Q(state=CLEAN) | Q(scanned_at__isnull=False), name="file_clean_was_scanned"),
        ]
        indexes = [
            models.Index(fields=["company", "-deposited_at"], name="file_by_company"),
            models.Index(fields=["state"], name="file_by_state", condition=~Q(state=CLEAN)),
            models.Index(fields=["company"], name="file_sealed", condition=Q(sealed=True)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"

    @property
    def is_clean(self) -> bool:
        """Whether its bytes may be given to anyone: the one question asked before serving."""
        return self.state == CLEAN

    @property
    def state_word(self) -> str:
        """Clean says by whom it was looked at, where that was not an antivirus."""
        if not self.is_clean:
            return str(FILE.states[self.state])
        if self.sealed:
            return _("Scellé, contenu non analysé")
        return _("Vérifié, sans antivirus") if self.engine == WITHOUT_ANTIVIRUS else str(FILE.states[self.state])
