"""Read the journal from its first entry and tell every place where it is not what was written."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation.documents.dating import moment_told
from foundation.journal.anchors import anchors_of, breaks_of_tokens, breaks_with
from foundation.journal.queries import breaks_of_the_chain


class Command(BaseCommand):
    help = "Vérifie la chaîne du journal, de la première entrée à la dernière."

    def handle(self, *args: Any, **options: Any) -> None:
        anchors = anchors_of(settings.JOURNAL_ANCHORS) if settings.JOURNAL_ANCHORS else []
        found = [*breaks_of_the_chain(), *breaks_with(anchors), *breaks_of_tokens(anchors, moment_told)]
        for one in found:
            self.stderr.write(f"{one.position} : {one.reason}")
        if found:
            raise CommandError(f"Le journal est rompu en {len(found)} endroits.")
        self.stdout.write("Le journal est intact.")
