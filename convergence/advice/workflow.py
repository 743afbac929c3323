"""Where can an archive deposited for advice stand, and a request to delete it?"""

from foundation.core.language import gettext_lazy
from foundation.core.workflow import Move, Workflow

IN_PLACE, ARCHIVED, DELETED = "in_place", "archived", "deleted"

ARCHIVE = Workflow(
    name="archive-pour-avis",
    initial=IN_PLACE,
    states={IN_PLACE: gettext_lazy("À examiner"), ARCHIVED: gettext_lazy("Archivée"), DELETED: gettext_lazy("Supprimée")},
    moves=(
        Move("archive_advice", (IN_PLACE,), ARCHIVED, by="company"),
        Move("restore_advice", (ARCHIVED,), IN_PLACE, by="company"),
        Move("grant_deletion", (IN_PLACE, ARCHIVED), DELETED, by="agency"),
    ),
)
"""What is deleted is read by nobody any more; that it was deposited, and why it was deleted, stay."""

ASKED, GRANTED, DECLINED = "asked", "granted", "declined"
ANSWERS = {ASKED: gettext_lazy("Demandée"), GRANTED: gettext_lazy("Accordée"), DECLINED: gettext_lazy("Refusée")}
