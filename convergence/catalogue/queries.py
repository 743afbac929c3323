"""Which products, which colleagues? Reads for the company's pages, always as seen by someone."""

from __future__ import annotations

from collections.abc import Sequence

from convergence.catalogue.models import Enrolment, Subject
from convergence.catalogue.permissions import seen_by, subjects_visible_to
from convergence.catalogue.rules import Asked
from convergence.content.conditions import Facts, applies
from convergence.content.library import Library
from convergence.content.schema import Choice, Question
from foundation.accounts.models import Company, Person, Seat


def product_of_reference(reference: int, person: Person) -> Subject:
    """One subject the person may see. Raises `Subject.DoesNotExist`: what may not be seen does not exist."""
    return subjects_visible_to(person).select_related("responsible", "company").get(reference=reference)


def global_strategy_of(company: Company, person: Person) -> Subject | None:
    """The global strategy of a company, begun and seen by the person."""
    strategies = subjects_visible_to(person).filter(company=company, kind=Subject.GLOBAL_STRATEGY)
    return strategies.select_related("responsible", "company").first()


def enrolment_of(reference: int, code: str, person: Person) -> Enrolment:
    """One enrolment the person may see, with its subject. Raises `Enrolment.DoesNotExist`."""
    return Enrolment.objects.filter(seen_by(person, "subject__")).select_related("subject").get(subject__reference=reference, code=code)


def enrolled_codes(subject: Subject) -> frozenset[str]:
    return frozenset(subject.enrolments.values_list("code", flat=True))


def possible_responsibles(company: Company) -> Sequence[Person]:
    """Who may be named responsible for a product: everyone who holds a seat in the company, by name."""
    seats = Seat.objects.held().filter(company=company, person__is_active=True).select_related("person")
    return [seat.person for seat in seats.order_by("person__name")]


def questions_asked(library: Library, subject_kind: str, answers: dict[str, str]) -> list[Question]:
    """The questions of a qualification that apply, given the answers so far, in order."""
    facts = Facts(qualification=answers, subject=subject_kind)
    return [question for question in library.qualification(subject_kind).questions if applies(question.when, facts)]


def answers_still_offered(library: Library, subject_kind: str, answers: dict[str, str]) -> dict[str, str]:
    """Of the answers given under an older content, those whose question and choice exist today, in the order of the questions.

    A choice that is gone may have been what another question was asked for: looked at again until nothing more goes.
    """
    while True:
        questions = questions_asked(library, subject_kind, answers)
        kept = {question.code: answers[question.code] for question in questions if question.choice(answers.get(question.code, ""))}
        if kept == answers:
            return kept
        answers = kept


def qualification_shown(library: Library, subject: Subject) -> list[tuple[Question, Choice | None]]:
    """Each question asked with the choice made, if any."""
    asked = questions_asked(library, subject.kind, subject.qualification)
    return [(question, question.choice(subject.qualification.get(question.code, ""))) for question in asked]


def asked_for_rules(questions: Sequence[Question]) -> list[Asked]:
    """The same questions, as the rules see them."""
    return [Asked(q.code, frozenset(choice.code for choice in q.choices), q.required) for q in questions]
