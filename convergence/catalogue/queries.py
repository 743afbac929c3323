"""Which products, which colleagues? Reads for the company's pages, always as seen by someone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from convergence.catalogue.models import Enrolment, Grant, Share, Subject
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters, subjects_visible_to
from convergence.catalogue.rules import Asked
from convergence.catalogue.workflow import ACTIVE
from convergence.content.conditions import Facts, applies
from convergence.content.editions import begins, replaces
from convergence.content.library import Library, library
from convergence.content.schema import Choice, Procedure, Question
from foundation.accounts.models import Company, Person, Seat
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.rows import columns, row_as, rows_of, width
from foundation.core.words import fold


def product_of_reference(reference: int, person: Person) -> Subject:
    """One subject the person may see. Raises `Subject.DoesNotExist`: what may not be seen does not exist."""
    return subjects_visible_to(person).select_related("responsible", "company").get(reference=reference)


def global_strategy_of(company: Company, person: Person) -> Subject | None:
    """The global strategy of a company, begun and seen by the person."""
    strategies = subjects_visible_to(person).filter(company=company, kind=Subject.GLOBAL_STRATEGY)
    return strategies.select_related("responsible", "company").first()


def enrolment_of(reference: int, code: str, person: Person) -> Enrolment:
    """One enrolment the person may see, with its subject. Raises `Enrolment.DoesNotExist`. Every page of a procedure asks it."""
    rows = rows_of(_ENROLMENT, seen_parameters(person) | {"reference": reference, "code": code})
    if not rows:
        raise Enrolment.DoesNotExist
    return enrolment_with_subject(rows[0])


def enrolment_with_subject(row: Sequence[Any]) -> Enrolment:
    """From the columns of an enrolment followed by those of its subject."""
    enrolment = row_as(Enrolment, row)
    enrolment.subject = row_as(Subject, row, width(Enrolment))
    return enrolment


_ENROLMENT = f"""SELECT {columns(Enrolment, "enrolment")}, {columns(Subject, "subject")}
    FROM catalogue_enrolment enrolment JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
    WHERE {SEEN_SQL} AND subject.reference = %(reference)s AND enrolment.code = %(code)s"""  # noqa: S608 - made of our own columns


def enrolments_of(subject: Subject) -> list[Enrolment]:
    """Every procedure a subject follows, the first followed first. One query."""
    return list(subject.enrolments.order_by("pk"))


def enrolled_codes(subject: Subject) -> frozenset[str]:
    return frozenset(subject.enrolments.values_list("code", flat=True))


@dataclass(frozen=True, slots=True)
class EditionMove:
    """The edition of a procedure a subject follows, and the one it may move to, or will from the day it begins."""

    held: Procedure
    later: Procedure

    @property
    def begins(self) -> date:
        return begins(self.later)


def edition_moves(held: Iterable[str], subject_kind: str, day: date) -> tuple[list[EditionMove], list[EditionMove]]:
    """From the editions followed: the moves open on a day, and those announced where none is. No query."""
    shelf = library()
    open_now, announced = [], []
    for key in held:
        edition = shelf.procedure(key)
        if edition is None:
            continue
        if move := _move(shelf, edition, subject_kind, shelf.procedure_in_force(edition.code, day)):
            open_now.append(move)
        elif move := _move(shelf, edition, subject_kind, shelf.procedure_to_come(edition.code, day)):
            announced.append(move)
    return open_now, announced


def _move(shelf: Library, held: Procedure, subject_kind: str, later: Procedure | None) -> EditionMove | None:
    """An edition that is closed, or asks nothing of this kind of subject, is not one to move to."""
    if later is None or not replaces(later, held) or later.closed_because is not None or not shelf.uses_of(later, subject_kind):
        return None
    return EditionMove(held, later)


def questionnaires_replaced(move: EditionMove, subject_kind: str) -> dict[str, str]:
    """Each questionnaire that another edition of it replaces, with that edition."""
    shelf = library()
    held = {_code(shelf, use.questionnaire): use.questionnaire for use in shelf.uses_of(move.held, subject_kind)}
    later = {_code(shelf, use.questionnaire): use.questionnaire for use in shelf.uses_of(move.later, subject_kind)}
    return {held[code]: later[code] for code in held if code in later and held[code] != later[code]}


def _code(shelf: Library, questionnaire: str) -> str:
    piece = shelf.questionnaire(questionnaire)
    assert piece is not None
    return piece.code


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


@dataclass(frozen=True, slots=True)
class GrantLine:
    """What one colleague may do with a product: with all of it (no code), or with one questionnaire."""

    questionnaire: str
    title: str
    rights: frozenset[str]  # as they count: whoever edits or validates also sees


@dataclass(frozen=True, slots=True)
class ColleagueGrants:
    person: Person
    lines: tuple[GrantLine, ...]


def grants_of_colleagues(subject: Subject) -> list[ColleagueGrants]:
    """For each colleague who does not see every product anyway, by name: the rights held. Three queries.

    The questionnaires are those asked by the procedures followed, then those granted that none asks any more.
    """
    seats = Seat.objects.held().filter(company=subject.company_id, person__is_active=True).select_related("person").order_by("person__name")
    colleagues = [seat.person for seat in seats if seat.has(Right.USE_COMPANY_SPACE) and not seat.has(Right.SEE_EVERY_PRODUCT)]
    if not colleagues:
        return []
    held = {(grant.person_id, grant.questionnaire): grant.rights for grant in Grant.objects.filter(subject=subject).order_by("pk")}
    shelf = library()
    titles = {"": _("Tout le produit")}
    for key in subject.enrolments.order_by("pk").values_list("procedure", flat=True):
        procedure = shelf.procedure(key)
        for use in shelf.uses_of(procedure, subject.kind) if procedure else ():
            questionnaire = shelf.questionnaire(use.questionnaire)
            assert questionnaire is not None
            titles.setdefault(questionnaire.code, str(questionnaire.title))
    for _other, code in held:
        known = shelf.questionnaire_of_code(code) if code else None
        titles.setdefault(code, str(known.title) if known else code)
    return [
        ColleagueGrants(
            person, tuple(GrantLine(code, title, as_they_count(held.get((person.pk, code), []))) for code, title in titles.items())
        )
        for person in colleagues
    ]


def as_they_count(rights: Iterable[str]) -> frozenset[str]:
    """Rights with what they imply: editing or validating a questionnaire is also seeing it."""
    given = frozenset(rights)
    return given | {Grant.VIEW} if given else given


# — Results read by a partner —————————————————————————————————————————————————————————————


def share_of(enrolment: Enrolment, partner: str) -> Share | None:
    """Whether a company shares the results of a procedure with a partner, since when."""
    return Share.objects.standing().filter(enrolment=enrolment, partner=partner).select_related("begun_by").first()


def shares_with(partner: str, *, words: str = "", limit: int, offset: int = 0) -> tuple[list[Share], int]:
    """What a partner may read, the latest shared first; found by the reference or the name of the product, or by the company."""
    found = Share.objects.standing().filter(partner=partner, enrolment__subject__state=ACTIVE)
    for word in words.split()[:8]:
        known = Q(enrolment__subject__searched__contains=fold(word)) | Q(enrolment__subject__company__name__icontains=word)
        found = found.filter(
            known | Q(enrolment__subject__reference=int(word)) if word.isascii() and word.isdigit() and len(word) < 10 else known
        )
    shares = found.select_related("enrolment__subject__company").order_by("-begun_at", "-pk")
    return list(shares[offset : offset + limit]), found.count()


def shared_with(partner: str, number: int) -> Share:
    """One of them. Raises `Share.DoesNotExist`: what is not shared does not exist."""
    found = Share.objects.standing().filter(partner=partner, enrolment__subject__state=ACTIVE)
    return found.select_related("enrolment__subject__company", "enrolment__subject__responsible").get(pk=number)
