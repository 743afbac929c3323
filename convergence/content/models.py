"""What has been published? Pieces and releases, written once and never changed (migration 0002 refuses it)."""

from __future__ import annotations

from django.db import models


class PublishedPiece(models.Model):
    """One edition of one piece of content. Its digest is that of its canonical JSON, so what is published is known."""

    kind = models.CharField("nature", max_length=30)
    key = models.CharField("clé", max_length=130)
    digest = models.CharField("empreinte", max_length=64)
    body = models.JSONField("contenu")
    file = models.CharField("fichier", max_length=200)

    class Meta:
        verbose_name = "contenu publié"
        verbose_name_plural = "contenus publiés"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="published_piece_once")]

    def __str__(self) -> str:
        return self.key


class Release(models.Model):
    """What the platform asked from a moment on: a numbered set of pieces. The latest one is in force."""

    number = models.PositiveIntegerField("numéro", unique=True)
    digest = models.CharField("empreinte", max_length=64)
    published_at = models.DateTimeField("publiée le")
    published_by = models.CharField("publiée par", max_length=40)
    pieces = models.ManyToManyField(PublishedPiece, related_name="+", verbose_name="contenus")

    class Meta:
        verbose_name = "version des contenus"
        verbose_name_plural = "versions des contenus"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number}"
