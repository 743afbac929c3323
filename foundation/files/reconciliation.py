"""Are the files still those that were received? Every record is compared with its bytes, and every byte with its record."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.files.storage import storages

from foundation.files.models import StoredFile, Upload
from foundation.files.store import PIECE, open_kept
from foundation.files.workflow import ERASED

log = logging.getLogger(__name__)

Kept = tuple[str, str, int, str]
"""Reference, key, size, hash."""

ledgers: dict[str, Callable[[], Iterator[Kept]]] = {}
"""The papers made here, by the room that holds them. Filled once, by `convergence/wiring.py`."""


@dataclass(slots=True)
class Findings:
    """References of the files whose bytes are gone, changed or could not be read; keys in the store that belong to nothing."""

    compared: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def damages(self) -> int:
        return len(self.missing) + len(self.altered) + len(self.unread)

    def sentences(self) -> Iterator[str]:
        yield from (f"manque : {one}" for one in self.missing)
        yield from (f"altéré : {one}" for one in self.altered)  # recorded as it is
        yield from (f"illisible : {one}" for one in self.unread)
        yield from (f"sans fiche : {one}" for one in self.orphans)  # recorded as it is


def reconcile() -> Findings:
    """Read everything again. A file is altered when one bit of it is; what a transfer is putting away is no orphan."""
    found = Findings()
    known = set()
    for reference, key, size, sha256 in _records():
        known.add(key)
        found.compared += 1
        try:
            told = _digest_of(key)
        except FileNotFoundError:
            found.missing.append(str(reference))
            continue
        except Exception:  # each store has its own: one file that cannot be read does not keep the others from being compared
            log.exception("lecture de %s", key)  # recorded as it is
            found.unread.append(str(reference))
            continue
        if told != (size, sha256):
            found.altered.append(str(reference))
    stored = set(_keys()) - known
    if stored:  # read after the records: what came meanwhile has one too
        stored -= set(StoredFile.objects.exclude(state=ERASED).filter(key__in=stored).values_list("key", flat=True))
        stored -= {key for ledger in ledgers.values() for _reference, key, *_rest in ledger()}
        stored -= set(Upload.objects.filter(key__in=stored).values_list("key", flat=True))
    found.orphans = sorted(stored)
    for sentence in found.sentences():
        log.error("fichier %s", sentence)
    return found


def _records() -> Iterator[Kept]:
    """What was erased has no bytes to compare."""
    received = StoredFile.objects.exclude(state=ERASED).order_by("pk").values_list("reference", "key", "size", "sha256")
    yield from ((str(reference), key, size, sha256) for reference, key, size, sha256 in received.iterator(chunk_size=1000))
    for ledger in ledgers.values():
        yield from ledger()


def _digest_of(key: str) -> tuple[int, str]:
    """The size and the hash of what the store holds."""
    digest, size = hashlib.sha256(), 0
    with open_kept(key) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _keys(folder: str = "") -> Iterator[str]:
    store = storages["default"]
    try:
        folders, files = store.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _keys(f"{folder}{name}/")
