"""For whom is a sealed deposit encrypted? Whom the settings name; in demonstration, a pair made once; else nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyrage

from foundation.files.recipients import recipients


def test_those_that_are_named(settings: Any) -> None:
    settings.SEALED_FOR, settings.DEMO = ("age1a", "age1b"), True
    assert recipients() == ("age1a", "age1b")


def test_nobody_where_none_is_named(settings: Any) -> None:
    settings.SEALED_FOR, settings.DEMO = (), False
    assert recipients() == ()


def test_in_demonstration_one_pair_is_made_and_kept(settings: Any, tmp_path: Path) -> None:
    settings.SEALED_FOR, settings.DEMO, settings.VAR_DIR = (), True, tmp_path / "var"
    with ThreadPoolExecutor(8) as several:
        found = set(several.map(lambda _: recipients(), range(32)))
    ((public,),) = found
    kept = tmp_path / "var" / "sealed.key"
    assert kept.stat().st_mode & 0o777 == 0o600
    sealed = pyrage.encrypt(b"secret", [pyrage.x25519.Recipient.from_str(public)])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(kept.read_text())]) == b"secret"
    assert [one.name for one in kept.parent.iterdir()] == ["sealed.key"]
