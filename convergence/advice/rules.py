"""Which scenario does each file of an archive answer? Its name is read for the code it begins with, whatever its case and separators.

« ins_03-1 capture.PNG », « INS 3.1.1.png » and « preuves/INS3.1/écran.png » all answer « INS 3.1 »: letters and numbers count, what
stands between them does not. The longest code wins; where the name itself says nothing, the folders around it do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_OPINION = 4000
_PART = re.compile(r"[a-z]+|[0-9]+")
NOT_EVIDENCE = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")
"""What operating systems put in archives by themselves."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The files of an archive by scenario, in the order asked; those that answer none; the scenarios nothing answers."""

    known: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def twice(self) -> dict[str, tuple[str, ...]]:
        """The scenarios answered by several files: to be read together, or one too many."""
        return {code: names for code, names in self.known.items() if len(names) > 1}


def parts_of(text: str) -> tuple[str, ...]:
    """« INS 03.1 » → ("ins", "3", "1"): without accents, case, separators, nor zeros before a number."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in _PART.findall(plain))


def code_in(name: str, codes: Sequence[str]) -> str | None:
    """The code that a file name, or the nearest folder around it, begins with; the longest where several do."""
    known = {parts_of(code): code for code in codes}
    longest = max(map(len, known), default=0)
    path = name.replace("\\", "/").split("/")
    stem, _, extension = path[-1].rpartition(".")
    if stem and not extension.isdigit():  # « INS 12.1 » has none
        path[-1] = stem
    for piece in reversed(path):
        parts = parts_of(piece)
        for length in range(min(longest, len(parts)), 0, -1):
            if parts[:length] in known:
                return known[parts[:length]]
    return None


def matched(names: Iterable[str], codes: Sequence[str]) -> Matched:
    """The files of an archive (folders and what systems add left out) against the scenarios asked."""
    found: dict[str, list[str]] = {}
    unknown = []
    for name in names:
        if name.endswith("/") or any(piece.lower() in NOT_EVIDENCE or piece.startswith("._") for piece in name.split("/")):
            continue
        code = code_in(name, codes)
        if code is None:
            unknown.append(name)
        else:
            found.setdefault(code, []).append(name)
    return Matched(
        known={code: tuple(found[code]) for code in codes if code in found},
        unknown=tuple(unknown),
        missing=tuple(code for code in codes if code not in found),
    )
