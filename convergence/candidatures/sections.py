"""What does an evidence step ask, section by section, what was deposited, and where does each stand? Reads, and what is frozen of them.

Which sections there are follows the profiles chosen (`asked_sections`). What was deposited for a profile given up stays in the
folder, and is there again if the profile is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.utils.functional import cached_property

from convergence.candidatures.calls import Call, call_of, requirements_of
from convergence.candidatures.models import Candidature, ChangeRequest, Exemption, FieldValue, Step, StepSection, Submission
from convergence.candidatures.permissions import seen_sql, seen_sql_parameters
from convergence.candidatures.rules import Lack, is_requirement_open, lacks_of
from convergence.candidatures.workflow import CHANGES_REQUESTED, OPEN, SECTION
from convergence.content.conditions import Facts
from convergence.content.library import library
from convergence.content.requirements import AskedRequirement, AskedSection, asked_sections
from convergence.content.schema import ExpectedProof, RequirementSet, Scenario
from convergence.evidence.actions import slot_of
from convergence.evidence.models import Deposit
from convergence.evidence.queries import Held, deposits_in, held_in
from convergence.evidence.rules import Filed, counted_by_slot, is_filled
from convergence.evidence.workflow import IN_PLACE
from foundation.accounts.models import Person
from foundation.core.language import gettext_lazy
from foundation.core.rows import Reading, read_rows, read_together, reading

EMPTY, PARTIAL, FILLED, HANDED, TO_CORRECT, CORRECTED, ACCEPTED = (
    "empty", "partial", "filled", "handed", "to_correct", "corrected", "accepted",
)  # fmt: skip

REQUIREMENT_WORDS = {
    EMPTY: gettext_lazy("À compléter"),
    PARTIAL: gettext_lazy("En cours"),
    FILLED: gettext_lazy("Renseignée"),
    HANDED: gettext_lazy("Soumise"),
    TO_CORRECT: gettext_lazy("À corriger"),
    CORRECTED: gettext_lazy("Corrigée"),
    ACCEPTED: gettext_lazy("Acceptée"),
}


@dataclass(frozen=True)
class RequirementSheet:
    """One requirement of a section: its scenarios, what is in its slots, what is said to be without object, what is asked of it."""

    section: SectionSheet
    asked: AskedRequirement

    @property
    def code(self) -> str:
        return self.asked.requirement.code

    @property
    def slots(self) -> tuple[str, ...]:
        return self.asked.slots

    @cached_property
    def exempt(self) -> dict[str, Exemption]:
        """What is declared without object here: the requirement as a whole, or some of its scenarios."""
        exemptions = self.section.exemptions
        return {code: exemptions[code] for code in self.asked.codes if code in exemptions} if exemptions else {}

    @property
    def is_exempt(self) -> bool:
        return self.code in self.exempt or all(one.code in self.exempt for one in self.asked.scenarios)

    def is_scenario_exempt(self, scenario: Scenario) -> bool:
        return self.code in self.exempt or scenario.code in self.exempt

    @property
    def expected(self) -> Sequence[ExpectedProof]:
        """The proofs that are still to be given: those of what is without object are not."""
        if not self.exempt:
            return self.asked.proofs
        return [proof for one in self.asked.scenarios if not self.is_scenario_exempt(one) for proof in one.proofs]

    @cached_property
    def is_untouched(self) -> bool:
        """Whether nothing was ever deposited for it, nor said to be without object, and nothing is asked of it."""
        return self.request is None and not self.exempt and self.section.used_slots.isdisjoint(self.slots)

    @cached_property
    def lacks(self) -> list[Lack]:
        return lacks_of([slot_of(proof) for proof in self.expected], self.filed)

    @cached_property
    def filed(self) -> list[Filed]:
        """What was deposited for it, archived or not."""
        filed = self.section.filed
        return [one for slot in self.slots for one in filed.get(slot, ())]

    @property
    def request(self) -> ChangeRequest | None:
        """What the agency asks of it now."""
        return self.section.requests.get(self.code) if self.section.state == CHANGES_REQUESTED else None

    @property
    def reply(self) -> FieldValue | None:
        """What the company answers to what is asked, if anything."""
        found = self.typed_reply
        return found if found is not None and found.value else None

    @property
    def typed_reply(self) -> FieldValue | None:
        """The same, even taken back."""
        return self.section.sheet.replies.get(reply_field(self.request)) if self.request is not None else None

    @cached_property
    def is_open(self) -> bool:
        return is_requirement_open(
            self.section.state, self.slots, handed=self.section.handed.get(self.code), is_requested=self.code in self.section.requests
        )

    @cached_property
    def is_changed(self) -> bool:
        """Whether its evidence is no longer what was last handed over."""
        latest = self.section.latest
        return latest is None or evidence_told(self.slots, self.section.documents) != evidence_told(self.slots, latest.documents) or self._told_exempt != {
            code: text for code, text in latest.values["exempt"].items() if code in self.asked.codes
        }  # fmt: skip

    @property
    def _told_exempt(self) -> dict[str, str]:
        return {code: one.text for code, one in self.exempt.items()}

    @property
    def is_answered(self) -> bool:
        """Whether it could be handed over as it is: complete and, where the agency asked something, changed or answered in words."""
        return not self.lacks and (self.request is None or self.is_changed or self.reply is not None)

    @property
    def state(self) -> str:
        """Where it stands, for the company."""
        if self.section.state not in (OPEN, CHANGES_REQUESTED):
            return ACCEPTED if self.section.state == "accepted" else HANDED
        if not self.is_open:
            return ACCEPTED
        if self.request is not None:
            return CORRECTED if self.is_answered else TO_CORRECT
        if not self.lacks:
            return FILLED
        return PARTIAL if any(self.section.counted.get(slot) for slot in self.slots) else EMPTY

    @property
    def state_word(self) -> str:
        return REQUIREMENT_WORDS[self.state]

    @cached_property
    def filled(self) -> int:
        if self.is_untouched:
            return 0
        return sum(1 for proof in self.asked.proofs if self.section.is_filled(proof))


@dataclass(frozen=True)
class SectionSheet:
    """One section as it stands today, beside what was last handed over of it."""

    sheet: EvidenceSheet
    asked: AskedSection

    @property
    def code(self) -> str:
        return self.asked.section.code

    @property
    def row(self) -> StepSection | None:
        return self.sheet.rows.get(self.code)

    @cached_property
    def state(self) -> str:
        return self.row.state if self.row else SECTION.initial

    @property
    def state_word(self) -> str:
        return SECTION.states[self.state]

    @property
    def since(self) -> datetime:
        return self.row.since if self.row else self.sheet.step.since

    @cached_property
    def submissions(self) -> list[Submission]:
        return [one for one in self.sheet.submissions if one.section == self.code]

    @property
    def latest(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None

    @property
    def handed(self) -> Mapping[str, list[str]]:
        """The slots of each requirement, in what was last handed over."""
        return self.latest.values["asked"] if self.latest else {}

    @cached_property
    def requests(self) -> dict[str, ChangeRequest]:
        """What the agency asked of what was last handed over, requirement by requirement."""
        return {one.field: one for one in self.sheet.requests if self.latest is not None and one.submission_id == self.latest.pk}

    @property
    def exemptions(self) -> Mapping[str, Exemption]:
        return self.sheet.exemptions

    @cached_property
    def requirements(self) -> list[RequirementSheet]:
        return [RequirementSheet(self, asked) for asked in self.asked.requirements]

    @cached_property
    def deposits(self) -> list[Deposit]:
        slots = {slot for one in self.asked.requirements for slot in one.slots}
        return [one for one in self.sheet.deposits if one.slot in slots]

    @cached_property
    def filed(self) -> dict[str, list[Filed]]:
        """What was deposited, archived or not, slot by slot."""
        found: dict[str, list[Filed]] = {}
        for one in self.deposits:
            found.setdefault(one.slot, []).append(one.filed)
        return found

    @cached_property
    def used_slots(self) -> frozenset[str]:
        """The slots in which something was ever deposited."""
        return frozenset(self.filed)

    @cached_property
    def counted(self) -> dict[str, int]:
        return counted_by_slot(chain.from_iterable(self.filed.values()))

    @cached_property
    def documents(self) -> list[dict[str, Any]]:
        """What would be handed over now."""
        return documents_of(self.asked, self.deposits)

    @property
    def expected(self) -> int:
        """The second number of « 0/29 preuves renseignées »."""
        return len(self.asked.proofs)

    @property
    def filled(self) -> int:
        return sum(one.filled for one in self.requirements)

    @property
    def is_ours(self) -> bool:
        """Whether it is the company's turn."""
        return self.state in (OPEN, CHANGES_REQUESTED)

    @property
    def remaining(self) -> list[RequirementSheet]:
        """The requirements that keep the section from being submitted."""
        return [one for one in self.requirements if one.is_open and not one.is_answered]

    def is_filled(self, proof: ExpectedProof) -> bool:
        """A proof given, or said to be without object; one that asks no file at least is given once it has one."""
        if proof.code in self._exempt_proofs:
            return True
        return proof.code in self.counted and is_filled(slot_of(proof), self.counted)

    @cached_property
    def _exempt_proofs(self) -> frozenset[str]:
        scenarios = ((one, scenario) for one in self.requirements if one.exempt for scenario in one.asked.scenarios)
        return frozenset(proof.code for one, scenario in scenarios if one.is_scenario_exempt(scenario) for proof in scenario.proofs)

    def requirement(self, code: str) -> RequirementSheet | None:
        return next((one for one in self.requirements if one.code == code), None)


