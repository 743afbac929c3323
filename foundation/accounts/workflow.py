"""Which moves does the erasure of someone's personal details allow?"""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

PROPOSED, ERASED, DECLINED = "proposed", "erased", "declined"

PERSONAL_ERASURE = Workflow(
    name=gettext_lazy("effacement d'une personne"),
    initial=PROPOSED,
    states={PROPOSED: gettext_lazy("Proposé par le support"), ERASED: gettext_lazy("Effacé"), DECLINED: gettext_lazy("Refusé")},
    moves=(
        Move("decide_personal_erasure", (PROPOSED,), ERASED, by="agency"),
        Move("decline_personal_erasure", (PROPOSED,), DECLINED, by="agency"),
    ),
)
"""Two people of the agency: the support proposes, someone else decides."""
