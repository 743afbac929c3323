"""Where does each mark of a timeline go? Pure geometry: the web page and the paper draw the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

NAMES = 300.0  # what the names of the lines take
COLUMN = 76.0
HEAD = 28.0
ROW = 30.0
LONGEST_NAME = 40  # characters of a name before it is cut: the table beside gives it whole
MARK = 18.0  # height of a mark
LETTER = 6.2  # width of a letter of its word, on average


@dataclass(frozen=True, slots=True)
class Step:
    """A word in a quarter."""

    column: int
    word: str
    kind: Literal["step", "goal", "beyond"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line to draw: its steps from left to right; `place` 0 stands out from those under it."""

    name: str
    place: int
    steps: Sequence[Step]
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A mark: its rectangle, and where its word is centred."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    baseline: float
    word: str
    kind: str


@dataclass(frozen=True, slots=True)
class Track:
    """A row as drawn: its name, the way from today to its last mark, its marks."""

    name: str
    place: int
    top: float
    baseline: float
    way: tuple[float, float, float] | None  # from x, to x, at y
    boxes: tuple[Box, ...]
    is_late: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    width: float
    height: float
    names: float
    row: float
    heads: tuple[tuple[float, float, str], ...]  # middle, left edge, word
    tracks: tuple[Track, ...]


def timeline(quarters: Sequence[str], rows: Sequence[Row], present: int = 0) -> Timeline:
    """A column a quarter, a row a line. Two marks of one cell are set side by side, narrower."""
    heads = tuple((NAMES + COLUMN * (rank + 0.5), NAMES + COLUMN * rank, word) for rank, word in enumerate(quarters))
    tracks = []
    for rank, row in enumerate(rows):
        top = HEAD + rank * ROW
        middle = top + ROW / 2
        boxes = _boxes(row.steps, middle)
        end = max((box.middle for box in boxes), default=None)
        start = NAMES + COLUMN * present
        way = (min(start, end), max(start, end), middle) if end is not None else None
        tracks.append(Track(_cut(row.name), row.place, top, middle + 4, way, boxes, row.is_late))
    return Timeline(NAMES + COLUMN * len(quarters), HEAD + ROW * len(rows), NAMES, ROW, heads, tuple(tracks))


def _boxes(steps: Sequence[Step], middle: float) -> tuple[Box, ...]:
    by_column: dict[int, list[Step]] = {}
    for step in steps:
        by_column.setdefault(step.column, []).append(step)
    boxes = []
    for column, shared in by_column.items():
        room = COLUMN / len(shared)
        for place, step in enumerate(shared):
            width = min(room - 4, len(step.word) * LETTER + 14)
            centre = NAMES + COLUMN * column + room * (place + 0.5)
            boxes.append(Box(centre - width / 2, middle - MARK / 2, width, MARK, centre, middle + 4, _fit(step.word, width), step.kind))
    return tuple(boxes)


def _fit(word: str, width: float) -> str:
    most = max(2, int((width - 8) / LETTER))
    return word if len(word) <= most else word[: most - 1] + "…"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
