"""What is to be thought of a file? Looked at by its structure first, then by the antivirus; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from foundation.core.language import spoken
from foundation.files.checks import Unfit, nature_of
from foundation.files.clamav import TooLarge, scanner
from foundation.files.models import StoredFile
from foundation.files.store import on_disk


@dataclass(frozen=True, slots=True)
class Passed:
    media_type: str
    sealed: bool
    remarks: tuple[str, ...]
    engine: str


@dataclass(frozen=True, slots=True)
class Condemned:
    found: str
    engine: str


@dataclass(frozen=True, slots=True)
class Rejected:
    reason: str
    media_type: str
    engine: str


@dataclass(frozen=True, slots=True)
class Held:
    engine: str


Judgment = Passed | Condemned | Rejected | Held


def judgment_of(file: StoredFile, at: datetime) -> Judgment:
    """One of four; `NotScanned` where there is none yet. What is sealed is not scanned: nobody here can open it."""
    scanning = scanner()
    with on_disk(file.key) as path, spoken(settings.LANGUAGE_CODE):  # what is recorded is in French
        try:
            nature = nature_of(path, file.name, accepts_sealed=file.accepts_sealed, accepted=file.accepted, watch=scanning.look)
        except Unfit as unfit:
            return Rejected(str(unfit.reason), unfit.media_type, "contrôles de structure")  # recorded as it is
        if nature.sealed:
            return Passed(nature.media_type, True, nature.remarks, "aucun : contenu scellé")  # recorded as it is
        engine = scanning.engine(at)
        try:
            found = scanning.scan(path)
        except TooLarge:
            return Held(engine)
    return Condemned(found, engine) if found else Passed(nature.media_type, False, nature.remarks, engine)
