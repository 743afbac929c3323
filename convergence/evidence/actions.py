"""Every write to evidence: depositing, using again, archiving, restoring, dating."""

from __future__ import annotations

from datetime import date, datetime

from convergence.content.formats import media_types_of, words_of
from convergence.content.schema import ExpectedProof
from convergence.evidence.events import (
    ErasureDecided,
    ErasureDeclined,
    ErasureProposed,
    ErasureRequested,
    EvidenceArchived,
    EvidenceDeposited,
    EvidenceRestored,
    EvidenceReused,
    ExpirySet,
)
from convergence.evidence.models import Deposit, ErasureRequest, Folder
from convergence.evidence.permissions import (
    can_archive_evidence,
    can_decide_erasure,
    can_decline_erasure,
    can_deposit_evidence,
    can_propose_erasure,
    can_read_evidence,
    can_request_erasure,
    can_restore_evidence,
    can_reuse_evidence,
    can_set_expiry,
)
from convergence.evidence.rules import Slot, counted_by_slot, has_room
from convergence.evidence.workflow import ARCHIVED, DECLINED, DEPOSIT, ERASURE, IN_PLACE
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, worded
from foundation.files.actions import erase_file
from foundation.files.models import StoredFile
from foundation.journal.action import action

MOST_FILES = 50
"""In one slot that takes several: above, a zip is kinder to whoever must read them."""


LONGEST_REASON = 2000


def slot_of(proof: ExpectedProof) -> Slot:
    """What the content expects, as the rules see it."""
    return Slot(proof.code, proof.minimum, proof.many)


@action(EvidenceDeposited)
def deposit_evidence(folder: Folder, proof: ExpectedProof, file: StoredFile, *, by: Person, at: datetime) -> EvidenceDeposited | None:
    """A file received fills a slot, at once and before it is examined: a deadline is met by the deposit.

    Deposited twice (a button pressed twice, a message come again), it is deposited once.
    """
    can_deposit_evidence(by, folder).or_refuse()
    if file.company_id != folder.subject.company_id:
        raise Refused(_("Ce fichier n'est pas celui de votre entreprise."), status=404)
    if folder.deposits.filter(slot=proof.code, file=file).exists():
        return None
    _refuse_full(folder, proof)
    _refuse_unfit(proof, file)
    deposit = Deposit.objects.create(folder=folder, slot=proof.code, file=file, deposited_at=at, deposited_by=by)
    return EvidenceDeposited(
        about=f"evidence:{deposit.pk}",
        company=folder.subject.company_id,
        subject=folder.subject_id,
        folder=folder.pk,
        slot=proof.code,
        file=file.pk,
        size=file.size,
        sha256=file.sha256,
    )


@action(EvidenceReused)
def reuse_evidence(folder: Folder, proof: ExpectedProof, source: Deposit, *, by: Person, at: datetime) -> EvidenceReused:
    """« Choisir parmi vos preuves »: a file that already stands somewhere fills this slot too, without being sent again."""
    can_reuse_evidence(by, folder).or_refuse()
    can_read_evidence(by, source.folder.subject, source.folder.part).or_refuse()
    file = source.file
    if file.company_id != folder.subject.company_id:
        raise Refused(_("Cette preuve n'est pas celle de votre entreprise."), status=404)
    if source.is_rejected:
        raise Refused(_("Ce fichier a été refusé ou mis à l'écart : il ne peut servir nulle part. Déposez-en un autre."), status=409)
    if folder.deposits.filter(slot=proof.code, file=file, state=IN_PLACE).exists():
        raise Refused(_("Ce fichier est déjà dans cet emplacement."), code="duplicate", status=409)
    _refuse_full(folder, proof)
    _refuse_unfit(proof, file)
    deposit = Deposit.objects.create(
        folder=folder, slot=proof.code, file=file, reused=True, expires_on=source.expires_on, deposited_at=at, deposited_by=by
    )
    return EvidenceReused(
        about=f"evidence:{deposit.pk}",
        company=folder.subject.company_id,
        subject=folder.subject_id,
        folder=folder.pk,
        slot=proof.code,
        file=file.pk,
        sha256=file.sha256,
    )


