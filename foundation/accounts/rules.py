"""Is what was typed a company's number, a person's address? Pure answers, no table."""

from __future__ import annotations

import unicodedata


def is_siren(text: str) -> bool:
    """Nine digits whose Luhn sum is a multiple of ten (INSEE). Spaces are not this rule's business: `tidy_siren`."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    total = 0
    for rank, digit in enumerate(reversed(text)):
        value = int(digit) * (2 if rank % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def tidy_siren(text: str) -> str:
    """As people write it (« 834 217 690 »), without its spaces."""
    return "".join(text.split())


def tidy_email(text: str) -> str:
    """One address, one form: compatible characters folded, lower case. Two accounts cannot differ by these."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
