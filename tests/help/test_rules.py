"""Which answers remain, which words are meant, what did readers think?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.help.rules import (
    MOST_WORDS,
    asked_words,
    is_kept,
    is_one_slip_away,
    marked,
    nearest_words,
    related_first,
    remaining,
    share_of_yes,
    trigrams_of,
    words_of,
)

LETTERS = st.text(alphabet="abcde", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("typed", "word", "near"),
    [
        ("certificat", "certificat", False),  # the same: nothing to forgive
        ("certifcat", "certificat", True),  # one letter less
        ("certificcat", "certificat", True),  # one more
        ("certifikat", "certificat", True),  # another
        ("certifciat", "certificat", True),  # two swapped
        ("ertificat", "certificat", True),
        ("certifica", "certificat", True),
        ("certifact", "certificat", False),
        ("xertifikat", "certificat", False),  # two slips
        ("certif", "certificat", False),
        ("ab", "ba", True),
        ("abc", "cba", False),
        ("", "a", True),
        ("", "", False),
    ],
)
def test_one_typing_error_is_forgiven_and_no_more(typed, word, near):
    assert is_one_slip_away(typed, word) is near
    assert is_one_slip_away(word, typed) is near


def _distance(one, other):
    """Optimal string alignment, by the book: the oracle."""
    rows = [[max(a, b) if not a or not b else 0 for b in range(len(other) + 1)] for a in range(len(one) + 1)]
    for a in range(1, len(one) + 1):
        for b in range(1, len(other) + 1):
            same = one[a - 1] == other[b - 1]
            rows[a][b] = min(rows[a - 1][b] + 1, rows[a][b - 1] + 1, rows[a - 1][b - 1] + (not same))
            if a > 1 and b > 1 and one[a - 1] == other[b - 2] and one[a - 2] == other[b - 1]:
                rows[a][b] = min(rows[a][b], rows[a - 2][b - 2] + 1)
    return rows[len(one)][len(other)]


@given(LETTERS, LETTERS)
def test_a_slip_is_a_distance_of_one(one, other):
    assert is_one_slip_away(one, other) is (_distance(one, other) == 1)


@given(LETTERS, st.integers(0, 7), st.sampled_from("abcde"))
def test_a_word_and_its_slip_share_letters_enough_to_meet(word, rank, letter):
    """The trigrams that lead the database to candidates never miss a word one slip away, four letters long or more."""
    slipped = word[:rank] + letter + word[rank + 1 :]
    if len(word) >= 4:
        assert set(trigrams_of(word)) & set(trigrams_of(slipped))


@pytest.mark.parametrize(
    ("typed", "known", "found"),
    [
        ("delay", ["delai", "delais", "rien"], ["delai"]),
        ("dmn", ["dmm"], []),  # too short: another word altogether
        ("2025", ["2026"], []),  # a number is not misspelt
        ("certificat", ["certificat"], []),
    ],
)
def test_the_nearest_words(typed, known, found):
    assert nearest_words(typed, known) == found


def test_words_are_folded_and_addresses_are_not_words():
    assert words_of("Où l’Évaluation « a lieu » : [ici](https://exemple.test/mot) et https://exemple.test/autre") == [
        *("ou", "l", "evaluation", "a", "lieu", "ici", "et")
    ]
    assert asked_words("Délai délai DÉLAI certificat") == ["delai", "certificat"]
    assert len(asked_words(" ".join(f"mot{rank}x" for rank in range(30)))) == MOST_WORDS
    assert asked_words("?! …") == []


ENTRIES = [["offre:dmn", "theme:delais"], ["offre:dmn", "theme:preuves"], ["offre:segur", "couloir:ville", "theme:delais"]]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({}, {"offre:dmn": 2, "offre:segur": 1, "theme:delais": 2, "theme:preuves": 1, "couloir:ville": 1}),
        ({"offre": "dmn"}, {"offre:dmn": 2, "theme:delais": 1, "theme:preuves": 1}),
        ({"offre": "segur"}, {"offre:segur": 1, "couloir:ville": 1, "theme:delais": 1}),
        ({"offre": "dmn", "theme": "delais"}, {"offre:dmn": 1, "theme:delais": 1}),
        ({"offre": "labels"}, {}),
    ],
)
def test_what_each_choice_would_leave(chosen, left):
    assert remaining(ENTRIES, chosen) == left


@given(
    st.lists(st.lists(st.sampled_from(["a:1", "a:2", "b:1", "b:2"]), unique=True, max_size=4)),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from("12")),
)
def test_the_counts_are_those_one_finds_by_following_the_choice(entries, chosen):
    counts = remaining(entries, chosen)
    for facet in ("a", "b"):
        for choice in ("1", "2"):
            if facet not in chosen:
                found = [one for one in entries if is_kept(one, {**chosen, facet: choice})]
                assert counts.get(f"{facet}:{choice}", 0) == len(found)


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        ("Le délai, oui", {"delai"}, [("Le ", False), ("délai", True), (", oui", False)]),
        ("Délais et délai", {"delai", "delais"}, [("Délais", True), (" et ", False), ("délai", True)]),
        ("rien", set(), [("rien", False)]),
        ("", {"delai"}, []),
    ],
)
def test_the_words_searched_for_are_marked(text, words, pieces):
    assert marked(text, words) == pieces


@given(st.text(), st.sets(st.text(max_size=5), max_size=3))
def test_marking_changes_no_letter(text, words):
    assert "".join(piece for piece, _ in marked(text, words)) == text


def test_the_nearest_entries_share_two_choices_at_least():
    others = [("un", ["a:1"]), ("deux", ["a:1", "b:1"]), ("trois", ["a:1", "b:1", "c:1"]), ("quatre", ["b:1", "a:1"])]
    assert related_first(["a:1", "b:1", "c:1"], others, 3) == ["trois", "deux", "quatre"]
    assert related_first(["a:1", "b:1", "c:1"], others, 1) == ["trois"]
    assert related_first([], others, 3) == []


@pytest.mark.parametrize(
    ("yes", "total", "share"), [(0, 0, None), (4, 4, None), (5, 5, 100), (0, 5, 0), (2, 3, None), (94, 100, 94), (2, 7, 29)]
)
def test_a_share_needs_enough_opinions(yes, total, share):
    assert share_of_yes(yes, total) == share
