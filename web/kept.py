"""How is markup drawn once and shown many times? Kept by all it depends on, cut where what is particular to a page goes.

A private-use character stands at each place: no text of content holds one (`schema.py` refuses them). The markup is cut there
once, when it is kept; whatever is put in afterwards is never looked at again. Decision 0010.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.utils.safestring import SafeString, mark_safe

COMMENT, VERSION, AUTHOR, DONE, SLOTS, PROOFS = "\ue001", "\ue002", "\ue003", "\ue004", "\ue005", "\ue006"
_PLACES = re.compile("([\ue001-\ue006])")

MOST_KEPT = 20_000
_kept: dict[tuple[object, ...], tuple[str, ...]] = {}

Cut = tuple[str, ...]
"""Markup, place, markup, place… and markup."""


def cut(markup: str) -> Cut:
    return tuple(_PLACES.split(markup))


def kept(key: tuple[object, ...], draw: Callable[[], str]) -> Cut:
    """The markup kept under a key, drawn now if it is not. Two threads may draw it at once: they draw the same."""
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = cut(draw())
    return found


def filled(markup: Cut, put_in: Mapping[str, str]) -> SafeString:
    """The markup with each place filled. What is put in is safe already: escaped text, or markup."""
    parts = list(markup)
    parts[1::2] = [put_in[place] for place in markup[1::2]]
    return mark_safe("".join(parts))  # noqa: S308 - rendered by templates; the texts put in are escaped
