"""What proves it? Folders of deposits: each a file in a slot, in place or archived."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from convergence.catalogue.models import Subject
from convergence.evidence.rules import REJECTED, Filed
from convergence.evidence.workflow import ARCHIVED, ASKED, DECLINED, DEPOSIT, ERASED, ERASURE, IN_PLACE, PROPOSED
from foundation.accounts.models import Person
from foundation.files.models import StoredFile


class Folder(models.Model):
    """The deposits of one subject for one thing. It does not know who opened it: `name` and `part` are words of theirs.

    `part` is what grants call it (a questionnaire's code); rights are read there.
    """

    reference = models.UUIDField("référence", unique=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="sujet")
    name = models.CharField("nom", max_length=130)
    part = models.CharField("partie du produit", max_length=61, blank=True)
    opened_at = models.DateTimeField("ouvert le")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="ouvert par")

    locked_with = ("subject",)

    class Meta:
        verbose_name = "dossier de preuves"
        verbose_name_plural = "dossiers de preuves"
        constraints = [models.UniqueConstraint(fields=["subject", "name"], name="folder_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.name}"


class Deposit(models.Model):
    """A file in a slot. The same file may stand in several; archived, it leaves the slot and nothing else."""

    folder = models.ForeignKey(Folder, models.PROTECT, related_name="deposits", verbose_name="dossier")
    slot = models.CharField("emplacement", max_length=61)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    state = models.CharField("état", max_length=20, choices=list(DEPOSIT.states.items()), default=DEPOSIT.initial)
    reused = models.BooleanField("repris d'un autre emplacement", default=False)
    expires_on = models.DateField("expire le", null=True)
    deposited_at = models.DateTimeField("déposée le")
    deposited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déposée par")
    archived_at = models.DateTimeField("archivée le", null=True)
    archived_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="archivée par")

    uses: int
    """In how many slots its file stands, where it was read by `deposits_in`."""

    locked_with = ("folder", "folder__subject")

    class Meta:
        verbose_name = "preuve"
        verbose_name_plural = "preuves"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "slot", "file"], condition=Q(state=IN_PLACE), name="deposit_once_in_place"),
            models.CheckConstraint(condition=Q(state__in=list(DEPOSIT.states)), name="deposit_state_known"),
            models.CheckConstraint(
                condition=Q(state=IN_PLACE, archived_at=None, archived_by=None)
                | (Q(state=ARCHIVED) & Q(archived_at__isnull=False, archived_by__isnull=False)),
                name="deposit_archived_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["file"], name="deposit_by_file")]

    def __str__(self) -> str:
        return f"{self.slot} {self.state}"

    @property
    def is_in_place(self) -> bool:
        return self.state == IN_PLACE

    @property
    def is_rejected(self) -> bool:
        return self.file.state in REJECTED

    @property
    def filed(self) -> Filed:
        return Filed(self.slot, self.is_in_place, self.file.state)


class ErasureRequest(models.Model):
    """A company asks that the bytes of a file leave the platform for good. Kept, with every reason given, whatever becomes of it."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="+", verbose_name="preuve")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")
    state = models.CharField("état", max_length=20, choices=list(ERASURE.states.items()), default=ERASURE.initial)
    reason = models.TextField("motif", max_length=2000)
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="demandé par")
    opinion = models.TextField("avis du support", max_length=2000, blank=True)
    proposed_at = models.DateTimeField("proposé le", null=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="proposé par")
    answer = models.TextField("motif du refus", max_length=2000, blank=True)
    settled_at = models.DateTimeField("décidé le", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="décidé par")

    locked_with = ("deposit", "deposit__folder", "deposit__folder__subject", "file")

    class Meta:
        verbose_name = "demande d'effacement"
        verbose_name_plural = "demandes d'effacement"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(ERASURE.states)), name="erasure_state_known"),
            models.UniqueConstraint(fields=["file"], condition=~Q(state=DECLINED), name="erasure_asked_once"),
            models.CheckConstraint(
                condition=Q(state__in=[ASKED, PROPOSED], settled_at=None, settled_by=None)
                | (Q(state__in=[ERASED, DECLINED]) & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="erasure_settled_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=ERASED) | (Q(proposed_by__isnull=False) & ~Q(proposed_by=F("settled_by"))), name="erasure_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.state}"

    @property
    def state_word(self) -> str:
        return ERASURE.states[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in (ASKED, PROPOSED)
