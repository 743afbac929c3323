"""What is kept of the help? Entries and their editions, what is searched in them, and what readers said."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from foundation.core.language import gettext_lazy
from foundation.help.wording import Reply
from foundation.help.workflow import DRAFT, HELP_ENTRY, PUBLISHED

_LANGUAGES = [("fr", gettext_lazy("français")), ("en", gettext_lazy("anglais"))]


class HelpEntryQuerySet(models.QuerySet["HelpEntry"]):
    def published(self) -> HelpEntryQuerySet:
        return self.filter(state=PUBLISHED)


class HelpEntry(models.Model):
    """A question and its answer, under a code that never changes: its address. `edition` is the one in force.

    `draft` is what the agency is writing; nobody else reads it.
    """

    code = models.CharField("code", max_length=61, unique=True)
    state = models.CharField("état", max_length=12, default=DRAFT, choices=list(HELP_ENTRY.states.items()))
    edition = models.PositiveIntegerField("édition en vigueur", default=0)
    pack_digest = models.CharField("empreinte du fichier pris en dernier", max_length=64, blank=True)
    draft = models.JSONField("brouillon", null=True)
    drafted_at = models.DateTimeField("brouillon du", null=True)
    drafted_by = models.CharField("brouillon de", max_length=120, blank=True)

    objects = HelpEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse d'aide"
        verbose_name_plural = "réponses d'aide"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(draft=None, drafted_at=None) | Q(draft__isnull=False, drafted_at__isnull=False), name="help_draft_dated"),
            models.CheckConstraint(condition=~Q(state=PUBLISHED) | Q(edition__gt=0), name="help_published_has_edition"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    @property
    def state_word(self) -> str:
        return HELP_ENTRY.states[self.state]

    @property
    def is_published(self) -> bool:
        return self.state == PUBLISHED


class HelpEdition(models.Model):
    """What an entry said from a moment on. Written once (migration 0002): the next edition supersedes it."""

    entry = models.ForeignKey(HelpEntry, models.PROTECT, related_name="editions", verbose_name="réponse")
    number = models.PositiveIntegerField("édition")
    body = models.JSONField("texte")
    published_at = models.DateTimeField("publiée le")
    published_by = models.CharField("publiée par", max_length=40)
    published_by_name = models.CharField("nom", max_length=120)

    class Meta:
        verbose_name = "édition d'une réponse"
        verbose_name_plural = "éditions des réponses"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="help_edition_once")]

    def __str__(self) -> str:
        return f"{self.entry_id}:{self.number}"

    @property
    def reply(self) -> Reply:
        return Reply.model_validate(self.body)


class HelpFacets(models.Model):
    """The five questions, as they were from a moment on. Written once; the latest is in force."""

    body: Any = models.JSONField("questions")
    published_at = models.DateTimeField("publiées le")

    class Meta:
        verbose_name = "questions de l'aide"
        verbose_name_plural = "questions de l'aide"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"questions {self.pk}"


class HelpText(models.Model):
    """What is listed and searched: each published entry in each language. Derived from the edition in force, and from nothing else.

    `vector` holds folded words: `unaccent` is not everywhere, so accents are taken off before PostgreSQL reads the text.
    """

    entry = models.ForeignKey(HelpEntry, models.PROTECT, related_name="+", verbose_name="réponse")
    language = models.CharField("langue", max_length=2, choices=_LANGUAGES)
    rank = models.PositiveIntegerField("ordre")
    question = models.CharField("question", max_length=200)
    short = models.TextField("réponse courte")
    facets = ArrayField(models.CharField(max_length=130), verbose_name="facettes")
    procedures = ArrayField(models.CharField(max_length=61), verbose_name="démarches")
    vector = SearchVectorField("mots cherchés")

    class Meta:
        verbose_name = "texte cherché"
        verbose_name_plural = "textes cherchés"
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "language"], name="help_text_once")]
        indexes = [GinIndex(fields=["vector"], name="help_text_words"), GinIndex(fields=["procedures"], name="help_text_procedures")]

    def __str__(self) -> str:
        return self.question


class HelpWord(models.Model):
    """A word of the published entries, its stem, and its trigrams: how a mistyped word finds the one that was meant."""

    language = models.CharField("langue", max_length=2, choices=_LANGUAGES)
    word = models.CharField("mot", max_length=80)
    stem = models.CharField("racine", max_length=80)
    trigrams = ArrayField(models.CharField(max_length=3), verbose_name="trigrammes")

    class Meta:
        verbose_name = "mot de l'aide"
        verbose_name_plural = "mots de l'aide"
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="help_word_once")]
        indexes = [
            models.Index(fields=["language", "stem"], name="help_word_by_stem"),
            models.Index(fields=["language", "word"], name="help_word_by_start", opclasses=["varchar_pattern_ops", "varchar_pattern_ops"]),
            GinIndex(fields=["trigrams"], name="help_word_trigrams"),
        ]

    def __str__(self) -> str:
        return self.word


class Value(models.TextChoices):
    YES = "yes", gettext_lazy("Oui")
    PARTLY = "partly", gettext_lazy("En partie")
    NO = "no", gettext_lazy("Non")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def commented(self) -> OpinionQuerySet:
        return self.exclude(comment="")


class Opinion(models.Model):
    """Whether a page, or an answer, was useful. Who said it is not kept: neither name, nor address, nor session."""

    entry = models.ForeignKey(HelpEntry, models.PROTECT, related_name="+", null=True, verbose_name="réponse")
    page = models.CharField("page", max_length=80, blank=True)
    value = models.CharField("avis", max_length=6, choices=Value)
    comment = models.TextField("commentaire", max_length=1000, blank=True)
    given_at = models.DateTimeField("donné le")

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(entry=None) ^ Q(page=""), name="opinion_about_one_thing"),
        ]
        indexes = [
            models.Index(fields=["entry", "-given_at"], name="opinion_by_entry"),
            models.Index(fields=["page", "-given_at"], name="opinion_by_page"),
        ]

    def __str__(self) -> str:
        return f"{self.page or self.entry_id} : {self.value}"

    @property
    def value_word(self) -> str:
        return str(Value(self.value).label)


class SearchReport(models.Model):
    """Words searched for without an answer, which someone chose to tell us."""

    words = models.CharField("mots", max_length=100)
    language = models.CharField("langue", max_length=2, choices=_LANGUAGES)
    reported_at = models.DateTimeField("signalée le")

    class Meta:
        verbose_name = "recherche sans réponse"
        verbose_name_plural = "recherches sans réponse"
        ordering = ["-reported_at"]
        indexes = [models.Index(fields=["-reported_at"], name="search_report_by_date")]

    def __str__(self) -> str:
        return self.words
