"""How does a product come to stand on an edition that another one replaces? By a day that is passed, or by a release that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from convergence.content.actions import publish_release
from convergence.content.library import forget_library, library
from convergence.content.reading import ReadPiece
from foundation.journal.actor import SYSTEM
from tests.factories.catalogue import SOCLES
from tests.factories.packs import DAY, dated

NEXT_INTEROPERABILITY = "interoperabilite-2027"
BROUGHT_FORWARD = "essai"
"""The edition of a release in which what the packs announce is in force already, for pages that read the real clock."""


def next_edition_at() -> datetime:
    """Ten in the morning in Paris, the first day of the edition announced."""
    to_come = library().procedure_to_come(SOCLES, DAY)
    assert to_come is not None
    assert to_come.effective_from is not None
    return datetime.combine(to_come.effective_from, time(9), UTC)


def bring_forward(packs: Iterable[ReadPiece], at: datetime, begins: date = date(2026, 11, 18)) -> None:
    """Publish the packs again, with what they announce in force since a day that is past, under another edition."""
    pieces = [dated(one, begins, edition=BROUGHT_FORWARD) if (one.piece.effective_from or DAY) > DAY else one for one in packs]
    publish_release(pieces, by=SYSTEM, at=at)
    forget_library()


def asking(read: ReadPiece, *questionnaires: str) -> ReadPiece:
    """A procedure whose next edition asks these questionnaires, instead of those of the packs after the first."""
    uses = read.piece.model_dump()["uses"]
    asked = [uses[0], *({"questionnaire": key, "required": "medium"} for key in questionnaires)]
    piece = type(read.piece).model_validate({**read.piece.model_dump(by_alias=True), "uses": asked})
    return replace(read, piece=piece)
