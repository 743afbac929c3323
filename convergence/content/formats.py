"""Which kinds of file may a pack name? The short names of `formats`, with their media type and the word people read."""

from __future__ import annotations

FORMATS: dict[str, tuple[str, str]] = {
    "pdf": ("application/pdf", "PDF"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
    "odt": ("application/vnd.oasis.opendocument.text", "OpenDocument texte"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "OpenDocument tableur"),
    "txt": ("text/plain", "texte"),
    "png": ("image/png", "PNG"),
    "jpg": ("image/jpeg", "JPEG"),
    "mp4": ("video/mp4", "MP4"),
    "webm": ("video/webm", "WebM"),
    "zip": ("application/zip", "zip"),
    "zed": ("application/x-zed", "ZED!"),
    "age": ("application/age", "age"),
}
"""Format → media type, word."""


def media_types_of(formats: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(FORMATS[name][0] for name in formats)


def words_of(formats: tuple[str, ...]) -> str:
    """« PDF, Word ou PNG »."""
    words = [FORMATS[name][1] for name in formats]
    return f"{', '.join(words[:-1])} ou {words[-1]}" if len(words) > 1 else "".join(words)
