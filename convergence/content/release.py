"""What makes a release what it is? Canonical bodies and their digests. Pure: no table, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from convergence.content.reading import Problem, ReadPiece
from foundation.core.language import gettext as _
from foundation.journal.chain import canonical


@dataclass(frozen=True, slots=True)
class Digested:
    kind: str
    key: str
    digest: str
    body: dict[str, Any]
    file: str


def digested(pieces: Iterable[ReadPiece]) -> list[Digested]:
    """Each piece as it will be kept. Defaults are left out, so that an optional word added to the schema changes no digest."""
    result = []
    for read in pieces:
        body = read.piece.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        digest = hashlib.sha256(canonical(body).encode()).hexdigest()
        result.append(Digested(read.kind, read.piece.key, digest, body, read.file))
    return result


def digest_of_release(pieces: Iterable[Digested]) -> str:
    """One digest for the whole set, whatever the order of its files."""
    lines = sorted(f"{piece.kind} {piece.key} {piece.digest}" for piece in pieces)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def superseding_problems(wanted: Iterable[Digested], known: Mapping[tuple[str, str], str]) -> list[Problem]:
    """Published editions whose text would change."""
    return [
        Problem(
            piece.file,
            1,
            _("l'édition « {key} » est publiée et ne peut plus changer : créez une nouvelle édition (« edition: … »)").format(
                key=piece.key
            ),
        )
        for piece in wanted
        if known.get((piece.kind, piece.key), piece.digest) != piece.digest
    ]
