"""Where does French put a space that must not break? Set once, when content is read, for pages and documents alike."""

from __future__ import annotations

import re

NARROW, WIDE = "\u202f", "\u00a0"

_BEFORE_HIGH = re.compile(r"(?<=\S) (?=[;!?])")
_BEFORE_COLON = re.compile(r"(?<=\S) (?=:(\s|$))")
_INSIDE_QUOTES = re.compile(r"« | »")
_APOSTROPHE = re.compile(r"(?<=[A-Za-zÀ-ÿ])'(?=[A-Za-zÀ-ÿ])")


def in_french(text: str) -> str:
    """The same sentence with its unbreakable spaces (Imprimerie nationale) and typographic apostrophes.

    Only spaces already written are changed: « http://… » and Markdown lists are left as they are.
    """
    text = _BEFORE_HIGH.sub(NARROW, text)
    text = _BEFORE_COLON.sub(WIDE, text)
    text = _INSIDE_QUOTES.sub(lambda found: found.group(0).replace(" ", WIDE), text)
    return _APOSTROPHE.sub("’", text)
