"""What was proposed and decided at a step of a candidature? What the company reads of it is the decision alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from convergence.candidatures.calls import call_of
from convergence.candidatures.models import Candidature, Step
from convergence.content.library import library
from convergence.content.schema import Procedure
from convergence.content.schema import Step as StepPiece
from convergence.decisions.models import Decision, Proposal
from convergence.decisions.rules import KINDS, state_of
from convergence.decisions.workflow import DECISION


@dataclass(frozen=True, slots=True)
class Deliberation:
    """A step that ends with a decision: every proposal made, the earliest first, and what was decided."""

    step: Step
    piece: StepPiece
    procedure: Procedure
    proposals: list[Proposal]
    decision: Decision | None

    @property
    def latest(self) -> Proposal | None:
        return self.proposals[-1] if self.proposals else None

    @property
    def seen(self) -> int:
        """The number of the latest proposal: what someone has before their eyes, and what they decide on."""
        return self.latest.number if self.latest else 0

    @property
    def state(self) -> str:
        return state_of(
            is_proposed=self.latest is not None,
            is_sent_back=self.latest is not None and hasattr(self.latest, "sent_back"),
            is_decided=self.decision is not None,
        )

    @property
    def state_word(self) -> str:
        return DECISION.states[self.state]

    def titles(self, codes: Iterable[str]) -> list[str]:
        """What these reasons are called in the content."""
        wanted = set(codes)
        return [str(one.title) for one in self.piece.reasons if one.code in wanted]


def deliberation_of(step: Step) -> Deliberation:
    """Two queries: the proposals with what became of them, the decision."""
    call = call_of(library(), step)
    return Deliberation(
        step=step,
        piece=call.piece,
        procedure=call.procedure,
        proposals=list(Proposal.objects.filter(step=step).select_related("proposed_by", "sent_back__sent_back_by")),
        decision=Decision.objects.filter(step=step).first(),
    )


def decided_step(candidature: Candidature, code: str) -> Step:
    """A step of this candidature that ends with a decision. Raises `Step.DoesNotExist` for any other."""
    step = candidature.steps.select_related("settled_by").get(code=code)
    step.candidature = candidature
    if call_of(library(), step).piece.kind not in KINDS:
        raise Step.DoesNotExist
    return step


def decision_of(step: Step) -> Decision | None:
    """What was decided at a step, for its company: neither who proposed it nor what was proposed before."""
    return Decision.objects.filter(step=step).first()
