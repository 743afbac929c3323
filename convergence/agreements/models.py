"""What was to be signed, by whom was it, and with which code? An agreement, its papers, its signatures."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from convergence.agreements.rules import LIFE, is_code_alive
from convergence.agreements.workflow import AGREEMENT, COMPANY, ENVELOPE, PARTIES, PLACED, REFUSED, TURN
from convergence.candidatures.models import Step
from foundation.accounts.models import Person


class Agreement(models.Model):
    """What one step of a candidature has both parties sign. `round` grows by one each time the agency sends it back, with its `reason`."""

    step = models.OneToOneField(Step, models.PROTECT, related_name="+", verbose_name="étape")
    piece = models.CharField("contenu", max_length=130)
    state = models.CharField("état", max_length=20, default=AGREEMENT.initial, choices=list(AGREEMENT.states.items()))
    round = models.PositiveSmallIntegerField("tour", default=1)
    since = models.DateTimeField("dans cet état depuis")
    reason = models.TextField("motif de l'agence", max_length=4000, blank=True)
    refused_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="refusée par")

    locked_with = ("step", "step__candidature", "step__candidature__enrolment")

    class Meta:
        verbose_name = "convention"
        verbose_name_plural = "conventions"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(AGREEMENT.states)), name="agreement_state_known"),
            models.CheckConstraint(condition=Q(round__gte=1), name="agreement_round_from_one"),
            models.CheckConstraint(
                condition=Q(state=REFUSED, refused_by__isnull=False) | (~Q(state=REFUSED) & Q(refused_by=None)),
                name="agreement_refused_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.state}"

    @property
    def state_word(self) -> str:
        return AGREEMENT.states[self.state]

    @property
    def turn(self) -> str:
        """« company », « agency », or nobody's."""
        return TURN.get(self.state, "")


class Paper(models.Model):
    """The bytes of an agreement, in the store: without a seal as they were frozen, then with each. Written once (migration 0002)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="papers", verbose_name="convention")
    round = models.PositiveSmallIntegerField("tour")
    seals = models.PositiveSmallIntegerField("cachets")
    key = models.CharField("clé de rangement", max_length=80, unique=True)
    size = models.PositiveIntegerField("taille")
    sha256 = models.CharField("empreinte", max_length=64)
    made_at = models.DateTimeField("faite le")

    class Meta:
        verbose_name = "exemplaire"
        verbose_name_plural = "exemplaires"
        ordering = ["round", "seals"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "round", "seals"], name="paper_once"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="agreement_paper_sha256"),
            models.CheckConstraint(condition=Q(size__gt=0), name="agreement_paper_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.round}.{self.seals}"


class SigningCode(models.Model):
    """A code sent to someone to sign one agreement. It is not here: it is made of this row and of the installation's secret (`codes.py`)."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="codes", verbose_name="convention")
    round = models.PositiveSmallIntegerField("tour")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    secret = models.CharField("secret", max_length=64)
    sent_at = models.DateTimeField("envoyé le")
    tries = models.PositiveSmallIntegerField("essais", default=0)
    spent_at = models.DateTimeField("employé le", null=True)

    class Meta:
        verbose_name = "code de signature"
        verbose_name_plural = "codes de signature"
        indexes = [models.Index(fields=["agreement", "person", "-sent_at"], name="signing_code_latest")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.person_id}"

    @property
    def ends_at(self) -> datetime:
        return self.sent_at + LIFE

    def is_alive(self, at: datetime) -> bool:
        return is_code_alive(self.sent_at, self.tries, at, spent=self.spent_at is not None)


class Signature(models.Model):
    """Who signed which paper, when, for which party, and how it was proved to be them. Written once (migration 0002)."""

    paper = models.OneToOneField(Paper, models.PROTECT, related_name="signature", verbose_name="exemplaire")
    party = models.CharField("partie", max_length=10, choices=list(PARTIES.items()))
    signed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="signée par")
    signed_by_name = models.CharField("nom", max_length=120)
    signed_as = models.CharField("qualité", max_length=60)
    code = models.OneToOneField(SigningCode, models.PROTECT, related_name="+", verbose_name="code")
    signed_at = models.DateTimeField("signée le")

    class Meta:
        verbose_name = "signature"
        verbose_name_plural = "signatures"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(party__in=list(PARTIES)), name="signature_party_known")]

    def __str__(self) -> str:
        return f"{self.party} {self.signed_by_name}"

    @property
    def is_company(self) -> bool:
        return self.party == COMPANY


class Envelope(models.Model):
    """A paper handed to an outside provider, which has both sign it. One is under way at a time; each round has its own."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="envelopes", verbose_name="convention")
    round = models.PositiveSmallIntegerField("tour")
    reference = models.CharField("référence du prestataire", max_length=100, blank=True)
    state = models.CharField("état", max_length=20, default=ENVELOPE.initial, choices=list(ENVELOPE.states.items()))
    since = models.DateTimeField("dans cet état depuis")
    company_signer = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="signataire de l'entreprise")
    agency_signer = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="signataire de l'agence")

    locked_with = (
        "agreement",
        "agreement__step",
        "agreement__step__candidature",
        "agreement__step__candidature__enrolment",
        "agreement__step__candidature__enrolment__subject",
    )

    class Meta:
        verbose_name = "envoi à signer"
        verbose_name_plural = "envois à signer"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "round"], name="envelope_once_a_round"),
            models.UniqueConstraint(fields=["reference"], condition=~Q(reference=""), name="envelope_reference_once"),
            models.CheckConstraint(condition=Q(state__in=list(ENVELOPE.states)), name="envelope_state_known"),
            models.CheckConstraint(condition=~Q(state=PLACED, reference=""), name="envelope_placed_has_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}.{self.round} {self.state}"

    @property
    def name(self) -> str:
        """What the provider calls it for us: sent twice, it is one."""
        return f"convergence-{self.agreement_id}-{self.round}"

    @property
    def state_word(self) -> str:
        return ENVELOPE.states[self.state]


class ProviderEvent(models.Model):
    """Something the provider told us, once: told again, it is known."""

    event = models.CharField("identifiant", max_length=100, unique=True)
    name = models.CharField("nom", max_length=100)
    reference = models.CharField("référence du prestataire", max_length=100)
    received_at = models.DateTimeField("reçu le")

    class Meta:
        verbose_name = "événement du prestataire"
        verbose_name_plural = "événements du prestataire"

    def __str__(self) -> str:
        return f"{self.name} {self.event}"