@dataclass(frozen=True)
class EvidenceSheet:
    """An evidence step: its sections, in the order of the content."""

    step: Step
    call: Call
    requirements: RequirementSet
    rows: dict[str, StepSection]
    deposits: list[Deposit]
    submissions: list[Submission]
    requests: list[ChangeRequest]
    exemptions: dict[str, Exemption]
    replies: dict[str, FieldValue]
    only: str | None = None
    """The section it was read for, where it was for one: then it has no other."""

    @property
    def candidature(self) -> Candidature:
        return self.step.candidature

    @cached_property
    def sections(self) -> list[SectionSheet]:
        return [SectionSheet(self, one) for one in sections_asked(self.call, self.requirements, self.only)]

    def section(self, code: str) -> SectionSheet:
        """Raises `StepSection.DoesNotExist` for one that is not asked of this candidature."""
        found = next((one for one in self.sections if one.code == code), None)
        if found is None:
            raise StepSection.DoesNotExist
        return found

    def place(self, slot: str) -> RequirementSheet | None:
        """The requirement a slot is for, where it is asked."""
        return self._places.get(slot)

    @cached_property
    def _places(self) -> dict[str, RequirementSheet]:
        return {slot: one for section in self.sections for one in section.requirements for slot in one.slots}

    def expected(self, slot: str) -> ExpectedProof | None:
        found = self.place(slot)
        return next((proof for proof in found.asked.proofs if proof.code == slot), None) if found else None

    def takes(self, slot: str) -> bool:
        """Whether the evidence of a slot may change now."""
        found = self.place(slot)
        return found is not None and self.candidature.is_alive and self.step.state != "locked" and found.is_open

    @cached_property
    def held(self) -> Held:
        return held_in(self.deposits)


