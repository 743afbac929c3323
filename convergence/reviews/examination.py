"""What does a reviewer have before their eyes? A section as it was handed over, what holds of each requirement, what is new in it.

Everything is read from what was frozen: a file swapped since is not what was handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property

from convergence.candidatures.calls import call_of, requirements_of
from convergence.candidatures.models import Candidature, ChangeRequest, Step, StepSection, Submission
from convergence.candidatures.permissions import can_see_candidature
from convergence.candidatures.sections import evidence_told
from convergence.content.library import library
from convergence.content.schema import Requirement, RequirementSection, RequirementSet, Scenario
from convergence.content.schema import Step as StepPiece
from convergence.evidence.models import Deposit
from convergence.reviews.models import Report, RequirementVerdict
from convergence.reviews.rules import (
    CHANGES_ASKED,
    CONFIRMATION,
    FIRST,
    OUTCOMES,
    TO_CONFIRM,
    Given,
    Settlement,
    holding,
    is_closed,
    settlement,
)
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.rows import Known, Reading, read_rows, read_together, reading
from foundation.files.models import StoredFile


@dataclass(frozen=True)
class Line:
    """One requirement of a section handed over."""

    examination: Examination
    requirement: Requirement
    scenarios: tuple[Scenario, ...]
    slots: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.requirement.code

    @cached_property
    def verdicts(self) -> list[RequirementVerdict]:
        return [one for one in self.examination.verdicts if one.requirement == self.code]

    @cached_property
    def requests(self) -> list[ChangeRequest]:
        return [one for one in self.examination.requests if one.field == self.code]

    @property
    def asked_before(self) -> ChangeRequest | None:
        """What was asked of it before this submission."""
        return self.requests[-1] if self.requests and self.requests[-1].submission_id != self.examination.submission.pk else None

    def own(self, look: int) -> RequirementVerdict | None:
        """What a look said of it on this submission."""
        return next((one for one in self.verdicts if one.look == look and one.submission_id == self.examination.submission.pk), None)

    def holds(self, look: int) -> RequirementVerdict | None:
        """The verdict of a look that holds: on this submission or, accepted since and not sent back, on an earlier one."""
        found = self._given(look)
        if found is None:
            return None
        return next(one for one in self.verdicts if one.look == look and self.examination.rounds[one.submission_id] == found.round)

    def is_closed(self, look: int) -> bool:
        return is_closed(self._given(look), self.examination.submission.number)

    def _given(self, look: int) -> Given | None:
        rounds, settled = self.examination.rounds, self.examination.settled
        given = [Given(rounds[one.submission_id], one.look, one.outcome) for one in self.verdicts if one.submission_id in settled]
        returned = [rounds[one.submission_id] for one in self.requests]
        return holding(given, returned, look, self.examination.submission.number)

    @cached_property
    def documents(self) -> list[dict[str, Any]]:
        return [one for one in self.examination.submission.documents if one["slot"] in self.slots]

    @cached_property
    def exempt(self) -> dict[str, str]:
        """What the company says to be without object, and why."""
        return self._exempt_in(self.examination.submission)

    @property
    def reply(self) -> str:
        """What the company answered to what was asked of it."""
        return str(self.examination.submission.values.get("replies", {}).get(self.code, ""))

    @property
    def since(self) -> Submission | None:
        """What it is new beside: the submission in which whoever reads last saw it or, of one never seen, the submission before."""
        seen = self.examination.seen.get(self.code)
        if seen is None:
            return self.examination.past
        return next(one for one in self.examination.submissions if one.number == min(seen, self.examination.submission.number))

    @property
    def is_unseen(self) -> bool:
        """Whether whoever reads has not had it before their eyes in this submission."""
        return self.examination.seen.get(self.code, 0) < self.examination.submission.number

    @cached_property
    def is_new(self) -> bool:
        """Whether it is not as it was there, or was answered in words since; nothing is new in the first submission."""
        since = self.since
        return self.is_unseen and since is not None and (bool(self.reply) or self.differs_from(since))

    def differs_from(self, past: Submission) -> bool:
        """Whether the evidence of the requirement, or what is said to be without object, is not that of another submission."""
        current = self.examination.submission
        if evidence_told(self.slots, current.documents) != evidence_told(self.slots, past.documents):
            return True
        return self.exempt != self._exempt_in(past) or self.code not in past.values["asked"]

    def _exempt_in(self, submission: Submission) -> dict[str, str]:
        codes = {self.code, *(one.code for one in self.scenarios)}
        return {code: text for code, text in submission.values["exempt"].items() if code in codes}

    @property
    def state(self) -> str:
        """As the list of requirements shows it: to examine, or what the look under way says of it."""
        look = self.examination.look
        verdict = self.holds(look)
        if verdict is not None:
            return "closed" if self.is_closed(look) else verdict.outcome
        return "to_examine" if look == FIRST or self.examination.piece.blind_second_look else "to_confirm"

    @property
    def state_word(self) -> str:
        if self.state == "closed":
            return _("Acceptée, close")
        return OUTCOMES.get(self.state) or (_("À confirmer") if self.state == "to_confirm" else _("À examiner"))


@dataclass(frozen=True)
class Examination:
    """A submission of a section, with all that was said of it and of those before."""

    section: StepSection
    piece: StepPiece
    content: RequirementSection
    submissions: list[Submission]
    verdicts: list[RequirementVerdict]
    reports: list[Report]
    requests: list[ChangeRequest]
    submission: Submission
    seen: Mapping[str, int]
    """In which submission whoever reads last saw each requirement."""

    @property
    def step(self) -> Step:
        return self.section.step

    @property
    def candidature(self) -> Candidature:
        return self.section.step.candidature

    @property
    def past(self) -> Submission | None:
        """The submission before the one examined."""
        earlier = [one for one in self.submissions if one.number < self.submission.number]
        return earlier[-1] if earlier else None

    @cached_property
    def rounds(self) -> dict[int, int]:
        return {one.pk: one.number for one in self.submissions}

    @cached_property
    def settled(self) -> set[int]:
        """The submissions whose verdicts count: the one examined and, before it, those given back. A draft of one that opened again is none."""
        return {self.submission.pk, *(one.submission_id for one in self.reports)}

    @property
    def first_report(self) -> Report | None:
        """Who gave this submission back at the first look, where another reviewer is to confirm."""
        return next((one for one in self.reports if one.submission_id == self.submission.pk and one.result == TO_CONFIRM), None)

    @property
    def look(self) -> int:
        """Which look is under way."""
        return CONFIRMATION if self.first_report else FIRST

    @cached_property
    def lines(self) -> list[Line]:
        asked: Mapping[str, list[str]] = self.submission.values["asked"]
        found = []
        for requirement in self.content.requirements:
            slots = asked.get(requirement.code)
            if slots is None:
                continue
            scenarios = tuple(one for one in requirement.scenarios if any(proof.code in slots for proof in one.proofs))
            found.append(Line(self, requirement, scenarios, tuple(slots)))
        return found

    def line(self, requirement: str) -> Line | None:
        return next((one for one in self.lines if one.code == requirement), None)

    def settlement(self, look: int) -> Settlement:
        """What giving it back now would come to."""
        held = {of: {line.code: one.outcome for line in self.lines if (one := line.holds(of)) is not None} for of in (FIRST, CONFIRMATION)}
        return settlement(
            [line.code for line in self.lines],
            held[FIRST],
            held[CONFIRMATION],
            look=look,
            second_look=self.piece.second_look,
            blind=self.piece.blind_second_look,
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements are accepted, sent back, still to examine."""
        states = [line.state for line in self.lines]
        waiting = sum(1 for state in states if state in ("to_examine", "to_confirm"))
        asked = states.count(CHANGES_ASKED)
        return {"all": len(states), "to_examine": waiting, "changes_asked": asked, "accepted": len(states) - waiting - asked}


