"""Where does French put a space that must not break? Set once for our own texts; what people typed is left as it is."""

from __future__ import annotations

import re

_RULES = (
    (re.compile(r"(?<=\w)'(?=\w)"), "\u2019"),
    (re.compile(r"(?<=\S)[ \u00a0](?=[;!?])"), "\u202f"),
    (re.compile(r"(?<=\S) (?=[%»])|(?<=\S) (?=:(?:\s|$))"), "\u00a0"),
    (re.compile(r"(?<=«) "), "\u00a0"),
)


def french(text: str) -> str:
    """The same sentence with typographic apostrophes and unbreakable spaces (Imprimerie nationale).

    Only spaces already written are changed, so that « https://… » and Markdown lists are left as they are.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