def sections_asked(call: Call, requirements: RequirementSet, only: str | None = None) -> tuple[AskedSection, ...]:
    """The sections of a step, as the candidature's profiles and the product's qualification ask for them."""
    return asked_sections(requirements, call.held, Facts(call.qualification, {}, call.held, call.subject_kind), only)


def evidence_sheet(candidature: Candidature, code: str) -> EvidenceSheet:
    """The evidence of a step of this candidature. Raises `Step.DoesNotExist` where there is no such step, or it asks for none."""
    steps = read_rows(Step, "WHERE thing.candidature_id = %s AND thing.code = %s", [candidature.pk, code], "folder", "settled_by")
    if not steps:
        raise Step.DoesNotExist
    steps[0].candidature = candidature
    return sheet_of_step(steps[0])


def evidence_sheet_of(number: str, code: str, person: Person, section: str | None = None, *also: Reading[Any]) -> EvidenceSheet:
    """The evidence of a step of a candidature of the person's company, or of one of its sections. `also` is read in the second exchange.

    Raises `Step.DoesNotExist` where they may not see it, there is no such step, or it asks for none.
    """
    asked = f"WHERE candidature.number = %(number)s AND thing.code = %(code)s AND {seen_sql('candidature', 'candidature__enrolment')}"
    steps = read_rows(Step, asked, seen_sql_parameters(person) | {"number": number, "code": code}, *_AROUND)
    if not steps:
        raise Step.DoesNotExist
    return sheet_of_step(steps[0], section, *also)


