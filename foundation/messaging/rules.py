"""What may a message say? Its length, and where the text of a mail copy ends."""

from __future__ import annotations

from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy

LONGEST_MESSAGE = 4000
LONGEST_TITLE = 120
MOST_ATTACHED = 5

COMPANY, AGENCY, PLATFORM = "company", "agency", "platform"
SIDES = {COMPANY: gettext_lazy("Entreprise"), AGENCY: gettext_lazy("Agence"), PLATFORM: gettext_lazy("Plateforme")}
"""From which side a message comes; the platform's own are told by what happened."""

NONE, STEPS, ALL = "none", "steps", "all"
COPIES = {
    NONE: gettext_lazy("Aucune copie"),
    STEPS: gettext_lazy("Les étapes franchies seulement"),
    ALL: gettext_lazy("Tous les messages"),
}
"""Of what a person wants a copy by mail. Who chose nothing gets none."""


def problem_of_text(text: str, *, attached: int = 0) -> str:
    """Why this text cannot be sent, or nothing. A file alone is a message; nothing at all is not."""
    length = len(text.strip())
    if not length and not attached:
        return _("Écrivez votre message, ou joignez un fichier, avant d'envoyer.")
    if length > LONGEST_MESSAGE:
        return _("Ce message compte {count} caractères, pour {longest} au plus : raccourcissez-le, ou joignez un document.").format(
            count=length, longest=LONGEST_MESSAGE
        )
    if attached > MOST_ATTACHED:
        return _("Un message porte {most} fichiers au plus : envoyez les autres dans un second message.").format(most=MOST_ATTACHED)
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
