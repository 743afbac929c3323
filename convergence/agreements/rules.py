"""When may a code be sent, until when does it serve, how is it written? Nothing here knows the database or the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

DIGITS = 6
LIFE = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
"""Between two codes to the same person for the same agreement."""
MOST_PER_HOUR = 5
MOST_TRIES = 5
"""One in two hundred thousand for whoever guesses with one code; a code more is a mail more, which its owner sees."""


def digits_from(digest: bytes) -> str:
    """Six digits drawn from a digest, each as likely as any other to one part in ten thousand billion."""
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


def tidy_code(typed: str) -> str:
    """A code as people copy it: with spaces, or a dash in the middle."""
    return "".join(letter for letter in typed if letter not in " -\u00a0\u202f\t")


def wait_before_code(sent: Sequence[datetime], at: datetime) -> timedelta:
    """How long before another code may be sent to someone, after those sent; nothing where it may be at once."""
    recent = sorted(one for one in sent if at - timedelta(hours=1) < one <= at)
    waits = [timedelta()]
    if recent:
        waits.append(recent[-1] + PAUSE - at)
    if len(recent) >= MOST_PER_HOUR:
        waits.append(recent[-MOST_PER_HOUR] + timedelta(hours=1) - at)
    return max(waits)


def is_code_alive(sent_at: datetime, tries: int, at: datetime, *, spent: bool) -> bool:
    """Whether a code may still be tried."""
    return not spent and tries < MOST_TRIES and at < sent_at + LIFE
