"""What does a procedure ask of a candidature? Its steps, its forms and its closing dates, read from the content it was begun with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from convergence.candidatures.deadlines import is_late
from convergence.candidatures.forms import Asked, Value, asked_fields
from convergence.candidatures.models import Candidature, Step
from convergence.content.conditions import Facts
from convergence.content.library import Library
from convergence.content.requirements import chosen_profiles
from convergence.content.schema import Form, Milestone, Procedure, Profile, RequirementSet, steps_before
from convergence.content.schema import Step as StepPiece


@dataclass(frozen=True, slots=True)
class Call:
    """A step as the content asks for it, of this candidature."""

    procedure: Procedure
    piece: StepPiece
    form: Form | None
    profiles: Sequence[Profile]
    qualification: dict[str, str]
    subject_kind: str
    held: frozenset[str]
    extended_to: datetime | None = None

    def asked(self, values: dict[str, Value], spare: int = 0) -> list[Asked]:
        """The fields of its form that apply to what was typed; nothing where it has no form."""
        if self.form is None:
            return []
        chosen = next((value for key, value in values.items() if self._is_profiles(key)), None)
        held = chosen_profiles(self.profiles, chosen) if isinstance(chosen, list) else self.held
        return asked_fields(self.form, values, Facts(self.qualification, {}, held, self.subject_kind), spare)

    def chosen(self, values: dict[str, Value]) -> list[str] | None:
        """The profiles chosen in this form, or brought by an answer, with those they imply; None where it decides of none."""
        fields = [field for block in (self.form.blocks if self.form else ()) for field in block.fields]
        deciding = [field for field in fields if field.kind == "profiles" or field.brings]
        if not deciding:
            return None
        found: list[str] = []
        for field in deciding:
            value = values.get(field.code, [])
            answers = value if isinstance(value, list) else [value]
            found += answers if field.kind == "profiles" else [code for one in field.choices if one.code in answers for code in one.brings]
        return sorted(chosen_profiles(self.profiles, found))

    @property
    def closing(self) -> Milestone | None:
        """The milestone that closes the step, if it has one."""
        return next((one for one in self.procedure.milestones if one.code == self.piece.closes), None)

    @property
    def closes_at(self) -> datetime | None:
        """The date of the milestone, or the one granted to this candidature in its stead."""
        return self.extended_to or (self.closing.at if self.closing else None)

    @property
    def last_correction(self) -> Milestone | None:
        """The milestone from which no evidence is handed over any more, even sent back, if the procedure has one."""
        return next((one for one in self.procedure.milestones if one.effect == "last_correction"), None)

    def added_too_late(self, chosen: Iterable[str], at: datetime) -> Sequence[tuple[Profile, Milestone]]:
        """The profiles chosen that were not held, and can no longer be added, with the milestone that has passed."""
        milestones = {one.code: one for one in self.procedure.milestones}
        added = [one for one in self.profiles if one.code in set(chosen) - self.held and one.until in milestones]
        return [(one, milestones[one.until]) for one in added if one.until and is_late(at, milestones[one.until].at)]

    def _is_profiles(self, key: str) -> bool:
        assert self.form is not None
        return any(field.code == key and field.kind == "profiles" for block in self.form.blocks for field in block.fields)


def procedure_of(shelf: Library, candidature: Candidature) -> Procedure:
    found = shelf.procedure(candidature.procedure)
    assert found is not None, candidature.procedure
    return found


def call_of(shelf: Library, step: Step) -> Call:
    """What is asked at a step. Its content is that of the day the candidature was begun: what is published never changes."""
    candidature = step.candidature
    procedure = procedure_of(shelf, candidature)
    piece = next(one for one in procedure.steps if one.code == step.code)
    form = shelf.piece("forms", piece.form) if piece.form else None
    requirements = shelf.piece("requirements", procedure.profiles_from) if procedure.profiles_from else None
    subject = candidature.enrolment.subject
    return Call(
        procedure=procedure,
        piece=piece,
        form=form if isinstance(form, Form) else None,
        profiles=requirements.profiles if isinstance(requirements, RequirementSet) else (),
        qualification=subject.qualification,
        subject_kind=subject.kind,
        held=frozenset(candidature.profiles),
        extended_to=step.extended_to,
    )


def requirements_of(shelf: Library, procedure: Procedure, piece: StepPiece) -> RequirementSet | None:
    """The requirements a step asks evidence for: its own or, where it names none, those the profiles come from."""
    key = piece.requirements or (procedure.profiles_from if piece.kind == "evidence" else None)
    found = shelf.piece("requirements", key) if key else None
    return found if isinstance(found, RequirementSet) else None


def document_titles(shelf: Library, step: Step) -> dict[str, str]:
    """What each slot of a step is called: of its form, or of its requirements."""
    procedure = procedure_of(shelf, step.candidature)
    piece = next(one for one in procedure.steps if one.code == step.code)
    if (requirements := requirements_of(shelf, procedure, piece)) is not None:
        scenarios = (scenario for section in requirements.sections for one in section.requirements for scenario in one.scenarios)
        return {proof.code: f"{proof.code}, {proof.title}" for scenario in scenarios for proof in scenario.proofs}
    form = shelf.piece("forms", piece.form) if piece.form else None
    fields = [field for block in form.blocks for field in block.fields] if isinstance(form, Form) else []
    return {field.proof.code: str(field.proof.title) for field in fields if field.proof is not None}


def opens_next(procedure: Procedure, accepted: frozenset[str], locked: frozenset[str], handed: frozenset[str] = frozenset()) -> list[str]:
    """The locked steps whose every predecessor is accepted, and that nothing else keeps locked, in order.

    Near or far: one of them may have been opened again since. Where the content says so of a step, it is enough that those it comes
    after were handed over (`handed`: at least once, and not given up).
    """
    return [
        piece.code
        for piece in procedure.steps
        if piece.code in locked and piece.locked_because is None and _is_reached(procedure, piece, accepted, accepted | handed)
    ]


def _is_reached(procedure: Procedure, piece: StepPiece, accepted: frozenset[str], handed: frozenset[str]) -> bool:
    """Whether what a step comes after has become what it asks of it, and so on back to the first."""
    before = steps_before(procedure, piece.code) | {piece.code}
    return all(set(one.after) <= (handed if one.opens == "submitted" else accepted) for one in procedure.steps if one.code in before)


def opening(piece: StepPiece) -> str:
    """The move by which a locked step begins: its turn is the company's, unless the content says that the agency acts."""
    return "hand_to_agency" if piece.acts == "agency" else "open_step"


def is_last(procedure: Procedure, accepted: frozenset[str]) -> bool:
    """Whether nothing remains to be accepted, of what can be."""
    return all(piece.code in accepted or piece.locked_because is not None for piece in procedure.steps)
