"""When does the board meet, what is on its agenda, what awaits one? Reads; what the company reads is what was recorded, never an opinion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import cached_property

from convergence.boards.models import BoardSession, Case, MemberOpinion, Outcome
from convergence.boards.permissions import KIND
from convergence.boards.rules import RECUSED, Counts, Reservation, counted, counts_told, has_quorum, leaning, merged, results_open
from convergence.boards.workflow import LISTED, SCHEDULED, SETTLED, TAKEN_OFF
from convergence.candidatures.calls import Call, call_of, requirements_of
from convergence.candidatures.deadlines import is_late
from convergence.candidatures.models import Candidature, Step, StepSection
from convergence.candidatures.sections import sections_asked
from convergence.content.library import library
from convergence.content.requirements import AskedSection
from convergence.content.schema import Board, Milestone, Procedure, steps_before
from convergence.content.schema import Step as StepPiece
from foundation.accounts.models import Conflict, Person
from foundation.accounts.queries import people_with_right
from foundation.accounts.rights import Right
from foundation.core.language import gettext as _
from foundation.core.rows import rows_of

_WHOLE_STEP = ("candidature__enrolment__subject__company",)
_WHOLE_CASE = ("session", "outcome", *(f"step__{path}" for path in _WHOLE_STEP))


# — Sessions ——————————————————————————————————————————————————————————————————————————————


def new_session(held_at: datetime, place: str) -> BoardSession:
    """A session not stored yet, for `schedule_session`."""
    return BoardSession(held_at=held_at, place=place)


def session_of(number: int) -> BoardSession:
    """Raises `BoardSession.DoesNotExist`."""
    return BoardSession.objects.select_related("ended_by").get(pk=number)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session of the list: how many files are, or were, on its agenda, and how many of them have an outcome."""

    session: BoardSession
    files: int
    settled: int


def sessions_to_come() -> list[SessionLine]:
    """Those not closed yet, the next one first: one whose day has passed is still to be closed. One query."""
    return _lines(BoardSession.objects.filter(state=SCHEDULED).order_by("held_at", "pk"))


def sessions_past(limit: int, offset: int) -> tuple[list[SessionLine], int]:
    """Those closed or cancelled, the latest first. Two queries."""
    found = BoardSession.objects.exclude(state=SCHEDULED)
    return _lines(found.order_by("-held_at", "-pk")[offset : offset + limit]), found.count()


def _lines(sessions: Any) -> list[SessionLine]:
    on_it, done = Count("cases", filter=~Q(cases__state=TAKEN_OFF)), Count("cases", filter=Q(cases__state=SETTLED))
    return [SessionLine(one, one.files, one.done) for one in sessions.annotate(files=on_it, done=done)]


# — What awaits a session —————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A complete file that is on no agenda, at its place in the queue."""

    step: Step
    arrived_at: datetime
    procedure: Procedure
    piece: StepPiece


_AWAITING = """SELECT step.id, place.arrived_at FROM candidatures_step step
    JOIN candidatures_candidature candidature ON candidature.id = step.candidature_id
    JOIN reviews_place place ON place.candidature_id = candidature.id
    JOIN unnest(%(procedures)s::text[], %(steps)s::text[]) AS board (procedure, step)
        ON board.procedure = candidature.procedure AND board.step = step.code
    WHERE step.state = 'submitted' AND candidature.state = 'under_way'
        AND NOT EXISTS (SELECT FROM boards_case listed WHERE listed.step_id = step.id AND listed.state = 'listed')
    ORDER BY place.arrived_at, candidature.id, step.rank LIMIT %(limit)s"""


def files_awaiting(limit: int = 100) -> list[Awaiting]:
    """The complete files that await the board, in the order of the queue, which is the same for all. Two queries."""
    shelf = library()
    boards = [(procedure.key, one.code) for procedure in shelf.every_procedure() for one in procedure.steps if one.kind == KIND]
    asked = {"procedures": [one[0] for one in boards], "steps": [one[1] for one in boards], "limit": limit}
    rows = rows_of(_AWAITING, asked)
    steps = Step.objects.select_related(*_WHOLE_STEP).in_bulk([row[0] for row in rows])
    found = []
    for key, arrived_at in rows:
        call = call_of(shelf, steps[key])
        found.append(Awaiting(steps[key], arrived_at, call.procedure, call.piece))
    return found


def arrival_of(step: Step) -> datetime:
    """When the candidature of a step came to its place in the queue."""
    ((arrived_at,),) = rows_of("SELECT arrived_at FROM reviews_place WHERE candidature_id = %s", [step.candidature_id])
    return arrived_at or step.since


