"""What is this file really, and may it be received? Judged by its bytes: its name is only compared with what they say.

Every refusal is one sentence that says what to do. What is allowed but deserves care is a remark, shown with the file.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.files import archives
from foundation.files.archives import Locked, Unsafe, Watch
from foundation.files.rules import extension_of

START, TAIL = 4096, 66_000
MOST_PIXELS = 100_000_000
MOST_OBJECTS = 300_000

PDF, ZIP, TEXT, XML, AGE, ZED, OLE = (
    "application/pdf",
    "application/zip",
    "text/plain",
    "application/xml",
    "application/age",
    "application/x-zed",
    "application/x-ole-storage",
)
PNG, JPEG, GIF, WEBP = "image/png", "image/jpeg", "image/gif", "image/webp"
MP4, WEBM = "video/mp4", "video/webm"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT, ODS, ODP = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    ZIP: ("zip",),
    TEXT: ("txt", "csv", "tsv", "md", "log", "json", "yaml", "yml", "xml", "pem", "crt", "asc", "ics", "hl7", "toml", "ini"),
    XML: ("xml", "xsd", "xsl", "cda", "txt"),
    AGE: ("age",),
    ZED: ("zed",),
    OLE: ("doc", "xls", "ppt", "msg", "vsd"),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    GIF: ("gif",),
    WEBP: ("webp",),
    MP4: ("mp4", "m4v", "mov"),
    WEBM: ("webm", "mkv"),
    DOCX: ("docx", "docm"),
    XLSX: ("xlsx", "xlsm"),
    PPTX: ("pptx", "pptm"),
    ODT: ("odt",),
    ODS: ("ods",),
    ODP: ("odp",),
}
"""The first of each is the one advised."""

WORDS = {
    PDF: gettext_lazy("un PDF"),
    ZIP: gettext_lazy("une archive ZIP"),
    TEXT: gettext_lazy("du texte"),
    XML: gettext_lazy("du XML"),
    AGE: gettext_lazy("un fichier scellé (age)"),
    ZED: gettext_lazy("un conteneur Zed!"),
    OLE: gettext_lazy("un document Office ancien"),
    PNG: gettext_lazy("une image PNG"),
    JPEG: gettext_lazy("une image JPEG"),
    GIF: gettext_lazy("une image GIF"),
    WEBP: gettext_lazy("une image WebP"),
    MP4: gettext_lazy("une vidéo MP4"),
    WEBM: gettext_lazy("une vidéo WebM"),
    DOCX: gettext_lazy("un document Word"),
    XLSX: gettext_lazy("un classeur Excel"),
    PPTX: gettext_lazy("une présentation PowerPoint"),
    ODT: gettext_lazy("un document OpenDocument"),
    ODS: gettext_lazy("un classeur OpenDocument"),
    ODP: gettext_lazy("une présentation OpenDocument"),
}
SEALED = frozenset({AGE, ZED})
IMAGES = frozenset({PNG, JPEG, GIF, WEBP})
PREVIEWED = IMAGES | {PDF, TEXT, MP4, WEBM}
"""What a browser shows without running anything; each of the others is only ever downloaded."""

REMARKS = {
    "macros": gettext_lazy("Contient des macros : à télécharger seulement, et à ouvrir avec les macros désactivées."),
    "javascript": gettext_lazy("Contient du JavaScript : à télécharger seulement."),
    "attachments": gettext_lazy("Contient des fichiers joints : à télécharger seulement."),
    "actions": gettext_lazy("Contient des actions automatiques : à télécharger seulement."),
    "unread": gettext_lazy("Trop complexe pour être lu en entier : à télécharger seulement."),
    "locked": gettext_lazy("Protégé par un mot de passe : contenu non examiné."),
}

ACTIVE = gettext_lazy("Ce fichier est {what} : il pourrait exécuter du code chez qui l'ouvre. Exportez-le en PDF, puis déposez le PDF.")
PROGRAM = gettext_lazy("Ce fichier est un programme ou un script. Déposez un document, une image, une vidéo ou une archive ZIP.")
OTHER_ARCHIVE = gettext_lazy("Cette archive ({what}) ne peut pas être vérifiée. Refaites-la au format ZIP, puis déposez-la.")
UNKNOWN = gettext_lazy("Le format de ce fichier n'est pas reconnu. Exportez-le en PDF, ou mettez-le dans une archive ZIP.")
POLYGLOT = gettext_lazy("Ce fichier est à la fois {what} et une archive. Ouvrez-le, exportez-le de nouveau, puis déposez l'export.")
MISNAMED = gettext_lazy(
    "Le nom se termine par « .{extension} » mais le contenu est {what}. Renommez le fichier en « .{right} », puis déposez-le de nouveau."
)
UNWANTED = gettext_lazy("Ici, {what} ne convient pas. Sont attendus : {wanted}.")
LOCKED_PDF = gettext_lazy(
    "Ce PDF est protégé par un mot de passe : il ne peut pas être vérifié. Enregistrez-le sans mot de passe, puis déposez-le."
)
LOCKED_OFFICE = gettext_lazy(
    "Ce document est protégé par un mot de passe : il ne peut pas être vérifié. Enregistrez-le sans mot de passe, puis déposez-le."
)
DAMAGED_PDF = gettext_lazy("Ce PDF est abîmé ou incomplet. Ouvrez-le, exportez-le de nouveau, puis déposez l'export.")
DAMAGED_IMAGE = gettext_lazy("Cette image est abîmée ou incomplète. Ouvrez-la, enregistrez-la de nouveau, puis déposez-la.")
HUGE_IMAGE = gettext_lazy(
    "Cette image est trop grande ({width} × {height} points). Réduisez-la sous 100 millions de points, puis déposez-la."
)
SEALED_HERE = gettext_lazy("Un fichier scellé n'est pas attendu ici. Déposez le document lui-même, en clair.")


class Unfit(Exception):
    """The file cannot be received. The message is the sentence to show; `media_type` what it is, where that is known."""

    def __init__(self, reason: str, media_type: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.media_type = media_type


@dataclass(frozen=True, slots=True)
class Nature:
    """What a file is. `opaque`: nothing inside was read, so that nothing more can be said of it."""

    media_type: str
    sealed: bool = False
    remarks: tuple[str, ...] = ()


def nature_of(path: Path, name: str, *, accepts_sealed: bool = False, accepted: Sequence[str] = (), watch: Watch | None = None) -> Nature:
    """What the file is, or `Unfit` with the reason. `watch` is given what archives hold, inflated."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(START)
        file.seek(max(0, size - TAIL))
        tail = file.read()
        media_type = _recognised(start, file, size)
        if media_type in SEALED:
            if not accepts_sealed:
                raise Unfit(SEALED_HERE, media_type)
            _refuse_misnamed(media_type, name)
            return Nature(media_type, sealed=True)
        try:
            found = _examined(media_type, path, file, size, tail, name, watch)
        except Locked as locked:
            found = _locked(ZIP, str(locked), accepts_sealed)
        except _LockedDocument as locked:
            found = _locked(locked.media_type, locked.reason, accepts_sealed)
        except Unsafe as unsafe:
            raise Unfit(str(unsafe), media_type) from unsafe
    if found.media_type != ZIP or not found.sealed:
        _refuse_misnamed(found.media_type, name)
    _refuse_unwanted(found, accepted)
    return found


