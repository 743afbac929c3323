"""What may each role do, on which address? `docs/rights.md`, drawn from `accounts/rights.py` and the table the walk goes by.

`python -m tests.house.rights_page` writes it again; a test holds it equal to today's tables.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rights.md"
INTRO = """# Droits

Page produite par `make draw` : ne la modifiez pas, changez `foundation/accounts/rights.py` ou `tests/house/routes.py`.

## Par rôle

Ce qu'un rôle peut faire un jour. Ce qui peut être fait *de cet objet*, dans *cet état*, est dans le fichier `permissions.py` de
chaque pièce ; un salarié reçoit ses droits produit par produit et questionnaire par questionnaire.
"""
BY_ADDRESS = """
## Par adresse

« L » : la page se lit. « E » : le formulaire s'envoie, et l'action réussit. « refus » : la page se voit, l'action est refusée avec sa
raison. « – » : la page n'existe pas pour cette personne (404). « entrée » : elle doit d'abord se connecter. Le représentant est ici sans
délégation ; le salarié voit et modifie le produit, sans le valider ; « ailleurs » est un représentant d'une autre entreprise, devant
les mêmes objets. Chaque case est parcourue avec sept méthodes HTTP par `tests/house/test_urls.py`.
"""
SHORT = {
    "anonymous": "Visiteur",
    "disabled": "Compte fermé",
    "zoe": "Ailleurs",
    "claire": "Mandataire",
    "representative": "Représ.",
    "karim": "Salarié",
    "ines": "Vérif.",
    "coordinator": "Coord.",
    "hugo": "Collège",
    "signatory": "Signat.",
    "content_editor": "Contenus",
    "support": "Support",
    "auditor": "Audit.",
    "partner": "Parten.",
}


def drawn() -> str:
    from foundation.accounts.rights import RIGHTS, ROLE_WORDS, Right, Role  # noqa: PLC0415 - run alone, Django is set up first
    from tests.house.routes import ACCESS, PEOPLE  # noqa: PLC0415

    by_role = [
        _line("Rôle", *(right.value for right in Right)),
        "|---" * (len(Right) + 1) + "|",
        *(_line(f"{ROLE_WORDS[role]} (`{role.value}`)", *("oui" if right in RIGHTS[role] else "–" for right in Right)) for role in Role),
    ]
    by_address = [
        _line("Adresse", *(SHORT[person] for person in PEOPLE)),
        "|---" * (len(PEOPLE) + 1) + "|",
        *(_line(f"`{name}`", *(_cell(row, person) for person in PEOPLE)) for name, row in ACCESS.items()),
    ]
    return "\n".join([INTRO, *by_role, BY_ADDRESS, *by_address]) + "\n"


def _cell(row: object, person: str) -> str:
    """The letters of what succeeds; else why nothing does."""
    statuses = {method: row.expected(person, method) for method in row.methods}  # type: ignore[attr-defined]
    if row.side != "public" and person in ("anonymous", "disabled"):  # type: ignore[attr-defined]
        return "entrée"
    words = ["L" if method == "GET" else "E" for method, status in statuses.items() if status < 400]
    if any(status in (400, 403, 409) for status in statuses.values()):
        words.append("refus")
    return " ".join(words) or "–"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    PAGE.write_text(drawn())
