"""By how much is the clock of the demonstration ahead?"""

from __future__ import annotations

from django.db import models

from foundation.accounts.models import Person


class DemoClock(models.Model):
    """One row, numbered 1. `seconds` are added to the real time."""

    seconds = models.BigIntegerField("avance, en secondes", default=0)
    moved_at = models.DateTimeField("déplacée le")
    moved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="déplacée par")

    class Meta:
        verbose_name = "horloge de démonstration"
        verbose_name_plural = "horloge de démonstration"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="demo_clock_alone"),
            models.CheckConstraint(condition=models.Q(seconds__gte=0), name="demo_clock_ahead"),
        ]

    def __str__(self) -> str:
        return f"+{self.seconds} s"
