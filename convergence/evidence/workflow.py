"""Where can a deposit stand? Nothing deposited disappears: archived, it may come back."""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

IN_PLACE, ARCHIVED = "in_place", "archived"

ASKED, PROPOSED, ERASED, DECLINED = "asked", "proposed", "erased", "declined"

ERASURE = Workflow(
    name="effacement",
    initial=ASKED,
    states={
        ASKED: gettext_lazy("Demandé"),
        PROPOSED: gettext_lazy("Proposé par le support"),
        ERASED: gettext_lazy("Effacé"),
        DECLINED: gettext_lazy("Refusé"),
    },
    moves=(
        Move("propose_erasure", (ASKED,), PROPOSED, by="agency"),
        Move("decline_erasure", (ASKED, PROPOSED), DECLINED, by="agency"),
        Move("decide_erasure", (PROPOSED,), ERASED, by="agency"),
    ),
)
"""Erasing takes three: the company asks, the support proposes, someone else of the agency decides."""

DEPOSIT = Workflow(
    name="preuve",
    initial=IN_PLACE,
    states={IN_PLACE: gettext_lazy("Déposée"), ARCHIVED: gettext_lazy("Archivée")},
    moves=(
        Move("set_expiry", (IN_PLACE,), IN_PLACE, by="company"),
        Move("archive_evidence", (IN_PLACE,), ARCHIVED, by="company"),
        Move("restore_evidence", (ARCHIVED,), IN_PLACE, by="company"),
    ),
)
