"""Where can a projection stand, for a procedure? Derived from the evaluation, the targets and the validations."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

CLOSED, TO_COMPLETE, IN_PROGRESS, DONE = "closed", "to_complete", "in_progress", "done"

PROJECTION = Workflow(
    name="projection",
    initial=CLOSED,
    states={
        CLOSED: gettext_lazy("Pas encore ouverte"),
        TO_COMPLETE: gettext_lazy("À compléter"),
        IN_PROGRESS: gettext_lazy("En cours"),
        DONE: gettext_lazy("Terminé"),
    },
    moves=(
        Move("validate_assessment", (CLOSED,), TO_COMPLETE, by="company"),
        Move("begin_projection", (TO_COMPLETE,), TO_COMPLETE, by="company"),
        Move("save_targets", (TO_COMPLETE, IN_PROGRESS), IN_PROGRESS, by="company"),
        Move("save_targets", (DONE,), DONE, by="company"),
        Move("validate_projection", (TO_COMPLETE, IN_PROGRESS, DONE), DONE, by="company"),
    ),
)
