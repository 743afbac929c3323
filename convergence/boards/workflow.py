"""Which moves do a session of the board, and a file on its agenda, allow?"""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

SCHEDULED, CLOSED, CANCELLED = "scheduled", "closed", "cancelled"

SESSION = Workflow(
    name=gettext_lazy("séance du collège"),
    initial=SCHEDULED,
    states={SCHEDULED: gettext_lazy("Convoquée"), CLOSED: gettext_lazy("Close"), CANCELLED: gettext_lazy("Annulée")},
    moves=(
        Move("reschedule_session", (SCHEDULED,), SCHEDULED, by="agency"),
        Move("put_on_agenda", (SCHEDULED,), SCHEDULED, by="agency"),
        Move("cancel_session", (SCHEDULED,), CANCELLED, by="agency"),
        Move("close_board_session", (SCHEDULED,), CLOSED, by="agency"),
    ),
)

LISTED, TAKEN_OFF, SETTLED = "listed", "taken_off", "settled"

CASE = Workflow(
    name=gettext_lazy("dossier à l'ordre du jour"),
    initial=LISTED,
    states={
        LISTED: gettext_lazy("À l'ordre du jour"),
        TAKEN_OFF: gettext_lazy("Retiré de l'ordre du jour"),
        SETTLED: gettext_lazy("Issue consignée"),
    },
    moves=(
        Move("give_member_opinion", (LISTED,), LISTED, by="agency"),
        Move("take_off_agenda", (LISTED,), TAKEN_OFF, by="agency"),
        Move("record_outcome", (LISTED,), SETTLED, by="agency"),
    ),
)
"""A file leaves an agenda for good; put on another one, it is another case."""
