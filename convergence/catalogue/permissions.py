"""May this person act on this product, and which products does this person see? Both directions, side by side."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from convergence.catalogue.models import Enrolment, Grant, Share, Subject, SubjectQuerySet
from foundation.accounts.models import Company, Person
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import YES, Verdict, no

ASK_A_REPRESENTATIVE = gettext_lazy("Demandez-le à un représentant ou au mandataire de votre entreprise.")


def seen_by(person: Person, path: str = "") -> Q:
    """What a person may see, as a condition on a table that reaches the subject by `path` (« subject__ », or nothing).

    All the subjects of the companies represented; elsewhere, those granted one by one. A join, never a list of ids.
    """
    represented, employed = _companies(person)
    seen = Q(**{f"{path}company__in": represented})
    if employed:
        granted = Grant.objects.filter(person=person, subject=OuterRef(f"{path}pk"))
        seen |= Q(**{f"{path}company__in": employed}) & Q(Exists(granted))
    return seen


SEEN_SQL = """(subject.company_id = ANY(%(represented)s)
    OR subject.company_id = ANY(%(employed)s)
       AND EXISTS (SELECT FROM catalogue_grant g WHERE g.subject_id = subject.id AND g.person_id = %(person)s))"""
"""`seen_by`, for the lists written in SQL (`listings.py`); a test holds the two equal."""


def seen_parameters(person: Person) -> dict[str, Any]:
    """What `SEEN_SQL` asks."""
    represented, employed = _companies(person)
    return {"represented": represented, "employed": employed, "person": person.pk}


def subjects_visible_to(person: Person) -> SubjectQuerySet:
    return Subject.objects.filter(seen_by(person))


def _companies(person: Person) -> tuple[list[int | None], list[int | None]]:
    """The companies where the person sees every product, and those where it takes a grant."""
    represented = [seat.company_id for seat in person.seats if seat.has(Right.SEE_EVERY_PRODUCT)]
    employed = [seat.company_id for seat in person.seats if seat.has(Right.USE_COMPANY_SPACE) and not seat.has(Right.SEE_EVERY_PRODUCT)]
    return represented, employed


def rights_granted(person: Person, subject: Subject, questionnaire: str = "") -> frozenset[str]:
    """What an employee was granted on a subject: for all its questionnaires, and for the one named."""
    found: set[str] = set()
    for grant in Grant.objects.filter(person=person, subject=subject, questionnaire__in=["", questionnaire]):
        found |= set(grant.rights)
    return frozenset(found)


def can_see_subject(by: Person, subject: Subject) -> Verdict:
    if by.company_has(subject.company_id, Right.SEE_EVERY_PRODUCT):
        return YES
    if by.company_has(subject.company_id, Right.USE_COMPANY_SPACE) and Grant.objects.filter(person=by, subject=subject).exists():
        return YES
    return no(_("Ce produit n'est pas le vôtre."))


def can_add_product(by: Person, company: Company) -> Verdict:
    if by.company_has(company.pk, Right.ADD_PRODUCT):
        return YES
    return no(_("Votre rôle ne permet pas d'ajouter un produit. {ask_a_representative}").format(ask_a_representative=ASK_A_REPRESENTATIVE))


def can_duplicate_product(by: Person, product: Subject) -> Verdict:
    """Whoever may add a product to the company, and sees this one."""
    if not can_add_product(by, product.company):
        return no(
            _("Votre rôle ne permet pas de dupliquer un produit. {ask_a_representative}").format(ask_a_representative=ASK_A_REPRESENTATIVE)
        )
    return can_see_subject(by, product)


def can_start_product_version(by: Person, product: Subject) -> Verdict:
    """Whoever may add a product to the company, and sees this one."""
    if not can_add_product(by, product.company):
        return no(
            _("Votre rôle ne permet pas de démarrer une nouvelle version d'un produit. {ask_a_representative}").format(
                ask_a_representative=ASK_A_REPRESENTATIVE
            )
        )
    return can_see_subject(by, product)


def can_add_global_strategy(by: Person, company: Company) -> Verdict:
    """As adding a product. Whoever may not may also be one to whom an existing strategy was not entrusted."""
    if by.company_has(company.pk, Right.ADD_PRODUCT):
        return YES
    return no(
        _(
            "Votre rôle ne permet pas de commencer la stratégie globale. Si elle l'est déjà, demandez à un représentant ou au mandataire de votre entreprise de vous y donner accès."
        )
    )


def can_edit_product(by: Person, product: Subject) -> Verdict:
    """Identification and qualification: a representative, or an employee granted « edit » on the whole product."""
    if by.company_has(product.company_id, Right.EDIT_EVERY_PRODUCT):
        return YES
    if by.company_has(product.company_id, Right.USE_COMPANY_SPACE) and Grant.EDIT in rights_granted(by, product):
        return YES
    if product.is_product:
        why = _("Vous pouvez voir ce produit, pas le modifier. {ask_a_representative}")
    else:
        why = _("Vous pouvez voir la stratégie globale, pas la modifier. {ask_a_representative}")
    return no(why.format(ask_a_representative=ASK_A_REPRESENTATIVE))


can_identify_product = can_qualify_product = can_requalify_product = can_edit_product


def can_confirm_product(by: Person, product: Subject) -> Verdict:
    return can_edit_product(by, product)


def can_archive_product(by: Person, product: Subject) -> Verdict:
    """The global strategy stays: a company has one, for all its catalogue."""
    if not product.is_product:
        return no(_("La stratégie globale ne s'archive pas : elle vaut pour toute l'entreprise. Modifiez-la si elle a changé."))
    if by.company_has(product.company_id, Right.EDIT_EVERY_PRODUCT):
        return YES
    return no(_("Votre rôle ne permet pas d'archiver un produit. {ask_a_representative}").format(ask_a_representative=ASK_A_REPRESENTATIVE))


can_restore_product = can_archive_product


def can_enrol_product(by: Person, product: Subject) -> Verdict:
    if by.company_has(product.company_id, Right.EDIT_EVERY_PRODUCT):
        return YES
    if product.is_product:
        why = _("Votre rôle ne permet pas d'inscrire un produit dans une démarche. {ask_a_representative}")
    else:
        why = _("Votre rôle ne permet pas d'inscrire la stratégie globale dans une démarche. {ask_a_representative}")
    return no(why.format(ask_a_representative=ASK_A_REPRESENTATIVE))


def can_change_edition(by: Person, subject: Subject) -> Verdict:
    """As enrolling: it changes what is asked of everyone who answers for the product."""
    if by.company_has(subject.company_id, Right.EDIT_EVERY_PRODUCT):
        return YES
    if subject.is_product:
        why = _("Votre rôle ne permet pas de faire passer un produit à une autre édition. {ask_a_representative}")
    else:
        why = _("Votre rôle ne permet pas de faire passer la stratégie globale à une autre édition. {ask_a_representative}")
    return no(why.format(ask_a_representative=ASK_A_REPRESENTATIVE))


def can_grant_rights(by: Person, subject: Subject) -> Verdict:
    if by.company_has(subject.company_id, Right.GIVE_GRANTS):
        return YES
    return no(_("Seuls le mandataire et les représentants donnent des droits à leurs collègues."))


def can_see_enrolment(by: Person, enrolment: Enrolment) -> Verdict:
    return can_see_subject(by, enrolment.subject)


# — Results read by a partner —————————————————————————————————————————————————————————————


def can_share_results(by: Person, enrolment: Enrolment) -> Verdict:
    """It binds the company, as submitting does."""
    if not enrolment.subject.is_active:
        return no(_("Ce produit n'est pas, ou plus, dans votre catalogue : ses résultats ne peuvent plus être partagés."))
    return _shares(by, enrolment)


def can_stop_sharing(by: Person, share: Share) -> Verdict:
    """At any time."""
    return _shares(by, share.enrolment)


def _shares(by: Person, enrolment: Enrolment) -> Verdict:
    if by.company_has(enrolment.subject.company_id, Right.SUBMIT_CANDIDATURES):
        return YES
    return no(
        _("Votre rôle ne permet pas de partager les résultats avec un partenaire. {ask_a_representative}").format(
            ask_a_representative=ASK_A_REPRESENTATIVE
        )
    )


def can_read_shared_results(by: Person, share: Share) -> Verdict:
    """The partner, while the company shares them and has the product in its catalogue."""
    if by.agency_has(Right.READ_SHARED_RESULTS) and share.ended_at is None and share.enrolment.subject.is_active:
        return YES
    return no(_("Ces résultats ne sont pas, ou plus, partagés avec vous."))
