"""Where are the bytes? In the spool while they arrive, then in the store, under a random key, for good.

The spool is a folder shared by the web processes. What `write_piece` returned from is on the disk; what `keep` returned
from is in the store, which is Django's default storage (a folder, or S3).
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Self, cast
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from foundation.core.language import gettext as _
from foundation.core.verdict import Refused

PIECE = 1 << 20
"""How much is read or written at once, anywhere: memory does not depend on the size of a file, and a kernel asked for four times
as much looks for as much memory in one run, which took fifteen times longer where it was in pieces."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StoreFull(Refused):
    def __init__(self) -> None:
        super().__init__(
            _(
                "La plateforme n'a plus la place de recevoir ce fichier. Ce qui est déjà reçu est gardé : reprenez le dépôt dans quelques "
                "heures, ou prévenez le support."
            ),
            code="store_full",
            status=507,
        )


class StoreDown(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("Le rangement des fichiers ne répond pas. Rien n'est perdu : reprenez le dépôt dans quelques minutes."),
            code="store_down",
            status=503,
        )


def new_key() -> str:
    """A random name, without anything of what was typed; the first letters spread the files over folders."""
    name = secrets.token_hex(24)
    return f"{name[:2]}/{name[2:4]}/{name}"


def spool() -> Path:
    return Path(settings.UPLOADS_DIR)


def spooled(reference: UUID) -> Path:
    return spool() / f"{reference.hex}.part"


def room_left() -> int:
    """Bytes free where deposits arrive."""
    return shutil.disk_usage(_made(spool())).free


class Running:
    """The SHA-256 of a transfer that one request brings whole, taken on a thread of its own as it comes: it is not read back.

    One that begins elsewhere than at its first byte, or that another request went on with, has none. A piece taken is not to be
    changed afterwards; one at most is waited for.
    """

    def __init__(self) -> None:
        self._digest, self._taken = hashlib.sha256(), 0
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.shutdown()

    def take(self, offset: int, piece: bytes | bytearray | memoryview) -> None:
        if offset != self._taken:
            self._taken = -1
            return
        self._wait()
        self._last = self._thread.submit(self._digest.update, piece)
        self._taken += len(piece)

    def of(self, size: int) -> str | None:
        self._wait()
        return self._digest.hexdigest() if self._taken == size else None

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()


def write_piece(reference: UUID, offset: int, piece: bytes | bytearray | memoryview, running: Running | None = None) -> None:
    """Put a piece at its place and return once it is on the disk. A failure leaves what was acknowledged as it was."""
    path = spooled(reference)
    begins = not path.exists()
    with telling_full(), _opened(path) as descriptor:
        if running is not None:
            running.take(offset, piece)
        view = memoryview(piece)
        while view:
            written = os.pwrite(descriptor, view[:PIECE], offset)
            view, offset = view[written:], offset + written
        os.fsync(descriptor)
        if begins:
            _sync_folder(path.parent)


def digest_of_spooled(reference: UUID, size: int, running: Running | None = None) -> str:
    """The SHA-256 of a whole transfer, read back unless it was taken as it came; bytes written but never acknowledged are cut off."""
    with _opened(spooled(reference)) as descriptor:
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    if running is not None and (found := running.of(size)):
        return found
    with spooled(reference).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(reference: UUID, key: str) -> None:
    """Put a whole transfer in the store. Done twice, it is done once; the spool is emptied only by `forget_spooled`."""
    path, store = spooled(reference), storages["default"]
    with telling_full():
        if isinstance(store, FileSystemStorage):
            _keep_in_folder(path, Path(store.path(key)))
        else:
            _keep_elsewhere(path, key)


def _keep_in_folder(path: Path, target: Path) -> None:
    _made(target.parent)
    target.unlink(missing_ok=True)  # of an attempt that never came to be true: the key was told to nobody
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        with path.open("rb") as source, _opened(target) as descriptor:
            with os.fdopen(os.dup(descriptor), "wb") as copy:
                shutil.copyfileobj(source, copy, PIECE)
            os.fsync(descriptor)
    for folder in (target.parent, *list(target.parent.parents)[:2]):
        _sync_folder(folder)


def _keep_elsewhere(path: Path, key: str) -> None:
    try:
        with path.open("rb") as source:
            if storages["default"].exists(key):
                storages["default"].delete(key)
            saved = storages["default"].save(key, File(source))
    except OSError:
        raise
    except Exception as error:  # each store has its own exceptions, and none of them is for the person to read
        raise StoreDown from error
    if saved != key:
        raise StoreDown


def keep_bytes(body: bytes) -> str:
    """Put a paper made here in the store, and say under which key. What is rolled back afterwards leaves an orphan, which is listed."""
    key = f"papers/{new_key()}"
    with telling_full():
        saved = storages["default"].save(key, ContentFile(body))
    if saved != key:
        raise StoreDown
    return key


def read_kept(key: str) -> bytes:
    """The whole of a paper made here."""
    with open_kept(key) as file:
        return file.read()


def forget_spooled(reference: UUID) -> None:
    spooled(reference).unlink(missing_ok=True)


def forget_bytes(reference: UUID, key: str) -> None:
    """Of a transfer given up: what it had in the spool, and what a crash may have left in the store."""
    forget_spooled(reference)
    with suppress(Exception):  # a store that does not answer keeps an orphan, which reconciliation lists
        storages["default"].delete(key)


def forget_kept(key: str) -> None:
    """Take bytes out of the store for good; gone already, nothing happens."""
    with suppress(FileNotFoundError):
        storages["default"].delete(key)


def open_kept(key: str) -> BinaryIO:
    """The bytes of a file in the store, to read from the start."""
    return cast("BinaryIO", storages["default"].open(key, "rb"))


def pieces_kept(key: str, start: int, length: int) -> Iterator[bytes]:
    """A part of a file in the store, a piece at a time: an S3 store is asked for that part alone."""
    store: Any = storages["default"]
    if hasattr(store, "bucket"):
        if length:
            asked = store.bucket.Object(store._normalize_name(key)).get(Range=f"bytes={start}-{start + length - 1}")
            yield from asked["Body"].iter_chunks(PIECE)
        return
    with open_kept(key) as file:
        file.seek(start)
        while length and (piece := file.read(min(PIECE, length))):
            length -= len(piece)
            yield piece


@contextmanager
def on_disk(key: str) -> Iterator[Path]:
    """A path where the bytes can be read; a copy of its own, removed afterwards, where the store is not a folder."""
    store = storages["default"]
    if isinstance(store, FileSystemStorage):
        yield Path(store.path(key))
        return
    with tempfile.NamedTemporaryFile(dir=_made(spool()), prefix="check-") as copy, open_kept(key) as source:
        shutil.copyfileobj(source, copy, PIECE)
        copy.flush()
        yield Path(copy.name)


def aside(in_memory: int = 1) -> tempfile.SpooledTemporaryFile[bytes]:
    """A file without a name, gone once closed; on the disk of the spool beyond what may stay in memory."""
    return tempfile.SpooledTemporaryFile(in_memory, dir=str(_made(spool())))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    _made(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def telling_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise
