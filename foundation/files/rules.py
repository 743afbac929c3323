"""What name may a file be shown under? Whatever was typed, what comes out is one plain name that harms no system."""

from __future__ import annotations

import re
import unicodedata

from foundation.core.language import language

LONGEST = 255  # bytes, as file systems count them
UNNAMED = "fichier"
WITHOUT_ANTIVIRUS = "contrôles intégrés, sans antivirus"  # recorded as it is
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # by Windows
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_SHA = re.compile(r"[0-9a-f]{64}")


def tidy_name(typed: str) -> str:
    """The last part of a path, composed (NFC), without invisible or reversing characters, ≤ 255 bytes, never reserved.

    Tidying twice changes nothing more. The extension is kept where the name must be cut.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", typed))[-1]
    name = "".join(" " if letter.isspace() else letter for letter in name if _is_seen(letter))
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    name = _cut(f"_{name}" if _RESERVED.match(name) else name)
    return name or UNNAMED


def _is_seen(letter: str) -> bool:
    """No control (NUL, CR, LF), no format (right-to-left override, zero width), no half of a pair, no private use."""
    return letter in "\t\n\r\u2028\u2029" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 20:
        stem, dot, extension = name, "", ""
    room = LONGEST - len(f"{dot}{extension}".encode())
    return unicodedata.normalize("NFC", stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + extension)


def extension_of(name: str) -> str:
    """« pdf » for « Rapport.PDF », nothing where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def is_fingerprint(text: str) -> bool:
    return _SHA.fullmatch(text) is not None


def size_told(size: int) -> str:
    """« 412 Ko », « 1,2 Mo », « 5 Go »: as people weigh files, in powers of ten."""
    french = language() == "fr"
    units = ("octets" if size > 1 else "octet", "Ko", "Mo", "Go") if french else ("bytes" if size > 1 else "byte", "kB", "MB", "GB")
    value, rank = float(size), 0
    while value >= 1000 and rank < 3:
        value, rank = value / 1000, rank + 1
    written = (f"{value:.1f}" if rank > 1 else f"{value:.0f}").removesuffix(".0")
    return f"{written.replace('.', ',') if french else written}\u00a0{units[rank]}"
