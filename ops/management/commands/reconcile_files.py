"""Compare every file with its record, and tell what is missing, what changed, and what belongs to nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.files.reconciliation import reconcile


class Command(BaseCommand):
    help = "Relit tous les fichiers déposés et les compare à leur fiche, par leur empreinte SHA-256."

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconcile()
        for sentence in found.sentences():
            self.stderr.write(sentence)
        if found.damages:
            raise CommandError(f"{found.damages} fichiers abîmés ou manquants, sur {found.compared}. Restaurez-les depuis une sauvegarde.")
        self.stdout.write(f"{found.compared} fichiers relus : tous sont intacts.")