@action(EvidenceArchived)
def archive_evidence(deposit: Deposit, *, by: Person, at: datetime) -> EvidenceArchived:
    """The cross: the file leaves this slot and no other. It stays readable under « Voir les preuves archivées »."""
    can_archive_evidence(by, deposit).or_refuse()
    deposit.state = DEPOSIT.after("archive_evidence", deposit.state)
    deposit.archived_at, deposit.archived_by = at, by
    deposit.save(update_fields=["state", "archived_at", "archived_by"])
    folder = deposit.folder
    return EvidenceArchived(
        about=f"evidence:{deposit.pk}", company=folder.subject.company_id, subject=folder.subject_id, folder=folder.pk, slot=deposit.slot
    )


@action(EvidenceRestored)
def restore_evidence(deposit: Deposit, proof: ExpectedProof, *, by: Person, at: datetime) -> EvidenceRestored:
    """Back in its slot, if there is still room in it."""
    can_restore_evidence(by, deposit).or_refuse()
    state = DEPOSIT.after("restore_evidence", deposit.state)
    folder = deposit.folder
    if deposit.file.erased_at is not None:
        raise Refused(_("Ce fichier est effacé : il ne peut plus revenir. Déposez-en un autre."), code="erased", status=409)
    if folder.deposits.filter(slot=deposit.slot, file=deposit.file_id, state=IN_PLACE).exists():
        raise Refused(_("Ce fichier est déjà revenu dans son emplacement."), code="duplicate", status=409)
    _refuse_full(folder, proof)
    deposit.state, deposit.archived_at, deposit.archived_by = state, None, None
    deposit.save(update_fields=["state", "archived_at", "archived_by"])
    return EvidenceRestored(
        about=f"evidence:{deposit.pk}", company=folder.subject.company_id, subject=folder.subject_id, folder=folder.pk, slot=deposit.slot
    )


@action(ExpirySet)
def set_expiry(deposit: Deposit, expires_on: date | None, *, by: Person, at: datetime) -> ExpirySet | None:
    """Until when the document is valid, as its owner reads on it; None takes the date away."""
    can_set_expiry(by, deposit).or_refuse()
    DEPOSIT.after("set_expiry", deposit.state)
    if deposit.expires_on == expires_on:
        return None
    deposit.expires_on = expires_on
    deposit.save(update_fields=["expires_on"])
    return ExpirySet(
        about=f"evidence:{deposit.pk}",
        company=deposit.folder.subject.company_id,
        subject=deposit.folder.subject_id,
        expires_on=expires_on.isoformat() if expires_on else "",
    )


@action(ErasureRequested)
def request_erasure(deposit: Deposit, reason: str, *, by: Person, at: datetime) -> ErasureRequested:
    """« Demander l'effacement »: of a file that stands nowhere any more. Asked once; refused, it may be asked again."""
    can_request_erasure(by, deposit).or_refuse()
    _refuse_in_use(deposit.file)
    if ErasureRequest.objects.filter(file=deposit.file).exclude(state=DECLINED).exists():
        raise Refused(_("L'effacement de ce fichier est déjà demandé, ou fait."), code="duplicate", status=409)
    words = worded(reason, _("Dites pourquoi ce fichier doit être effacé."), LONGEST_REASON)
    request = ErasureRequest.objects.create(deposit=deposit, file=deposit.file, reason=words, asked_at=at, asked_by=by)
    return ErasureRequested(
        about=f"evidence:{deposit.pk}",
        company=deposit.folder.subject.company_id,
        request=request.pk,
        file=deposit.file_id,
        sha256=deposit.file.sha256,
    )


@action(ErasureProposed)
def propose_erasure(request: ErasureRequest, opinion: str, *, by: Person, at: datetime) -> ErasureProposed:
    """The support has looked into it, and says why it may be erased."""
    can_propose_erasure(by, request).or_refuse()
    request.state = ERASURE.after("propose_erasure", request.state)
    request.opinion = worded(opinion, _("Écrivez ce que vous avez vérifié : qui décide le lira."), LONGEST_REASON)
    request.proposed_by, request.proposed_at = by, at
    request.save(update_fields=["state", "opinion", "proposed_by", "proposed_at"])
    return ErasureProposed(about=f"evidence:{request.deposit_id}", company=_owner(request), request=request.pk, file=request.file_id)


