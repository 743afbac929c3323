"""Where does each point of a radar chart go? Pure geometry: the web page and the paper draw the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from textwrap import wrap
from typing import Literal, NamedTuple

RADIUS = 150.0
FONT_SIZE = 12.0
LINE_HEIGHT = 15.0
ASCENT = 9.0  # what a line of labels takes above its baseline
GAP = 12.0  # between the outer ring and its labels
LABEL_CHARACTERS = 18  # a line of a label; two lines at most
LABEL_WIDTH = LABEL_CHARACTERS * 6.6
MIDDLE = 0.1  # an axis this close to the vertical has its label centred


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """Points joined in order; a closed one returns to its first point and has an inside."""

    points: tuple[Point, ...]
    closed: bool

    @property
    def svg(self) -> str:
        """What `<polygon points>` (closed) or `<polyline points>` (open) takes."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True, slots=True)
class Label:
    """The name of an axis, on one or two lines. `y` is the baseline of the first; `anchor` is SVG's `text-anchor`."""

    x: float
    y: float
    anchor: Literal["start", "middle", "end"]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One set of values: a mark where there is one, lines between neighbours that both have one.

    A criterion without a rank (« Non concerné ») has no mark, and the line breaks there. At the centre it would read
    as lower than the lowest level, which it is not. So a series is one closed line, or open ones, or marks alone.
    """

    name: str
    lines: tuple[Line, ...]
    marks: tuple[Point, ...]

    @property
    def polygon(self) -> str:
        """The points of the closed line, or nothing when the series has a hole."""
        return self.lines[0].svg if self.lines and self.lines[0].closed else ""


@dataclass(frozen=True, slots=True)
class Radar:
    """A chart in a view box of `width` × `height`, the first axis upwards, the next ones clockwise.

    Under three axes there is no area to see: one axis gives marks alone, two give an open line. Show the table only.
    """

    width: float
    height: float
    centre: Point
    rings: tuple[Line, ...]
    spokes: tuple[Point, ...]
    labels: tuple[Label, ...]
    series: tuple[Series, ...]
    font_size: float = FONT_SIZE
    line_height: float = LINE_HEIGHT

    @property
    def is_readable(self) -> bool:
        return len(self.spokes) >= 3


def radar(axes: Sequence[str], series: Mapping[str, Sequence[float | None]], rings: int, *, radius: float = RADIUS) -> Radar:
    """The chart of `series`, each with one value an axis, from 0 (the centre) to `rings` (the outer ring)."""
    if not axes or rings < 1:
        raise ValueError("a radar has at least one axis and one ring")
    for name, values in series.items():
        if len(values) != len(axes):
            raise ValueError(f"{name}: {len(values)} values for {len(axes)} axes")
        if any(value is not None and not 0 <= value <= rings for value in values):
            raise ValueError(f"{name}: a value is outside 0..{rings}")
    centre = Point(_rounded(radius + GAP + LABEL_WIDTH), _rounded(radius + GAP + LINE_HEIGHT + ASCENT))
    count = len(axes)

    def at(axis: int, distance: float) -> Point:
        angle = _angle(axis, count)
        return Point(_rounded(centre.x + distance * cos(angle)), _rounded(centre.y + distance * sin(angle)))

    return Radar(
        width=2 * centre.x,
        height=2 * centre.y,
        centre=centre,
        rings=tuple(
            Line(tuple(at(axis, radius * ring / rings) for axis in range(count)), closed=count >= 3) for ring in range(1, rings + 1)
        ),
        spokes=tuple(at(axis, radius) for axis in range(count)),
        labels=tuple(_label(name, _angle(axis, count), at(axis, radius + GAP)) for axis, name in enumerate(axes)),
        series=tuple(
            _series(name, [None if value is None else at(axis, radius * value / rings) for axis, value in enumerate(values)])
            for name, values in series.items()
        ),
    )


def _angle(axis: int, count: int) -> float:
    return 2 * pi * axis / count - pi / 2


def _rounded(length: float) -> float:
    return round(length, 1) + 0.0  # never « -0.0 »


def _series(name: str, points: Sequence[Point | None]) -> Series:
    marks = tuple(point for point in points if point is not None)
    if len(marks) == len(points) >= 3:
        return Series(name, (Line(marks, closed=True),), marks)
    return Series(name, tuple(Line(run, closed=False) for run in _runs(points) if len(run) > 1), marks)


def _runs(points: Sequence[Point | None]) -> list[tuple[Point, ...]]:
    """The neighbours that have a point, going round: the last axis is beside the first."""
    holes = [index for index, point in enumerate(points) if point is None]
    if not holes:
        return [tuple(point for point in points if point is not None)]
    after_hole = holes[0] + 1
    runs: list[list[Point]] = [[]]
    for point in (*points[after_hole:], *points[:after_hole]):
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [tuple(run) for run in runs]


def _label(name: str, angle: float, outside: Point) -> Label:
    """Above the top axis, under the bottom one, centred on its height elsewhere: a label never crosses the rings."""
    lines = tuple(wrap(name, LABEL_CHARACTERS, max_lines=2, placeholder="…")) or ("",)
    height = (len(lines) - 1) * LINE_HEIGHT + ASCENT
    top = outside.y - height * (1 - sin(angle)) / 2
    anchor: Literal["start", "middle", "end"] = "middle" if abs(cos(angle)) < MIDDLE else "start" if cos(angle) > 0 else "end"
    return Label(outside.x, _rounded(top + ASCENT), anchor, lines)
