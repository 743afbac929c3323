"""Where does each mark of a timeline go? In its column, beside its neighbours, never out of the drawing."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from foundation.documents.timeline import COLUMN, LONGEST_NAME, NAMES, Row, Step, timeline

STEPS = st.lists(
    st.builds(Step, st.integers(0, 5), st.text(min_size=1, max_size=20), st.sampled_from(["step", "goal", "beyond"])), max_size=4
)


def test_one_mark_stands_in_the_middle_of_its_quarter():
    drawn = timeline(["2026-T4", "2027-T1"], [Row("Une ligne", 0, [Step(1, "Atteint", "goal")])])
    (box,) = drawn.tracks[0].boxes
    assert box.middle == NAMES + COLUMN * 1.5
    assert drawn.tracks[0].way == (NAMES, NAMES + COLUMN * 1.5, box.y + box.height / 2)
    assert [word for _, _, word in drawn.heads] == ["2026-T4", "2027-T1"]


def test_a_line_without_mark_has_no_way_and_a_long_name_is_cut():
    drawn = timeline(["2026-T4"], [Row("n" * 200, 1, [])])
    assert drawn.tracks[0].way is None
    assert drawn.tracks[0].name == "n" * (LONGEST_NAME - 1) + "…"


@given(st.lists(st.builds(Row, st.text(max_size=60), st.integers(0, 2), STEPS), max_size=4))
def test_nothing_is_drawn_outside_and_no_mark_covers_another(rows):
    drawn = timeline([str(rank) for rank in range(6)], rows)
    for track in drawn.tracks:
        boxes = sorted(track.boxes, key=lambda box: box.x)
        assert all(box.x >= NAMES and box.x + box.width <= drawn.width for box in boxes)
        assert all(box.y >= 0 and box.y + box.height <= drawn.height for box in boxes)
        assert all(one.x + one.width <= other.x for one, other in pairwise(boxes))
