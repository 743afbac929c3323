"""Which locked steps open? Near and far: what was opened again holds back all that comes after it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from convergence.candidatures.calls import opens_next


def piece(code, *after, opens="accepted", locked_because=None):
    return SimpleNamespace(code=code, after=after, opens=opens, locked_because=locked_because)


LINE = SimpleNamespace(steps=(piece("a"), piece("b", "a"), piece("c", "b"), piece("d", "c", locked_because="Plus tard.")))
EARLY = SimpleNamespace(steps=(piece("a"), piece("b", "a", opens="submitted"), piece("c", "b")))


@pytest.mark.parametrize(
    ("procedure", "accepted", "handed", "locked", "opened"),
    [
        (LINE, "", "", "abc", ["a"]),
        (LINE, "a", "", "bc", ["b"]),
        (LINE, "a", "b", "c", []),
        (LINE, "ab", "", "c", ["c"]),
        (LINE, "b", "a", "c", []),  # a is opened again
        (LINE, "abc", "", "d", []),
        (EARLY, "", "a", "bc", ["b"]),
        (EARLY, "b", "a", "c", ["c"]),  # b asked no more of a
        (EARLY, "b", "", "c", []),
    ],
)
def test_what_opens(procedure, accepted, handed, locked, opened):
    assert opens_next(procedure, frozenset(accepted), frozenset(locked), frozenset(handed)) == opened
