"""What would an authenticator application show? RFC 6238 reckoned here, not by the code under test."""

from __future__ import annotations

import base64
import hmac
import struct
import time


def code_at(secret: str, moment: float | None = None) -> str:
    """The six figures of a secret, as typed or spaced, at a moment (now by default)."""
    key = base64.b32decode("".join(secret.split()))
    step = int((time.time() if moment is None else moment) // 30)
    digest = hmac.new(key, struct.pack(">Q", step), "sha1").digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