@action(ErasureDeclined)
def decline_erasure(request: ErasureRequest, answer: str, *, by: Person, at: datetime) -> ErasureDeclined:
    """The file stays where it is, archived; the company reads why."""
    can_decline_erasure(by, request).or_refuse()
    request.state = ERASURE.after("decline_erasure", request.state)
    request.answer = worded(answer, _("Écrivez à l'entreprise pourquoi ce fichier est gardé."), LONGEST_REASON)
    request.settled_by, request.settled_at = by, at
    request.save(update_fields=["state", "answer", "settled_by", "settled_at"])
    return ErasureDeclined(about=f"evidence:{request.deposit_id}", company=_owner(request), request=request.pk, file=request.file_id)


@action(ErasureDecided)
def decide_erasure(request: ErasureRequest, *, by: Person, at: datetime) -> ErasureDecided:
    """Another person than whoever proposed it decides: the bytes go, every record stays with the hash."""
    can_decide_erasure(by, request).or_refuse()
    state = ERASURE.after("decide_erasure", request.state)
    _refuse_in_use(request.file)
    erase_file(request.file, by=by, at=at)
    request.state, request.settled_by, request.settled_at = state, by, at
    request.save(update_fields=["state", "settled_by", "settled_at"])
    return ErasureDecided(
        about=f"evidence:{request.deposit_id}",
        company=_owner(request),
        request=request.pk,
        file=request.file_id,
        sha256=request.file.sha256,
    )


def _owner(request: ErasureRequest) -> int:
    return request.deposit.folder.subject.company_id


def _refuse_in_use(file: StoredFile) -> None:
    """Every place it had is locked: whoever puts it back meanwhile waits, and reads what became of it."""
    states = list(Deposit.objects.filter(file=file).order_by("pk").select_for_update().values_list("state", flat=True))
    if IN_PLACE in states:
        raise Refused(_("Ce fichier sert encore à un autre emplacement : archivez-le partout d'abord."), code="in_use", status=409)


def _refuse_full(folder: Folder, proof: ExpectedProof) -> None:
    slot = slot_of(proof)
    filed = [deposit.filed for deposit in folder.deposits.filter(slot=slot.code).select_related("file")]
    if has_room(slot, counted_by_slot(filed), MOST_FILES):
        return
    full = (
        _("Cet emplacement est plein. Il contient {most} fichiers au plus : réunissez-les dans une archive zip.").format(most=MOST_FILES)
        if slot.many
        else _("Cet emplacement est plein. Il contient un seul fichier : archivez-le d'abord.")
    )
    raise Refused(full, code="full", status=409)


def _refuse_unfit(proof: ExpectedProof, file: StoredFile) -> None:
    """Size and format, as the content asks. What is sealed stays with what is: nobody looks into it."""
    if proof.max_bytes is not None and file.size > proof.max_bytes:
        raise Refused(
            _("Le fichier est trop lourd : {size}, pour {most} au plus. Déposez-en un plus léger, ou partagez-le en plusieurs.").format(
                size=_megabytes(file.size), most=_megabytes(proof.max_bytes)
            ),
            code="too_large",
            status=409,
        )
    if proof.formats and not _types_of(file) <= set(media_types_of(proof.formats)):
        unfit = _("Ce format ne convient pas ici. Déposez un fichier {formats}.").format(formats=words_of(proof.formats))
        wait = "" if file.media_type else _("S'il en est un, attendez la fin de son analyse.")
        raise Refused(f"{unfit} {wait}".strip(), code="wrong_format", status=409)


def _types_of(file: StoredFile) -> set[str]:
    """What was recognised or, before it is examined, all that it may be found to be: what its first slot takes."""
    return {file.media_type} if file.media_type else set(file.accepted) or {"?"}


def _megabytes(size: int) -> str:
    return _("{size}\u00a0Mo").format(size=-(-size // 1_000_000))


__all__ = [
    "ARCHIVED",
    "LONGEST_REASON",
    "MOST_FILES",
    "archive_evidence",
    "decide_erasure",
    "decline_erasure",
    "deposit_evidence",
    "propose_erasure",
    "request_erasure",
    "restore_evidence",
    "reuse_evidence",
    "set_expiry",
    "slot_of",
]
