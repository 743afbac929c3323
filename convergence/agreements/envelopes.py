"""Is what came back from a provider what was sent, signed? Its pages are ours, its seals are whole, and hang from whom we trust."""

from __future__ import annotations

from io import BytesIO

import pikepdf

from foundation.documents.sealing import seals_of


def is_signed_version(signed: bytes, frozen: bytes) -> bool:
    """Page for page, what we drew is still drawn first; a provider draws its marks after. At least one good seal covers all of it."""
    seals = seals_of(signed)
    if not seals or not all(seal.is_intact and seal.is_trusted and seal.covers for seal in seals):
        return False
    try:
        with pikepdf.open(BytesIO(signed)) as theirs, pikepdf.open(BytesIO(frozen)) as ours:
            if len(theirs.pages) != len(ours.pages):
                return False
            return all(_drawn(one).startswith(_drawn(other)) for one, other in zip(theirs.pages, ours.pages, strict=True))
    except pikepdf.PdfError:
        return False


def _drawn(page: pikepdf.Page) -> bytes:
    """What draws a page, whether it is kept in one stream or in several."""
    contents = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    drawn = b"\n".join(stream.read_bytes() for stream in streams if isinstance(stream, pikepdf.Stream))
    return drawn.strip().removeprefix(b"q\n").lstrip()
