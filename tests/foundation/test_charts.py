"""Do the marks of the small charts stay in their frame, in proportion?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foundation.documents.charts import LONGEST_NAME, NAMES, WIDTH, bars, line, round_up, spans

COUNTS = st.integers(0, 100_000)


@given(COUNTS)
def test_the_scale_holds_the_value_and_does_not_waste_more_than_it_must(value):
    top = round_up(value)
    assert top >= value
    assert top == 4 or top <= value * 2.5


@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=12))
def test_bars_are_as_wide_as_what_they_count_and_stay_inside(rows):
    drawn = bars([("Nom", (("us", ours), ("them", theirs)), "") for ours, theirs in rows])
    for row, (ours, theirs) in zip(drawn.rows, rows, strict=True):
        us, them = row.parts
        assert us.x == NAMES
        assert them.x == us.end
        assert them.end <= WIDTH
        assert abs(us.width * theirs - them.width * ours) < 1e-6 * (1 + us.width * theirs)
        assert row.y + drawn.bar <= drawn.foot


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)).map(sorted), max_size=12))
def test_a_span_goes_from_the_lower_to_the_higher(rows):
    for row, (low, high) in zip(spans([("Étape", low, high) for low, high in rows]).rows, rows, strict=True):
        (part,) = row.parts
        assert NAMES <= part.x <= part.end <= WIDTH
        assert (part.width > 0) == (high - low > 1e-9) or high - low < 1e-6


@given(st.lists(COUNTS, min_size=1, max_size=60))
def test_a_line_has_a_point_a_value_higher_for_more(values):
    drawn = line([(str(rank), value) for rank, value in enumerate(values)])
    assert len(drawn.marks) == len(values)
    assert len(drawn.points.split()) == len(values)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.floor for x, y, _, _ in drawn.marks)
    heights = [y for _, y, _, _ in drawn.marks]
    assert [heights[a] < heights[a + 1] for a in range(len(values) - 1)] == [
        values[a] > values[a + 1] for a in range(len(values) - 1)
    ] or any(abs(heights[a] - heights[a + 1]) < 1e-9 for a in range(len(values) - 1))


def test_a_long_name_is_cut_for_the_drawing():
    (row,) = bars([("Un nom d'une longueur tout à fait déraisonnable", (("us", 1.0),), "1")]).rows
    assert len(row.name) <= LONGEST_NAME
    assert row.name.endswith("…")


def test_nothing_to_draw_is_still_a_chart():
    assert bars([]).rows == ()
    assert [tick.word for tick in bars([]).ticks] == ["0", "1", "2", "3", "4"]
