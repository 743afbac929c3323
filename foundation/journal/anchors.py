"""What did the journal end with, at each hour? Written outside of the database, where whoever can cut it cannot write.

`JOURNAL_ANCHORS` names the file, one JSON object a line; without it, nothing is anchored. A journal cut short, or rewritten
whole, no longer holds the entry an anchor saw. The file is worth what its place is worth: another machine, a write-once store;
a timestamp token (RFC 3161) over each line says, besides, that nobody wrote it later.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.journal.chain import Break
from foundation.journal.models import Entry

APART = 300
"""How many seconds our clock and the authority's may differ."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last entry at a moment; `token` proves the moment, in Base64, where an authority was asked and answered."""

    position: int
    hash: str
    at: str
    token: str = ""

    @property
    def message(self) -> bytes:
        """What the token is over."""
        return f"{self.position} {self.hash} {self.at}".encode()


def write_anchor(path: Path, at: datetime, token_over: Callable[[bytes, datetime], bytes] | None = None) -> Anchor | None:
    """Add a line for the last entry, kept on the disk before this returns. None where the journal is empty.

    Where the clock refuses, the line is written all the same: an anchor without its token is worth more than none.
    """
    last = Entry.objects.order_by("-position").first()
    if last is None:
        return None
    anchor = Anchor(last.position, last.hash, at.isoformat())
    if token_over is not None:
        with suppress(Refused):
            anchor = replace(anchor, token=b64encode(token_over(anchor.message, at)).decode())
    line = json.dumps({name: told for name, told in asdict(anchor).items() if told != ""}) + "\n"
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
            found.append(
                Break(anchor.position, _("l'entrée ancrée le {at} n'est plus là : la fin du journal a été coupée").format(at=anchor.at))
            )
        elif kept[anchor.position] != anchor.hash:
            found.append(Break(anchor.position, _("l'entrée n'est plus celle qui a été ancrée le {at}").format(at=anchor.at)))
    return found


def breaks_of_tokens(anchors: Iterable[Anchor], moment_told: Callable[[bytes, bytes], datetime | None]) -> list[Break]:
    """The anchors whose token is not over what they say, or tells another hour than theirs."""
    found = []
    for anchor in anchors:
        if not anchor.token:
            continue
        told = moment_told(b64decode(anchor.token), anchor.message)
        if told is None or abs((told - datetime.fromisoformat(anchor.at)).total_seconds()) > APART:
            found.append(
                Break(anchor.position, _("le jeton d'horodatage de l'ancre du {at} ne prouve pas cette date").format(at=anchor.at))
            )
    return found
