"""May this person deposit, go on with a deposit, judge a file? What a deposit is for has its own say: `purposes.py`."""

from __future__ import annotations

from foundation.accounts.models import Company, Person
from foundation.accounts.permissions import agency_has
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no
from foundation.files.models import StoredFile, Upload
from foundation.files.purposes import sent_by_agency
from foundation.journal.actor import SYSTEM, Actor

_PLATFORM_ONLY = no(gettext_lazy("Un fichier est jugé par la plateforme seule. Attendez la fin de sa vérification."))


def can_begin_upload(by: Person, company: Company, about: str) -> Verdict:
    """Someone of the company; someone of the agency, for what it may send to a company. Whether this very thing takes a file, its room says."""
    if by.company_has(company.pk, Right.USE_COMPANY_SPACE):
        return YES
    if about.partition(":")[0] in sent_by_agency and by.agency_has(Right.USE_AGENCY_SPACE):
        return YES
    return no(_("Vous ne pouvez déposer de fichiers que pour votre entreprise."))


def can_receive_file(by: Person, upload: Upload) -> Verdict:
    """A transfer belongs to whoever began it, as long as they may send it."""
    if upload.by_id != by.pk:
        return no(_("Ce dépôt a été commencé par une autre personne. Commencez le vôtre."))
    return can_begin_upload(by, upload.company, upload.about)


def can_abandon_upload(by: Actor, upload: Upload) -> Verdict:
    """Its author may stop it; the platform ends what has expired."""
    if by is SYSTEM or (isinstance(by, Person) and upload.by_id == by.pk):
        return YES
    return no(_("Ce dépôt a été commencé par une autre personne : elle seule peut l'abandonner."))


def can_pass_file(by: Actor, file: StoredFile) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM_ONLY


def can_condemn_file(by: Actor, file: StoredFile) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM_ONLY


def can_refuse_file(by: Actor, file: StoredFile) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM_ONLY


def can_hold_file(by: Actor, file: StoredFile) -> Verdict:
    return YES if by is SYSTEM else _PLATFORM_ONLY


def can_erase_file(by: Actor, file: StoredFile) -> Verdict:
    """Whoever decides on erasures; the room that keeps the request has asked that another person proposed it."""
    return YES if agency_has(by, Right.DECIDE_ERASURES) else no(_("Seule la coordination décide d'effacer un fichier."))
