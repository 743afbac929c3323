"""Which moves does a state allow? A workflow is one table, printed in `docs/workflows/` and crossed whole by the tests."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.language import gettext as _
from foundation.core.verdict import Refused


@dataclass(frozen=True, slots=True)
class Move:
    """`verb` leads from any state of `sources` to `target`, at the hand of `by` (a side: company, agency, system)."""

    verb: str
    sources: tuple[str, ...]
    target: str
    by: str


@dataclass(frozen=True, slots=True)
class Workflow:
    name: str
    initial: str
    states: dict[str, str]  # code → word on screen
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        named = {self.initial} | {state for move in self.moves for state in (*move.sources, move.target)}
        if unknown := named - set(self.states):
            raise ValueError(f"{self.name}: états inconnus {sorted(unknown)}")

    def allows(self, verb: str, state: str) -> bool:
        return any(move.verb == verb and state in move.sources for move in self.moves)

    def after(self, verb: str, state: str) -> str:
        """The state reached, or `Refused` (409) naming the present state in the person's words."""
        for move in self.moves:
            if move.verb == verb and state in move.sources:
                return move.target
        raise Refused(
            _("Cette action n'est plus possible : l'état est « {state} ». Rechargez la page pour voir où vous en êtes.").format(
                state=self.states[state]
            ),
            code="wrong_state",
            status=409,
        )

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, for the documentation."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {code} : {word}" for code, word in self.states.items()]
        lines += [f"    {source} --> {move.target} : {move.verb} ({move.by})" for move in self.moves for source in move.sources]
        return "\n".join(lines) + "\n"
