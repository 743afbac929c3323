"""Write `docs/rights.md` from `accounts/rights.py`: role × right, as the code has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from foundation.accounts.rights import RIGHTS, ROLE_WORDS, Right, Role


def drawn() -> str:
    """The table, one line a role."""
    heading = "| Rôle | " + " | ".join(right.value for right in Right) + " |"
    rule = "|---" * (len(Right) + 1) + "|"
    lines = [
        f"| {ROLE_WORDS[role]} (`{role.value}`) | " + " | ".join("oui" if right in RIGHTS[role] else "–" for right in Right) + " |"
        for role in Role
    ]
    intro = (
        "# Droits par rôle\n\nTableau produit par `make draw` depuis `foundation/accounts/rights.py`. "
        "Ce qu'un rôle peut faire *de cet objet*, dans *cet état*, est dans le fichier `permissions.py` de chaque pièce ; "
        "un salarié reçoit ses droits produit par produit et questionnaire par questionnaire.\n"
    )
    return "\n".join([intro, heading, rule, *lines]) + "\n"


class Command(BaseCommand):
    help = "Écrit docs/rights.md depuis le tableau des droits."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.BASE_DIR, "docs", "rights.md").write_text(drawn())
