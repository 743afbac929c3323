"""Which answers remain, which words are meant, what did readers think? No database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from foundation.core.words import fold

MOST_WORDS = 8
SHORTEST_SLIP = 4
"""Below four letters, one letter changed is another word."""

_WORD = re.compile(r"[a-z0-9]+")
_LINK = re.compile(r"\]\([^)]*\)|https?://\S+")


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: no accent, no capital, no mark; the address of a link is not a word."""
    return _WORD.findall(fold(_LINK.sub(" ", text)))


def asked_words(typed: str) -> list[str]:
    """The words searched for, each once, the first ones where there are too many."""
    return list(dict.fromkeys(words_of(typed)))[:MOST_WORDS]


def trigrams_of(word: str) -> list[str]:
    """Groups of three letters, the ends counted: what two neighbouring words share."""
    padded = f"  {word} "
    return sorted({padded[rank : rank + 3] for rank in range(len(padded) - 2)})


def is_one_slip_away(typed: str, word: str) -> bool:
    """Whether one typing error leads from one word to the other: a letter more, less, another, or two swapped."""
    if typed == word or abs(len(typed) - len(word)) > 1:
        return False
    short, long = sorted((typed, word), key=len)
    start = next((rank for rank, letter in enumerate(short) if letter != long[rank]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    return short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]


def nearest_words(typed: str, known: Iterable[str]) -> list[str]:
    """The known words one typing error away; none for a word too short to be mistaken for another, or for a number."""
    if len(typed) < SHORTEST_SLIP or typed.isdigit():
        return []
    return [word for word in known if is_one_slip_away(typed, word)]


def is_kept(facets: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """Whether an entry answers every choice made. Its facets are written « theme:delais »."""
    return all(f"{facet}:{choice}" in facets for facet, choice in chosen.items())


def remaining(entries: Iterable[Sequence[str]], chosen: Mapping[str, str]) -> dict[str, int]:
    """How many entries each further choice would leave; a choice that would leave none is absent."""
    counted: dict[str, int] = {}
    for facets in entries:
        if is_kept(facets, chosen):
            for facet in facets:
                counted[facet] = counted.get(facet, 0) + 1
    return counted


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each is one of the words searched for, whatever its accents and capitals."""
    wanted = frozenset(words)
    pieces = [(piece, bool(wanted) and fold(piece) in wanted) for piece in re.split(r"(\w+)", text) if piece]
    joined: list[tuple[str, bool]] = []
    for piece, is_meant in pieces:
        if joined and joined[-1][1] == is_meant:
            joined[-1] = (joined[-1][0] + piece, is_meant)
        else:
            joined.append((piece, is_meant))
    return joined


def related_first(facets: Sequence[str], others: Iterable[tuple[str, Sequence[str]]], limit: int) -> list[str]:
    """The entries that share most choices, at least two; those that share as many keep their order."""
    shared = [(len(set(facets) & set(theirs)), code) for code, theirs in others]
    return [code for count, code in sorted(shared, key=lambda one: -one[0]) if count > 1][:limit]


FEWEST_OPINIONS = 5
"""Under five opinions a percentage says more about chance than about the answer."""


def share_of_yes(yes: int, total: int) -> int | None:
    """How many readers in a hundred were helped, or None where too few said."""
    return round(100 * yes / total) if total >= FEWEST_OPINIONS else None
