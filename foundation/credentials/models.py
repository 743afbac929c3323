"""What is kept of how people come in: who a provider says they are, and the sessions they opened."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from foundation.accounts.models import Company, Person


class Identity(models.Model):
    """Someone, as a provider knows them: by its subject, which never changes, and never by an address, which does.

    `company` is the one the provider last placed them in: what it gave, it can take back.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    provider = models.CharField("fournisseur", max_length=40)
    subject = models.CharField("sujet", max_length=255)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True, verbose_name="entreprise annoncée")
    linked_at = models.DateTimeField("reliée le")

    class Meta:
        verbose_name = "identité"
        verbose_name_plural = "identités"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_one_person_per_subject"),
            models.UniqueConstraint(fields=["provider", "person"], name="identity_one_subject_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"


class BrowserSession(AbstractBaseSession):
    """A session, and whose it is: deleting the row ends it at the next request. Written by Django's own machinery."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="personne")
    password_mark = models.CharField("empreinte du mot de passe", max_length=64, blank=True)
    means = models.CharField("moyen", max_length=20, blank=True)
    provider = models.CharField("fournisseur", max_length=40, blank=True)
    provider_session = models.CharField("session du fournisseur", max_length=255, blank=True)
    device = models.CharField("appareil", max_length=80, blank=True)
    address = models.CharField("adresse réseau", max_length=45, blank=True)
    opened_at = models.DateTimeField("ouverte le", null=True)
    seen_at = models.DateTimeField("vue le", null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = "session"
        verbose_name_plural = "sessions"
        indexes = [models.Index(fields=["provider", "provider_session"], name="session_by_provider")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.device}"
