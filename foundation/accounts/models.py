"""Who is there? People, companies, and the seat a person holds in a company or at the agency."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, ROLE_WORDS, Right, Role, has_right, may_be_delegated
from foundation.accounts.rules import tidy_email
from foundation.accounts.workflow import DECLINED, ERASED, PERSONAL_ERASURE, PROPOSED


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(is_active=True)


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=tidy_email(username or ""))


class Person(AbstractBaseUser):
    """Someone who signs in. The address is kept in one form (`tidy_email`): two accounts cannot differ by case."""

    email = models.EmailField("adresse électronique", unique=True)
    name = models.CharField("nom", max_length=120)
    is_active = models.BooleanField("compte actif", default=True)
    joined_at = models.DateTimeField("créé le")
    terms_version = models.CharField("conditions acceptées", max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField("acceptées le", null=True)
    language = models.CharField("langue des courriels", max_length=2, default="fr", db_default="fr")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    recused_from: frozenset[int] | None = None
    """The companies a declared conflict keeps them from, of whoever a request comes from; None where it is to be asked."""

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"

    def __str__(self) -> str:
        return self.name

    def ask_again(self) -> None:
        """A page may show what was so when the request came; who acts is kept from a company as of the moment they act."""
        self.recused_from = None

    @property
    def key(self) -> str:
        return f"person:{self.pk}"

    @property
    def display_name(self) -> str:
        return self.name

    @cached_property
    def seats(self) -> list[Seat]:
        """The seats held now, the oldest first. One query, remembered for the life of this object."""
        return list(Seat.objects.held().filter(person=self).select_related("company").order_by("pk"))

    def seat_in(self, company: int) -> Seat | None:
        return next((seat for seat in self.seats if seat.company_id == company), None)

    @property
    def agency_seat(self) -> Seat | None:
        """The seat held at the agency, if any."""
        return next((seat for seat in self.seats if seat.company_id is None), None)

    def agency_has(self, right: Right) -> bool:
        """Whether one of the person's agency seats has the right."""
        return any(seat.company_id is None and seat.has(right) for seat in self.seats)

    def company_has(self, company: int, right: Right) -> bool:
        seat = self.seat_in(company)
        return seat is not None and seat.has(right)

    @property
    def company_seats(self) -> list[Seat]:
        """The seats held in companies, the oldest first."""
        return [seat for seat in self.seats if seat.has(Right.USE_COMPANY_SPACE)]


class Company(models.Model):
    """A legal entity, known by its SIREN (checked by `is_siren` wherever one is typed)."""

    siren = models.CharField("SIREN", max_length=9, unique=True)
    name = models.CharField("nom", max_length=200)
    address = models.TextField("adresse", max_length=500, blank=True)
    country = models.CharField("pays", max_length=2, default="FR")
    created_at = models.DateTimeField("créée le")

    class Meta:
        verbose_name = "entreprise"
        verbose_name_plural = "entreprises"
        constraints = [
            models.CheckConstraint(condition=Q(siren__regex=r"^[0-9]{9}$"), name="company_siren_nine_digits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def siren_spaced(self) -> str:
        return f"{self.siren[:3]} {self.siren[3:6]} {self.siren[6:]}"


class SeatQuerySet(models.QuerySet["Seat"]):
    def held(self) -> SeatQuerySet:
        return self.filter(ended_at=None)


class Seat(models.Model):
    """The role a person holds in a company, or at the agency when `company` is empty. Ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True, verbose_name="entreprise")
    role = models.CharField("rôle", max_length=30, choices=[(role.value, ROLE_WORDS[role]) for role in Role])
    delegated = models.BooleanField("gère les comptes par délégation", default=False)
    begun_at = models.DateTimeField("depuis")
    ended_at = models.DateTimeField("jusqu'à", null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "siège"
        verbose_name_plural = "sièges"
        constraints = [
            models.CheckConstraint(
                condition=Q(company=None, role__in=sorted(AGENCY_ROLES)) | Q(company__isnull=False, role__in=sorted(COMPANY_ROLES)),
                name="seat_role_belongs_to_its_side",
            ),
            models.UniqueConstraint(
                fields=["person", "company"], condition=Q(ended_at=None), nulls_distinct=True, name="seat_one_per_company"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role_word}"

    @property
    def role_word(self) -> str:
        return ROLE_WORDS[Role(self.role)]

    def has(self, right: Right) -> bool:
        return has_right(self.role, right)

    @property
    def manages_accounts(self) -> bool:
        """By the role itself, or by delegation."""
        return self.has(Right.MANAGE_ACCOUNTS) or (self.delegated and self.has(Right.MANAGE_ACCOUNTS_IF_DELEGATED))

    @property
    def may_be_delegated(self) -> bool:
        return may_be_delegated(self.role)


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def standing(self) -> ConflictQuerySet:
        return self.filter(lifted_at=None)


class Conflict(models.Model):
    """Someone who examines or decides is linked to a company, and is kept from its files. Lifted, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name="entreprise")
    reason = models.TextField("lien", max_length=1000)
    declared_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déclaré par")
    declared_at = models.DateTimeField("déclaré le")
    lifted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="levé par")
    lifted_at = models.DateTimeField("levé le", null=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = "conflit d'intérêts"
        verbose_name_plural = "conflits d'intérêts"
        constraints = [
            models.UniqueConstraint(fields=["person", "company"], condition=Q(lifted_at=None), name="conflict_once"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="conflict_lifted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.company_id}"


class SharedView(models.Model):
    """Someone of a company lets the support look at their screens, for a while, without touching anything."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", verbose_name="siège")
    begun_at = models.DateTimeField("depuis")
    ends_at = models.DateTimeField("jusqu'à")
    stopped_at = models.DateTimeField("arrêté le", null=True)

    class Meta:
        verbose_name = "vue partagée"
        verbose_name_plural = "vues partagées"
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("begun_at")), name="shared_view_ends")]
        indexes = [models.Index(fields=["ends_at"], name="shared_view_by_end")]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.begun_at:%Y-%m-%d %H:%M}"

    def is_open(self, at: datetime) -> bool:
        return self.stopped_at is None and self.begun_at <= at < self.ends_at


class PersonalErasure(models.Model):
    """The details of a closed account are to be erased: proposed with a reason, decided by someone else. Kept, without a name."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="personne")
    state = models.CharField("état", max_length=20, choices=list(PERSONAL_ERASURE.states.items()), default=PERSONAL_ERASURE.initial)
    reason = models.TextField("motif", max_length=2000)
    proposed_at = models.DateTimeField("proposé le")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="proposé par")
    settled_at = models.DateTimeField("décidé le", null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, verbose_name="décidé par")
    entries = models.PositiveIntegerField("entrées du journal effacées", default=0)

    locked_with = ("person",)

    class Meta:
        verbose_name = "effacement d'une personne"
        verbose_name_plural = "effacements de personnes"
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(PERSONAL_ERASURE.states)), name="personal_erasure_state_known"),
            models.UniqueConstraint(fields=["person"], condition=~Q(state=DECLINED), name="personal_erasure_once"),
            models.CheckConstraint(
                condition=Q(state=PROPOSED, settled_at=None, settled_by=None)
                | (Q(state__in=[ERASED, DECLINED]) & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="personal_erasure_settled",
            ),
            models.CheckConstraint(condition=~Q(state=ERASED) | ~Q(proposed_by=F("settled_by")), name="personal_erasure_by_two"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"

    @property
    def state_word(self) -> str:
        return PERSONAL_ERASURE.states[self.state]

    @property
    def is_open(self) -> bool:
        return self.state == PROPOSED
