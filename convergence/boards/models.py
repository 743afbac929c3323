"""When does the board meet, of what does it judge, what do its members think, what did it come to?"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from convergence.boards.rules import (
    GRANTED,
    POSITION_WORDS,
    RECUSED,
    RESERVED,
    RESULT_WORDS,
    Counts,
    Reservation,
    as_read,
    counts_told,
)
from convergence.boards.workflow import CASE, CLOSED, LISTED, SCHEDULED, SESSION
from convergence.candidatures.models import Step
from foundation.accounts.models import Person


class SessionHeading(TypedDict):
    """What an event about a session says first."""

    about: str
    session: int


class BoardSession(models.Model):
    """A day on which the board meets. `place` is a room, or the link of a video conference."""

    held_at = models.DateTimeField("a lieu le")
    place = models.CharField("lieu ou lien", max_length=300)
    state = models.CharField("état", max_length=20, default=SCHEDULED, choices=list(SESSION.states.items()))
    scheduled_at = models.DateTimeField("convoquée le")
    scheduled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="convoquée par")
    ended_at = models.DateTimeField("close ou annulée le", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="close ou annulée par")
    remarks = models.TextField("observations", max_length=2000, blank=True)

    class Meta:
        verbose_name = "séance du collège"
        verbose_name_plural = "séances du collège"
        ordering = ["held_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(SESSION.states)), name="session_state_known"),
            models.CheckConstraint(
                condition=Q(state=SCHEDULED, ended_at=None, ended_by=None)
                | (~Q(state=SCHEDULED) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="session_ended_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["state", "held_at"], name="session_by_day")]

    def __str__(self) -> str:
        return f"{self.held_at:%Y-%m-%d %H:%M}"

    @property
    def state_word(self) -> str:
        return SESSION.states[self.state]

    @property
    def is_scheduled(self) -> bool:
        return self.state == SCHEDULED

    @property
    def is_closed(self) -> bool:
        return self.state == CLOSED

    @property
    def is_link(self) -> bool:
        """Whether its place is followed rather than gone to."""
        return self.place.startswith("https://")

    @property
    def heading(self) -> SessionHeading:
        return {"about": f"board_session:{self.pk}", "session": self.pk}

    def has_begun(self, at: datetime) -> bool:
        return at >= self.held_at


class Case(models.Model):
    """A file on the agenda of a session, at its rank: that of its arrival in the queue the day it was put on (`arrived_at`)."""

    session = models.ForeignKey(BoardSession, models.PROTECT, related_name="cases", verbose_name="séance")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="étape")
    state = models.CharField("état", max_length=20, default=LISTED, choices=list(CASE.states.items()))
    arrived_at = models.DateTimeField("arrivée le")
    put_on_at = models.DateTimeField("inscrite le")
    put_on_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="inscrite par")

    locked_with = ("step", "step__candidature", "step__candidature__enrolment")

    class Meta:
        verbose_name = "dossier à l'ordre du jour"
        verbose_name_plural = "dossiers à l'ordre du jour"
        ordering = ["arrived_at", "step__candidature", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["step"], condition=Q(state=LISTED), name="case_on_one_agenda"),
            models.CheckConstraint(condition=Q(state__in=list(CASE.states)), name="case_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.step_id} {self.state}"

    @property
    def state_word(self) -> str:
        return CASE.states[self.state]

    @property
    def is_listed(self) -> bool:
        return self.state == LISTED


class MemberOpinion(models.Model):
    """What one member thinks of a file. `version` grows by one at each change: who saves over an older one is told."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions", verbose_name="dossier")
    member = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="membre")
    position = models.CharField("avis", max_length=20, choices=list(POSITION_WORDS.items()))
    reservations = models.JSONField("réserves", default=list)
    text = models.TextField("explication", max_length=2000, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistré le")

    class Meta:
        verbose_name = "avis d'un membre"
        verbose_name_plural = "avis des membres"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "member"], name="opinion_once_a_member"),
            models.CheckConstraint(condition=Q(position__in=list(POSITION_WORDS)), name="opinion_position_known"),
            models.CheckConstraint(
                condition=(Q(position=RESERVED) & ~Q(reservations=[])) | (~Q(position=RESERVED) & Q(reservations=[])),
                name="opinion_reserved_with_reservations",
            ),
            models.CheckConstraint(condition=~Q(position=RECUSED) | ~Q(text=""), name="opinion_recused_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.position} v{self.version}"

    @property
    def word(self) -> str:
        return POSITION_WORDS[self.position]

    @property
    def held(self) -> list[Reservation]:
        return as_read(self.reservations)


class Outcome(models.Model):
    """What the session came to for one file, in the words the company reads, with the opinions it was counted from. Written once
    (migration 0002). `redeposit_until` is until when evidence may be deposited again; `appeal`, how a refusal is contested.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="outcome", verbose_name="dossier")
    result = models.CharField("issue", max_length=20, choices=list(RESULT_WORDS.items()))
    reservations = models.JSONField("réserves", default=list)
    reasons = ArrayField(models.CharField(max_length=61), default=list, verbose_name="motifs")
    text = models.TextField("explication", max_length=2000, blank=True)
    appeal = models.TextField("voies de recours", blank=True)
    redeposit_until = models.DateTimeField("à redéposer avant le", null=True)
    quorum = models.PositiveSmallIntegerField("quorum")
    favourable = models.PositiveSmallIntegerField("favorables")
    reserved = models.PositiveSmallIntegerField("réserves bloquantes")
    abstained = models.PositiveSmallIntegerField("abstentions")
    recused = models.PositiveSmallIntegerField("déports")
    recorded_at = models.DateTimeField("consignée le")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="consignée par")
    recorded_by_name = models.CharField("nom de qui la consigne", max_length=120)

    class Meta:
        verbose_name = "issue d'un dossier"
        verbose_name_plural = "issues des dossiers"
        constraints = [models.CheckConstraint(condition=Q(result__in=list(RESULT_WORDS)), name="outcome_result_known")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.result}"

    @property
    def word(self) -> str:
        return RESULT_WORDS[self.result]

    @property
    def is_granted(self) -> bool:
        return self.result == GRANTED

    @property
    def counts(self) -> Counts:
        return Counts(self.favourable, self.reserved, self.abstained, self.recused)

    @property
    def told(self) -> str:
        """The opinions it was counted from, in words."""
        return counts_told(self.counts, self.quorum)

    @property
    def held(self) -> list[Reservation]:
        return as_read(self.reservations)
