"""Which edition is in force on a day, and what becomes of a criterion from one edition to another? Pure: no table, no clock.

An edition is in force from `effective_from` (always, without one) until `effective_until` included or, without one, until
the edition that begins after it: what is published never changes, so a later edition closes the one before by beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from convergence.content.schema import EditionMap, MapLine, Piece, Relation, Text

AnyPiece = TypeVar("AnyPiece", bound=Piece)


def begins(edition: Piece) -> date:
    """The first day of an edition; one without a date has always been there."""
    return edition.effective_from or date.min


def edition_in_force(editions: Iterable[AnyPiece], day: date) -> AnyPiece | None:
    """Of the editions of one code, the one in force on a day: the last begun, unless it has ended. None comes back."""
    latest = max((one for one in editions if begins(one) <= day), key=begins, default=None)
    return latest if latest and day <= (latest.effective_until or date.max) else None


def edition_announced(editions: Iterable[AnyPiece], day: date) -> AnyPiece | None:
    """Of the editions of one code, the first that begins after a day."""
    return min((one for one in editions if begins(one) > day), key=begins, default=None)


def replaces(one: Piece, other: Piece) -> bool:
    """Whether an edition comes after another of the same code. Of two without dates, the one in force replaces the other."""
    return one.key != other.key and begins(one) >= begins(other)


def period_of(edition: Piece, editions: Iterable[Piece]) -> tuple[date, date]:
    """The first and the last day an edition is in force, among the editions of its code."""
    following = min((begins(one) for one in editions if begins(one) > begins(edition)), default=None)
    last = edition.effective_until or date.max
    return begins(edition), min(last, following - timedelta(days=1)) if following else last


def are_in_force_together(one: Piece, other: Piece) -> bool:
    """Whether two editions of one code claim the same day: both begin on it, or the first says it lasts into the second."""
    first, second = sorted((one, other), key=begins)
    return begins(first) == begins(second) or (first.effective_until or date.min) >= begins(second)


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of criteria from one edition to another, whatever the number of editions between."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    relation: Relation
    note: Text | None = None


def path_between(maps: Iterable[EditionMap], old: str, new: str) -> tuple[EditionMap, ...]:
    """The fewest maps that lead from one edition to another; none where no chain of maps does."""
    found: dict[str, tuple[EditionMap, ...]] = {old: ()}
    waiting = [old]
    by_old: dict[str, list[EditionMap]] = {}
    for one in maps:
        by_old.setdefault(one.old, []).append(one)
    while waiting and new not in found:
        here = waiting.pop(0)
        for step in by_old.get(here, []):
            if step.new not in found:
                found[step.new] = (*found[here], step)
                waiting.append(step.new)
    return found.get(new, ())


def passages(path: Sequence[EditionMap], old: Iterable[str], new: Iterable[str]) -> list[Passage]:
    """What becomes of every criterion of the `old` edition and where every one of the `new` comes from, along the path.

    One map is told line by line, criteria that come or go each on its own. Along several, each new criterion is told with those of the first edition it comes from.
    Without a path, everything goes and everything is new.
    """
    if len(path) == 1:
        return [Passage(*sides, line.relation, line.note) for line in path[0].lines for sides in _sides(line)]
    old = list(old)
    origins: dict[str, tuple[str, ...]] = {code: (code,) for code in old} if path else {}
    changed: set[str] = set()
    for step in path:
        after: dict[str, tuple[str, ...]] = {}
        touched: set[str] = set()
        for line in step.lines:
            sources = tuple(dict.fromkeys(source for code in line.old for source in origins.get(code, ())))
            for code in line.new:
                after[code] = sources
                if line.relation is not Relation.SAME or changed & set(line.old):
                    touched.add(code)
        origins, changed = after, touched
    found = [_traced(code, origins.get(code, ()), code in changed) for code in new]
    kept = {code for passage in found for code in passage.old}
    return [*found, *(Passage((code,), (), Relation.GONE) for code in old if code not in kept)]


def _sides(line: MapLine) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What a line tells together: criteria that come or go have nothing to do with one another."""
    if line.old and line.new:
        return [(line.old, line.new)]
    return [((code,), ()) for code in line.old] + [((), (code,)) for code in line.new]


def _traced(code: str, sources: tuple[str, ...], is_changed: bool) -> Passage:
    if not sources:
        return Passage((), (code,), Relation.NEW)
    relation = Relation.MERGED if len(sources) > 1 else Relation.CHANGED if is_changed else Relation.SAME
    return Passage(sources, (code,), relation)
