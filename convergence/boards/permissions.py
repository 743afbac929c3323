"""May this person prepare a session of the board, give an opinion, record what it came to? Never one who is linked to the company."""

from __future__ import annotations

from convergence.boards.models import BoardSession, Case, MemberOpinion
from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Step
from convergence.content.library import library
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor

KIND = "board"


def can_schedule_session(by: Person, session: BoardSession) -> Verdict:
    """The coordination prepares the sessions."""
    if by.agency_has(Right.PREPARE_BOARD):
        return YES
    return no(_("La coordination prépare les séances du collège. Adressez-lui votre demande."))


can_reschedule_session = can_cancel_session = can_schedule_session


def can_put_on_agenda(by: Person, step: Step) -> Verdict:
    if call_of(library(), step).piece.kind != KIND:
        return no(_("Cette étape ne passe pas devant le collège."))
    if by.agency_has(Right.PREPARE_BOARD):
        return YES
    return no(_("La coordination établit l'ordre du jour. Adressez-lui votre demande."))


def can_take_off_agenda(by: Actor, case: Case) -> Verdict:
    """The coordination; the platform itself, of a candidature that ended."""
    if by is SYSTEM or (isinstance(by, Person) and by.agency_has(Right.PREPARE_BOARD)):
        return YES
    return no(_("La coordination établit l'ordre du jour. Adressez-lui votre demande."))


def can_give_member_opinion(by: Person, case: Case) -> Verdict:
    """A member of the board whom no declared conflict of interest links to the company."""
    if not by.agency_has(Right.SIT_ON_BOARD):
        return no(_("Votre rôle permet de lire ce dossier ; l'avis revient aux membres du collège."))
    if is_recused(by, case.step.candidature.enrolment.subject.company_id):
        return no(
            _("Un lien avec cette entreprise est déclaré à votre nom : vous êtes déporté de ce dossier, et votre avis n'y est pas compté.")
        )
    return YES


def can_record_outcome(by: Person, case: Case) -> Verdict:
    """The coordination or a signatory, linked neither to the company nor to what is counted: whoever gave an opinion records nothing of it."""
    if not by.agency_has(Right.RECORD_BOARD):
        return no(_("La coordination, ou un signataire, consigne l'issue d'un dossier."))
    if is_recused(by, case.step.candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : une autre personne consigne l'issue de ce dossier."))
    if MemberOpinion.objects.filter(case=case, member=by).exists():
        return no(_("Vous avez donné un avis sur ce dossier : une autre personne en consigne l'issue."))
    return YES


def can_close_board_session(by: Person, session: BoardSession) -> Verdict:
    if by.agency_has(Right.RECORD_BOARD):
        return YES
    return no(_("La coordination, ou un signataire, clôt la séance."))
