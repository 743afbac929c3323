"""Is there something harmful in these bytes? Asked of clamd by its INSTREAM command, or of nobody but ourselves in the demonstration.

Three answers only: nothing found, something found, and « not scanned », which is an exception: it is never taken for the first.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings

from foundation.files.rules import WITHOUT_ANTIVIRUS

PIECE = 1 << 18
CONNECTING, ANSWERING = 5, 300  # seconds
OLDEST = timedelta(days=7)
"""Signatures older than this know nothing of the week's viruses: scanning with them is waiting for better ones."""


class NotScanned(Exception):
    """The antivirus does not answer, or knows too little: the file waits in quarantine and is scanned again."""


class TooLarge(Exception):
    """Longer than the antivirus accepts: it stopped reading, and knows nothing of the file."""


class Scanner(Protocol):
    """One file at a time. `look`, where there is one, is shown what the archives of the file hold."""

    @property
    def look(self) -> Callable[[bytes], None] | None: ...

    def engine(self, at: datetime) -> str:
        """What is scanning, with the day of its signatures; `NotScanned` where it cannot."""

    def scan(self, path: Path) -> str:
        """The name of what was found, or nothing."""


class Clamd:
    """clamd, on a socket of this machine (« /run/clamav/clamd.ctl ») or elsewhere (« host:3310 »)."""

    look = None

    def __init__(self, address: str) -> None:
        self.address = address

    def engine(self, at: datetime) -> str:
        with self._talking() as line:
            line.sendall(b"zVERSION\0")
            told = _answer(line)
        if not told.startswith("ClamAV"):
            raise NotScanned(f"clamd répond « {told[:80]} »")  # recorded as it is
        day = _day_of_signatures(told)
        if day is not None and at - day > OLDEST:
            raise NotScanned(f"signatures du {day:%d/%m/%Y}, trop anciennes")  # recorded as it is
        return told[:120]

    def scan(self, path: Path) -> str:
        with self._talking() as line, path.open("rb") as file:
            try:
                line.sendall(b"zINSTREAM\0")
                while piece := file.read(PIECE):
                    line.sendall(struct.pack(">L", len(piece)) + piece)
                line.sendall(struct.pack(">L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it stopped reading: what it says, or does not, tells why
            try:
                told = _answer(line)
            except ConnectionResetError as error:
                raise NotScanned("clamd a coupé la ligne") from error  # recorded as it is
        return _verdict(told)

    @contextmanager
    def _talking(self) -> Iterator[socket.socket]:
        try:
            with self._connected() as line:
                line.settimeout(ANSWERING)
                yield line
        except OSError as error:
            raise NotScanned(f"clamd ne répond pas ({error})") from error  # recorded as it is

    def _connected(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit():
            return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECTING)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(CONNECTING)
            line.connect(self.address)
        except OSError:
            line.close()
            raise
        return line


def _answer(line: socket.socket) -> str:
    told = b""
    while len(told) < 4096 and (piece := line.recv(4096)):
        told += piece
        if b"\0" in piece:
            break
    return told.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(told: str) -> str:
    """« stream: OK », « stream: Name FOUND »; anything else is not a scan."""
    if told == "stream: OK":
        return ""
    if "size limit exceeded" in told or "Heuristics.Limits.Exceeded" in told:
        raise TooLarge
    found = re.fullmatch(r"stream: (.+) FOUND", told)
    if found is None:
        raise NotScanned(f"clamd répond « {told[:80]} »")  # recorded as it is
    return found[1]


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATED = re.compile(rf"/\w{{3}} ({'|'.join(_MONTHS)}) +(\d+) [\d:]+ (\d{{4}})$")


def _day_of_signatures(told: str) -> datetime | None:
    """« ClamAV 1.4.3/27830/Tue Nov 24 09:01:02 2026 »: the last part, where signatures are dated."""
    found = _DATED.search(told)
    return datetime(int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]), tzinfo=UTC) if found else None


class Embedded:
    """No antivirus: the structural checks, and the standard test string alone. The pages say so, and so does the file."""

    _STRING = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"  # in two: this file is not one

    def __init__(self) -> None:
        self._found = False
        self._kept = b""

    def look(self, piece: bytes) -> None:
        window = self._kept + piece
        self._found = self._found or self._STRING in window
        self._kept = window[1 - len(self._STRING) :]

    def engine(self, at: datetime) -> str:
        return WITHOUT_ANTIVIRUS

    def scan(self, path: Path) -> str:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                self.look(piece)
        return "Eicar-Test-Signature" if self._found else ""


def scanner() -> Scanner:
    """The one chosen in the settings, for one file."""
    return Clamd(settings.CLAMD) if settings.CLAMD else Embedded()


def has_antivirus() -> bool:
    """Whether deposits are scanned at all: where they are not, the page says so."""
    return bool(settings.CLAMD)
