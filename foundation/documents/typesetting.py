"""How does a text become a sheet of paper? A template of `templates/paper` and values, as archivable, accessible PDF.

Values travel beside the template, as JSON: no character of theirs is ever read as markup.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from foundation.core.clock import PARIS

if TYPE_CHECKING:
    import typst

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
"""PDF/A-3a, to be kept (ISO 19005-3); PDF/UA-1, to be read by everyone (ISO 14289-1). typst refuses what breaks either."""

UNPRINTABLE = "□"
"""Stands for a character the font does not draw: PDF/A forbids both its absence and a silent hole."""


def typeset(template: str, content: Mapping[str, Any], *, title: str, at: datetime) -> bytes:
    """The PDF of `templates/paper/<template>.typ`, dated `at`. The same values give the same bytes.

    The template reads `title`, `dated` (year, month, day) and `content` in `json("/paper.json")`. They come as a file rather than as
    inputs: typst keeps what it has set from one paper to the next, and forgets all of it when an input changes.
    """
    import typst  # noqa: PLC0415 - slow: 80 MB of library, wanted by few requests

    dated = at.astimezone(PARIS)
    paper = {"title": title, "dated": [dated.year, dated.month, dated.day], "content": content}
    sheet = (Path(settings.BASE_DIR) / "templates" / "paper" / f"{template}.typ").read_bytes()
    made = typst.compile(  # type: ignore[call-overload]  # its stubs leave out what it documents: several files in memory
        {"main.typ": sheet, "paper.json": json.dumps(_printable(paper), ensure_ascii=False).encode()},
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,  # the same paper on every machine
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def _printable(value: Any) -> Any:
    """The same values, with `UNPRINTABLE` for each character that cannot be printed; invisible ones are dropped."""
    if isinstance(value, str):
        return _unprinted().sub(UNPRINTABLE, _INVISIBLE.sub("", value))
    if isinstance(value, Mapping):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    return value


_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Controls, joiners and marks of direction: they draw nothing, and can make a text read otherwise than it is written."""


@cache
def _unprinted() -> re.Pattern[str]:
    """Any character that the text font does not draw."""
    drawn = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _drawn(_font_folder() / "SourceSans3[wght].ttf"))
    return re.compile(f"[^\\n\\t{drawn}]")


def _drawn(font: Path) -> list[tuple[int, int]]:
    """The ranges of characters a TrueType font draws: its `cmap` table, in its 32-bit form (format 12)."""
    body = font.read_bytes()
    (count,) = struct.unpack_from(">H", body, 4)
    tables = {name: start for name, _, start, _ in (struct.unpack_from(">4sIII", body, 12 + 16 * rank) for rank in range(count))}
    cmap = tables[b"cmap"]
    (count,) = struct.unpack_from(">H", body, cmap + 2)
    for rank in range(count):
        (start,) = struct.unpack_from(">I", body, cmap + 8 + 8 * rank)
        if struct.unpack_from(">H", body, cmap + start) == (12,):
            (groups,) = struct.unpack_from(">I", body, cmap + start + 12)
            return [struct.unpack_from(">II", body, cmap + start + 16 + 12 * group) for group in range(groups)]
    raise ValueError(f"{font.name} has no table of its characters")


@cache
def _fonts() -> typst.Fonts:
    """Read once a process; each sheet is then set in a world of its own, so that threads share nothing that changes."""
    import typst  # noqa: PLC0415 - slow: see `typeset`

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_font_folder()])


def _font_folder() -> Path:
    """Source Sans 3 (OFL), from its wheel."""
    found = find_spec("fontpkg_source_sans_3")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "files"
