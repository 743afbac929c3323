"""Fill an empty installation with the demonstration: two companies, the standing cast, products at every stage."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation.core.clock import now
from ops.demo import load_demo


class Command(BaseCommand):
    help = "Crée les entreprises, les personnes et les produits de la démonstration, s'ils n'existent pas."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("La démonstration ne se charge que là où DEMO=1.")
        self.stdout.write("Démonstration créée." if load_demo(now()) else "Démonstration déjà présente.")
