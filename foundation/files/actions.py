"""Every write to files: beginning a transfer, going on with it, receiving it whole, and what is thought of it after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.events import (
    FileCondemned,
    FileErased,
    FileHeld,
    FilePassed,
    FileReceived,
    FileRefused,
    UploadAbandoned,
    UploadBegun,
)
from foundation.files.models import StoredFile, Upload
from foundation.files.permissions import (
    can_abandon_upload,
    can_begin_upload,
    can_condemn_file,
    can_erase_file,
    can_hold_file,
    can_pass_file,
    can_receive_file,
    can_refuse_file,
)
from foundation.files.purposes import terms_for
from foundation.files.reasons import CONDEMNED, TOO_LARGE, recorded
from foundation.files.recipients import known_among
from foundation.files.rules import is_fingerprint, size_told, tidy_name
from foundation.files.store import (
    Running,
    StoreFull,
    digest_of_spooled,
    forget_bytes,
    forget_spooled,
    keep,
    new_key,
    room_left,
    write_piece,
)
from foundation.files.workflow import FILE
from foundation.journal.action import action
from foundation.journal.actor import SYSTEM, Actor

MOST_AT_ONCE = 100
"""Transfers one person may have under way: more is not someone depositing files."""


class Moved(Refused):
    """The piece is not for the place the transfer is at; `offset` is that place."""

    def __init__(self, offset: int) -> None:
        super().__init__(_("Ce dépôt a avancé entre-temps. Il reprend là où il en est."), code="moved", status=409)
        self.offset = offset


class Altered(Refused):
    """What arrived is not what was sent: nothing of it is kept."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, code="altered", status=460)


@action(UploadBegun)
def begin_upload(
    company: Company, about: str, name: str, size: int, sha256: str = "", *, sealed_for: Iterable[str] = (), by: Person, at: datetime
) -> UploadBegun:
    """Make room for a file of a size known beforehand, for something that takes files; its name is tidied at once.

    Where it may be sealed, the agency's keys it says it is sealed for are kept with it: they are told to whoever opens it.
    """
    can_begin_upload(by, company, about).or_refuse()
    terms = terms_for(by, company, about)
    if size <= 0:
        raise Refused(_("Ce fichier est vide. Choisissez un fichier qui contient quelque chose."), code="empty", status=400)
    if size > settings.MAX_FILE_SIZE:
        raise Refused(
            _("Ce fichier dépasse {most}. Réduisez-le ou partagez-le en plusieurs fichiers.").format(
                most=size_told(settings.MAX_FILE_SIZE)
            ),
            code="too_large",
            status=413,
        )
    if sha256 and not is_fingerprint(sha256):
        raise Refused(_("L'empreinte annoncée n'est pas une empreinte SHA-256. Recommencez le dépôt."), status=400)
    if Upload.objects.filter(by=by, received_at=None, expires_at__gt=at).count() >= MOST_AT_ONCE:
        raise Refused(
            _("Vous avez déjà {count} dépôts en cours. Terminez-en ou abandonnez-en avant d'en commencer un autre.").format(
                count=MOST_AT_ONCE
            ),
            code="too_many",
            status=429,
        )
    if room_left() < size:
        raise StoreFull
    upload = Upload.objects.create(
        reference=uuid4(),
        company=company,
        by=by,
        about=about,
        name=tidy_name(name),
        size=size,
        sha256=sha256,
        key=new_key(),
        accepts_sealed=terms.sealed,
        accepted=list(terms.media_types),
        sealed_for=known_among(sealed_for) if terms.sealed else [],
        begun_at=at,
        expires_at=at + _lifetime(),
    )
    return UploadBegun(about=f"upload:{upload.reference}", company=company.pk, purpose=about, size=size)


