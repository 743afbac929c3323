"""What was deposited for advice, what is thought of it, which scenarios are asked? Read alike by both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from convergence.advice.models import AdviceDeposit, DeletionRequest, Opinion
from convergence.candidatures.calls import Call, call_of
from convergence.candidatures.models import Candidature, Step
from convergence.content.conditions import Facts
from convergence.content.library import library
from convergence.content.requirements import AskedSection, asked_sections
from convergence.content.schema import RequirementSet, Scenario
from foundation.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class AdviceSheet:
    """The step of the advice: what is asked, what was deposited, what was answered."""

    step: Step
    call: Call
    sections: tuple[AskedSection, ...]
    deposits: list[AdviceDeposit]
    opinions: list[Opinion]

    @property
    def candidature(self) -> Candidature:
        return self.step.candidature

    @property
    def in_place(self) -> list[AdviceDeposit]:
        return [one for one in self.deposits if one.is_in_place]

    @property
    def archived(self) -> list[AdviceDeposit]:
        return [one for one in self.deposits if not one.is_in_place]

    @property
    def scenarios(self) -> list[Scenario]:
        return [scenario for section in self.sections for asked in section.requirements for scenario in asked.scenarios]

    @property
    def codes(self) -> list[str]:
        return [scenario.code for scenario in self.scenarios]

    @property
    def answered(self) -> set[str]:
        """The scenarios that an archive in place answers, unless it was found infected or refused."""
        return {code for one in self.in_place if one.file.state not in ("infected", "refused") for code in one.known}

    @property
    def unanswered(self) -> list[Scenario]:
        return [scenario for scenario in self.scenarios if scenario.code not in self.answered]


def advice_sheet(candidature: Candidature, code: str) -> AdviceSheet:
    """Four queries. Raises `Step.DoesNotExist` where the candidature has no such step, or it is of another kind."""
    step = candidature.steps.select_related("settled_by").get(code=code)
    step.candidature = candidature
    sheet = sheet_of(step)
    if sheet.call.piece.kind != "advice":
        raise Step.DoesNotExist
    return sheet


def sheet_of(step: Step) -> AdviceSheet:
    call = call_of(library(), step)
    deposits = AdviceDeposit.objects.filter(step=step).select_related("file", "deposited_by", "archived_by").prefetch_related("requests")
    opinions = Opinion.objects.filter(step=step).select_related("file", "given_by").order_by("-number")
    return AdviceSheet(step, call, sections_asked(call), list(deposits.order_by("-number")), list(opinions))


def sections_asked(call: Call) -> tuple[AskedSection, ...]:
    """What is to be shown, for the profiles chosen in the form. A procedure without requirements asks for nothing in particular."""
    procedure = call.procedure
    asked = library().piece("requirements", procedure.profiles_from) if procedure.profiles_from else None
    if not isinstance(asked, RequirementSet):
        return ()
    return asked_sections(asked, call.held, Facts(call.qualification, {}, call.held, call.subject_kind))


def deposit_of(sheet: AdviceSheet, key: int) -> AdviceDeposit:
    """One of this step. Raises `AdviceDeposit.DoesNotExist`."""
    for one in sheet.deposits:
        if one.pk == key:
            one.step = sheet.step
            return one
    raise AdviceDeposit.DoesNotExist


def requests_of(sheet: AdviceSheet) -> Iterator[DeletionRequest]:
    """The requests to delete that nobody has answered yet."""
    for deposit in sheet.deposits:
        for request in deposit.requests.all():
            if request.is_asked:
                request.deposit = deposit
                yield request


def file_for_reader(sheet: AdviceSheet, key: int) -> StoredFile:
    """An archive that was not deleted; any other does not exist."""
    deposit = deposit_of(sheet, key)
    if deposit.is_deleted:
        raise AdviceDeposit.DoesNotExist
    return deposit.file


def file_of_opinion(sheet: AdviceSheet, key: int) -> StoredFile:
    for one in sheet.opinions:
        if one.pk == key and one.file is not None:
            return one.file
    raise Opinion.DoesNotExist
