"""What may a message say? Its length, and where the text of a mail copy ends."""

from __future__ import annotations

LONGEST_MESSAGE = 4000
LONGEST_TITLE = 120
MOST_ATTACHED = 5

COMPANY, AGENCY, PLATFORM = "company", "agency", "platform"
SIDES = {COMPANY: "Entreprise", AGENCY: "Agence", PLATFORM: "Plateforme"}
"""From which side a message comes; the platform's own are told by what happened."""

NONE, STEPS, ALL = "none", "steps", "all"
COPIES = {
    NONE: "Aucune copie",
    STEPS: "Les étapes franchies seulement",
    ALL: "Tous les messages",
}
"""Of what a person wants a copy by mail. Who chose nothing gets none."""


def problem_of_text(text: str, *, attached: int = 0) -> str:
    """Why this text cannot be sent, or nothing. A file alone is a message; nothing at all is not."""
    length = len(text.strip())
    if not length and not attached:
        return "Écrivez votre message, ou joignez un fichier, avant d'envoyer."
    if length > LONGEST_MESSAGE:
        return f"Ce message compte {length} caractères, pour {LONGEST_MESSAGE} au plus : raccourcissez-le, ou joignez un document."
    if attached > MOST_ATTACHED:
        return f"Un message porte {MOST_ATTACHED} fichiers au plus : envoyez les autres dans un second message."
    return ""


def excerpt(text: str, most: int = 110) -> str:
    """The beginning of a message on one line, cut between two words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{line[:most].rsplit(' ', 1)[0].rstrip(',;:. ')}…"


def wants_copy(wants: str, side: str) -> bool:
    """Whether a person who chose this is sent a copy of what comes from this side."""
    return wants == ALL or (wants == STEPS and side == PLATFORM)
