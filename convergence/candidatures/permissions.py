"""May this person apply, submit, withdraw; examine, accept, send back? And whose candidatures does this person see?"""

from __future__ import annotations

from typing import Any

from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.workflow import DISCARDED
from convergence.catalogue.models import Enrolment, Grant, Subject
from convergence.catalogue.permissions import ASK_A_REPRESENTATIVE, SEEN_SQL, can_see_subject, rights_granted, seen_parameters
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor


def can_begin_candidature(by: Person, enrolment: Enrolment) -> Verdict:
    return _can_fill_in(by, enrolment.subject, enrolment.code)


def can_save_form(by: Person, step: Step) -> Verdict:
    return _can_fill_in(by, step.candidature.enrolment.subject, step.candidature.enrolment.code)


def _can_fill_in(by: Person, subject: Subject, procedure: str) -> Verdict:
    """Whoever may edit the product, or was granted it: filling in binds nobody yet."""
    if not subject.is_active:
        return no(_("Ce produit n'est pas, ou plus, dans votre catalogue : restaurez-le pour candidater."))
    if by.company_has(subject.company_id, Right.EDIT_EVERY_PRODUCT):
        return YES
    if by.company_has(subject.company_id, Right.USE_COMPANY_SPACE) and Grant.EDIT in rights_granted(by, subject, procedure):
        return YES
    return no(_("Vous pouvez lire cette candidature, pas la remplir. {what_to_do}").format(what_to_do=ASK_A_REPRESENTATIVE))


def can_submit_step(by: Person, step: Step) -> Verdict:
    """Handing over binds the company: the legal representative or a representative (rights matrix, « Submission »)."""
    subject = step.candidature.enrolment.subject
    if not subject.is_active:
        return no(_("Ce produit n'est plus dans votre catalogue : restaurez-le pour soumettre sa candidature."))
    if by.company_has(subject.company_id, Right.SUBMIT_CANDIDATURES):
        return YES
    return no(
        _("Votre rôle ne permet pas de soumettre une candidature : enregistrez votre brouillon. {what_to_do}").format(
            what_to_do=ASK_A_REPRESENTATIVE
        )
    )


def can_submit_section(by: Person, step: Step) -> Verdict:
    return can_submit_step(by, step)


def can_complete_evidence(by: Person, step: Step) -> Verdict:
    """Whoever handed over its last section."""
    return can_submit_step(by, step)


def can_declare_exemption(by: Person, step: Step) -> Verdict:
    return can_save_form(by, step)


def can_withdraw_exemption(by: Person, step: Step) -> Verdict:
    return can_save_form(by, step)


def can_reply_to_request(by: Person, step: Step) -> Verdict:
    return can_save_form(by, step)


def can_discard_draft(by: Person, candidature: Candidature) -> Verdict:
    return _can_fill_in(by, candidature.enrolment.subject, candidature.enrolment.code)


def can_withdraw_candidature(by: Person, candidature: Candidature) -> Verdict:
    if by.company_has(candidature.enrolment.subject.company_id, Right.SUBMIT_CANDIDATURES):
        return YES
    return no(_("Votre rôle ne permet pas de retirer une candidature. {what_to_do}").format(what_to_do=ASK_A_REPRESENTATIVE))


def can_see_candidature(by: Person, candidature: Candidature) -> Verdict:
    """Its company, and the agency once it was handed over."""
    if candidature.submitted_at is not None and by.agency_has(Right.SEE_CANDIDATURES):
        return YES
    return can_see_subject(by, candidature.enrolment.subject)


def seen_sql(candidature: str, enrolment: str) -> str:
    """The same for a company, in SQL, of tables under these aliases: drafts it discarded are gone. Its parameters are `seen_sql_parameters`."""
    return f"{candidature}.state <> %(discarded)s AND {SEEN_SQL.replace('subject.', f'{enrolment}__subject.')}"


def seen_sql_parameters(person: Person) -> dict[str, Any]:
    return seen_parameters(person) | {"discarded": DISCARDED}


def can_examine(by: Person, step: Step) -> Verdict:
    """A reviewer, on what was handed over, of a company to which no declared conflict of interest links them."""
    if step.candidature.submitted_at is None:
        return no(_("Cette candidature n'est pas encore soumise."))
    if not by.agency_has(Right.EXAMINE_CANDIDATURES):
        return no(_("Votre rôle permet de lire cette candidature, pas de l'examiner."))
    if is_recused(by, step.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un autre vérificateur examine sa candidature."))
    return YES


can_accept_step = can_request_changes = can_examine


def can_reject_step(by: Person, step: Step) -> Verdict:
    """A reviewer; of an agreement, whoever signs it for the agency, and may refuse to."""
    if call_of(library(), step).piece.kind == "agreement" and by.agency_has(Right.SIGN_AGREEMENTS):
        return YES
    return can_examine(by, step)


def can_conclude_step(by: Person, step: Step) -> Verdict:
    """Someone of the agency, of a step that another room settles: it has asked its own question before (may sign, may decide…)."""
    if call_of(library(), step).piece.kind == "form":
        return no(_("Un formulaire s'accepte après examen : ouvrez-le."))
    return YES if by.agency_has(Right.USE_AGENCY_SPACE) else no(_("Seule l'agence conclut cette étape."))


can_refuse_step = can_reopen_evidence = can_conclude_step


def can_extend_closing(by: Person, step: Step) -> Verdict:
    """Someone of the agency who grants extensions; that two people agreed, the room of schedules has asked before."""
    return YES if by.agency_has(Right.GRANT_EXTENSIONS) else no(_("Votre rôle ne permet pas d'accorder un report."))


def can_lapse_step(by: Actor, step: Step) -> Verdict:
    return YES if by is SYSTEM else no(_("Une étape n'échoit que par le temps passé."))
