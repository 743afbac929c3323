"""Is this ZIP what its directory says, and nothing else? Read by ourselves, byte by byte: nothing is ever extracted.

A reader may follow the central directory, another the local headers: where the two can disagree, a file is one thing to
the antivirus and another to whoever opens it. So every byte must be accounted for: members one after the other from the
first byte, then the directory, then its end (APPNOTE 6.3.10, sections 4.3 and 4.4; Fifield, « A better zip bomb », 2019).
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, BinaryIO

from foundation.core.language import gettext_lazy
from foundation.files.store import aside

MOST_MEMBERS = 100_000
MOST_DEEP = 5
MOST_INFLATED = 4 << 30
SUSPECT_RATIO, SUSPECT_SIZE = 100, 16 << 20
"""Together: documents compress ten times, logs fifty; a bomb a thousand."""

PIECE = 1 << 16
_END, _LOCAL, _CENTRAL, _END_WIDE, _LOCATOR, _DESCRIPTOR = (
    b"PK\5\6", b"PK\3\4", b"PK\1\2", b"PK\6\6", b"PK\6\7", b"PK\7\x08",
)  # fmt: skip
_ENCRYPTED, _STREAMED, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000
_STORED, _DEFLATED, _AES = 0, 8, 99
_WIDE, _FULL = 0xFFFF, 0xFFFFFFFF
_LINE, _HEADER = struct.Struct("<8xHH4xLLLHHHH2xLL"), struct.Struct("<4s2xHH4xLLLHH")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the reading order round: « fdp.exe » read « exe.pdf »."""


class Unsafe(Exception):
    """The archive cannot be received; the message is the sentence to show."""


class Locked(Unsafe):
    """Its content is encrypted: nobody here can say what it holds."""


DAMAGED = gettext_lazy("Cette archive est abîmée ou incomplète. Refaites-la, vérifiez qu'elle s'ouvre, puis déposez-la de nouveau.")
DISAGREES = gettext_lazy(
    "Cette archive annonce un contenu et en contient un autre. Refaites-la avec l'outil de votre système, puis déposez-la de nouveau."
)
BOMB = gettext_lazy("Cette archive se déploie en un volume démesuré. Déposez les fichiers eux-mêmes, ou une archive plus petite.")
CROWDED = gettext_lazy("Cette archive contient plus de {most} fichiers. Partagez-la en plusieurs archives.")
DEEP = gettext_lazy("Cette archive contient des archives sur plus de {most} niveaux. Déposez directement les archives intérieures.")
ESCAPES = gettext_lazy(
    "Cette archive contient un chemin qui sortirait de son dossier (« .. », « / » ou un lecteur). Refaites-la depuis le dossier à déposer."
)
LINK = gettext_lazy("Cette archive contient un lien vers un autre fichier. Remplacez le lien par le fichier, puis refaites l'archive.")
TWICE = gettext_lazy(
    "Cette archive contient deux fois le même nom, aux majuscules près. Renommez l'un des deux fichiers, puis refaites l'archive."
)
UNNAMEABLE = gettext_lazy("Cette archive contient un nom de fichier illisible. Renommez le fichier, puis refaites l'archive.")
UNKNOWN_METHOD = gettext_lazy(
    "Cette archive emploie une compression que la plateforme ne sait pas vérifier. Refaites-la en « zip » ordinaire."
)
SPLIT = gettext_lazy("Cette archive est un morceau d'une archive en plusieurs parties. Déposez une seule archive, complète.")
LOCKED = gettext_lazy("Cette archive est protégée par un mot de passe : elle ne peut pas être vérifiée. Déposez-la sans mot de passe.")

Watch = Callable[[bytes], None]


@dataclass(slots=True)
class Allowance:
    """What is left to spend on one deposit, archives within archives included."""

    members: int = MOST_MEMBERS
    inflated: int = MOST_INFLATED

    @classmethod
    def for_size(cls, size: int) -> Allowance:
        return cls(inflated=min(MOST_INFLATED, max(SUSPECT_SIZE, SUSPECT_RATIO * size)))


@dataclass(slots=True)
class Member:
    """One line of the central directory. Not frozen: a hundred thousand are made, and freezing them costs a second."""

    name: str
    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    offset: int

    @property
    def is_folder(self) -> bool:
        return self.raw.endswith(b"/")


