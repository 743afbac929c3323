"""May this person answer, validate, ask for it, send it back? And who may validate?"""

from __future__ import annotations

from typing import Any

from convergence.assessments.models import Assessment, ValidationRequest
from convergence.catalogue.models import Enrolment, Grant, Subject
from convergence.catalogue.permissions import ASK_A_REPRESENTATIVE, can_see_subject, rights_granted
from foundation.accounts.models import Person, Seat
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.verdict import YES, Verdict, no


def _granted(by: Person, subject: Subject, questionnaire: str, right: str) -> bool:
    if not by.company_has(subject.company_id, Right.USE_COMPANY_SPACE):
        return False
    return right in rights_granted(by, subject, code_granted(questionnaire))


def code_granted(questionnaire: str) -> str:
    """The name a grant gives a questionnaire, which outlives its editions: « securite-2021 » is « securite »."""
    return questionnaire.rsplit("-", 1)[0]


def can_begin_assessment(by: Person, enrolment: Enrolment, questionnaire: str) -> Verdict:
    return _can_edit(by, enrolment.subject, questionnaire)


def can_save_answers(by: Person, assessment: Assessment) -> Verdict:
    return _can_edit(by, assessment.subject, assessment.questionnaire)


def _can_edit(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    if not subject.is_active:
        return no(_("Ce produit n'est pas, ou plus, dans votre catalogue : ses réponses ne peuvent plus changer."))
    if by.company_has(subject.company_id, Right.EDIT_EVERY_PRODUCT) or _granted(by, subject, questionnaire, Grant.EDIT):
        return YES
    return no(
        _("Vous pouvez lire ce questionnaire, pas y répondre. {ask_a_representative}").format(ask_a_representative=ASK_A_REPRESENTATIVE)
    )


def can_validate_assessment(by: Person, assessment: Assessment) -> Verdict:
    return can_validate(by, assessment.subject, assessment.questionnaire)


def can_validate(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    """Before the first answer there is no assessment yet, and the button must already say whether one may validate."""
    if not subject.is_active:
        return no(_("Ce produit n'est pas, ou plus, dans votre catalogue : ses réponses ne peuvent plus être validées."))
    if by.company_has(subject.company_id, Right.VALIDATE_EVERYTHING) or _granted(by, subject, questionnaire, Grant.VALIDATE):
        return YES
    return no(
        _("Votre rôle ne permet pas de valider : enregistrez votre brouillon, ou demandez la validation. {ask_a_representative}").format(
            ask_a_representative=ASK_A_REPRESENTATIVE
        )
    )


VALIDATES_SQL = """(subject.company_id = ANY(%(validating)s)
    OR subject.company_id = ANY(%(employed)s)
       AND EXISTS (SELECT FROM catalogue_grant v WHERE v.subject_id = subject.id AND v.person_id = %(person)s
                   AND 'validate' = ANY(v.rights)
                   AND v.questionnaire IN ('', regexp_replace(assessment.questionnaire, '-[^-]*$', ''))))"""
"""`can_validate` of a subject in use, for the lists written in SQL, beside `SEEN_SQL`; a test holds the two equal."""


def validates_parameters(person: Person) -> dict[str, Any]:
    """What `VALIDATES_SQL` asks, beyond what `SEEN_SQL` does."""
    return {"validating": [seat.company_id for seat in person.seats if seat.has(Right.VALIDATE_EVERYTHING)]}


def validators_of(subject: Subject, questionnaire: str) -> list[Person]:
    """The colleagues, their account active, for whom `can_validate` says yes. Two queries."""
    seats = Seat.objects.held().filter(company=subject.company_id, person__is_active=True).select_related("person").order_by("pk")
    grants = Grant.objects.filter(subject=subject, questionnaire__in=["", code_granted(questionnaire)], rights__contains=[Grant.VALIDATE])
    granted = set(grants.values_list("person", flat=True))
    return [
        seat.person
        for seat in seats
        if seat.has(Right.VALIDATE_EVERYTHING) or (seat.has(Right.USE_COMPANY_SPACE) and seat.person_id in granted)
    ]


def can_request_validation(by: Person, assessment: Assessment) -> Verdict:
    return can_ask(by, assessment.subject, assessment.questionnaire)


def can_ask(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    """Who may answer and not validate, whether it is the answers or the targets that are to be validated."""
    answering = _can_edit(by, subject, questionnaire)
    if answering and can_validate(by, subject, questionnaire):
        return no(_("Vous pouvez valider vous-même ce questionnaire : choisissez « Valider »."))
    return answering


def can_send_back_validation(by: Person, assessment: Assessment) -> Verdict:
    if can_validate_assessment(by, assessment):
        return YES
    return no(
        _("Seules les personnes qui peuvent valider ce questionnaire renvoient une demande. {ask_a_representative}").format(
            ask_a_representative=ASK_A_REPRESENTATIVE
        )
    )


def can_withdraw_validation_request(by: Person, request: ValidationRequest) -> Verdict:
    """Only who made it, as long as the product is still in sight."""
    if request.requested_by_id == by.pk and can_see_subject(by, request.assessment.subject):
        return YES
    return no(_("Seule la personne qui a demandé la validation, {name}, peut retirer sa demande.").format(name=request.requested_by.name))


def can_answer(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    """Whether the page is for answering or for reading."""
    return _can_edit(by, subject, questionnaire)
