"""Where can a request to put off a closing date stand? Asked by the company, proposed by one person of the agency, granted by another."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

ASKED, PROPOSED, GRANTED, DECLINED = "asked", "proposed", "granted", "declined"

EXTENSION = Workflow(
    name="report",
    initial=ASKED,
    states={
        ASKED: gettext_lazy("Demandé"),
        PROPOSED: gettext_lazy("Proposé"),
        GRANTED: gettext_lazy("Accordé"),
        DECLINED: gettext_lazy("Refusé"),
    },
    moves=(
        Move("propose_extension", (ASKED,), PROPOSED, by="agency"),
        Move("grant_extension", (PROPOSED,), GRANTED, by="agency"),
        Move("decline_extension", (ASKED, PROPOSED), DECLINED, by="agency"),
    ),
)

UNDER_WAY = (ASKED, PROPOSED)