def board_step(candidature: Candidature, code: str) -> Step:
    """A step of this candidature that goes before the board. Raises `Step.DoesNotExist` for any other."""
    step = candidature.steps.select_related("settled_by").get(code=code)
    step.candidature = candidature
    if call_of(library(), step).piece.kind != KIND:
        raise Step.DoesNotExist
    return step


# — A file ————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Redepositing:
    """What may be deposited again: the evidence of which step, until when."""

    piece: StepPiece
    until: Milestone | None

    def is_open(self, at: datetime) -> bool:
        """Whether the milestone has not passed; one whose date is still to be set has not."""
        return self.until is None or not is_late(at, self.until.at)


def redepositing_of(call: Call) -> Redepositing | None:
    """What the content lets a company deposit again after the reservations of this board; nothing where it does not say."""
    terms = call.piece.board.redeposit if call.piece.board else None
    if terms is None:
        return None
    piece = next(one for one in call.procedure.steps if one.code == terms.step)
    return Redepositing(piece, next((one for one in call.procedure.milestones if one.code == terms.until), None))


@dataclass(frozen=True)
class CaseFile:
    """A file on the agenda, with what its members think of it; `linked` are those kept from it by a conflict of interest declared."""

    case: Case
    call: Call
    opinions: list[MemberOpinion]
    members: list[Person]
    linked: frozenset[int]

    @property
    def step(self) -> Step:
        return self.case.step

    @property
    def candidature(self) -> Candidature:
        return self.case.step.candidature

    @property
    def outcome(self) -> Outcome | None:
        return getattr(self.case, "outcome", None)

    @property
    def board(self) -> Board:
        assert self.call.piece.board is not None, "le contrôle des contenus l'exige"
        return self.call.piece.board

    @cached_property
    def counts(self) -> Counts:
        """Of what is said now or, once recorded, of what was counted. Whoever is linked to the company is recused, whatever they said."""
        if self.outcome is not None:
            return self.outcome.counts
        said = {one.member_id: one.position for one in self.opinions}
        linked = {one.pk for one in self.members if one.pk in self.linked} | (said.keys() & self.linked)
        return counted([*(position for member, position in said.items() if member not in linked), *(RECUSED for _one in linked)])

    @property
    def quorum(self) -> int:
        return self.outcome.quorum if self.outcome else self.board.quorum

    @property
    def told(self) -> str:
        """The opinions, counted, in words."""
        return counts_told(self.counts, self.quorum)

    @property
    def has_quorum(self) -> bool:
        return has_quorum(self.counts, self.quorum)

    @property
    def leaning(self) -> str:
        return leaning(self.counts, self.quorum, self.board.rule)

    @property
    def results_open(self) -> tuple[str, ...]:
        return results_open(self.counts, self.quorum, self.board.rule)

    @property
    def redepositing(self) -> Redepositing | None:
        return redepositing_of(self.call)

    def may_redeposit(self, at: datetime) -> bool:
        found = self.redepositing
        return found is not None and found.is_open(at)

    @property
    def written(self) -> list[Reservation]:
        """The reservations of the members who count, each once."""
        return merged([one.held for one in self.opinions if one.member_id not in self.linked])

    def opinion_of(self, person: Person) -> MemberOpinion | None:
        return next((one for one in self.opinions if one.member_id == person.pk), None)

    def is_linked(self, person: int) -> bool:
        return person in self.linked

    @cached_property
    def sections(self) -> tuple[AskedSection, ...]:
        """The sections of evidence that reservations may name: those that may be deposited again, else those of the last step of evidence
        before the board. No query.
        """
        found = self.redepositing
        before = steps_before(self.call.procedure, self.step.code)
        near = [one for one in self.call.procedure.steps if one.kind == "evidence" and one.code in before]
        piece = found.piece if found else (near[-1] if near else None)
        requirements = requirements_of(library(), self.call.procedure, piece) if piece else None
        return sections_asked(self.call, requirements) if requirements else ()

    def named(self, reservation: Reservation) -> str:
        """« INS, exigence INS 1 » : what a reservation is about, in words."""
        section = next((str(one.section.short) for one in self.sections if one.section.code == reservation.section), reservation.section)
        if reservation.requirement:
            return _("{section}, exigence {requirement}").format(section=section, requirement=reservation.requirement)
        return _("Section {section}").format(section=section) if section else _("Tout le dossier")

    def reason_title(self, code: str) -> str:
        return next((str(one.title) for one in self.call.piece.reasons if one.code == code), code)


def agenda_of(session: BoardSession) -> list[CaseFile]:
    """What is on the agenda of a session, or was when it closed, in the order of the queue. Four queries, however many files."""
    cases = Case.objects.filter(session=session).exclude(state=TAKEN_OFF).select_related(*_WHOLE_CASE)
    return _files(list(cases))


