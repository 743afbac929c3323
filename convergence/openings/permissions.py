"""May this person open what is sealed, or say who may?"""

from __future__ import annotations

from convergence.evidence.models import Deposit
from convergence.openings.handing import Handed, handed_over
from convergence.openings.models import Accreditation
from convergence.reviews.models import Assignment
from foundation.accounts.models import Person, Seat
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no

_COORDINATION = no(gettext_lazy("La coordination accorde et retire les accréditations. Adressez-lui votre demande."))


def can_accredit_reader(by: Person, seat: Seat) -> Verdict:
    """The coordination, by name, of a reviewer whose account is open; never oneself."""
    if not by.agency_has(Right.GIVE_ACCREDITATIONS):
        return _COORDINATION
    if seat.person_id == by.pk:
        return no(_("On ne s'accrédite pas soi-même. Demandez-le à une autre personne de la coordination."))
    if seat.ended_at is not None or not seat.person.is_active or not seat.has(Right.OPEN_SEALED_EVIDENCE):
        return no(
            _("{name} n'examine pas de candidature : choisissez un vérificateur dont le compte est ouvert.").format(name=seat.person.name)
        )
    return YES


def can_withdraw_accreditation(by: Person, accreditation: Accreditation) -> Verdict:
    return YES if by.agency_has(Right.GIVE_ACCREDITATIONS) else _COORDINATION


def accreditation_of(person: Person) -> Accreditation | None:
    """What someone may open sealed evidence by, if anything. One query."""
    seats = [seat.pk for seat in person.seats if seat.has(Right.OPEN_SEALED_EVIDENCE)]
    return Accreditation.objects.standing().filter(seat__in=seats).first() if seats else None


def can_open_sealed_evidence(by: Person, deposit: Deposit) -> Verdict:
    """Someone accredited by name, of what the agency has; with a candidature, whoever examines it."""
    handed = handed_over(deposit)
    if handed is None:
        return no(_("Cette preuve n'est pas, ou plus, transmise à l'agence : demandez à l'entreprise de la transmettre."))
    return may_open(by, handed)


def may_open(by: Person, handed: Handed) -> Verdict:
    """The same, where how the agency has it is known already."""
    if not by.agency_has(Right.OPEN_SEALED_EVIDENCE):
        return no(_("Votre rôle ne permet pas d'ouvrir une preuve scellée : un vérificateur accrédité l'ouvre."))
    if accreditation_of(by) is None:
        return no(_("Vous n'êtes pas accrédité pour ouvrir les preuves scellées. Demandez l'accréditation à la coordination."))
    if is_recused(by, handed.deposit.folder.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un autre vérificateur accrédité ouvre ses preuves."))
    candidature = handed.candidature
    if candidature is not None and not Assignment.objects.held().filter(candidature=candidature, person=by).exists():
        return no(_("Cette candidature ne vous est pas attribuée : prenez-la, ou demandez à la coordination de vous l'attribuer."))
    return YES
