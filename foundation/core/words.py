"""How are words compared, whatever their accents and case? PostgreSQL's `unaccent` is not always there: we fold."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents or ligatures, one space between words: « Œuvre  Évaluée » → « oeuvre evaluee »."""
    lower = unicodedata.normalize("NFKD", text).casefold()  # « ™ » is two capitals once decomposed
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))
    return " ".join(plain.replace("œ", "oe").replace("æ", "ae").split())
