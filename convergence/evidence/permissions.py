"""May this person deposit, take away, put back? And whose evidence does this person see?"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from convergence.catalogue.models import Grant, Subject
from convergence.catalogue.permissions import ASK_A_REPRESENTATIVE, can_see_subject, rights_granted, seen_by
from convergence.evidence.models import Deposit, ErasureRequest, Folder
from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no


def can_deposit_evidence(by: Person, folder: Folder) -> Verdict:
    return can_change_evidence(by, folder.subject, folder.part)


def can_change_evidence(by: Person, subject: Subject, part: str) -> Verdict:
    """Whoever may answer a part of a product may prove it. Before the first deposit there is no folder yet."""
    if not subject.is_active:
        return no(_("Ce produit n'est pas, ou plus, dans votre catalogue : ses preuves ne peuvent plus changer."))
    if by.company_has(subject.company_id, Right.EDIT_EVERY_PRODUCT):
        return YES
    if by.company_has(subject.company_id, Right.USE_COMPANY_SPACE) and Grant.EDIT in rights_granted(by, subject, part):
        return YES
    return no(
        _("Vous pouvez voir ces preuves, pas en déposer ni en archiver. {ask_a_representative}").format(
            ask_a_representative=ASK_A_REPRESENTATIVE
        )
    )


def can_reuse_evidence(by: Person, folder: Folder) -> Verdict:
    return can_deposit_evidence(by, folder)


def can_archive_evidence(by: Person, deposit: Deposit) -> Verdict:
    return can_deposit_evidence(by, deposit.folder)


def can_restore_evidence(by: Person, deposit: Deposit) -> Verdict:
    return can_deposit_evidence(by, deposit.folder)


def can_set_expiry(by: Person, deposit: Deposit) -> Verdict:
    return can_deposit_evidence(by, deposit.folder)


def can_read_evidence(by: Person, subject: Subject, part: str) -> Verdict:
    """Whoever sees every product of the company or was granted something on this part: a grant on another part is not enough."""
    if not can_see_subject(by, subject):
        return no(_("Ce produit n'est pas le vôtre."))
    if by.company_has(subject.company_id, Right.SEE_EVERY_PRODUCT) or rights_granted(by, subject, part):
        return YES
    return no(
        _("Les preuves de ce questionnaire ne vous sont pas confiées. {ask_a_representative}").format(
            ask_a_representative=ASK_A_REPRESENTATIVE
        )
    )


def evidence_read_by(person: Person) -> Q:
    """`can_read_evidence`, as a condition on deposits. A join, never a list of ids."""
    granted = Grant.objects.filter(
        Q(questionnaire="") | Q(questionnaire=OuterRef("folder__part")), person=person, subject=OuterRef("folder__subject")
    )
    whole = [seat.company_id for seat in person.seats if seat.has(Right.SEE_EVERY_PRODUCT)]
    return seen_by(person, "folder__subject__") & (Q(folder__subject__company__in=whole) | Q(Exists(granted)))


# — Erasing ———————————————————————————————————————————————————————————————————————————————


def can_request_erasure(by: Person, deposit: Deposit) -> Verdict:
    """Nothing brings it back: asked by who may edit every product of the company, of what is archived."""
    if not by.company_has(deposit.folder.subject.company_id, Right.EDIT_EVERY_PRODUCT):
        return no(
            _("Votre rôle ne permet pas de demander l'effacement d'une preuve. {ask_a_representative}").format(
                ask_a_representative=ASK_A_REPRESENTATIVE
            )
        )
    if deposit.is_in_place:
        return no(_("Cette preuve est en place : archivez-la avant d'en demander l'effacement."))
    return YES


def can_propose_erasure(by: Person, request: ErasureRequest) -> Verdict:
    return YES if by.agency_has(Right.PROPOSE_ERASURES) else no(_("Le support propose l'effacement ; une autre personne en décide."))


def can_decline_erasure(by: Person, request: ErasureRequest) -> Verdict:
    if by.agency_has(Right.PROPOSE_ERASURES) or by.agency_has(Right.DECIDE_ERASURES):
        return YES
    return no(_("Votre rôle permet de lire cette demande, pas d'y répondre."))


def can_decide_erasure(by: Person, request: ErasureRequest) -> Verdict:
    """Someone else than whoever proposed it."""
    if not by.agency_has(Right.DECIDE_ERASURES):
        return no(_("La coordination décide de l'effacement, sur la proposition du support."))
    if request.proposed_by_id == by.pk:
        return no(_("Vous avez proposé cet effacement : une autre personne en décide."))
    return YES