def append_piece(
    upload: Upload, offset: int, piece: bytes | bytearray | memoryview, running: Running | None = None, *, by: Person, at: datetime
) -> Upload:
    """Put a piece where the transfer is, and acknowledge it once it is on the disk. The last one receives the file.

    The row is locked while the piece is written: of two that come for the same place one is kept, the other is told
    where the transfer is. What is not acknowledged may be on the disk: it is written over.
    """
    try:
        with transaction.atomic():
            row = Upload.objects.select_for_update(no_key=True, of=("self",)).select_related("company").get(pk=upload.pk)
            _refuse_unwritable(row, offset, len(piece), by=by, at=at)
            write_piece(row.reference, offset, piece, running)
            row.offset += len(piece)
            row.expires_at = at + _lifetime()
            row.save(update_fields=["offset", "expires_at"])
            if row.offset == row.size:
                receive_file(row, running, by=by, at=at)
                row.refresh_from_db()
    except Altered:
        abandon_upload(upload, by=SYSTEM, at=at)
        raise
    return row


def _refuse_unwritable(row: Upload, offset: int, length: int, *, by: Person, at: datetime) -> None:
    can_receive_file(by, row).or_refuse()
    if row.offset != offset:
        raise Moved(row.offset)
    if row.expires_at <= at:
        raise Refused(_("Ce dépôt a expiré. Choisissez de nouveau le fichier pour le recommencer."), code="expired", status=410)
    if offset + length > row.size:
        raise Refused(_("Le fichier envoyé est plus long qu'annoncé : il a changé. Choisissez-le de nouveau."), code="too_long", status=400)


@action(FileReceived)
def receive_file(upload: Upload, running: Running | None = None, *, by: Person, at: datetime) -> FileReceived:
    """All the bytes are there: hash them as they are on the disk, put them in the store, in quarantine.

    In the transaction that acknowledges the last byte: killed anywhere before its end, the transfer goes on from the
    last piece; after it, the file is here.
    """
    can_receive_file(by, upload).or_refuse()
    if upload.offset != upload.size or upload.is_received:
        raise Refused(_("Ce fichier n'est pas arrivé en entier, ou il est déjà reçu."), code="wrong_state", status=409)
    sha256 = digest_of_spooled(upload.reference, upload.size, running)
    if upload.sha256 and sha256 != upload.sha256:
        raise Altered(_("Le fichier a été altéré en chemin, ou il a changé pendant l'envoi. Choisissez-le de nouveau."))
    keep(upload.reference, upload.key)
    file = StoredFile.objects.create(
        reference=upload.reference,
        company_id=upload.company_id,
        about=upload.about,
        name=upload.name,
        size=upload.size,
        sha256=sha256,
        key=upload.key,
        accepts_sealed=upload.accepts_sealed,
        accepted=upload.accepted,
        sealed_for=upload.sealed_for,
        deposited_by=by,
        deposited_at=at,
    )
    upload.received_at = at
    upload.save(update_fields=["received_at"])
    reference = upload.reference
    transaction.on_commit(lambda: forget_spooled(reference))
    return FileReceived(
        about=f"file:{file.pk}", company=file.company_id, file=file.pk, purpose=file.about, size=file.size, sha256=file.sha256
    )


def deposit_whole(company: Company, about: str, name: str, size: int, pieces: Iterable[bytes], *, by: Person, at: datetime) -> Upload:
    """A file that arrived in one request: the same steps as a transfer in pieces, so that the same is true of it."""
    begun = begin_upload(company, about, name, size, by=by, at=at)
    upload = Upload.objects.select_related("company").get(reference=begun.reference)
    with Running() as running:
        for piece in pieces:
            upload = append_piece(upload, upload.offset, piece, running, by=by, at=at)
    if not upload.is_received:
        abandon_upload(upload, by=SYSTEM, at=at)
        raise Altered(_("Le fichier n'est pas arrivé en entier. Déposez-le de nouveau."))
    return upload


@action(UploadAbandoned)
def abandon_upload(upload: Upload, *, by: Actor, at: datetime) -> UploadAbandoned:
    """Forget a transfer and its bytes. A file already received is no transfer any more: it is not touched."""
    can_abandon_upload(by, upload).or_refuse()
    if upload.is_received:
        raise Refused(_("Ce fichier est déjà reçu. Retirez-le depuis la page où il est déposé."), code="wrong_state", status=409)
    reference, key = upload.reference, upload.key
    upload.delete()
    transaction.on_commit(lambda: forget_bytes(reference, key))
    return UploadAbandoned(about=f"upload:{reference}", company=upload.company_id, purpose=upload.about)


