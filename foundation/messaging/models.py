"""What was said? Conversations, their messages and files, how far each person has read; and the agency's own notes, in a table apart."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from foundation.accounts.models import Company, Person
from foundation.files.models import StoredFile
from foundation.messaging.rules import COPIES, LONGEST_MESSAGE, LONGEST_TITLE, PLATFORM, SIDES


class Conversation(models.Model):
    """One exchange with a company. `topic` and `key` name what it is about, as text: the room above knows what they mean.

    `latest`, `latest_from_company` and `agency_read` number messages: what is unread is told without reading them.
    """

    topic = models.CharField("sujet", max_length=30)
    key = models.CharField("référence", max_length=40, unique=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name="entreprise")
    title = models.CharField("titre", max_length=LONGEST_TITLE)
    caption = models.CharField("précision", max_length=400, blank=True)
    begun_at = models.DateTimeField("commencée le")
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="commencée par")
    latest = models.BigIntegerField("dernier message", default=0)
    latest_from_company = models.BigIntegerField("dernier message de l'entreprise", default=0)
    agency_read = models.BigIntegerField("lu par l'agence jusqu'à", default=0)

    class Meta:
        verbose_name = "conversation"
        verbose_name_plural = "conversations"
        indexes = [
            models.Index(fields=["company", "-latest"], name="conversation_by_company"),
            models.Index(fields=["-latest", "-id"], name="conversation_by_latest"),
            models.Index(
                fields=["-latest", "-id"], name="conversation_new_to_agency", condition=Q(latest_from_company__gt=F("agency_read"))
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Message(models.Model):
    """What someone wrote, or what the platform told. Written once (migration 0002), with the name its author had that day."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages", verbose_name="conversation")
    side = models.CharField("côté", max_length=10, choices=list(SIDES.items()))
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="auteur")
    author_name = models.CharField("nom de l'auteur", max_length=120, blank=True)
    author_role = models.CharField("rôle de l'auteur", max_length=60, blank=True)
    text = models.TextField("texte", max_length=LONGEST_MESSAGE, blank=True)
    at = models.DateTimeField("posté le")
    notice = models.CharField("fait annoncé", max_length=80, blank=True)

    locked_with = ("conversation",)

    class Meta:
        verbose_name = "message"
        verbose_name_plural = "messages"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=list(SIDES)), name="message_side_known"),
            models.CheckConstraint(
                condition=Q(side=PLATFORM, author=None) | (~Q(side=PLATFORM) & Q(author__isnull=False)), name="message_has_its_author"
            ),
            models.UniqueConstraint(fields=["conversation", "notice"], condition=~Q(notice=""), name="message_tells_a_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.pk}"


class Attachment(models.Model):
    """A file that goes with a message, read by nobody until it is found clean. Written once."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments", verbose_name="message")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name="fichier")

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.message_id} {self.file_id}"


class Note(models.Model):
    """Between people of the agency. In a table of its own that nothing read by a company ever asks. Written once."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="+", verbose_name="conversation")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="auteur")
    author_name = models.CharField("nom de l'auteur", max_length=120)
    text = models.TextField("note", max_length=LONGEST_MESSAGE)
    at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "note interne"
        verbose_name_plural = "notes internes"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.pk}"


class Mark(models.Model):
    """Up to which message a person has read a conversation. It never goes back."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="+", verbose_name="conversation")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    read_to = models.BigIntegerField("lu jusqu'à")
    read_at = models.DateTimeField("lu le")

    class Meta:
        verbose_name = "repère de lecture"
        verbose_name_plural = "repères de lecture"
        constraints = [models.UniqueConstraint(fields=["conversation", "person"], name="mark_once")]
        indexes = [models.Index(fields=["person"], name="mark_by_person")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.person_id} {self.read_to}"


class CopyChoice(models.Model):
    """Of which messages a person wants a copy by mail. Without a row, of none."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="+", verbose_name="personne")
    wants = models.CharField("copies", max_length=10, choices=list(COPIES.items()))
    chosen_at = models.DateTimeField("choisi le")

    class Meta:
        verbose_name = "choix des copies"
        verbose_name_plural = "choix des copies"
        constraints = [models.CheckConstraint(condition=Q(wants__in=list(COPIES)), name="copies_known")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.wants}"


class SavedAnswer(models.Model):
    """An answer someone of the agency writes often, kept for themselves."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    title = models.CharField("titre", max_length=LONGEST_TITLE)
    text = models.TextField("texte", max_length=LONGEST_MESSAGE)
    saved_at = models.DateTimeField("gardée le")

    class Meta:
        verbose_name = "réponse type"
        verbose_name_plural = "réponses types"
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title
