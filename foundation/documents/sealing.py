"""How does whoever holds a paper know that it is ours, whole, and of which moment? A PAdES seal with its timestamp, in the PDF itself.

Any reader of PDF checks it, without asking us anything but the certificate of our authority. A seal is added after the
bytes it seals: those stay as they were, so that what was read, what was signed and what was sealed are one thing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from foundation.core.language import gettext as _
from foundation.core.verdict import Refused

TIMEOUT = 5
"""Seconds an outside timestamp authority has to answer."""


class ClockDown(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("Le service d'horodatage ne répond pas : rien n'est signé. Recommencez dans quelques minutes."), code="clock_down", status=503
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """What one seal of a paper is worth. `dated`: the moment its timestamp tells; `covers`: nothing came after it but other seals.

    `is_bare`: no certificate comes with it but those that were checked. Another maker's seal may bring more; ours never does.
    """

    name: str
    signer: str
    reason: str
    dated: datetime | None
    is_intact: bool
    is_trusted: bool
    covers: bool
    is_bare: bool

    @property
    def is_good(self) -> bool:
        return self.is_intact and self.is_trusted and self.covers and self.is_bare and self.dated is not None


def sealed(pdf: bytes, name: str, *, reason: str, at: datetime) -> bytes:
    """The same paper with one more seal, invisible, in a field called `name`. Raises `ClockDown` where nobody dates it."""
    from pyhanko.sign.timestamps import TimestampRequestError  # noqa: PLC0415 - slow, wanted by few requests

    from foundation.documents.pades import write_seal  # noqa: PLC0415 - the same

    with ThreadPoolExecutor(1) as apart:  # the library opens an event loop: not where one may be running already
        try:
            return apart.submit(write_seal, pdf, name, reason, at, settings.TIMESTAMP_URL, TIMEOUT).result()
        except (TimestampRequestError, OSError) as error:
            raise ClockDown from error


def seals_of(pdf: bytes) -> list[Seal]:
    """The seals of a paper, the oldest first; none where it has none, or where it is no PDF at all."""
    from foundation.documents.pades import read_seals  # noqa: PLC0415 - slow, wanted by few requests

    with ThreadPoolExecutor(1) as apart:
        return [Seal(**one) for one in apart.submit(read_seals, pdf).result()]


def is_sealed_whole(pdf: bytes, original: bytes, number: int) -> bool:
    """Whether a paper is the original and `number` good seals after it, and nothing else."""
    seals = seals_of(pdf) if pdf.startswith(original) else []
    return len(seals) == number and all(seal.is_good for seal in seals)


def authority_pem() -> bytes:
    """The certificate of the authority above our seal: what a reader of PDF is told to trust."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow, wanted by few requests

    from foundation.documents.keys import sealing_keyring  # noqa: PLC0415 - the same

    return sealing_keyring().root.public_bytes(serialization.Encoding.PEM)
