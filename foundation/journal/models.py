"""What is remembered? One row per thing that happened, chained to the one before it by its hash."""

from __future__ import annotations

from django.db import models


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_company(self, company: int) -> EntryQuerySet:
        return self.filter(company=company)

    def about(self, kind: str, key: int) -> EntryQuerySet:
        return self.filter(about=f"{kind}:{key}")


class Entry(models.Model):
    """Names and keys, never foreign keys: nothing is ever kept from being erased by the journal, and it outlives all.

    `body` is the canonical text that is hashed: it holds keys, and of the personal details only a salted digest, so
    that details can be erased one day without breaking the chain. `position`, `previous` and `hash` are written by
    the database itself (migration 0002): no code path can insert outside the chain, change an entry or remove one.
    """

    position = models.BigIntegerField("position", primary_key=True)
    at = models.DateTimeField("quand")
    kind = models.CharField("événement", max_length=80)
    by = models.CharField("par", max_length=40)
    company = models.BigIntegerField("entreprise", null=True)
    about = models.CharField("objet", max_length=60)
    body = models.TextField("corps haché")
    details = models.JSONField("détails", null=True)
    salt = models.CharField("sel", max_length=32, null=True)  # noqa: DJ001 - erased together with the details
    previous = models.CharField("empreinte précédente", max_length=64)
    hash = models.CharField("empreinte", max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "entrées du journal"
        ordering = ["position"]
        indexes = [
            models.Index(fields=["company", "-position"], name="journal_by_company"),
            models.Index(fields=["about", "-position"], name="journal_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"
