"""How is an entry made canonical, and is the chain whole? The text hashed here is the one the database hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.core.language import gettext as _

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no space, no escape of letters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def digest_of(details: Any, salt: str) -> str:
    """A salted digest: without the salt, erased details cannot be guessed back from it."""
    return hashlib.sha256(f"{salt}\n{canonical(details)}".encode()).hexdigest()


def hash_of(previous: str, position: int, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the journal is not what was written."""

    position: int
    reason: str


def breaks(entries: Iterable[Any]) -> Iterator[Break]:
    """Every break of the chain, reading from the first entry: an edit, a removal, an insertion, another order.

    A tail cut off leaves a chain that is whole but shorter: only an anchor kept elsewhere shows it.
    """
    previous, position = GENESIS, 0
    for entry in entries:
        if entry.position != position + 1:
            yield Break(
                position + 1,
                _("les entrées {first} à {last} manquent").format(first=position + 1, last=entry.position - 1),
            )
        elif entry.previous != previous:
            yield Break(entry.position, _("l'entrée ne suit pas la précédente"))
        if entry.hash != hash_of(entry.previous, entry.position, entry.body):
            yield Break(entry.position, _("le corps de l'entrée a été modifié"))
        yield from _columns_that_disagree(entry)
        previous, position = entry.hash, entry.position


def _columns_that_disagree(entry: Any) -> Iterator[Break]:
    """The columns people search by must say what the hashed body says."""
    try:
        body = json.loads(entry.body)
        at, details = datetime.fromisoformat(body["at"]), body["details"]
        said = {name: body[name] for name in ("kind", "by", "company", "about")}
    except (ValueError, TypeError, KeyError):
        yield Break(entry.position, _("le corps de l'entrée est illisible"))
        return
    for name, value in said.items():
        if value != getattr(entry, name):
            yield Break(entry.position, _("la colonne « {name} » ne dit pas ce que dit le corps haché").format(name=name))
    if at != entry.at:
        yield Break(entry.position, _("la date ne dit pas ce que dit le corps haché"))
    erased = entry.details is None and entry.salt is None
    if not erased and (entry.salt is None or digest_of(entry.details, entry.salt) != details):
        yield Break(entry.position, _("les détails ont été modifiés"))


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)
