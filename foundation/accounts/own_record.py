"""What does the platform hold about someone? Their account, and every row of every table that names them, without a secret.

A table added tomorrow is in it: what points to a person is found in the tables themselves. The file is in French whoever reads it:
its keys are those of its format, and the tables say what they hold in French.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from foundation.accounts.models import Person, Seat
from foundation.core.language import spoken
from foundation.journal.models import Entry

MOST_ROWS = 5_000
"""Of one kind; the count is exact."""


def own_record(person: Person, at: datetime) -> dict[str, Any]:
    """Everything, ready for JSON: who they are, what they hold, where their name stands, what they did."""
    return {
        "établi le": at.isoformat(),  # recorded as it is
        "compte": {
            "nom": person.name,
            "adresse électronique": person.email,  # recorded as it is
            "créé le": person.joined_at.isoformat(),  # recorded as it is
            "langue des courriels": person.language,  # recorded as it is
            "ouvert": person.is_active,
            "dernière connexion": person.last_login.isoformat() if person.last_login else None,  # recorded as it is
            "conditions acceptées": person.terms_version,  # recorded as it is
            "conditions acceptées le": person.terms_accepted_at.isoformat() if person.terms_accepted_at else None,  # recorded as it is
        },
        "rôles": _roles(person),  # recorded as it is
        "là où votre nom figure": _named(person),  # recorded as it is
        "journal": _journal(person),
    }


def _roles(person: Person) -> list[dict[str, Any]]:
    """Held or ended, the oldest first."""
    with spoken(settings.LANGUAGE_CODE):
        return [
            {
                "rôle": str(seat.role_word),  # recorded as it is
                "entreprise": seat.company.name if seat.company else None,
                "depuis": seat.begun_at.isoformat(),
                "jusqu'à": seat.ended_at.isoformat() if seat.ended_at else None,  # recorded as it is
            }
            for seat in Seat.objects.filter(person=person).select_related("company").order_by("begun_at", "pk")
        ]


def _named(person: Person) -> list[dict[str, Any]]:
    """Each table and column that points to them: how many rows, which ones, dated. What was written there is the company's or the agency's."""
    found = []
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Person and model is not Seat:
                rows = model._default_manager.filter(**{field.attname: person.pk}).order_by("pk")
                if number := rows.count():
                    found.append(
                        {
                            "quoi": str(model._meta.verbose_name),
                            "en tant que": str(field.verbose_name),
                            "combien": number,
                            "lesquels": [_dated(row) for row in rows[:MOST_ROWS]],
                        }
                    )
    return found


def _dated(row: models.Model) -> dict[str, Any]:
    dates = {field: getattr(row, field.attname) for field in row._meta.concrete_fields if isinstance(field, models.DateField)}
    told = {str(field.verbose_name): value.isoformat() for field, value in dates.items() if isinstance(value, date)}
    return {"clé": str(row.pk), **told}  # recorded as it is


def _journal(person: Person) -> dict[str, Any]:
    """What they did, and what is kept of where from."""
    entries = Entry.objects.filter(by=person.key).order_by("-position")
    return {
        "combien": entries.count(),
        "entrées": [  # recorded as it is
            {
                "position": one.position,
                "quand": one.at.isoformat(),
                "événement": one.kind,  # recorded as it is
                "objet": one.about,
                "détails": one.details,  # recorded as it is
            }
            for one in entries[:MOST_ROWS]
        ],
    }
