"""How does someone sign, from the code they typed to the seal? The code is counted, the paper sealed and dated, then all is kept or nothing."""

from __future__ import annotations

from datetime import datetime

from convergence.agreements.actions import WrongCode, countersign_agreement, refuse_wrong, sign_agreement, signing_role, try_signing_code
from convergence.agreements.events import AgreementCountersigned, AgreementSigned
from convergence.agreements.models import Agreement
from convergence.agreements.queries import code_awaited, latest_paper
from convergence.agreements.workflow import COMPANY
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.typography import french
from foundation.documents.sealing import sealed
from foundation.files.store import read_kept

FIELDS = {"company": "entreprise", "agency": "agence"}


def sign_with_code(agreement: Agreement, typed: str, *, by: Person, at: datetime) -> AgreementSigned | AgreementCountersigned:
    """For the party whose turn it is. The seal is made before the rows are locked: an authority far away may take seconds to date it."""
    code = code_awaited(agreement, by, at)
    if code is None:
        raise WrongCode(_("Aucun code en cours : demandez-en un, il arrive par courriel."))
    try_signing_code(code, by=by, at=at)
    code.refresh_from_db()
    refuse_wrong(code, typed)
    party = agreement.turn
    sign = sign_agreement if party == COMPANY else countersign_agreement
    paper = sealed(read_kept(latest_paper(agreement).key), FIELDS[party], reason=_reason(agreement, party, by), at=at)
    return sign(agreement, code, typed, paper, by=by, at=at)


def _reason(agreement: Agreement, party: str, by: Person) -> str:
    subject = agreement.step.candidature.enrolment.subject
    whom = f"{subject.company.name}, SIREN {subject.company.siren_spaced}" if party == COMPANY else "l'agence"  # recorded as it is
    role = signing_role(agreement, party, by)
    return french(f"Signé par {by.name} ({role}) pour {whom}, avec un code reçu par courriel")  # recorded as it is
