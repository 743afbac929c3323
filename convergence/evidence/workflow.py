"""Where can a deposit stand? Nothing deposited disappears: archived, it may come back."""

from foundation.core.workflow import Move, Workflow

IN_PLACE, ARCHIVED = "in_place", "archived"

DEPOSIT = Workflow(
    name="preuve",
    initial=IN_PLACE,
    states={IN_PLACE: "Déposée", ARCHIVED: "Archivée"},
    moves=(
        Move("set_expiry", (IN_PLACE,), IN_PLACE, by="company"),
        Move("archive_evidence", (IN_PLACE,), ARCHIVED, by="company"),
        Move("restore_evidence", (ARCHIVED,), IN_PLACE, by="company"),
    ),
)
