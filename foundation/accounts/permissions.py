"""May this person act on accounts? Who manages those of a company, of the agency, and who is kept from a company's files."""

from __future__ import annotations

from typing import Any

from foundation.accounts.models import Company, Conflict, Person, PersonalErasure, Seat, SharedView
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.rows import rows_of
from foundation.core.verdict import YES, Verdict, no
from foundation.journal.actor import SYSTEM, Actor

_SYSTEM_ONLY = no(gettext_lazy("Les comptes sont ouverts par l'agence. Adressez votre demande au support."))
_ELSEWHERE = gettext_lazy("Cette personne n'est pas de votre entreprise.")
_STAFF_ONLY = no(gettext_lazy("Seule la coordination de l'agence gère son équipe. Adressez-lui votre demande."))


def agency_has(by: Actor, right: Right) -> bool:
    """Whether whoever acts has a right at the agency; the platform itself holds none."""
    return isinstance(by, Person) and by.agency_has(right)


def _opens_accounts(by: Actor) -> Verdict:
    return YES if by is SYSTEM or agency_has(by, Right.EXAMINE_ACCOUNTS) else _SYSTEM_ONLY


def can_register_company(by: Actor, company: object) -> Verdict:
    return _opens_accounts(by)


def can_welcome_person(by: Actor, person: object) -> Verdict:
    return _opens_accounts(by)


def can_give_seat(by: Actor, person: object) -> Verdict:
    return _opens_accounts(by)


def can_record_sign_in(by: Actor, person: object) -> Verdict:
    """Only oneself signs in."""
    return YES if by == person else no(_("Cette connexion n'est pas la vôtre."))


def can_record_sign_out(by: Actor, person: object) -> Verdict:
    return YES if by == person else no(_("Cette déconnexion n'est pas la vôtre."))


def can_record_failed_sign_in(by: Actor, person: object) -> Verdict:
    return YES if by is SYSTEM else no(_("Seule la plateforme constate un échec de connexion."))


