"""Which edition is in force on a day, and what becomes of a criterion from one edition to another?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.content.editions import (
    Passage,
    are_in_force_together,
    edition_announced,
    edition_in_force,
    passages,
    path_between,
    period_of,
    replaces,
)
from convergence.content.schema import EditionMap, Piece, Relation

FIRST = date(2027, 1, 1)
DAYS = st.dates(date(2025, 1, 1), date(2030, 1, 1))


def edition(name, begins_on=None, ends_on=None):
    return Piece(code="a", edition=name, title="A", origin="illustrative", effective_from=begins_on, effective_until=ends_on)


OLD, NEXT, LAST = edition("2021"), edition("2027", FIRST), edition("2029", date(2029, 1, 1), date(2029, 6, 30))
EDITIONS = (LAST, OLD, NEXT)


@pytest.mark.parametrize(
    ("day", "in_force", "to_come"),
    [
        (date(1990, 1, 1), OLD, NEXT),
        (date(2026, 12, 31), OLD, NEXT),
        (FIRST, NEXT, LAST),
        (date(2028, 12, 31), NEXT, LAST),
        (date(2029, 1, 1), LAST, None),
        (date(2029, 6, 30), LAST, None),
        (date(2029, 7, 1), None, None),
    ],
)
def test_the_edition_of_a_day(day, in_force, to_come):
    """A later edition closes the one before, which does not come back when the later one ends."""
    assert edition_in_force(EDITIONS, day) is in_force
    assert edition_announced(EDITIONS, day) is to_come


def test_nothing_is_in_force_before_the_first_nor_after_the_last():
    assert edition_in_force([LAST], date(2028, 12, 31)) is None
    assert edition_in_force([LAST], date(2029, 7, 1)) is None
    assert edition_in_force([], FIRST) is None


@st.composite
def editions_apart(draw):
    """Editions of one code that a pack may hold together."""
    found = []
    for rank, first in enumerate(draw(st.lists(st.none() | DAYS, max_size=5, unique=True))):
        last = draw(st.none() | DAYS.filter(lambda day, first=first: first is None or day >= first))
        one = edition(str(rank), first, last)
        if not any(are_in_force_together(one, other) for other in found):
            found.append(one)
    return found


@given(editions_apart(), DAYS)
def test_at_most_one_edition_claims_a_day(editions, day):
    """The one in force is the one whose period holds the day."""
    claiming = [one for one in editions if period_of(one, editions)[0] <= day <= period_of(one, editions)[1]]
    assert len(claiming) <= 1
    assert [edition_in_force(editions, day)] == (claiming or [None])


@given(editions_apart(), DAYS)
def test_what_is_announced_is_in_force_on_its_first_day(editions, day):
    later = edition_announced(editions, day)
    if later is not None:
        assert later.effective_from > day
        assert edition_in_force(editions, later.effective_from) is later
        assert edition_announced(editions, later.effective_from - timedelta(days=1)) is later


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (OLD, edition("b"), True),
        (OLD, NEXT, False),
        (NEXT, edition("b", FIRST), True),
        (edition("b", None, date(2026, 12, 31)), NEXT, False),
        (edition("b", None, FIRST), NEXT, True),
        (NEXT, LAST, False),
    ],
)
def test_two_editions_that_claim_the_same_day(one, other, together):
    assert are_in_force_together(one, other) is together
    assert are_in_force_together(other, one) is together


@pytest.mark.parametrize(("one", "other", "after"), [(NEXT, OLD, True), (OLD, NEXT, False), (OLD, OLD, False), (edition("b"), OLD, True)])
def test_an_edition_replaces_those_before_it(one, other, after):
    assert replaces(one, other) is after


def test_a_period_ends_before_the_next_begins():
    assert period_of(OLD, EDITIONS) == (date.min, date(2026, 12, 31))
    assert period_of(NEXT, EDITIONS) == (FIRST, date(2028, 12, 31))
    assert period_of(LAST, EDITIONS) == (date(2029, 1, 1), date(2029, 6, 30))
    assert period_of(edition("b"), []) == (date.min, date.max)


# — From one edition to another —


def a_map(old, new, *lines):
    return EditionMap(
        code="a",
        edition=f"{old}-{new}",
        title="A",
        origin="illustrative",
        old=old,
        new=new,
        lines=[{"old": before, "new": after, "relation": relation, "carries": "level_and_comment" if relation == "same" else "nothing"} for before, after, relation in lines],
    )  # fmt: skip


ONE = a_map("a-1", "a-2", (["x"], ["x"], "same"), (["y"], ["y1", "y2"], "split"), (["z"], [], "gone"), ([], ["n"], "new"))
TWO = a_map("a-2", "a-3", (["x"], ["w"], "same"), (["y1", "n"], ["yn"], "merged"), (["y2"], ["y2"], "same"), ([], ["o"], "new"))
MAPS = [TWO, ONE, a_map("a-3", "a-1", ([], ["x"], "new"))]


def test_a_way_is_the_fewest_maps():
    assert path_between(MAPS, "a-1", "a-2") == (ONE,)
    assert path_between(MAPS, "a-1", "a-3") == (ONE, TWO)
    assert path_between(MAPS, "a-1", "a-9") == ()
    assert path_between([], "a-1", "a-2") == ()
    straight = a_map("a-1", "a-3", (["x"], ["w"], "changed"))
    assert path_between([*MAPS, straight], "a-1", "a-3") == (straight,)


def test_one_map_is_told_line_by_line():
    told = passages((ONE,), ["x", "y", "z"], ["x", "y1", "y2", "n"])
    assert [(one.old, one.new, one.relation) for one in told] == [(line.old, line.new, line.relation) for line in ONE.lines]


def test_criteria_that_come_or_go_together_are_told_each_on_its_own():
    step = a_map("a-1", "a-2", (["x", "y"], [], "gone"), ([], ["n", "o"], "new"))
    assert [(one.old, one.new) for one in passages((step,), ["x", "y"], ["n", "o"])] == [
        (("x",), ()),
        (("y",), ()),
        ((), ("n",)),
        ((), ("o",)),
    ]


def test_several_maps_are_told_by_what_the_first_edition_gives_to_the_last():
    assert passages((ONE, TWO), ["x", "y", "z"], ["w", "yn", "y2", "o"]) == [
        Passage(("x",), ("w",), Relation.SAME),
        Passage(("y",), ("yn",), Relation.CHANGED),
        Passage(("y",), ("y2",), Relation.CHANGED),
        Passage((), ("o",), Relation.NEW),
        Passage(("z",), (), Relation.GONE),
    ]


def test_two_criteria_made_one_on_the_way_are_told_as_merged():
    first = a_map("a-1", "a-2", (["x"], ["x"], "same"), (["y"], ["y"], "same"))
    second = a_map("a-2", "a-3", (["x", "y"], ["xy"], "merged"))
    assert passages((first, second), ["x", "y"], ["xy"]) == [Passage(("x", "y"), ("xy",), Relation.MERGED)]


def test_without_a_way_everything_goes_and_everything_is_new():
    assert passages((), ["x"], ["x"]) == [Passage((), ("x",), Relation.NEW), Passage(("x",), (), Relation.GONE)]
