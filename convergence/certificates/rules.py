"""Until when does a certificate stand, and does it today? How are its numbers written? Neither the database nor the clock is known here."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from convergence.certificates.workflow import EXPIRED, SUSPENDED, VALID
from foundation.core.words import fold

CERTIFYING = frozenset({"certificate", "attestation", "listing_number", "label"})
"""The outcomes of a procedure that are published; an opinion, results or a door certify nothing."""

LISTING = frozenset({"attestation", "listing_number"})
"""Those that come with a listing number of their own."""

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are read for one another."""

DRAWN = 8
LISTED = 10


def certificate_number(track: str, year: int, choose: Callable[[str], str]) -> str:
    """« DMN-2026-7KQ2M9XT »: what it is of, its year, and eight characters drawn at random, which nobody counts up from."""
    return f"{track.upper()[:10]}-{year}-{''.join(choose(LETTERS) for _ in range(DRAWN))}"


def listing_number(choose: Callable[[str], str]) -> str:
    """Ten digits, of which the first is no zero: a spreadsheet would drop it."""
    return choose("123456789") + "".join(choose("0123456789") for _ in range(LISTED - 1))


def searched_of(*words: str | None) -> str:
    """What the directory looks in: accents and case set aside, as in what is typed."""
    return fold(" ".join(filter(None, words)))


def after_months(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def standing(state: str, valid_until: date | None, today: date) -> str:
    """Its state today: past its last day it is expired, whether or not the night's work has written so."""
    if state in (VALID, SUSPENDED) and valid_until is not None and today > valid_until:
        return EXPIRED
    return state


def is_declared_late(occurred_on: date, declared_on: date, within_days: int) -> bool:
    """Whether a change was declared after the days the content gives: the last one still counts."""
    return declared_on > occurred_on + timedelta(days=within_days)
