"""How are words compared, whatever their accents and case? PostgreSQL's `unaccent` is not always there: we fold."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents or ligatures, one space between words: « Œuvre  Évaluée » → « oeuvre evaluee »."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(plain.split())
