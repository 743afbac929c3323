"""How is a moment proved to whoever doubts our clock? A timestamp token (RFC 3161) over what existed then.

The authority is that of the seals: `TIMESTAMP_URL`, or without it one of our own, which proves no more than our word.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings

from foundation.documents.sealing import TIMEOUT, ClockDown


def token_over(message: bytes, at: datetime) -> bytes:
    """The token, in DER: checked with `openssl ts -verify -token_in`. Raises `ClockDown` where nobody answers."""
    from pyhanko.sign.timestamps import TimestampRequestError  # noqa: PLC0415 - slow, wanted by few

    from foundation.documents.pades import write_token  # noqa: PLC0415 - the same

    with ThreadPoolExecutor(1) as apart:  # the library opens an event loop: not where one may be running already
        try:
            return apart.submit(write_token, message, at, settings.TIMESTAMP_URL, TIMEOUT).result()
        except (TimestampRequestError, OSError) as error:
            raise ClockDown from error


def moment_told(token: bytes, message: bytes) -> datetime | None:
    """The moment a token tells, if it is over this very message and of an authority we trust; None otherwise."""
    from foundation.documents.pades import read_token  # noqa: PLC0415 - slow, wanted by few

    with ThreadPoolExecutor(1) as apart:
        return apart.submit(read_token, token, message).result()
