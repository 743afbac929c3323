"""Where can a deposit stand, and what becomes of a request to erase it? Nothing deposited disappears by itself."""

from foundation.core.workflow import Move, Workflow

IN_PLACE, ARCHIVED, ERASED = "in_place", "archived", "erased"

DEPOSIT = Workflow(
    name="preuve",
    initial=IN_PLACE,
    states={IN_PLACE: "Déposée", ARCHIVED: "Archivée", ERASED: "Effacée"},
    moves=(
        Move("set_expiry", (IN_PLACE,), IN_PLACE, by="company"),
        Move("archive_evidence", (IN_PLACE,), ARCHIVED, by="company"),
        Move("restore_evidence", (ARCHIVED,), IN_PLACE, by="company"),
        Move("ask_erasure", (ARCHIVED,), ARCHIVED, by="company"),
    ),
)

ASKED, SECONDED, GRANTED, DECLINED = "asked", "seconded", "granted", "declined"

ERASURE = Workflow(
    name="effacement",
    initial=ASKED,
    states={ASKED: "Demandé", SECONDED: "Accepté par une première personne", GRANTED: "Effacé", DECLINED: "Refusé"},
    moves=(
        Move("second_erasure", (ASKED,), SECONDED, by="agency"),
        Move("grant_erasure", (SECONDED,), GRANTED, by="agency"),
        Move("decline_erasure", (ASKED, SECONDED), DECLINED, by="agency"),
    ),
)