def clear_uploads(*, at: datetime) -> int:
    """Abandon what has expired, and forget the transfers whose file was received long ago. How many were abandoned."""
    Upload.objects.filter(expires_at__lte=at).exclude(received_at=None).delete()
    expired = list(Upload.objects.filter(expires_at__lte=at, received_at=None))
    for upload in expired:
        abandon_upload(upload, by=SYSTEM, at=at)
    return len(expired)


@action(FilePassed)
def pass_file(
    file: StoredFile, *, media_type: str, engine: str, sealed: bool = False, remarks: Sequence[str] = (), by: Actor, at: datetime
) -> FilePassed:
    """It is what it says it is and nothing was found in it: it may be read. A sealed one passes without being opened."""
    can_pass_file(by, file).or_refuse()
    if sealed and not file.accepts_sealed:
        raise Refused(_("Un contenu scellé n'est pas attendu ici."), status=409)
    file.media_type, file.sealed, file.remarks = media_type, sealed, list(remarks)
    _judged(file, "pass_file", engine, at)
    return FilePassed(
        about=f"file:{file.pk}",
        company=file.company_id,
        file=file.pk,
        purpose=file.about,
        media_type=media_type,
        engine=engine,
        remarks=tuple(remarks),
    )


@action(FileCondemned)
def condemn_file(file: StoredFile, *, found: str, engine: str, by: Actor, at: datetime) -> FileCondemned:
    """Something harmful was found: it is never served again, whatever it was before."""
    can_condemn_file(by, file).or_refuse()
    file.reason = recorded(CONDEMNED, found=found[:200])
    _judged(file, "condemn_file", engine, at)
    return FileCondemned(
        about=f"file:{file.pk}", company=file.company_id, file=file.pk, purpose=file.about, found=found[:200], engine=engine
    )


@action(FileRefused)
def refuse_file(file: StoredFile, *, reason: str, media_type: str = "", engine: str, by: Actor, at: datetime) -> FileRefused:
    """It is not what may be received here; the reason says what to do, and is shown as it is."""
    can_refuse_file(by, file).or_refuse()
    file.reason, file.media_type = reason, media_type
    _judged(file, "refuse_file", engine, at)
    return FileRefused(about=f"file:{file.pk}", company=file.company_id, file=file.pk, purpose=file.about, reason=reason)


@action(FileHeld)
def hold_file(file: StoredFile, *, engine: str, by: Actor, at: datetime) -> FileHeld:
    """Larger than the antivirus accepts: nothing is known of it, so nobody reads it until someone has it scanned otherwise."""
    can_hold_file(by, file).or_refuse()
    file.reason = recorded(TOO_LARGE)
    _judged(file, "hold_file", engine, at)
    return FileHeld(about=f"file:{file.pk}", company=file.company_id, file=file.pk, purpose=file.about, size=file.size)


@action(FileErased)
def erase_file(file: StoredFile, *, by: Actor, at: datetime) -> FileErased:
    """It can never be given again: its bytes leave the store once this is committed, its record stays with its hash."""
    can_erase_file(by, file).or_refuse()
    file.state, file.erased_at = FILE.after("erase_file", file.state), at
    file.save(update_fields=["state", "erased_at"])
    return FileErased(
        about=f"file:{file.pk}", company=file.company_id, file=file.pk, purpose=file.about, size=file.size, sha256=file.sha256
    )


def _judged(file: StoredFile, verb: str, engine: str, at: datetime) -> None:
    file.state = FILE.after(verb, file.state)
    file.engine, file.scanned_at = engine, at
    if verb == "pass_file":
        file.reason = ""
    file.save(update_fields=["state", "engine", "scanned_at", "media_type", "sealed", "remarks", "reason"])


def _lifetime() -> timedelta:
    return timedelta(days=settings.UPLOAD_DAYS)
