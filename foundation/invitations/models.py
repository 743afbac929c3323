"""Who asks to come in, who is invited, and who is choosing a password?"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from foundation.accounts.models import Company, Person
from foundation.accounts.rights import ROLE_WORDS, Role, is_verified_first
from foundation.invitations.links import token_of
from foundation.invitations.workflow import ACCOUNT_REQUEST, COMPLEMENT, GRANTED, INVITATION, PENDING, REFUSED, SUBMITTED, TO_VERIFY


class AccountRequestQuerySet(models.QuerySet["AccountRequest"]):
    def under_way(self) -> AccountRequestQuerySet:
        return self.filter(state__in=[SUBMITTED, COMPLEMENT])


class AccountRequest(models.Model):
    """The first person of a company asks for its account. Kept whatever the answer: it says why someone is here."""

    KIND = "account_request"

    reference = models.CharField("référence", max_length=10, unique=True)
    state = models.CharField("état", max_length=20, default=ACCOUNT_REQUEST.initial, choices=list(ACCOUNT_REQUEST.states.items()))
    siren = models.CharField("SIREN", max_length=9)
    company_name = models.CharField("raison sociale", max_length=200)
    address = models.TextField("adresse", max_length=500)
    name = models.CharField("nom", max_length=120)
    function = models.CharField("fonction", max_length=120)
    email = models.EmailField("adresse électronique")
    phone = models.CharField("téléphone", max_length=30)
    answer = models.TextField("réponse au complément", max_length=2000, blank=True)
    asked_at = models.DateTimeField("reçue le")
    remark = models.TextField("complément demandé, ou motif du refus", max_length=2000, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="examinée par")
    settled_at = models.DateTimeField("examinée le", null=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="compte ouvert")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True, verbose_name="entreprise")
    secret = models.CharField("secret du lien", max_length=64)
    expires_at = models.DateTimeField("lien valable jusqu'à", null=True)

    objects = AccountRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de compte"
        verbose_name_plural = "demandes de compte"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(ACCOUNT_REQUEST.states)), name="account_request_state_known"),
            models.UniqueConstraint(fields=["siren"], condition=Q(state__in=[SUBMITTED, COMPLEMENT]), name="account_request_once"),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="account_request_by_state")]

    def __str__(self) -> str:
        return self.reference

    @property
    def siren_spaced(self) -> str:
        return f"{self.siren[:3]} {self.siren[3:6]} {self.siren[6:]}"

    @property
    def is_submitted(self) -> bool:
        return self.state == SUBMITTED

    @property
    def is_settled(self) -> bool:
        return self.state in (GRANTED, REFUSED)

    @property
    def token(self) -> str:
        return token_of(self.KIND, self.pk, self.secret)

    def is_alive(self, at: datetime) -> bool:
        """Whether the link sent to whoever asked still opens."""
        return self.state == COMPLEMENT and self.expires_at is not None and at < self.expires_at


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def under_way(self) -> InvitationQuerySet:
        return self.filter(state__in=[PENDING, TO_VERIFY])


class Invitation(models.Model):
    """A role is offered to an address: in a company, or at the agency when no company is named."""

    KIND = "invitation"

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True, verbose_name="entreprise")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=30, choices=[(role.value, ROLE_WORDS[role]) for role in Role])
    transfers = models.BooleanField("remplace qui l'invite", default=False)
    state = models.CharField("état", max_length=20, default=INVITATION.initial, choices=list(INVITATION.states.items()))
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="invité par")
    invited_at = models.DateTimeField("invité le")
    expires_at = models.DateTimeField("valable jusqu'à")
    secret = models.CharField("secret du lien", max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="acceptée par")
    accepted_at = models.DateTimeField("acceptée le", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="vérifiée par")
    settled_at = models.DateTimeField("close le", null=True)
    remark = models.TextField("motif", max_length=2000, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(INVITATION.states)), name="invitation_state_known"),
            models.CheckConstraint(condition=Q(transfers=False) | Q(company__isnull=False), name="invitation_transfers_in_company"),
            models.UniqueConstraint(
                fields=["company", "email"], condition=Q(state__in=[PENDING, TO_VERIFY]), nulls_distinct=False, name="invitation_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "invited_at"], name="invitation_by_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.role}"

    @property
    def role_word(self) -> str:
        return ROLE_WORDS[Role(self.role)]

    @property
    def is_pending(self) -> bool:
        return self.state == PENDING

    @property
    def is_to_verify(self) -> bool:
        return self.state == TO_VERIFY

    @property
    def is_verified_first(self) -> bool:
        return self.company_id is not None and is_verified_first(self.role)

    @property
    def token(self) -> str:
        return token_of(self.KIND, self.pk, self.secret)

    def is_alive(self, at: datetime) -> bool:
        return self.state == PENDING and at < self.expires_at


class PasswordLink(models.Model):
    """One chance to choose a password: it expires, and it is used once."""

    KIND = "password"

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    welcomes = models.BooleanField("premier mot de passe")
    sent_at = models.DateTimeField("envoyé le")
    expires_at = models.DateTimeField("valable jusqu'à")
    used_at = models.DateTimeField("utilisé le", null=True)
    secret = models.CharField("secret du lien", max_length=64)

    class Meta:
        verbose_name = "lien de mot de passe"
        verbose_name_plural = "liens de mot de passe"
        indexes = [models.Index(fields=["person", "-sent_at"], name="password_link_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def token(self) -> str:
        return token_of(self.KIND, self.pk, self.secret)

    def is_alive(self, at: datetime) -> bool:
        return self.used_at is None and at < self.expires_at