@dataclass(slots=True)
class Contents:
    """What an archive holds: the names of its members, and the first bytes of the small ones one asks about."""

    names: list[str] = field(default_factory=list)
    first: dict[str, bytes] = field(default_factory=dict)


def is_archive(start: bytes) -> bool:
    return start.startswith((_LOCAL, _END))


def ends_as_archive(tail: bytes) -> bool:
    """Whether a ZIP reader would find a directory in these last bytes of something else: it would be two files at once."""
    at = tail.rfind(_END)
    while at >= 0:
        count, length = struct.unpack_from("<10xHL", tail, at) if at + 22 <= len(tail) else (0, 0)
        if count and (length > at or tail.startswith((_CENTRAL, _END_WIDE), at - length)):
            return True
        at = tail.rfind(_END, 0, at)
    return False


def inspect(file: BinaryIO | IO[bytes], size: int, *, allowance: Allowance | None = None, watch: Watch | None = None, wanted: tuple[str, ...] = (), depth: int = 1) -> Contents:  # fmt: skip
    """Read the whole archive, or raise `Unsafe`. `watch` is given every inflated byte, of inner archives too."""
    left = allowance or Allowance.for_size(size)
    if depth > MOST_DEEP:
        raise Unsafe(DEEP.format(most=MOST_DEEP))
    members, directory_at = _directory(file, size, left)
    _refuse_names(members)
    _refuse_bomb(members)
    contents = Contents(names=[member.name for member in members])
    places = _places(file, members, directory_at)
    for member, at in zip(members, places, strict=True):
        _read_member(file, member, at, left, watch, wanted, contents, depth)
    return contents


def names_in(file: BinaryIO | IO[bytes], size: int) -> list[str]:
    """The names of its members, read from its directory alone; a name no system should be given refuses it, as `inspect` would."""
    members, _ = _directory(file, size, Allowance.for_size(size))
    _refuse_names(members)
    return [member.name for member in members]


# — The directory ——————————————————————————————————————————————————————————————————————————


