"""What does a test of deposits stand on? A purpose of its own, and files brought to a state by the real actions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from foundation.accounts.models import Company, Person
from foundation.accounts.rights import Role
from foundation.core.verdict import Refused
from foundation.files.actions import append_piece, begin_upload, condemn_file, erase_file, hold_file, pass_file, refuse_file
from foundation.files.models import StoredFile, Upload
from foundation.files.purposes import Terms
from foundation.files.workflow import CLEAN, ERASED, HELD, INFECTED, QUARANTINED, REFUSED
from foundation.journal.actor import SYSTEM
from tests.factories.people import someone

TERMS = "test"
OPEN, SEALED = "test:ouvert", "test:scelle"


def terms_of_test(by: Person, company: Company, key: str) -> Terms:
    """« ouvert » takes everything, « scelle » also what is sealed, « pdf » PDF only, « ferme » nothing; others are not seen."""
    match key:
        case "ouvert":
            return Terms()
        case "scelle":
            return Terms(sealed=True)
        case "pdf":
            return Terms(media_types=("application/pdf",))
        case "ferme":
            raise Refused("Cette étape est transmise : elle ne reçoit plus de fichier.")
    raise ObjectDoesNotExist


def begun(owner: Person, at: datetime, *, size: int, name: str = "rapport.txt", about: str = OPEN, sha256: str = "", sealed_for: Sequence[str] = ()) -> Upload:  # fmt: skip
    event = begin_upload(owner.seats[0].company, about, name, size, sha256, sealed_for=sealed_for, by=owner, at=at)
    return Upload.objects.select_related("company").get(reference=event.reference)


def received(owner: Person, at: datetime, content: bytes, *, name: str = "rapport.txt", about: str = OPEN, sealed_for: Sequence[str] = ()) -> StoredFile:  # fmt: skip
    """A file in quarantine: its scan is queued, not done."""
    upload = append_piece(begun(owner, at, size=len(content), name=name, about=about, sealed_for=sealed_for), 0, content, by=owner, at=at)
    return StoredFile.objects.get(reference=upload.reference)


def file_at(state: str, owner: Person, at: datetime, content: bytes = b"preuve", *, name: str = "rapport.txt", sealed: bool = False, media_type: str = "text/plain", remarks: tuple[str, ...] = (), sealed_for: Sequence[str] = ()) -> StoredFile:  # fmt: skip
    """A file brought to a state by the actions that lead there."""
    file = received(owner, at, content, name=name, about=SEALED if sealed else OPEN, sealed_for=sealed_for)
    match state:
        case _ if state == CLEAN:
            pass_file(file, media_type=media_type, engine="test", sealed=sealed, remarks=remarks, by=SYSTEM, at=at)
        case _ if state == INFECTED:
            condemn_file(file, found="Test", engine="test", by=SYSTEM, at=at)
        case _ if state == REFUSED:
            refuse_file(file, reason="Refusé pour l'essai.", engine="test", by=SYSTEM, at=at)
        case _ if state == HELD:
            hold_file(file, engine="test", by=SYSTEM, at=at)
        case _ if state == ERASED:
            pass_file(file, media_type=media_type, engine="test", sealed=sealed, remarks=remarks, by=SYSTEM, at=at)
            erase_file(file, by=someone("effaceuse", Role.COORDINATOR, None, at), at=at)
        case _:
            assert state == QUARANTINED
    return StoredFile.objects.get(pk=file.pk)


def metadata(told: Mapping[str, str]) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())


def checksum(algorithm: str, content: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


class Tus:
    """What a tus client sends, one request at a time, through a test client."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> Any:
        sent = {"Tus-Resumable": "1.0.0", "Accept": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/offset+octet-stream")
        return self.client.generic(method, address, body, content_type=kind, headers={k: v for k, v in sent.items() if v})

    def create(
        self, size: int, *, name: str = "rapport.txt", about: str = OPEN, body: bytes = b"", sha256: str = "", **headers: str
    ) -> Any:
        told = metadata({"filename": name, "about": about, **({"sha256": sha256} if sha256 else {})})
        return self.ask("POST", "/depots/", body, **{"Upload-Length": str(size), "Upload-Metadata": told, **headers})

    def patch(self, address: str, offset: int, body: bytes, **headers: str) -> Any:
        return self.ask("PATCH", address, body, **{"Upload-Offset": str(offset), **headers})


def reference_in(location: str) -> UUID:
    return UUID(location.rstrip("/").rpartition("/")[2])
