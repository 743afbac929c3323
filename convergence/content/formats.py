"""Which kinds of file may a pack name? The short names of `formats`, with their media type and the word people read."""

from __future__ import annotations

from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy

FORMATS: dict[str, tuple[str, str]] = {
    "pdf": ("application/pdf", "PDF"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
    "odt": ("application/vnd.oasis.opendocument.text", gettext_lazy("OpenDocument texte")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", gettext_lazy("OpenDocument tableur")),
    "txt": ("text/plain", gettext_lazy("texte")),
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
    words = [str(FORMATS[name][1]) for name in formats]
    return _("{listed} ou {last}").format(listed=", ".join(words[:-1]), last=words[-1]) if len(words) > 1 else "".join(words)
