"""May this person examine a section, give it back, confirm it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convergence.candidatures.models import Candidature, Step
from convergence.candidatures.permissions import can_examine
from convergence.reviews.models import Assignment
from convergence.reviews.rules import FIRST
from foundation.accounts.models import Person
from foundation.accounts.permissions import is_recused
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no

if TYPE_CHECKING:
    from convergence.reviews.examination import Examination


def can_save_verdict(by: Person, step: Step) -> Verdict:
    return can_examine(by, step)


def can_see_requirement(by: Person, step: Step) -> Verdict:
    """What is new is told to whoever examines: nobody else is asked what they have seen."""
    return can_examine(by, step)


def can_give_back_section(by: Person, step: Step) -> Verdict:
    return can_examine(by, step)


def can_confirm(by: Person, examination: Examination) -> Verdict:
    """The second look is that of someone else: not of whoever gave the section back, or a verdict of the first look on it, in any round."""
    gave = any(one.look == FIRST and one.given_by_id == by.pk for one in examination.reports)
    if gave or any(one.look == FIRST and one.saved_by_id == by.pk for one in examination.verdicts):
        return no(_("Vous avez examiné cette section : un autre vérificateur doit la confirmer."))
    return YES


# — Who examines what —————————————————————————————————————————————————————————————————————


def can_be_assigned(person: Person, candidature: Candidature) -> Verdict:
    """A reviewer whose account is open, and whom nothing declared links to the company."""
    if not person.is_active or not person.agency_has(Right.EXAMINE_CANDIDATURES):
        return no(_("{name} n'examine pas de candidature : choisissez un vérificateur.").format(name=person.name))
    if is_recused(person, candidature.enrolment.subject.company_id):
        return no(
            _("Un lien avec cette entreprise est déclaré au nom de {name} : choisissez un autre vérificateur.").format(name=person.name)
        )
    return YES


def can_take_candidature(by: Person, candidature: Candidature) -> Verdict:
    if candidature.submitted_at is None:
        return no(_("Cette candidature n'est pas encore soumise."))
    if not by.agency_has(Right.EXAMINE_CANDIDATURES):
        return no(_("Votre rôle permet de lire cette candidature, pas de l'examiner."))
    if is_recused(by, candidature.enrolment.subject.company_id):
        return no(_("Un lien avec cette entreprise est déclaré à votre nom : un autre vérificateur examine sa candidature."))
    return YES


def can_assign_candidature(by: Person, candidature: Candidature) -> Verdict:
    """The coordination says who examines what."""
    if candidature.submitted_at is None:
        return no(_("Cette candidature n'est pas encore soumise."))
    return (
        YES if by.agency_has(Right.ASSIGN_CANDIDATURES) else no(_("La coordination attribue les candidatures. Adressez-lui votre demande."))
    )


def can_give_back_candidature(by: Person, candidature: Candidature) -> Verdict:
    """One gives back what one has; the coordination frees what anyone has."""
    if by.agency_has(Right.ASSIGN_CANDIDATURES):
        return YES
    if by.agency_has(Right.EXAMINE_CANDIDATURES) and Assignment.objects.held().filter(candidature=candidature, person=by).exists():
        return YES
    return no(_("Cette candidature ne vous est pas attribuée."))