def examination_of(section: StepSection, number: int | None = None, reader: Person | None = None, *also: Reading[Any]) -> Examination:
    """A section as it was handed over last, or at a given round. Four queries in one exchange, with whatever `also` is to be read.

    To a reader, what they have not seen is new. Raises `Submission.DoesNotExist` if it never was.
    """
    return _examination(section.step, section.code, Known([section]), number, reader, *also)


def examination_at(step: Step, code: str, number: int | None = None) -> Examination:
    """The same, of a section of this step as it now is. Raises `StepSection.DoesNotExist` where it was never handed over."""
    section = reading(StepSection, "WHERE thing.step_id = %s AND thing.code = %s", [step.pk, code])
    return _examination(step, code, section, number, None)


def _examination(step: Step, code: str, section: Reading[list[StepSection]], number: int | None, reader: Person | None, *also: Reading[Any]) -> Examination:  # fmt: skip
    shelf = library()
    call = call_of(shelf, step)
    requirements = requirements_of(shelf, call.procedure, call.piece)
    assert isinstance(requirements, RequirementSet)
    of_section = "thing.step_id = %(step)s AND thing.section = %(section)s"
    asked = {"step": step.pk, "section": code, "reader": reader.pk if reader else None}
    submissions = reading(Submission, f"WHERE {of_section} ORDER BY thing.number", asked, sights=_SIGHTS)
    of_submissions = f"WHERE thing.submission_id IN (SELECT id FROM candidatures_submission thing WHERE {of_section}) ORDER BY thing.id"  # noqa: S608 - our own constants
    verdicts = reading(RequirementVerdict, of_submissions, asked, "saved_by")
    reports = reading(Report, of_submissions, asked, "given_by")
    requests = reading(ChangeRequest, of_submissions, asked, "requested_by")
    read_together(section, submissions, verdicts, reports, requests, *also)
    if not section.found:
        raise StepSection.DoesNotExist
    found = section.found[0]
    found.step = step
    shown = [one for one in submissions.found if number is None or one.number == number]
    if not shown:
        raise Submission.DoesNotExist
    return Examination(
        section=found,
        piece=call.piece,
        content=next(one for one in requirements.sections if one.code == code),
        submissions=submissions.found,
        verdicts=verdicts.found,
        reports=reports.found,
        requests=requests.found,
        submission=shown[-1],
        seen={requirement: one.number for one in submissions.found for requirement in getattr(one, "sights", None) or ()},
    )


