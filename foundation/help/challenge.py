"""Was a little work done before writing to us? A proof of work as ALTCHA defines it: no image to read, no third party.

The server draws a number and gives its salted SHA-256; the browser finds the number by trying. The signature says that
the challenge is ours, the salt until when it may be answered. Each is answered once: who asks, sees to it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import b64decode
from binascii import Error
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

HARDEST = 5_000
"""A moment on a modest telephone, a second on a busy one: limits by place do the rest."""
LASTS = timedelta(minutes=20)


def new_challenge(key: str, *, at: datetime) -> dict[str, Any]:
    """A challenge for one form."""
    salt = f"{secrets.token_hex(12)}?expires={int((at + LASTS).timestamp())}"
    challenge = _digest(salt, secrets.randbelow(HARDEST))
    return {"algorithm": "SHA-256", "challenge": challenge, "maxnumber": HARDEST, "salt": salt, "signature": _signed(challenge, key)}


def solved(payload: str, key: str, *, at: datetime) -> str | None:
    """The challenge a payload answers, or None where it does not: forged, out of date, wrong."""
    try:
        answer = json.loads(b64decode(payload, validate=True))
        salt, number, challenge, signature = (answer[name] for name in ("salt", "number", "challenge", "signature"))
        ends = int(parse_qs(salt.partition("?")[2])["expires"][0])
        expected = _digest(salt, int(number))
    except (Error, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    if not isinstance(challenge, str) or not isinstance(signature, str) or at.timestamp() > ends:
        return None
    ours = hmac.compare_digest(_signed(challenge, key).encode(), signature.encode())
    return challenge if ours and hmac.compare_digest(expected.encode(), challenge.encode()) else None


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signed(challenge: str, key: str) -> str:
    return hmac.new(f"help.challenge:{key}".encode(), challenge.encode(), hashlib.sha256).hexdigest()
