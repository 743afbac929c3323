"""For whom is a sealed deposit encrypted? The public keys (age, X25519) of the agency's accredited readers, as the settings name them.

The platform holds none of the private keys. A key is replaced by naming another: what is deposited from then on is sealed for the
keys in force (`SEALED_FOR`); what was sealed before opens with the former one, still known by its name (`SEALED_FORMERLY`). In
demonstration alone, where none is named, a pair is made at first need and kept in `VAR_DIR`, so that one can see it open.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from foundation.core.language import gettext_lazy

DEMONSTRATION = gettext_lazy("Clé de démonstration")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the agency: the name the settings give it, its public half, and whether deposits are still sealed for it."""

    name: str
    public: str
    in_force: bool


def keys() -> tuple[Key, ...]:
    """Those in force, then the former ones. Each is written « name=age1… », or the key alone."""
    return (*_in_force(), *_written(settings.SEALED_FORMERLY, in_force=False))


def recipients() -> tuple[str, ...]:
    """For whom the browser seals today. None: the page then asks for a container sealed by other means."""
    return tuple(key.public for key in _in_force())


def known_among(publics: Iterable[str]) -> list[str]:
    """Of the keys a deposit says it is sealed for, those that are, or were, the agency's: nobody else's is worth keeping."""
    ours = {key.public for key in keys()}
    return list(dict.fromkeys(one for one in publics if one in ours))


def keys_of(publics: Iterable[str]) -> tuple[Key, ...]:
    """The keys that open a file, as they are called today; one the settings no longer name has no name."""
    known = {key.public: key for key in keys()}
    return tuple(known.get(one) or Key("", one, in_force=False) for one in publics)


def _in_force() -> tuple[Key, ...]:
    if settings.SEALED_FOR:
        return _written(settings.SEALED_FOR, in_force=True)
    return (Key(DEMONSTRATION, _of_demonstration(), in_force=True),) if settings.DEMO else ()


def _written(named: Iterable[str], *, in_force: bool) -> tuple[Key, ...]:
    found = []
    for one in named:
        name, _, public = one.rpartition("=")
        found.append(Key(name, public, in_force))
    return tuple(found)


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