def case_file(session: int, key: int) -> CaseFile:
    """One file of a session, taken off its agenda or not. Raises `Case.DoesNotExist`."""
    return _files([Case.objects.select_related(*_WHOLE_CASE).get(session=session, pk=key)])[0]


def files_of_step(step: Step) -> list[CaseFile]:
    """Each passage of a step before the board, the latest first; those taken off an agenda are left out. Four queries."""
    cases = Case.objects.filter(step=step).exclude(state=TAKEN_OFF).select_related(*_WHOLE_CASE).order_by("-pk")
    return _files(list(cases))


def _files(cases: Sequence[Case]) -> list[CaseFile]:
    shelf = library()
    opinions: dict[int, list[MemberOpinion]] = {}
    for one in MemberOpinion.objects.filter(case__in=cases).select_related("member"):
        opinions.setdefault(one.case_id, []).append(one)
    members = people_with_right(Right.SIT_ON_BOARD)
    links = _links({one.step.candidature.enrolment.subject.company_id for one in cases})
    return [
        CaseFile(
            case=one,
            call=call_of(shelf, one.step),
            opinions=opinions.get(one.pk, []),
            members=members,
            linked=links.get(one.step.candidature.enrolment.subject.company_id, frozenset()),
        )
        for one in cases
    ]


def _links(companies: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who is linked to each company. One query."""
    found: dict[int, set[int]] = {}
    for company, person in Conflict.objects.standing().filter(company__in=companies).values_list("company_id", "person_id"):
        found.setdefault(company, set()).add(person)
    return {company: frozenset(people) for company, people in found.items()}


# — What the company reads ————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class ReservationTold:
    about: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage before the board, as its company reads it: the day, what it came to, why. Neither who said what, nor how many."""

    held_at: datetime
    is_listed: bool
    outcome: Outcome | None
    reservations: list[ReservationTold]


def passages_of(step: Step) -> list[Passage]:
    """The latest first."""
    return [
        Passage(
            held_at=one.case.session.held_at,
            is_listed=one.case.is_listed,
            outcome=one.outcome,
            reservations=reservations_told(one),
        )
        for one in files_of_step(step)
    ]


def reservations_told(one: CaseFile) -> list[ReservationTold]:
    """The reservations recorded of a file, in words."""
    held = one.outcome.held if one.outcome else []
    return [ReservationTold(one.named(each), one.reason_title(each.reason), each.text) for each in held]


def listed_of(candidature: Candidature) -> list[Case]:
    """Where a candidature is on an agenda now."""
    return list(Case.objects.filter(step__candidature=candidature, state=LISTED).select_related("step__candidature__enrolment__subject"))


@dataclass(frozen=True, slots=True)
class Appearance:
    """On which day a step of a candidature is, or was, before the board; what it came to, if it has."""

    step: str
    held_at: datetime
    is_listed: bool
    result: str


def appearances_of(candidature: Candidature, procedure: Procedure) -> list[Appearance]:
    """The latest first. One query, and none for a procedure without a board."""
    if not any(piece.kind == KIND for piece in procedure.steps):
        return []
    cases = Case.objects.filter(step__candidature=candidature).exclude(state=TAKEN_OFF).select_related("session", "step", "outcome")
    return [
        Appearance(one.step.code, one.session.held_at, one.is_listed, one.outcome.result if hasattr(one, "outcome") else "")
        for one in cases.order_by("-pk")
    ]


# — What a member reads beside a file —————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class SectionExamined:
    """A section of evidence as the reviewers left it: what they said of it is a page away."""

    step: str
    code: str
    short: str
    title: str
    state_word: str
    since: datetime


def sections_examined(file: CaseFile) -> list[SectionExamined]:
    """Every section handed over, in the order of the steps and of the content. One query."""
    rows = StepSection.objects.filter(step__candidature=file.candidature).select_related("step")
    pieces = {piece.code: piece for piece in file.call.procedure.steps}
    by_step: dict[str, dict[str, StepSection]] = {}
    for row in rows.order_by("step__rank", "pk"):
        by_step.setdefault(row.step.code, {})[row.code] = row
    found = []
    for step, held in by_step.items():
        requirements = requirements_of(library(), file.call.procedure, pieces[step])
        for section in requirements.sections if requirements else ():
            if section.code in held:
                now = held[section.code]
                found.append(SectionExamined(step, section.code, str(section.short), str(section.title), now.state_word, now.since))
    return found


def step_awaiting(key: int) -> Step:
    """A step of a candidature the agency has, to be put on an agenda. Raises `Step.DoesNotExist`."""
    return Step.objects.select_related(*_WHOLE_STEP).get(pk=key, candidature__submitted_at__isnull=False)
