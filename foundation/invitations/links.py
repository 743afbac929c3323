"""How does a mail carry a link that only its addressee has? The row alone is not enough to make one.

A link is the key of a row and a keyed digest of it with the row's `secret`: without the installation's own secret, a copy
of the table forges none. It is made when the mail is written, never kept with the row; a new secret kills those sent before.
"""

from __future__ import annotations

import re
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

WRITTEN = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{64})")


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def token_of(kind: str, key: int, secret: str) -> str:
    return f"{key}-{_digest(kind, key, secret)}"


def key_in(token: str) -> int | None:
    """The row a link says it is of; nothing is proved yet."""
    found = WRITTEN.fullmatch(token)
    return int(found[1]) if found else None


def is_token_of(kind: str, key: int, secret: str, token: str) -> bool:
    """Compared in constant time: how long it takes to answer teaches nothing."""
    return constant_time_compare(token, token_of(kind, key, secret))


def _digest(kind: str, key: int, secret: str) -> str:
    return salted_hmac(f"foundation.invitations.{kind}", f"{key}:{secret}", algorithm="sha256").hexdigest()