_AROUND = (
    "folder",
    "settled_by",
    "candidature",
    "candidature__enrolment",
    "candidature__enrolment__subject",
    "candidature__enrolment__subject__company",
)


def sheet_of_step(step: Step, only: str | None = None, *also: Reading[Any]) -> EvidenceSheet:
    """Four queries in one exchange, however many sections there are; two more in another, where something was handed over."""
    shelf = library()
    call = call_of(shelf, step)
    requirements = requirements_of(shelf, call.procedure, call.piece)
    if requirements is None or step.folder is None:
        raise Step.DoesNotExist
    of_step, key = "WHERE thing.step_id = %(step)s ORDER BY thing.id", {"step": step.pk, "section": only}
    handed_over = of_step if only is None else "WHERE thing.step_id = %(step)s AND thing.section = %(section)s ORDER BY thing.id"
    submissions, rows = reading(Submission, handed_over, key), reading(StepSection, of_step, key)
    declared = reading(Exemption, "WHERE thing.step_id = %(step)s AND thing.is_declared ORDER BY thing.id", key, "saved_by")
    deposits = deposits_in.reading(step.candidature.enrolment.subject, [step.folder.name], _slots_of(requirements, only))
    read_together(submissions, rows, declared, deposits, *also)
    latest = {one.section: one.pk for one in submissions.found}
    requests = reading(ChangeRequest, "WHERE thing.submission_id = ANY(%s) ORDER BY thing.id", [list(latest.values())], "requested_by")
    replies = reading(FieldValue, of_step, key, "saved_by")
    if latest:
        read_together(requests, replies)
    return EvidenceSheet(
        step=step,
        call=call,
        requirements=requirements,
        rows={one.code: one for one in rows.found},
        deposits=deposits.found,
        submissions=submissions.found,
        requests=requests.found if latest else [],
        exemptions={one.code: one for one in declared.found},
        replies={one.field: one for one in replies.found} if latest and requests.found else {},
        only=only,
    )


def _slots_of(requirements: RequirementSet, section: str | None) -> list[str] | None:
    """The slots of one section of the content, whatever is asked of them; None for all."""
    if section is None:
        return None
    found = [one for one in requirements.sections if one.code == section]
    return [
        proof.code for one in found for requirement in one.requirements for scenario in requirement.scenarios for proof in scenario.proofs
    ]


def reply_field(request: ChangeRequest) -> str:
    """Under which name the answer to a request is kept among what is typed at the step."""
    return f"reply.{request.pk}"


def documents_of(asked: AskedSection, deposits: Iterable[Deposit]) -> list[dict[str, Any]]:
    """The evidence in place of a section, requirement by requirement, with what proves later that it is the same."""
    kept: dict[str, list[Deposit]] = {}
    for one in deposits:
        if one.state == IN_PLACE and not one.is_rejected:
            kept.setdefault(one.slot, []).append(one)
    return [
        {
            "requirement": requirement.requirement.code,
            "slot": proof.code,
            "name": one.file.name,
            "size": one.file.size,
            "sha256": one.file.sha256,
            "deposit": one.pk,
            "deposited_at": one.deposited_at.isoformat(),
        }
        for requirement in asked.requirements
        for proof in requirement.proofs
        for one in kept.get(proof.code, ())
    ]


def evidence_told(slots: Sequence[str], documents: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Which file stands in which of these slots: two deposits of the same bytes are the same evidence."""
    return sorted((one["slot"], one["sha256"]) for one in documents if one["slot"] in slots)


def values_of(section: SectionSheet) -> dict[str, Any]:
    """What a submission keeps of what was asked, of what was said to be without object, and of what was answered in words."""
    return {
        "asked": {one.code: one.slots for one in section.requirements},
        "exempt": {code: exemption.text for one in section.requirements for code, exemption in one.exempt.items()},
        "replies": {one.code: one.reply.value for one in section.requirements if one.reply is not None},
    }
