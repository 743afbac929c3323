"""What may happen to a candidature?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from foundation.core.event import Event


class Heading(TypedDict):
    """What an event about a candidature says first, in whichever room it happens: the journal and the faces find it by these."""

    about: str
    company: int
    number: str


class StepHeading(Heading):
    step: str


@dataclass(frozen=True, slots=True)
class CandidatureBegun(Event):
    about: str
    company: int
    subject: int
    procedure: str
    number: str


@dataclass(frozen=True, slots=True)
class FormSaved(Event):
    """Which fields changed, in which version. What was typed stays with the form."""

    about: str
    company: int
    number: str
    step: str
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class StepSubmitted(Event):
    """The receipt: what was handed over (`digest` of the frozen form and of its files), and the reference the company keeps."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    submission: int
    receipt: str
    digest: str


@dataclass(frozen=True, slots=True)
class DraftDiscarded(Event):
    about: str
    company: int
    number: str


@dataclass(frozen=True, slots=True)
class CandidatureWithdrawn(Event):
    """The reason stays with the candidature."""

    about: str
    company: int
    number: str


@dataclass(frozen=True, slots=True)
class StepAccepted(Event):
    """`opened` are the steps that could begin because of it; `completes` says that none remained: the candidature ends, granted."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    opened: tuple[str, ...]
    completes: bool


@dataclass(frozen=True, slots=True)
class StepConcluded(Event):
    """A step that is not a form is over, and well; for the rest, as `StepAccepted`."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    opened: tuple[str, ...]
    completes: bool


@dataclass(frozen=True, slots=True)
class ChangesRequested(Event):
    """Which fields are open again; what is asked of each stays with the request."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    request: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRejected(Event):
    """The candidature ends with it; the reasons stay with the step."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionSubmitted(Event):
    """The receipt of one section. `completes`: with it, every section was handed over."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    section: str
    submission: int
    receipt: str
    digest: str
    completes: bool


@dataclass(frozen=True, slots=True)
class EvidenceComplete(Event):
    """All that is asked was handed over: the agency's turn begins, at the first deposit as after each correction. Once each time."""

    about: str
    company: int
    number: str
    step: str
    step_key: int


@dataclass(frozen=True, slots=True)
class ExemptionDeclared(Event):
    """The reason stays with the step."""

    about: str
    company: int
    number: str
    step: str
    code: str


@dataclass(frozen=True, slots=True)
class ExemptionWithdrawn(Event):
    about: str
    company: int
    number: str
    step: str
    code: str


@dataclass(frozen=True, slots=True)
class StepRefused(Event):
    """A step that is not a form ends the candidature; for the rest, as `StepRejected`."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceReopened(Event):
    """What judged the file (`step`) waits again, for evidence that is asked for anew at the step `evidence`: `fields` are open again there."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    evidence: str
    evidence_key: int
    sections: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestReplied(Event):
    """The words stay with the request."""

    about: str
    company: int
    number: str
    step: str
    code: str
    version: int


@dataclass(frozen=True, slots=True)
class ClosingExtended(Event):
    """`until` replaces the closing date of the step, for this candidature alone."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    until: str


@dataclass(frozen=True, slots=True)
class StepLapsed(Event):
    """The company did not answer in time. `effect`: reject or abandon, as the content says of the clock."""

    about: str
    company: int
    number: str
    step: str
    step_key: int
    clock: str
    effect: str
