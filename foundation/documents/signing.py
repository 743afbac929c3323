"""How does whoever receives a set of files know it is whole, and ours? A list of hashes and its signature, checked offline.

The key is Ed25519. `BUNDLE_KEY` names its file; without one, it is made at first need in `VAR_DIR` and kept there. The
public key is published by the platform: a copy beside the files would prove nothing.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """One line a file, as `sha256sum --check` reads it, in the order of the names."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def signature_of(message: bytes) -> bytes:
    """Sixty-four bytes, as `openssl pkeyutl -verify -rawin` reads them."""
    return _key().sign(message)


def public_key() -> bytes:
    """The key that checks our signatures, in PEM."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow, wanted by few requests

    return _key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def fingerprint() -> str:
    """The SHA-256 of the public key in PEM: what one compares by eye or by telephone."""
    return sha256(public_key()).hexdigest()


def _key() -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow, wanted by few requests
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - the same

    path = Path(settings.BUNDLE_KEY)
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_once(path, made)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def write_once(path: Path, body: bytes) -> None:
    """Whole or not at all, readable by us alone; of two processes that make a key at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.touch(mode=0o600)
    aside.write_bytes(body)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
