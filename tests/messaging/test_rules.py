"""What may a message say, what is cut of it in a list, and who is sent a copy?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.messaging.rules import (
    ALL,
    COMPANY,
    LONGEST_MESSAGE,
    MOST_ATTACHED,
    NONE,
    PLATFORM,
    STEPS,
    excerpt,
    problem_of_text,
    wants_copy,
)


@pytest.mark.parametrize(
    ("text", "attached", "problem"),
    [
        ("Bonjour", 0, ""),
        ("", 0, "Écrivez votre message"),
        (" \n ", 0, "Écrivez votre message"),
        ("", 1, ""),
        ("x" * LONGEST_MESSAGE, 0, ""),
        (f"  {'x' * LONGEST_MESSAGE}\n", 0, ""),
        ("x" * (LONGEST_MESSAGE + 1), 0, "raccourcissez-le"),
        ("", MOST_ATTACHED, ""),
        ("Bonjour", MOST_ATTACHED + 1, "fichiers au plus"),
    ],
)
def test_a_message_says_something_and_not_too_much(text: str, attached: int, problem: str) -> None:
    found = problem_of_text(text, attached=attached)
    assert problem in found
    assert bool(problem) == bool(found)


@given(st.text(max_size=400), st.integers(20, 200))
def test_an_excerpt_is_one_line_no_longer_than_asked_and_begins_as_the_text(text: str, most: int) -> None:
    cut = excerpt(text, most)
    line = " ".join(text.split())
    assert "\n" not in cut
    assert len(cut) <= most + 1
    assert cut == line or (cut.endswith("…") and line.startswith(cut[:-1]))


@pytest.mark.parametrize(
    ("wants", "side", "copied"),
    [
        (NONE, COMPANY, False),
        (NONE, PLATFORM, False),
        (STEPS, COMPANY, False),
        (STEPS, PLATFORM, True),
        (ALL, COMPANY, True),
        (ALL, PLATFORM, True),
    ],
)
def test_who_chose_what_is_sent_what(wants: str, side: str, copied: bool) -> None:
    assert wants_copy(wants, side) is copied
