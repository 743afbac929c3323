"""Which files may someone send? Good ones and bad ones, made here byte by byte: none is kept in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
MEBI = 1 << 20


# — Archives ————————————————————————————————————————————————————————————————————————————————


def zipped(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(_member(name), content, method)
        archive.comment = comment
    return out.getvalue()


def _member(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2026, 11, 16, 9, 0, 0))
    info.external_attr = mode << 16
    return info


class _Unseekable(io.RawIOBase):
    """What a pipe is: written once, in order, so that lengths come after the bytes."""

    def __init__(self) -> None:
        self.written = io.BytesIO()

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:  # type: ignore[override]
        return self.written.write(piece)


def streamed(members: dict[str, bytes], *, wide: bool = False) -> bytes:
    """With data descriptors, as browsers, cloud drives and macOS write them."""
    out = _Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, content in members.items():
            with archive.open(_member(name), "w", force_zip64=wide) as member:
                member.write(content)
    return out.written.getvalue()


def raw_zip(*entries: tuple[bytes, bytes], **lies: object) -> bytes:
    """An archive written by hand, stored; `lies` change what a header or the directory says of the first entry.

    local_name, local_size, local_crc, central_crc, central_size, flags, local_flags, method, attributes, gap, before,
    after, count, disk, descriptor: each is the byte or the figure put in place of the truth.
    """
    body, directory = bytes(lies.get("before", b"")), b""  # type: ignore[arg-type]
    offsets = []
    for rank, (name, content) in enumerate(entries):
        lie = lies if rank == 0 else {}
        method = int(lie.get("method", 0))  # type: ignore[call-overload]
        crc = zlib.crc32(content)
        size = int(lie.get("true_size", len(content)))  # type: ignore[call-overload]
        flags = int(lie.get("flags", 0))  # type: ignore[call-overload]
        offsets.append(len(body))
        local = bytes(lie.get("local_name", name))  # type: ignore[arg-type]
        body += struct.pack(
            "<4s5H3L2H", b"PK\3\4", 20, int(lie.get("local_flags", flags)), int(lie.get("local_method", method)), 0, 0x5B70,  # type: ignore[call-overload]
            int(lie.get("local_crc", crc)), int(lie.get("local_packed", len(content))), int(lie.get("local_size", size)), len(local), 0,  # type: ignore[call-overload]
        ) + local + content + bytes(lie.get("descriptor", b"")) + bytes(lie.get("gap", b""))  # type: ignore[arg-type]  # fmt: skip
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 0x031E, 20, flags, method, 0, 0x5B70,
            int(lie.get("central_crc", crc)), int(lie.get("central_packed", len(content))), int(lie.get("central_size", size)), len(name), 0, 0, 0, 0,  # type: ignore[call-overload]
            int(lie.get("attributes", 0o100644 << 16)), int(lie.get("offset", offsets[-1])),  # type: ignore[call-overload]
        ) + name  # fmt: skip
    count = int(lies.get("count", len(entries)))  # type: ignore[call-overload]
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", int(lies.get("disk", 0)), 0, count, int(lies.get("total", count)), len(directory), len(body), 0
    )  # type: ignore[call-overload]
    return body + directory + end + bytes(lies.get("after", b""))  # type: ignore[arg-type]


def quoted_overlap() -> bytes:
    """The second member lies inside the first, which quotes its header: what a better bomb is made of (Fifield)."""
    within = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0x5B70, zlib.crc32(b"abc"), 3, 3, 1, 0) + b"b" + b"abc"
    body = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0x5B70, zlib.crc32(within), len(within), len(within), 1, 0) + b"a" + within
    directory = b"".join(
        struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 0x031E, 20, 0, 0, 0, 0x5B70, zlib.crc32(content), len(content), len(content), 1, 0, 0, 0, 0, 0, at
        )
        + name
        for name, content, at in ((b"a", within, 0), (b"b", b"abc", 31))
    )
    return body + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), len(body), 0)


def nested(depth: int, innermost: bytes = b"au fond") -> bytes:
    content, name = innermost, "fond.txt"
    for level in range(depth):
        content, name = zipped({name: content}, method=zipfile.ZIP_STORED), f"niveau-{level}.zip"
    return content


def crowd(count: int) -> bytes:
    """Empty members, by hand: the standard writer takes minutes."""
    entries = [struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0x5B70, 0, 0, 0, 6, 0) + b"%06d" % rank for rank in range(count)]
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x031E, 20, 0, 0, 0, 0x5B70, 0, 0, 0, 6, 0, 0, 0, 0, 0o100644 << 16, 36 * rank)
        + b"%06d" % rank
        for rank in range(count)
    )
    body = b"".join(entries)
    wide_at = len(body) + len(directory)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), len(body))
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, wide_at, 1)
    return body + directory + wide + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(body), 0)


def locked_zip() -> bytes:
    return raw_zip((b"secret.txt", b"\0" * 20), flags=1)


# — Documents ———————————————————————————————————————————————————————————————————————————————


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **saving: object) -> bytes:
    document = pikepdf.Pdf.new()
    document.add_blank_page()
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out, **saving)  # type: ignore[arg-type]
    return out.getvalue()


def locked_pdf(*, user: str = "secret") -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="maitre", user=user))


def _open_action(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _deep_action(document: pikepdf.Pdf) -> None:
    """Far from the catalogue: on an annotation of a page, in an array."""
    document.pages[0].Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("x"))
            )
        ]
    )


def _launch(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["note.txt"] = pikepdf.AttachedFileSpec(document, b"jointe", filename="note.txt")


def scripted_pdf(*, packed: bool = False) -> bytes:
    return pdf(_open_action, object_stream_mode=pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable)


def deeply_scripted_pdf() -> bytes:
    return pdf(_deep_action)


def launching_pdf() -> bytes:
    return pdf(_launch)


def attaching_pdf() -> bytes:
    return pdf(_attached)


def picture(kind: str, size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return out.getvalue()


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few kilobytes that announce billions of points."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def office(kind: str = "word/document.xml", *, macros: bool = False, **more: bytes) -> bytes:
    types = (
        b'<?xml version="1.0"?><Types><Override ContentType="application/vnd.ms-'
        + (b"macroEnabled" if macros else b"plain")
        + b'"/></Types>'
    )
    members = {"[Content_Types].xml": types, "_rels/.rels": b"<Relationships/>", kind: b"<document/>"}
    if macros:
        members["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    return zipped({**members, **more})


def open_document(kind: str = "text", *, macros: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_member("mimetype"), f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive.writestr(_member("content.xml"), "<document/>")
        if macros:
            archive.writestr(_member("Basic/Standard/Module1.xml"), "<script/>")
    return out.getvalue()


def old_office(*words: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "".join(words).encode("utf-16-le") + b"\0" * 1000


def sealed() -> bytes:
    return b"age-encryption.org/v1\n-> X25519 SVrzdFfkPxf0LPHOUGB1gNb9E5Vr8EUDa9kxk04iQ0o\nabc\n--- def\n" + bytes(range(256))


# — What is expected of each ————————————————————————————————————————————————————————————————

GOOD: dict[str, tuple[Callable[[], bytes], str, str, tuple[str, ...]]] = {
    "texte": (lambda: "Été : une preuve.\n".encode(), "note.txt", "text/plain", ()),
    "texte en Latin-1": (lambda: "Été\r\n".encode("latin-1"), "note.txt", "text/plain", ()),
    "texte en UTF-16": (lambda: "Été".encode("utf-16"), "note.txt", "text/plain", ()),
    "texte sans extension": (lambda: b"lisez-moi", "LISEZMOI", "text/plain", ()),
    "texte sous une extension inconnue": (lambda: b"a=1", "reglages.conf", "text/plain", ()),
    "tableau CSV": (lambda: b"a;b\n1;2\n", "liste.csv", "text/plain", ()),
    "XML": (lambda: b'<?xml version="1.0"?><ClinicalDocument/>', "cda.xml", "application/xml", ()),
    "PDF": (pdf, "rapport.PDF", "application/pdf", ()),
    "PDF sans extension": (pdf, "rapport", "application/pdf", ()),
    "PDF protégé contre la copie, lisible": (lambda: locked_pdf(user=""), "rapport.pdf", "application/pdf", ()),
    "PDF avec JavaScript": (scripted_pdf, "rapport.pdf", "application/pdf", ("javascript",)),
    "PDF avec JavaScript comprimé": (lambda: scripted_pdf(packed=True), "rapport.pdf", "application/pdf", ("javascript",)),
    "PDF avec JavaScript au fond": (deeply_scripted_pdf, "rapport.pdf", "application/pdf", ("javascript",)),
    "PDF qui lance un programme": (launching_pdf, "rapport.pdf", "application/pdf", ("actions",)),
    "PDF avec fichier joint": (attaching_pdf, "rapport.pdf", "application/pdf", ("attachments",)),
    "PNG": (lambda: picture("PNG"), "ecran.png", "image/png", ()),
    "JPEG": (lambda: picture("JPEG"), "ecran.JPG", "image/jpeg", ()),
    "GIF": (lambda: picture("GIF"), "ecran.gif", "image/gif", ()),
    "WebP": (lambda: picture("WEBP"), "ecran.webp", "image/webp", ()),
    "MP4": (lambda: b"\0\0\0\x18ftypisom" + b"\0" * 100, "demo.mp4", "video/mp4", ()),
    "WebM": (lambda: b"\x1aE\xdf\xa3" + b"\0" * 100, "demo.webm", "video/webm", ()),
    "ZIP": (lambda: zipped({"a/b.txt": b"un", "a/c.pdf": b"deux"}), "lot.zip", "application/zip", ()),
    "ZIP vide": (lambda: zipped({}), "lot.zip", "application/zip", ()),
    "ZIP non comprimé": (lambda: zipped({"a": b"un", "d/": b""}, method=zipfile.ZIP_STORED), "lot.zip", "application/zip", ()),
    "ZIP avec commentaire": (lambda: zipped({"a": b"un"}, comment=b"lot de preuves"), "lot.zip", "application/zip", ()),
    "ZIP au fil de l'eau": (lambda: streamed({"a": b"un" * 900, "vide": b"", "b": b"deux"}), "lot.zip", "application/zip", ()),
    "ZIP64 au fil de l'eau": (lambda: streamed({"a": b"un" * 900, "b": b"deux"}, wide=True), "lot.zip", "application/zip", ()),
    "ZIP de noms accentués": (lambda: zipped({"Été/à faire.txt": b"un", "Ete/a faire.txt": b"deux"}), "lot.zip", "application/zip", ()),
    "ZIP dans un ZIP": (lambda: nested(5), "lot.zip", "application/zip", ()),
    "ZIP de cent mille fichiers": (lambda: crowd(100_000), "lot.zip", "application/zip", ()),
    "ZIP de longs zéros": (lambda: zipped({"journal": b"\0" * (15 * MEBI)}), "lot.zip", "application/zip", ()),
    "Word": (office, "note.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ()),
    "Word avec macros": (lambda: office(macros=True), "note.docm", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("macros",)),
    "Excel": (lambda: office("xl/workbook.xml"), "t.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ()),
    "PowerPoint": (lambda: office("ppt/presentation.xml"), "t.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ()),
    "OpenDocument": (open_document, "note.odt", "application/vnd.oasis.opendocument.text", ()),
    "OpenDocument avec macros": (lambda: open_document(macros=True), "note.odt", "application/vnd.oasis.opendocument.text", ("macros",)),
    "Word ancien": (lambda: old_office("WordDocument"), "note.doc", "application/x-ole-storage", ()),
    "Word ancien avec macros": (lambda: old_office("WordDocument", "_VBA_PROJECT"), "note.doc", "application/x-ole-storage", ("macros",)),
}  # fmt: skip
"""Name → (bytes, name shown, type recognised, remarks)."""

BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "PDF nommé .exe": (pdf, "rapport.exe", "le contenu est un PDF"),
    "PDF nommé .zip": (pdf, "rapport.zip", "le contenu est un PDF"),
    "texte nommé .js": (lambda: b"alert(1)", "a.js", "le contenu est du texte"),
    "texte nommé .pdf": (lambda: b"bonjour", "a.pdf", "le contenu est du texte"),
    "page web nommée .pdf": (lambda: b"\xef\xbb\xbf \n<!DOCTYPE html><p>", "a.pdf", "une page web"),
    "page web en UTF-16": (lambda: "<html><script>".encode("utf-16"), "a.txt", "une page web"),
    "page web nommée .txt": (lambda: b"bonjour <ScRiPt src=x>", "a.txt", "une page web"),
    "SVG nommé .pdf": (lambda: b'<?xml version="1.0"?><svg xmlns="x" onload="a()"/>', "a.pdf", "une image SVG"),
    "SVG": (lambda: b"<svg/>", "a.svg", "une image SVG"),
    "programme Windows": (lambda: b"MZ" + b"\0" * 100, "a.pdf", "un programme"),
    "programme Linux": (lambda: b"\x7fELF" + b"\0" * 100, "a", "un programme"),
    "script": (lambda: b"#!/bin/sh\nrm -rf /", "a.txt", "un programme ou un script"),
    "raccourci Windows": (lambda: b"\x4c\0\0\0\1\x14\2\0" + b"\0" * 100, "a.pdf", "un programme"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 100, "a.7z", "au format ZIP"),
    "rar": (lambda: b"Rar!\x1a\7\0" + b"\0" * 100, "a.rar", "au format ZIP"),
    "gzip": (lambda: b"\x1f\x8b\x08" + b"\0" * 100, "a.gz", "au format ZIP"),
    "tar": (lambda: b"a" + b"\0" * 256 + b"ustar" + b"\0" * 300, "a.tar", "au format ZIP"),
    "octets quelconques": (lambda: bytes(range(256)), "a.bin", "n'est pas reconnu"),
    "texte qui cache un zéro à la fin": (lambda: b"a" * (MEBI + 5) + b"\0", "a.txt", "n'est pas reconnu"),
    "PDF+ZIP": (lambda: pdf() + zipped({"a": b"b"}), "a.pdf", "à la fois un PDF et une archive"),
    "PDF+ZIP déguisé": (lambda: pdf() + zipped({"a": b"b"}) + b"\n%%EOF\n", "a.pdf", "à la fois un PDF et une archive"),
    "ZIP précédé d'un PDF": (lambda: b"%PDF-1.4\n" + zipped({"a": b"b"}), "a.pdf", "à la fois un PDF"),
    "PNG+ZIP": (lambda: picture("PNG") + zipped({"a": b"b"}), "a.png", "à la fois une image PNG"),
    "texte+ZIP": (lambda: b"age" + raw_zip((b"a", b"b")), "a.txt", "n'est pas reconnu"),
    "PDF tronqué": (lambda: pdf()[:200], "a.pdf", "abîmé"),
    "PDF sans rien": (lambda: b"%PDF-1.7\n%%EOF", "a.pdf", "abîmé"),
    "PDF chiffré": (locked_pdf, "a.pdf", "protégé par un mot de passe"),
    "Office chiffré": (lambda: old_office("EncryptedPackage"), "a.docx", "protégé par un mot de passe"),
    "PNG démesuré": (huge_png, "a.png", "trop grande"),
    "PNG de 101 millions de points": (lambda: huge_png(10_100, 10_000), "a.png", "trop grande"),
    "PNG tronqué": (lambda: picture("PNG")[:40], "a.png", "abîmée"),
    "JPEG vide": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 40, "a.jpg", "abîmée"),
    "scellé là où rien ne l'est": (sealed, "a.age", "scellé n'est pas attendu"),
    "faux scellé": (lambda: b"age-encryption.org/v1\n" + bytes(range(256)), "a.age", "n'est pas reconnu"),
    "ZIP chiffré": (locked_zip, "a.zip", "protégée par un mot de passe"),
    "ZIP chiffré (AES)": (lambda: raw_zip((b"a", b"b"), method=99), "a.zip", "protégée par un mot de passe"),
    "bombe": (lambda: zipped({"zeros": b"\0" * (60 * MEBI)}), "a.zip", "volume démesuré"),
    "bombe qui tait sa taille": (lambda: _lying_bomb(), "a.zip", "volume démesuré"),
    "bombe dans des archives": (lambda: _nested_bomb(), "a.zip", "volume démesuré"),
    "membres superposés": (quoted_overlap, "a.zip", "en contient un autre"),
    "même membre deux fois au répertoire": (lambda: raw_zip((b"a", b"x"), (b"b", b"y"), offset=32), "a.zip", "en contient un autre"),
    "quinze niveaux": (lambda: nested(15), "a.zip", "niveaux"),
    "six niveaux": (lambda: nested(6), "a.zip", "niveaux"),
    "100 001 fichiers": (lambda: crowd(100_001), "a.zip", "plus de 100\u00a0000 fichiers"),
    "chemin absolu": (lambda: raw_zip((b"/etc/passwd", b"x")), "a.zip", "sortirait de son dossier"),
    "chemin qui remonte": (lambda: raw_zip((b"a/../../b", b"x")), "a.zip", "sortirait de son dossier"),
    "chemin à l'envers": (lambda: raw_zip((b"..\\b", b"x")), "a.zip", "sortirait de son dossier"),
    "lecteur": (lambda: raw_zip((b"C:b", b"x")), "a.zip", "sortirait de son dossier"),
    "lien": (lambda: raw_zip((b"a", b"/etc/passwd"), attributes=0o120777 << 16), "a.zip", "un lien"),
    "périphérique": (lambda: raw_zip((b"a", b""), attributes=0o020666 << 16), "a.zip", "un lien"),
    "nom deux fois": (lambda: raw_zip((b"a", b"x"), (b"a", b"y")), "a.zip", "deux fois le même nom"),
    "nom deux fois aux majuscules près": (lambda: raw_zip((b"Note.txt", b"x"), (b"note.TXT", b"y")), "a.zip", "deux fois le même nom"),
    "fichier et dossier de même nom": (lambda: raw_zip((b"a", b"x"), (b"a/b", b"y")), "a.zip", "deux fois le même nom"),
    "noms égaux une fois composés": (lambda: zipped({"é": b"x", "e\u0301": b"y"}), "a.zip", "deux fois le même nom"),
    "nom avec un retour": (lambda: raw_zip((b"a\nb", b"x")), "a.zip", "illisible"),
    "nom qui se lit à l'envers": (lambda: zipped({"a\u202efdp.exe": b"x"}), "a.zip", "illisible"),
    "nom mal codé": (lambda: raw_zip((b"\xff\xfe", b"x"), flags=0x800), "a.zip", "illisible"),
    "nom vide": (lambda: raw_zip((b"", b"x")), "a.zip", "illisible"),
    "en-tête d'un autre nom": (lambda: raw_zip((b"a", b"x"), local_name=b"b"), "a.zip", "en contient un autre"),
    "en-tête d'une autre taille": (lambda: raw_zip((b"a", b"xyz"), local_size=2), "a.zip", "en contient un autre"),
    "en-tête d'une autre somme": (lambda: raw_zip((b"a", b"xyz"), local_crc=1), "a.zip", "en contient un autre"),
    "en-tête d'une autre méthode": (lambda: raw_zip((b"a", b"xyz"), local_method=8), "a.zip", "en contient un autre"),
    "en-tête d'autres drapeaux": (lambda: raw_zip((b"a", b"xyz"), local_flags=0x800), "a.zip", "en contient un autre"),
    "sommes fausses partout": (lambda: raw_zip((b"a", b"xyz"), local_crc=1, central_crc=1), "a.zip", "abîmée"),
    "descripteur faux": (lambda: raw_zip((b"a", b"xyz"), flags=8, local_crc=0, local_packed=0, local_size=0, descriptor=b"PK\7\x08" + b"\1" * 12), "a.zip", "en contient un autre"),
    "octets cachés entre deux membres": (lambda: raw_zip((b"a", b"x"), (b"b", b"y"), gap=b"cache"), "a.zip", "en contient un autre"),
    "octets avant": (lambda: raw_zip((b"a", b"x"), before=b"PK\3\4cache"), "a.zip", "en contient un autre"),
    "octets après": (lambda: raw_zip((b"a", b"x"), after=b"cache"), "a.zip", "en contient un autre"),
    "membre tu par le répertoire": (lambda: _silent(), "a.zip", "en contient un autre"),
    "compte faux": (lambda: raw_zip((b"a", b"x"), count=2), "a.zip", "en contient un autre"),
    "deux comptes": (lambda: raw_zip((b"a", b"x"), total=2), "a.zip", "en contient un autre"),
    "morceau d'archive": (lambda: raw_zip((b"a", b"x"), disk=1), "a.zip", "un morceau"),
    "méthode inconnue": (lambda: raw_zip((b"a", b"x"), method=14), "a.zip", "compression"),
    "archive tronquée": (lambda: zipped({"a": b"x" * 5000, "b": b"y"})[:-10], "a.zip", "abîmée"),
    "archive coupée en son milieu": (lambda: zipped({"a": bytes(range(256)) * 9})[:60], "a.zip", "abîmée"),
    "flux comprimé abîmé": (lambda: raw_zip((b"a", b"\xff" * 40), method=8, true_size=100), "a.zip", "abîmée"),
    "flux comprimé inachevé": (lambda: _unfinished(), "a.zip", "abîmée"),
    "octets après le flux comprimé": (lambda: _overlong(), "a.zip", "en contient un autre"),
    "dossier qui contient des octets": (lambda: raw_zip((b"a/", b"x")), "a.zip", "en contient un autre"),
    "non comprimé, deux tailles": (lambda: raw_zip((b"a", b"xyz"), true_size=4), "a.zip", "en contient un autre"),
    "Word piégé": (lambda: raw_zip((b"[Content_Types].xml", b"x"), (b"word/document.xml", b"y"), gap=b"z"), "a.docx", "en contient un autre"),
}  # fmt: skip
"""Name → (bytes, name shown, words of the refusal)."""


def _deflate(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(content) + engine.flush()


def _lying_bomb() -> bytes:
    """A megabyte announced, sixty inflated."""
    packed = _deflate(b"\0" * (60 * MEBI))
    return raw_zip((b"a", packed), method=8, true_size=MEBI, local_crc=0, central_crc=0)


def _nested_bomb() -> bytes:
    """Each archive is modest; together they are not."""
    level = zipped({f"{rank}": bytes([rank]) * (15 * MEBI) for rank in range(8)})
    return zipped({f"{rank}.zip": level for rank in range(8)}, method=zipfile.ZIP_DEFLATED)


def _silent() -> bytes:
    whole = raw_zip((b"a", b"x"), (b"b", b"y"))
    directory = whole[64:]
    one = directory[47:94]
    return whole[:64] + one + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(one), 64, 0)


def _unfinished() -> bytes:
    packed = _deflate(bytes(range(256)) * 9)
    return raw_zip((b"a", packed[:-4]), method=8, true_size=256 * 9)


def _overlong() -> bytes:
    content = bytes(range(256)) * 9
    packed = _deflate(content) + b"cache"
    crc = zlib.crc32(content)
    return raw_zip((b"a", packed), method=8, true_size=len(content), local_crc=crc, central_crc=crc)


def written(folder: Path, content: bytes, name: str = "depot") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
