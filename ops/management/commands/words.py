"""Collect what is said in French, and put the catalogues in English up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ops.words import CATALOGUES, collect, compiled, unsaid, write_catalogue


class Command(BaseCommand):
    help = "Relève les phrases de la plateforme et des contenus, garde celles qui sont traduites, compte celles qui ne le sont pas."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for file in CATALOGUES:
            found = collect(file)
            write_catalogue(found, file)
            self.stdout.write(f"{file.relative_to(settings.BASE_DIR)} : {len(found)} phrases, {len(unsaid(found))} à traduire.")
        compiled()
