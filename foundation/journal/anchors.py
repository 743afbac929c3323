"""What did the journal end with, at each hour? Written outside of the database, where whoever can cut it cannot write.

`JOURNAL_ANCHORS` names the file, one JSON object a line; without it, nothing is anchored. A journal cut short, or rewritten
whole, no longer holds the entry an anchor saw. The file is worth what its place is worth: another machine, a write-once store.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from foundation.journal.chain import Break
from foundation.journal.models import Entry


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last entry at a moment."""

    position: int
    hash: str
    at: str


def write_anchor(path: Path, at: datetime) -> Anchor | None:
    """Add a line for the last entry, kept on the disk before this returns. None where the journal is empty."""
    last = Entry.objects.order_by("-position").first()
    if last is None:
        return None
    anchor = Anchor(last.position, last.hash, at.isoformat())
    line = json.dumps({"position": anchor.position, "hash": anchor.hash, "at": anchor.at}) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return anchor


def anchors_of(path: Path) -> list[Anchor]:
    """Every line of the file, the oldest first."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [Anchor(**json.loads(line)) for line in lines if line.strip()]


def breaks_with(anchors: list[Anchor]) -> list[Break]:
    """Where the journal no longer holds what an anchor saw."""
    kept = dict(Entry.objects.filter(position__in=[anchor.position for anchor in anchors]).values_list("position", "hash"))
    found = []
    for anchor in anchors:
        if anchor.position not in kept:
            found.append(Break(anchor.position, f"l'entrée ancrée le {anchor.at} n'est plus là : la fin du journal a été coupée"))
        elif kept[anchor.position] != anchor.hash:
            found.append(Break(anchor.position, f"l'entrée n'est plus celle qui a été ancrée le {anchor.at}"))
    return found
