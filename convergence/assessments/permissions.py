"""May this person answer, validate, read results?"""

from __future__ import annotations

from convergence.assessments.models import Assessment
from convergence.catalogue.models import Enrolment, Grant, Subject
from convergence.catalogue.permissions import ASK_A_REPRESENTATIVE, rights_granted
from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from foundation.core.verdict import YES, Verdict, no


def _granted(by: Person, subject: Subject, questionnaire: str, right: str) -> bool:
    if not by.company_has(subject.company_id, Right.USE_COMPANY_SPACE):
        return False
    code = questionnaire.rsplit("-", 1)[0]  # a grant outlives the editions of its questionnaire
    return right in rights_granted(by, subject, code)


def can_begin_assessment(by: Person, enrolment: Enrolment, questionnaire: str) -> Verdict:
    return _can_edit(by, enrolment.subject, questionnaire)


def can_save_answers(by: Person, assessment: Assessment) -> Verdict:
    return _can_edit(by, assessment.subject, assessment.questionnaire)


def _can_edit(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    if not subject.is_active:
        return no("Ce produit n'est pas, ou plus, dans votre catalogue : ses réponses ne peuvent plus changer.")
    if by.company_has(subject.company_id, Right.EDIT_EVERY_PRODUCT) or _granted(by, subject, questionnaire, Grant.EDIT):
        return YES
    return no(f"Vous pouvez lire ce questionnaire, pas y répondre. {ASK_A_REPRESENTATIVE}")


def can_validate_assessment(by: Person, assessment: Assessment) -> Verdict:
    return can_validate(by, assessment.subject, assessment.questionnaire)


def can_validate(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    """Before the first answer there is no assessment yet, and the button must already say whether one may validate."""
    if not subject.is_active:
        return no("Ce produit n'est pas, ou plus, dans votre catalogue : ses réponses ne peuvent plus être validées.")
    if by.company_has(subject.company_id, Right.VALIDATE_EVERYTHING) or _granted(by, subject, questionnaire, Grant.VALIDATE):
        return YES
    return no(f"Votre rôle ne permet pas de valider : enregistrez votre brouillon. {ASK_A_REPRESENTATIVE}")


def can_answer(by: Person, subject: Subject, questionnaire: str) -> Verdict:
    """Whether the page is for answering or for reading."""
    return _can_edit(by, subject, questionnaire)