class _LockedDocument(Unfit):
    pass


def _locked(media_type: str, reason: str, accepts_sealed: bool) -> Nature:
    if not accepts_sealed:
        raise Unfit(reason, media_type)
    return Nature(media_type, sealed=True, remarks=("locked",))


# — Recognising ————————————————————————————————————————————————————————————————————————————

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\x1aE\xdf\xa3", WEBM),
    (b"age-encryption.org/v1\n-> ", AGE),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", AGE),
    (b"PK\3\4", ZIP),
    (b"PK\5\6", ZIP),
)
_OTHER_ARCHIVES = ((b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\7", "rar"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"MSCF", "cab"), (b"\x28\xb5\x2f\xfd", "zstd"))  # fmt: skip
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa", b"#!", b"\x4c\0\0\0\1\x14\2\0", b"dex\n", b"\0asm")  # fmt: skip
_OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ACTIVE = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|iframe|svg|meta|object|embed|form|img|a\s|\w+:svg)|<\?xml-stylesheet", re.IGNORECASE
)
_SCRIPTS = frozenset({"exe", "com", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh", "hta", "scr", "msi", "jar", "lnk", "reg", "sh", "php", "py", "pl", "html", "htm", "xhtml", "svg", "svgz", "swf", "dll", "app", "apk", "chm", "url", "website", "mht", "mhtml"})  # fmt: skip


def _recognised(start: bytes, file: BinaryIO, size: int) -> str:
    for magic, media_type in _MAGIC:
        if start.startswith(magic):
            return media_type
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return WEBP
    if start[4:8] == b"ftyp":
        return MP4
    if start.startswith(_OLE_START):
        return OLE
    if start.startswith(_PROGRAMS):
        raise Unfit(PROGRAM)
    for magic, what in _OTHER_ARCHIVES:
        if start.startswith(magic):
            raise Unfit(OTHER_ARCHIVE.format(what=what))
    if start[257:262] == b"ustar":
        raise Unfit(OTHER_ARCHIVE.format(what="tar"))
    if _is_zed(start):
        return ZED
    return _recognised_text(start, file, size)


def _is_zed(start: bytes) -> bool:
    """Zed! containers (PRIM'X) carry their product's name in their first bytes; their format is not public."""
    return b"ZED!" in start[:64] or b"PRIM'X" in start[:512]


def _recognised_text(start: bytes, file: BinaryIO, size: int) -> str:
    """UTF-8, UTF-16 with its mark, or Latin-1 without control characters, to the last byte."""
    sample = start.lstrip(b"\xef\xbb\xbf \t\r\n\f")
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    plain = start.decode("utf-16", errors="ignore").encode() if wide else sample
    if _ACTIVE.search(plain[:START]):
        raise Unfit(ACTIVE.format(what=_("une image SVG") if b"svg" in plain.lower() else _("une page web")))
    file.seek(0)
    while piece := file.read(1 << 20):
        if not wide and piece.translate(None, _PRINTABLE):
            raise Unfit(UNKNOWN)
    return XML if plain.lstrip().startswith(b"<?xml") else TEXT


_PRINTABLE = bytes(code for code in range(256) if code >= 32 or code in (9, 10, 12, 13, 27))


# — Examining ——————————————————————————————————————————————————————————————————————————————


def _examined(media_type: str, path: Path, file: BinaryIO, size: int, tail: bytes, name: str, watch: Watch | None) -> Nature:
    if media_type == ZIP:
        return _examined_zip(file, size, watch)
    if archives.ends_as_archive(tail):
        raise Unfit(POLYGLOT.format(what=WORDS[media_type]), media_type)
    if media_type == PDF:
        return _examined_pdf(path, tail)
    if media_type in IMAGES:
        return _examined_image(media_type, path)
    if media_type == OLE:
        return _examined_ole(file)
    return Nature(media_type)


def _examined_zip(file: BinaryIO, size: int, watch: Watch | None) -> Nature:
    wanted = ("mimetype", "[Content_Types].xml")
    contents = archives.inspect(file, size, watch=watch, wanted=wanted)
    names = {name.lower() for name in contents.names}
    if "[Content_Types].xml" in contents.first:
        media_type = DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else PPTX if "ppt/presentation.xml" in names else ZIP  # fmt: skip
        macros = any(name.endswith("vbaproject.bin") for name in names) or b"macroEnabled" in contents.first["[Content_Types].xml"]
        return Nature(media_type, remarks=("macros",) if macros else ())
    told = contents.first.get("mimetype", b"").decode("ascii", "ignore").strip()
    if told in (ODT, ODS, ODP):
        if any(name.startswith("encryptedpackage") for name in names):
            raise _LockedDocument(LOCKED_OFFICE, told)
        macros = any(name.startswith(("basic/", "scripts/")) for name in names)
        return Nature(told, remarks=("macros",) if macros else ())
    return Nature(ZIP)


def _examined_ole(file: BinaryIO) -> Nature:
    """Old Office documents, and what encrypts the new ones: their directory names what they hold, in UTF-16."""
    file.seek(0)
    macros = locked = False
    kept = b""
    while piece := file.read(1 << 20):
        window = kept + piece
        macros = macros or any(word.encode("utf-16-le") in window for word in ("_VBA_PROJECT", "Macros", "VBA"))
        locked = locked or "EncryptedPackage".encode("utf-16-le") in window
        kept = window[-64:]
    if locked:
        raise _LockedDocument(LOCKED_OFFICE, OLE)
    return Nature(OLE, remarks=("macros",) if macros else ())


def _examined_image(media_type: str, path: Path) -> Nature:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - slow, and only the worker examines

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                width, height = image.size
                if (
                    width * height * max(1, getattr(image, "n_frames", 1) if media_type == GIF else 1) > MOST_PIXELS * 5
                    or width * height > MOST_PIXELS
                ):
                    raise Unfit(HUGE_IMAGE.format(width=width, height=height), media_type)
                image.verify()
    except Image.DecompressionBombError as error:
        raise Unfit(HUGE_IMAGE.format(width=_("trop"), height=_("trop")), media_type) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, EOFError, KeyError, OverflowError) as error:
        raise Unfit(DAMAGED_IMAGE, media_type) from error
    return Nature(media_type)


def _examined_pdf(path: Path, tail: bytes) -> Nature:
    import pikepdf  # noqa: PLC0415 - slow, and only the worker examines

    if b"%%EOF" not in tail:
        raise Unfit(DAMAGED_PDF, PDF)
    try:
        with pikepdf.open(path, access_mode=pikepdf.AccessMode.mmap, suppress_warnings=True) as pdf:
            if len(pdf.pages) == 0:
                raise Unfit(DAMAGED_PDF, PDF)
            return Nature(PDF, remarks=_remarks_of(pdf))
    except pikepdf.PasswordError as error:
        raise _LockedDocument(LOCKED_PDF, PDF) from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Unfit(DAMAGED_PDF, PDF) from error


_TELLING = {"/JS": "javascript", "/JavaScript": "javascript", "/EmbeddedFiles": "attachments", "/EF": "attachments", "/RichMedia": "actions", "/XFA": "javascript"}  # fmt: skip
_ACTIONS = {"/JavaScript": "javascript", "/Launch": "actions", "/ImportData": "actions", "/SubmitForm": "actions", "/Rendition": "javascript", "/RichMediaExecute": "actions"}  # fmt: skip


def _remarks_of(pdf: object) -> tuple[str, ...]:
    """Every object is looked at, wherever it hangs: what a reader may run is often far from the catalogue."""
    import pikepdf  # noqa: PLC0415 - slow, and only the worker examines

    assert isinstance(pdf, pikepdf.Pdf)
    found: set[str] = set()
    waiting: list[object] = []
    for count, thing in enumerate(pdf.objects):
        if count > MOST_OBJECTS:
            found.add("unread")
            break
        waiting.append(thing)
        while waiting:
            one = waiting.pop()
            if isinstance(one, pikepdf.Array):
                waiting += [part for part in one if isinstance(part, (pikepdf.Dictionary, pikepdf.Array)) and not part.is_indirect]
                continue
            held = one.stream_dict if isinstance(one, pikepdf.Stream) else one
            if not isinstance(held, pikepdf.Dictionary):
                continue
            for key, value in held.items():
                if key in _TELLING:
                    found.add(_TELLING[key])
                elif key == "/S" and isinstance(value, pikepdf.Name) and str(value) in _ACTIONS:
                    found.add(_ACTIONS[str(value)])
                if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect:
                    waiting.append(value)
    return tuple(sorted(found))


# — Name and place —————————————————————————————————————————————————————————————————————————


def _refuse_misnamed(media_type: str, name: str) -> None:
    extension = extension_of(name)
    if extension and extension not in EXTENSIONS[media_type]:
        if media_type in (TEXT, XML) and extension not in _SCRIPTS and not any(extension in known for known in EXTENSIONS.values()):
            return  # text under an extension nobody claims is text
        raise Unfit(MISNAMED.format(extension=extension, what=WORDS[media_type], right=EXTENSIONS[media_type][0]), media_type)


def _refuse_unwanted(found: Nature, accepted: Sequence[str]) -> None:
    if accepted and found.media_type not in accepted:
        wanted = ", ".join(str(WORDS.get(one, one)) for one in accepted)
        raise Unfit(UNWANTED.format(what=WORDS[found.media_type], wanted=wanted), found.media_type)


def is_previewed(media_type: str, remarks: Sequence[str]) -> bool:
    """Whether a browser may show it in place: nothing in it runs, nothing in it was left unread."""
    return media_type in PREVIEWED and not remarks
