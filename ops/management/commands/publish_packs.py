"""Publish the content packs of a folder as a new release, or say what is wrong with them, file by file and line by line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from convergence.content.actions import PackRefused, publish_release
from convergence.content.checking import check_pieces
from convergence.content.reading import read_packs
from foundation.core.clock import now
from foundation.core.verdict import Refused
from foundation.journal.actor import SYSTEM


class Command(BaseCommand):
    help = "Contrôle les contenus du dossier packs/ et les publie comme une nouvelle version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.PACKS_DIR)
        parser.add_argument("--check", action="store_true", help="contrôler seulement, ne rien publier")
        parser.add_argument("--keep", action="store_true", help="si les contenus sont refusés, garder la version en vigueur et le dire")

    def handle(self, *args: Any, folder: Path, check: bool, keep: bool, **options: Any) -> None:
        pieces, problems = read_packs(folder)
        problems = problems or check_pieces(pieces)
        if problems:
            return self._refuse(PackRefused(problems), keep)
        if check:
            self.stdout.write(f"{len(pieces)} contenus, aucune anomalie.")
            return None
        try:
            event = publish_release(pieces, by=SYSTEM, at=now())
        except PackRefused as refused:
            return self._refuse(refused, keep)
        except Refused as refused:
            self.stdout.write(refused.reason)
            return None
        self.stdout.write(f"Version {event.number} publiée : {len(pieces)} contenus, dont {len(event.new_pieces)} nouveaux.")
        return None

    def _refuse(self, refused: PackRefused, keep: bool) -> None:
        if not keep:
            raise CommandError(refused.reason)
        self.stderr.write(f"{refused.reason}\nLa version en vigueur est gardée.")
