"""Take in the answers of `packs/help/`, or say what is wrong with them, file by file and line by line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from convergence.content.library import library
from foundation.core.clock import now, today
from foundation.help.actions import take_in_help
from foundation.help.reading import read_help
from foundation.journal.actor import SYSTEM


class Command(BaseCommand):
    help = "Contrôle les réponses de packs/help/ et en fait celles de l'aide ; celles que l'agence a réécrites sont gardées."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=Path(settings.PACKS_DIR) / "help")
        parser.add_argument("--check", action="store_true", help="contrôler seulement, ne rien prendre")
        parser.add_argument("--keep", action="store_true", help="si les réponses sont refusées, garder celles en vigueur et le dire")

    def handle(self, *args: Any, folder: Path, check: bool, keep: bool, **options: Any) -> None:
        pack, problems = read_help(folder, {procedure.code for procedure in library().procedures(today())})
        if pack is None:
            said = "Aide refusée, rien n'est pris. À corriger :\n" + "\n".join(f"  {problem}" for problem in problems)
            if not keep:
                raise CommandError(said)
            self.stderr.write(f"{said}\nLes réponses en vigueur sont gardées.")
        elif check:
            self.stdout.write(f"{len(pack.replies)} réponses, aucune anomalie.")
        elif (event := take_in_help(pack, by=SYSTEM, at=now())) is None:
            self.stdout.write("Ces réponses sont déjà celles de l'aide.")
        else:
            kept = f" ; gardées telles que l'agence les a écrites : {', '.join(event.kept_by_agency)}" if event.kept_by_agency else ""
            self.stdout.write(f"{len(event.entries)} réponses prises dans l'aide{kept}.")
