"""For whom is a sealed deposit encrypted? The public keys (age, X25519) of the agency's accredited readers, as the settings name them.

The platform holds none of the private keys. A key is replaced by naming another: what was sealed before opens with the former
one. In demonstration alone, where none is named, a pair is made at first need and kept in `VAR_DIR`, so that one can see it open.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings


def recipients() -> tuple[str, ...]:
    """None: the page then asks for a container sealed by other means."""
    if settings.SEALED_FOR:
        return tuple(settings.SEALED_FOR)
    return (_of_demonstration(),) if settings.DEMO else ()


def _of_demonstration() -> str:
    import pyrage  # noqa: PLC0415 - slow, wanted in demonstration alone

    path = Path(settings.VAR_DIR) / "sealed.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        aside.touch(mode=0o600)
        aside.write_text(str(pyrage.x25519.Identity.generate()))
        try:
            os.link(aside, path)  # of two processes that make one at once, the first one's stays
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return str(pyrage.x25519.Identity.from_str(path.read_text()).to_public())