_SIGHTS = """(SELECT array_agg(sight.requirement) FROM reviews_sight sight
    WHERE sight.submission_id = thing.id AND sight.person_id = %(reader)s)"""


_AROUND = (
    "step",
    "step__settled_by",
    "step__candidature",
    "step__candidature__enrolment",
    "step__candidature__enrolment__subject",
    "step__candidature__enrolment__subject__company",
)


def section_handed_over(number: str, step: str, section: str, person: Person) -> StepSection:
    """A section the agency has, or had, of a candidature its person may see. One query. Raises `StepSection.DoesNotExist`."""
    asked = "WHERE step__candidature.number = %s AND step.code = %s AND thing.code = %s"
    found = read_rows(StepSection, asked, [number, step, section], *_AROUND)
    if not found or not can_see_candidature(person, found[0].step.candidature):
        raise StepSection.DoesNotExist
    return found[0]


def step_handed_over(number: str, step: str, section: str, person: Person) -> Step:
    """The step of such a section: what an action is asked of, which reads it again. One query. Raises `Step.DoesNotExist`."""
    asked = """WHERE candidature.number = %s AND thing.code = %s
        AND EXISTS (SELECT FROM candidatures_stepsection held WHERE held.step_id = thing.id AND held.code = %s)"""
    found = read_rows(Step, asked, [number, step, section], "candidature")
    if not found or not can_see_candidature(person, found[0].candidature):
        raise Step.DoesNotExist
    return found[0]


def files_shown(line: Line) -> dict[int, StoredFile]:
    """The files of one requirement, as they now are: one found infected since is not opened. One query."""
    keys = [one["deposit"] for one in line.documents]
    return {one.pk: one.file for one in read_rows(Deposit, "WHERE thing.id = ANY(%s)", [keys], "file")}


def verdicts_told(step: Step, section: str) -> dict[str, RequirementVerdict]:
    """What the company may read of a section: the last verdict on each requirement, once it was given back for good. One query."""
    given = Report.objects.filter(submission=OuterRef("submission")).exclude(result=TO_CONFIRM)
    found = RequirementVerdict.objects.filter(Exists(given), submission__step=step, submission__section=section)
    return {one.requirement: one for one in found.order_by("submission__number", "look")}
