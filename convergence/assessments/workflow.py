"""Where can a questionnaire stand, for a procedure, and what becomes of a request for validation?

Where a questionnaire stands is derived from the answers and the validations, never set by hand.
"""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

TO_COMPLETE, IN_PROGRESS, DONE = "to_complete", "in_progress", "done"

QUESTIONNAIRE = Workflow(
    name="questionnaire",
    initial=TO_COMPLETE,
    states={TO_COMPLETE: gettext_lazy("À compléter"), IN_PROGRESS: gettext_lazy("En cours"), DONE: gettext_lazy("Terminé")},
    moves=(
        Move("save_answers", (TO_COMPLETE, IN_PROGRESS), IN_PROGRESS, by="company"),
        Move("save_answers", (DONE,), DONE, by="company"),
        Move("validate_assessment", (TO_COMPLETE, IN_PROGRESS, DONE), DONE, by="company"),
    ),
)

ANSWERS, TARGETS = "answers", "targets"
MATTERS = {ANSWERS: gettext_lazy("évaluation"), TARGETS: "projection"}
"""What of a questionnaire may be asked to be validated (decision 0014)."""

PENDING, VALIDATED, SENT_BACK, WITHDRAWN = "pending", "validated", "sent_back", "withdrawn"

VALIDATION_REQUEST = Workflow(
    name="demande",
    initial=PENDING,
    states={
        PENDING: gettext_lazy("En attente"),
        VALIDATED: gettext_lazy("Validée"),
        SENT_BACK: gettext_lazy("Renvoyée"),
        WITHDRAWN: gettext_lazy("Retirée"),
    },
    moves=(
        Move("validate_assessment", (PENDING,), VALIDATED, by="company"),
        Move("validate_projection", (PENDING,), VALIDATED, by="company"),
        Move("send_back_validation", (PENDING,), SENT_BACK, by="company"),
        Move("change_edition", (PENDING,), WITHDRAWN, by="company"),
        Move("withdraw_validation_request", (PENDING,), WITHDRAWN, by="company"),
    ),
)
