"""Every write about what is sealed: accrediting by name, withdrawing, opening."""

from __future__ import annotations

from datetime import datetime

from convergence.evidence.models import Deposit
from convergence.openings.events import AccreditationWithdrawn, ReaderAccredited, SealedEvidenceOpened
from convergence.openings.handing import handed_over
from convergence.openings.models import Accreditation, Opening
from convergence.openings.permissions import (
    accreditation_of,
    can_accredit_reader,
    can_open_sealed_evidence,
    can_withdraw_accreditation,
)
from foundation.accounts.models import Person, Seat
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.journal.action import action


@action(ReaderAccredited)
def accredit_reader(seat: Seat, *, by: Person, at: datetime) -> ReaderAccredited | None:
    """« Accréditer »: this reviewer may open sealed evidence, while they hold this role. Pressed twice, given once."""
    can_accredit_reader(by, seat).or_refuse()
    if Accreditation.objects.filter(seat=seat, ended_at=None).exists():
        return None
    given = Accreditation.objects.create(seat=seat, given_at=at, given_by=by)
    return ReaderAccredited(about=f"accreditation:{given.pk}", person=seat.person_id, seat=seat.pk)


@action(AccreditationWithdrawn)
def withdraw_accreditation(accreditation: Accreditation, *, by: Person, at: datetime) -> AccreditationWithdrawn | None:
    """« Retirer »: from now on they open nothing more. What they opened stays in the register."""
    can_withdraw_accreditation(by, accreditation).or_refuse()
    if accreditation.ended_at is not None:
        return None
    accreditation.ended_at, accreditation.ended_by = at, by
    accreditation.save(update_fields=["ended_at", "ended_by"])
    return AccreditationWithdrawn(
        about=f"accreditation:{accreditation.pk}", person=accreditation.seat.person_id, seat=accreditation.seat_id
    )


@action(SealedEvidenceOpened)
def open_sealed_evidence(deposit: Deposit, *, by: Person, at: datetime) -> SealedEvidenceOpened:
    """The sealed bytes are about to be given to an accredited reviewer: written first, each time, whatever becomes of them."""
    can_open_sealed_evidence(by, deposit).or_refuse()
    if not deposit.file.sealed:
        raise Refused(_("Ce fichier n'est pas scellé : ouvrez-le depuis la page où il a été transmis."), code="not_sealed", status=409)
    if not deposit.file.is_clean:
        raise Refused(_("Ce fichier n'est pas, ou plus, lisible : personne ne peut l'ouvrir."), code="not_clean", status=409)
    handed, accreditation = handed_over(deposit), accreditation_of(by)
    assert handed is not None
    assert accreditation is not None
    candidature = handed.candidature
    opening = Opening.objects.create(deposit=deposit, candidature=candidature, accreditation=accreditation, person=by, opened_at=at)
    return SealedEvidenceOpened(
        about=f"opening:{opening.pk}",
        company=deposit.folder.subject.company_id,
        deposit=deposit.pk,
        file=deposit.file_id,
        sha256=deposit.file.sha256,
        number=candidature.number if candidature else "",
    )
