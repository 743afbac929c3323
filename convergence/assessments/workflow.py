"""Where can a questionnaire stand, for a procedure? Derived from the answers and the validations, never set by hand."""

from foundation.core.workflow import Move, Workflow

TO_COMPLETE, IN_PROGRESS, DONE = "to_complete", "in_progress", "done"

QUESTIONNAIRE = Workflow(
    name="questionnaire",
    initial=TO_COMPLETE,
    states={TO_COMPLETE: "À compléter", IN_PROGRESS: "En cours", DONE: "Terminé"},
    moves=(
        Move("save_answers", (TO_COMPLETE, IN_PROGRESS), IN_PROGRESS, by="company"),
        Move("save_answers", (DONE,), DONE, by="company"),
        Move("validate_assessment", (TO_COMPLETE, IN_PROGRESS, DONE), DONE, by="company"),
    ),
)
