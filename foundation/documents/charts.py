"""Where do the marks of a small chart go? Pure geometry of bars, of spans between two measures, and of a line over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 620.0
NAMES = 190.0  # what the names of the rows take
ENDS = 50.0  # what the figure at the end of a row takes
ROW = 34.0
BAR = 20.0
FOOT = 26.0
LONGEST_NAME = 24
LINE_HEIGHT = 180.0
LEFT = 36.0


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a row: where it begins, how wide it is, the figure it stands for."""

    x: float
    width: float
    value: float
    kind: str

    @property
    def end(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class BarRow:
    """A row as drawn: its name cut to what fits (the table gives it whole), its parts, the figure at its end."""

    name: str
    y: float
    baseline: float
    parts: tuple[Part, ...]
    end: str

    @property
    def middle(self) -> float:
        return self.y + BAR / 2


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    word: str


@dataclass(frozen=True, slots=True)
class Bars:
    width: float
    height: float
    bar: float
    foot: float
    ticks: tuple[Tick, ...]
    rows: tuple[BarRow, ...]

    @property
    def baseline(self) -> float:
        """Where the figures of the scale are written."""
        return self.height - 6


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, float]], str]]) -> Bars:
    """Each row is a name, its parts one after the other (kind, value), and what is written at its end."""
    longest = max((sum(value for _, value in parts) for _, parts, _ in rows), default=0)
    top = round_up(longest)
    drawn = []
    for rank, (name, parts, end) in enumerate(rows):
        start, found = NAMES, []
        for kind, value in parts:
            width = _room() * value / top
            found.append(Part(start, width, value, kind))
            start += width
        drawn.append(_row(rank, name, tuple(found), end))
    return _chart(tuple(drawn), top)


def spans(rows: Sequence[tuple[str, float, float]]) -> Bars:
    """Each row is a name and two measures, the lower first: a stretch from one to the other, both marked."""
    top = round_up(max((high for _, _, high in rows), default=0))
    drawn = []
    for rank, (name, low, high) in enumerate(rows):
        left, right = NAMES + _room() * low / top, NAMES + _room() * high / top
        drawn.append(_row(rank, name, (Part(left, right - left, low, "span"),), ""))
    return _chart(tuple(drawn), top)


def _row(rank: int, name: str, parts: tuple[Part, ...], end: str) -> BarRow:
    y = rank * ROW + (ROW - BAR) / 2
    shown = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
    return BarRow(shown, y, y + BAR / 2 + 4, parts, end)


def _chart(rows: tuple[BarRow, ...], top: float) -> Bars:
    height = len(rows) * ROW
    ticks = tuple(Tick(NAMES + _room() * share / 4, f"{top * share / 4:g}".replace(".", ",")) for share in range(5))
    return Bars(WIDTH, height + FOOT, BAR, height, ticks, rows)


def _room() -> float:
    return WIDTH - NAMES - ENDS


@dataclass(frozen=True, slots=True)
class LineChart:
    width: float
    height: float
    floor: float
    left: float
    points: str
    marks: tuple[tuple[float, float, str, str], ...]  # x, y, figure, word under it
    ticks: tuple[Tick, ...]

    @property
    def baseline(self) -> float:
        return self.height - 6


def line(values: Sequence[tuple[str, int]]) -> LineChart:
    """One point a value, from left to right; the first, the middle and the last are named."""
    top = round_up(max((value for _, value in values), default=0))
    floor = LINE_HEIGHT - FOOT
    step = (WIDTH - LEFT - 24) / max(1, len(values) - 1)
    named = {0, len(values) // 2, len(values) - 1}
    marks = tuple(
        (LEFT + 8 + rank * step, floor - (floor - 16) * value / top, str(value), word if rank in named else "")
        for rank, (word, value) in enumerate(values)
    )
    ticks = tuple(Tick(floor - (floor - 16) * share / 2, f"{top * share / 2:g}".replace(".", ",")) for share in range(3))
    return LineChart(WIDTH, LINE_HEIGHT, floor, LEFT, " ".join(f"{x:g},{y:g}" for x, y, _, _ in marks), marks, ticks)


def round_up(value: float) -> float:
    """The top of a scale: the first of 4, 8, 20, 40, 80, 200… that holds the value, so that a quarter of it reads easily."""
    top = 4.0
    for factor in (2.0, 2.5, 2.0) * 12:
        if top >= value:
            break
        top *= factor
    return top