def _exactly(file: BinaryIO | IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    read = file.read(length)
    if len(read) != length:
        raise Unsafe(DAMAGED)
    return read


def _directory(file: BinaryIO | IO[bytes], size: int, left: Allowance) -> tuple[list[Member], int]:
    """Every member, and where the directory begins; its end must be the end of the file, its comment included."""
    tail_at = max(0, size - 22 - _WIDE)
    tail = _exactly(file, tail_at, size - tail_at)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise Unsafe(DAMAGED)
    disk, first_disk, here, count, length, offset, comment = struct.unpack("<4x4HLLH", tail[at : at + 22])
    if at + 22 + comment != len(tail):
        raise Unsafe(DISAGREES if at + 22 + comment < len(tail) else DAMAGED)
    ends_at = tail_at + at
    if _WIDE in (here, count) or _FULL in (length, offset):
        disk, first_disk, here, count, length, offset, ends_at = _wide_end(file, ends_at)
    if disk or first_disk:
        raise Unsafe(SPLIT)
    if here != count:
        raise Unsafe(DISAGREES)
    if count > left.members:
        raise Unsafe(CROWDED.format(most=f"{MOST_MEMBERS:,}".replace(",", "\u00a0")))
    left.members -= count
    if offset + length != ends_at:
        raise Unsafe(DISAGREES if offset + length < ends_at else DAMAGED)
    if length > count * (46 + 3 * _WIDE) or length > 32 << 20:
        raise Unsafe(DISAGREES)
    return _members(_exactly(file, offset, length), count), offset


def _wide_end(file: BinaryIO | IO[bytes], ends_at: int) -> tuple[int, int, int, int, int, int, int]:
    """ZIP64: the real figures, just before the locator, itself just before the end."""
    if ends_at < 76:
        raise Unsafe(DAMAGED)
    signature, disk, at, disks = struct.unpack("<4sLQL", _exactly(file, ends_at - 20, 20))
    if signature != _LOCATOR or disk or disks > 1 or at + 56 > ends_at - 20:
        raise Unsafe(DAMAGED)
    signature, length, own, first, here, count, size, offset = struct.unpack("<4sQ4xLLQQQQ", _exactly(file, at, 56))
    if signature != _END_WIDE or at + 12 + length != ends_at - 20:
        raise Unsafe(DISAGREES)
    return own, first, here, count, size, offset, at


def _members(directory: bytes, count: int) -> list[Member]:
    members, at = [], 0
    for _ in range(count):
        if at + 46 > len(directory) or not directory.startswith(_CENTRAL, at):
            raise Unsafe(DISAGREES)
        flags, method, crc, packed, size, name, extra, comment, disk, attributes, offset = _LINE.unpack_from(directory, at)
        raw = directory[at + 46 : at + 46 + name]
        extra_at = at + 46 + name
        at = extra_at + extra + comment
        if at > len(directory):
            raise Unsafe(DAMAGED)
        if _FULL in (size, packed, offset) or disk:
            beyond = directory[extra_at : extra_at + extra]
            size, packed, offset, disk = _widened(beyond, size=size, packed=packed, offset=offset, disk=disk)
            if disk:
                raise Unsafe(SPLIT)
        members.append(Member(_named(raw, flags), raw, flags, method, crc, packed, size, attributes, offset))
    if at != len(directory):
        raise Unsafe(DISAGREES)
    return members


def _named(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError as error:
        raise Unsafe(UNNAMEABLE) from error


def _widened(extra: bytes, *, size: int, packed: int, offset: int, disk: int) -> tuple[int, int, int, int]:
    """The figures that do not fit in 32 bits are in the ZIP64 extra field, in this order, and only those."""
    values = _extra_field(extra, 1)
    found, at = [], 0
    for value, width in ((size, 8), (packed, 8), (offset, 8), (disk, 4)):
        if value != (_FULL if width == 8 else _WIDE):
            found.append(value)
            continue
        if values is None or at + width > len(values):
            if width == 4:
                raise Unsafe(SPLIT)
            raise Unsafe(DAMAGED)
        found.append(int.from_bytes(values[at : at + width], "little"))
        at += width
    return found[0], found[1], found[2], found[3]


def _extra_field(extra: bytes, wanted: int) -> bytes | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None


def _refuse_names(members: list[Member]) -> None:
    """Every name is a path that stays inside, is read alike by every system, and is there once, as a file or as a folder."""
    files: set[str] = set()
    folders: set[str] = set()
    for member in members:
        name = member.name
        _refuse_name(name, member.attributes)
        path = _folded(name)
        if path.endswith("/"):
            kept, path = folders, path.rstrip("/")
        else:
            kept = files
        if path in kept or path in files:
            raise Unsafe(TWICE)
        kept.add(path)
    for path in (*files, *folders):
        at = path.find("/")
        while at >= 0:
            if path[:at] in files:
                raise Unsafe(TWICE)
            at = path.find("/", at + 1)


def _folded(name: str) -> str:
    """As a system that ignores case and composition sees it."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _refuse_name(name: str, attributes: int) -> None:
    plain = name.isascii() and name.isprintable()
    if not name or not (plain or all(unicodedata.category(letter) not in ("Cc", "Cs") and letter not in _TURNING for letter in name)):
        raise Unsafe(UNNAMEABLE)
    if name[0] == "/" or "\\" in name or name[1:2] == ":" or (".." in name and ".." in name.split("/")):
        raise Unsafe(ESCAPES)
    if (attributes >> 16) & 0o170000 not in (0, 0o100000, 0o040000):
        raise Unsafe(LINK)


def _refuse_bomb(members: list[Member]) -> None:
    packed, size = sum(one.packed for one in members), sum(one.size for one in members)
    if size > MOST_INFLATED or (size > SUSPECT_SIZE and size > SUSPECT_RATIO * max(packed, 1)):
        raise Unsafe(BOMB)


def _places(file: BinaryIO | IO[bytes], members: list[Member], directory_at: int) -> list[int]:
    """Where the bytes of each begin. Members follow each other from the first byte to the directory, and nothing lies between."""
    members.sort(key=lambda one: one.offset)
    places, expected = [], 0
    for member in members:
        if member.offset != expected:
            raise Unsafe(DISAGREES)
        at, wide = _local_header(file, member)
        places.append(at)
        expected = at + member.packed
        if member.flags & _STREAMED:
            expected = _after_descriptor(file, member, expected, wide)
        if expected > directory_at:
            raise Unsafe(DISAGREES)
    if expected != directory_at:
        raise Unsafe(DISAGREES)
    return places


# — The members ————————————————————————————————————————————————————————————————————————————


def _local_header(file: BinaryIO | IO[bytes], member: Member) -> tuple[int, bool]:
    """Where the bytes of a member begin; its own header must say what the directory says. And whether it is ZIP64."""
    if member.flags & (_ENCRYPTED | _STRONG | _MASKED) or member.method == _AES:
        raise Locked(LOCKED)
    if member.method not in (_STORED, _DEFLATED):
        raise Unsafe(UNKNOWN_METHOD)
    signature, flags, method, crc, packed, size, name, extra = _HEADER.unpack(_exactly(file, member.offset, 30))
    if signature != _LOCAL:
        raise Unsafe(DISAGREES)
    rest = _exactly(file, member.offset + 30, name + extra)
    wide = _extra_field(rest[name:], 1) if extra else None
    if size == _FULL or packed == _FULL:
        if wide is None or len(wide) < 16:
            raise Unsafe(DAMAGED)
        size, packed = struct.unpack("<QQ", wide[:16])
    same = (flags, method, rest[:name]) == (member.flags, member.method, member.raw)
    figures = (crc, packed, size)
    unsaid = member.flags & _STREAMED and figures in ((0, 0, 0), (crc and member.crc, 0, 0))
    if not same or not (unsaid or figures == (member.crc, member.packed, member.size)):
        raise Unsafe(DISAGREES)
    return member.offset + 30 + name + extra, wide is not None


def _after_descriptor(file: BinaryIO | IO[bytes], member: Member, at: int, wide: bool) -> int:
    """Where a streamed member ends: its figures follow its bytes, with or without a signature, in 32 or 64 bits."""
    file.seek(at)
    found = file.read(24)
    for width, code in ((4, "L"), (8, "Q")) if not wide else ((8, "Q"), (4, "L")):
        for signature in (_DESCRIPTOR, b""):
            length = len(signature) + 4 + 2 * width
            told = signature + struct.pack(f"<L{code}{code}", member.crc, *_fitting(member, width))
            if found[:length] == told:
                return at + length
    raise Unsafe(DISAGREES)


def _fitting(member: Member, width: int) -> tuple[int, int]:
    most = (1 << 8 * width) - 1
    return min(member.packed, most), min(member.size, most)


def _read_member(file: BinaryIO | IO[bytes], member: Member, at: int, left: Allowance, watch: Watch | None, wanted: tuple[str, ...], contents: Contents, depth: int) -> None:  # fmt: skip
    """Inflate a member to nowhere: its length and its checksum must be those announced. An inner archive is inspected too."""
    if member.is_folder and member.size:
        raise Unsafe(DISAGREES)
    if member.method == _STORED and member.packed != member.size:
        raise Unsafe(DISAGREES)
    if not (member.packed or member.size or member.crc):
        return
    crc = total = 0
    with ExitStack() as closing:
        inner: IO[bytes] | None = None
        for piece in _inflated(file, member, at):
            if total == 0:
                contents.first |= {member.name: piece[:4096]} if member.name in wanted else {}
                inner = closing.enter_context(aside()) if is_archive(piece) else None
            total += len(piece)
            left.inflated -= len(piece)
            if total > member.size or left.inflated < 0:
                raise Unsafe(BOMB)
            crc = zlib.crc32(piece, crc)
            if watch is not None:
                watch(piece)
            if inner is not None:
                inner.write(piece)
        if total != member.size or crc != member.crc:
            raise Unsafe(DAMAGED)
        if inner is not None:
            inspect(inner, total, allowance=left, watch=watch, depth=depth + 1)


def _inflated(file: BinaryIO | IO[bytes], member: Member, at: int) -> Iterator[bytes]:
    """The bytes of a member, a piece at a time, never more than a piece in memory."""
    remaining = member.packed
    if member.method == _STORED or not (remaining or member.size):
        while remaining:
            piece = _exactly(file, at, min(PIECE, remaining))
            at, remaining = at + len(piece), remaining - len(piece)
            yield piece
        return
    engine, pending = zlib.decompressobj(-15), b""
    while not engine.eof:
        if not pending and remaining:
            pending = _exactly(file, at, min(PIECE, remaining))
            at, remaining = at + len(pending), remaining - len(pending)
        try:
            piece = engine.decompress(pending, PIECE)
        except zlib.error as error:
            raise Unsafe(DAMAGED) from error
        pending = engine.unconsumed_tail
        if piece:
            yield piece
        elif not pending and not remaining and not engine.eof:
            raise Unsafe(DAMAGED)
    if engine.unused_data or pending or remaining:
        raise Unsafe(DISAGREES)
