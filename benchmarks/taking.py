"""Two servers that take a large body: the platform, with a purpose to deposit for; and the unit, which writes what it reads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PIECE = 1 << 20


def bare(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """No framework, no session, no database: read, write, sync, answer."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    target = Path(os.environ["VAR_DIR"]) / f"bare-{secrets.token_hex(8)}"
    with target.open("xb") as file:
        while left and (piece := environ["wsgi.input"].read(min(PIECE, left))):
            file.write(piece)
            left -= len(piece)
        file.flush()
        os.fsync(file.fileno())
    start("204 No Content", [])
    return []


if os.environ.get("BENCH_PLATFORM") == "1":
    from config.wsgi import application
    from foundation.files.purposes import Terms, purposes

    purposes["bench"] = lambda by, company, key: Terms()
    __all__ = ["application", "bare"]
