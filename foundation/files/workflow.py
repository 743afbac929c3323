"""Where can a file stand, between its reception and the moment it may be read? One table; only « clean » is ever served."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

QUARANTINED, CLEAN, INFECTED, REFUSED, HELD, ERASED = "quarantined", "clean", "infected", "refused", "held", "erased"

FILE = Workflow(
    name="fichier",
    initial=QUARANTINED,
    states={
        QUARANTINED: gettext_lazy("En cours de vérification"),
        CLEAN: gettext_lazy("Vérifié"),
        INFECTED: gettext_lazy("Infecté"),
        REFUSED: gettext_lazy("Refusé"),
        HELD: gettext_lazy("Trop volumineux pour être analysé"),
        ERASED: gettext_lazy("Effacé"),
    },
    moves=(
        Move("pass_file", (QUARANTINED, HELD), CLEAN, by="system"),
        Move("condemn_file", (QUARANTINED, HELD, CLEAN), INFECTED, by="system"),
        Move("refuse_file", (QUARANTINED, HELD), REFUSED, by="system"),
        Move("hold_file", (QUARANTINED,), HELD, by="system"),
        Move("erase_file", (CLEAN, HELD, INFECTED, REFUSED), ERASED, by="agency"),
    ),
)
"""A file already clean may still be condemned: signatures learn. Nothing brings back what was infected or refused. Erased, its bytes are gone; its name, size and hash stay."""
