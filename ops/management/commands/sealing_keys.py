"""Which keys seal today, which did before, and how many files does each still open?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from foundation.files.queries import sealed_by_key
from foundation.files.recipients import Key, keys


class Command(BaseCommand):
    help = "Dit pour quelles clés les dépôts sont scellés, lesquelles ont été remplacées, et combien de fichiers chacune ouvre encore."

    def handle(self, *args: Any, **options: Any) -> None:
        counted = sealed_by_key()
        elsewhere = counted.pop("", 0)
        named = keys()
        for key in named:
            self.stdout.write(_told("en vigueur" if key.in_force else "remplacée", key, counted.pop(key.public, 0)))
        for public, count in sorted(counted.items()):
            self.stdout.write(_told("plus nommée", Key("", public, in_force=False), count))
        if elsewhere:
            self.stdout.write(f"Scellés avant d'arriver, pour une clé que la plateforme ne connaît pas : {_files(elsewhere)}.")
        if not any(key.in_force for key in named):
            self.stdout.write("Aucune clé en vigueur : les pages demandent un conteneur chiffré par l'entreprise.")


def _told(standing: str, key: Key, count: int) -> str:
    return f"{standing} : {key.name or 'sans nom'}, {key.public}, ouvre {_files(count)}."


def _files(count: int) -> str:
    return f"{count} fichier{'s' if count > 1 else ''}"