def can_accept_terms(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun accepte les conditions d'utilisation pour soi-même."))


def can_change_name(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun change son propre nom."))


def can_choose_language(by: Actor, person: Person) -> Verdict:
    return YES if by == person else no(_("Chacun choisit la langue de ses propres courriels."))


def can_close_account(by: Actor, person: Person) -> Verdict:
    """One's own, or the support at one's request."""
    if by == person or agency_has(by, Right.EXAMINE_ACCOUNTS):
        return YES
    return no(_("Chacun ferme son propre compte ; le support peut le faire à sa demande."))


def can_propose_personal_erasure(by: Actor, person: Person) -> Verdict:
    return YES if agency_has(by, Right.PROPOSE_ERASURES) else no(_("Le support propose l'effacement ; une autre personne en décide."))


def can_decide_personal_erasure(by: Person, erasure: PersonalErasure) -> Verdict:
    """Someone else than whoever proposed it."""
    if not by.agency_has(Right.DECIDE_ERASURES):
        return no(_("La coordination décide de l'effacement, sur la proposition du support."))
    if erasure.proposed_by_id == by.pk:
        return no(_("Vous avez proposé cet effacement : une autre personne en décide."))
    return YES


can_decline_personal_erasure = can_decide_personal_erasure


# — The people of a company ———————————————————————————————————————————————————————————————


def can_manage_accounts(by: Person, company: Company) -> Verdict:
    """The legal representative; a representative to whom it is delegated; nobody else (product, section 3; promises, D)."""
    seat = by.seat_in(company.pk)
    if seat is None:
        return no(_("Cette entreprise n'est pas la vôtre."))
    if seat.manages_accounts:
        return YES
    if seat.may_be_delegated:
        return no(_("La gestion des comptes ne vous est pas déléguée. Demandez-la au mandataire de votre entreprise."))
    return no(_("Votre rôle ne permet pas de gérer les comptes. Adressez-vous au mandataire de votre entreprise."))


def can_see_colleagues(by: Person, company: Company) -> Verdict:
    """Representatives see who is there; an employee sees their own seat only."""
    if by.company_has(company.pk, Right.SEE_EVERY_PRODUCT):
        return YES
    return no(_("Seuls le mandataire et les représentants voient la liste des personnes."))


def can_end_seat(by: Actor, seat: Seat) -> Verdict:
    """One leaves by oneself; whoever manages accounts ends the others'. Ending a legal representative takes one of them."""
    if not isinstance(by, Person):
        return YES if by is SYSTEM else _STAFF_ONLY
    if seat.company is None:
        return YES if by.agency_has(Right.MANAGE_STAFF) else _STAFF_ONLY
    if by.pk == seat.person_id:
        return YES
    own = by.seat_in(seat.company.pk)
    if own is None:
        return no(_ELSEWHERE)
    if seat.has(Right.REPRESENT_LEGALLY) and not own.has(Right.REPRESENT_LEGALLY):
        return no(_("Seul un mandataire met fin au rôle d'un mandataire."))
    return can_manage_accounts(by, seat.company)


def can_delegate_accounts(by: Person, seat: Seat) -> Verdict:
    """Delegating is the legal representative's own: what is delegated is not delegated again."""
    if seat.company_id is not None and by.company_has(seat.company_id, Right.MANAGE_ACCOUNTS):
        return YES
    return no(_("Seul le mandataire délègue la gestion des comptes. Adressez-lui votre demande."))


can_withdraw_delegation = can_delegate_accounts


# — The agency ————————————————————————————————————————————————————————————————————————————


def can_declare_conflict(by: Person, person: Person) -> Verdict:
    """Who is concerned declares; the coordination declares for anyone who examines or decides."""
    if not person.agency_has(Right.BE_IMPARTIAL):
        return no(_("Cette personne n'examine ni ne décide : elle n'a pas de conflit d'intérêts à déclarer."))
    if by.pk == person.pk or by.agency_has(Right.MANAGE_STAFF):
        return YES
    return no(_("Chacun déclare ses propres conflits d'intérêts ; la coordination peut le faire pour l'équipe."))


def can_lift_conflict(by: Person, conflict: Conflict) -> Verdict:
    """Never by who is concerned."""
    if by.pk == conflict.person_id:
        return no(_("On ne lève pas son propre conflit d'intérêts. Demandez-le à la coordination."))
    return YES if by.agency_has(Right.MANAGE_STAFF) else _STAFF_ONLY


def is_recused(person: Person, company: int) -> bool:
    """Whether someone is linked to a company, hence kept from whatever is examined or decided of it. Of whoever a request comes from, it is known."""
    if person.recused_from is not None:
        return company in person.recused_from
    sql = "SELECT FROM accounts_conflict WHERE person_id = %s AND company_id = %s AND lifted_at IS NULL LIMIT 1"
    return bool(rows_of(sql, [person.pk, company]))


# — Over the shoulder —————————————————————————————————————————————————————————————————————


def can_share_view(by: Person, seat: Seat) -> Verdict:
    return YES if by.pk == seat.person_id else no(_("Seul l'intéressé laisse regarder ses écrans."))


def can_close_view(by: Person, view: SharedView) -> Verdict:
    """Who shares, or who looks."""
    if by.pk == view.seat.person_id or by.agency_has(Right.LOOK_WITH_CONSENT):
        return YES
    return no(_("Ce partage n'est pas le vôtre."))


def can_look_at_page(by: Person, view: SharedView) -> Verdict:
    return YES if by.agency_has(Right.LOOK_WITH_CONSENT) else no(_("Seul le support regarde une vue partagée."))


def seats_visible_to(by: Person, company: Company) -> Any:
    """The seats of a company a person may see, held and ended: all for representatives, one's own for an employee."""
    seats = Seat.objects.filter(company=company)
    return seats if can_see_colleagues(by, company) else seats.filter(person=by)
