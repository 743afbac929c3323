"""Does each point of a radar stand where its value says?"""

from __future__ import annotations

from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.documents.radar import LABEL_CHARACTERS, RADIUS, radar


def names(count: int) -> list[str]:
    return [f"Critère {rank}" for rank in range(count)]


def test_first_axis_is_upwards_and_the_next_ones_clockwise():
    chart = radar(names(4), {"answer": [4, 4, 4, 4]}, 4)
    up, right, down, left = chart.series[0].marks
    assert up == (chart.centre.x, chart.centre.y - RADIUS)
    assert right == (chart.centre.x + RADIUS, chart.centre.y)
    assert down == (chart.centre.x, chart.centre.y + RADIUS)
    assert left == (chart.centre.x - RADIUS, chart.centre.y)


def test_a_rank_is_a_share_of_the_radius():
    chart = radar(names(3), {"answer": [1, 2, 4]}, 4)
    for mark, rank in zip(chart.series[0].marks, (1, 2, 4), strict=True):
        assert dist(mark, chart.centre) == pytest.approx(RADIUS * rank / 4, abs=0.1)


def test_every_value_given_makes_one_closed_line():
    (series,) = radar(names(12), {"answer": [3] * 12}, 4).series
    assert [line.closed for line in series.lines] == [True]
    assert len(series.polygon.split()) == 12


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ([None, 1, 2, 3], [3]),
        ([1, None, 2, 3], [3]),  # going round: the last axis is beside the first
        ([1, 2, None, 3, 4, None], [2, 2]),
        ([1, None, 2, None], []),  # marks alone
        ([None, None, None], []),
    ],
)
def test_a_hole_breaks_the_line_and_is_never_drawn_at_the_centre(values, runs):
    chart = radar(names(len(values)), {"answer": values}, 4)
    (series,) = chart.series
    assert [len(line.points) for line in series.lines] == runs
    assert not any(line.closed for line in series.lines)
    assert len(series.marks) == sum(value is not None for value in values)
    assert chart.centre not in series.marks
    assert series.polygon == ""


def test_neighbours_of_the_run_stay_in_order():
    chart = radar(names(5), {"answer": [1, 2, None, 3, 4]}, 4)
    (series,) = chart.series
    marks = series.marks
    assert series.lines[0].points == (marks[2], marks[3], marks[0], marks[1])


@pytest.mark.parametrize(("count", "lines"), [(1, []), (2, [False]), (3, [True]), (36, [True])])
def test_under_three_axes_nothing_closes(count, lines):
    chart = radar(names(count), {"answer": [2] * count}, 4)
    assert [line.closed for line in chart.series[0].lines] == lines
    assert chart.is_readable == (count >= 3)
    assert len(chart.rings) == 4
    assert len(chart.labels) == len(chart.spokes) == count


def test_labels_take_two_lines_at_most():
    chart = radar(["CI-SIS", "Échanges par messagerie sécurisée de santé entre professionnels", "Anticonstitutionnellement-vôtre"], {}, 4)
    assert chart.labels[0].lines == ("CI-SIS",)
    assert len(chart.labels[1].lines) == 2
    assert chart.labels[1].lines[1].endswith("…")
    assert all(len(line) <= LABEL_CHARACTERS for label in chart.labels for line in label.lines)
    assert [label.anchor for label in chart.labels] == ["middle", "start", "end"]


@pytest.mark.parametrize(
    ("axes", "values", "rings", "why"),
    [
        ([], [], 4, "at least one axis"),
        (["a"], [1], 0, "one ring"),
        (["a", "b"], [1], 4, "1 values for 2 axes"),
        (["a"], [5], 4, "outside"),
        (["a"], [-1], 4, "outside"),
    ],
)
def test_what_makes_no_chart_is_refused(axes, values, rings, why):
    with pytest.raises(ValueError, match=why):
        radar(axes, {"answer": values}, rings)


@given(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=40))
def test_everything_stays_in_the_box(values):
    chart = radar(names(len(values)), {"answer": values}, 4)
    (series,) = chart.series
    points = [*series.marks, *chart.spokes, *(point for line in (*chart.rings, *series.lines) for point in line.points)]
    assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in points)
    for label in chart.labels:
        assert label.y - chart.font_size >= -1
        assert label.y + (len(label.lines) - 1) * chart.line_height <= chart.height
    assert set(series.marks) >= {point for line in series.lines for point in line.points}
