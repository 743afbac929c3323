"""How are targets read from what is stored? Stored by level code; the rules compare ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convergence.content.schema import Scale
from convergence.projections.rules import Target
from foundation.core.quarter import Quarter


def target_from(scale: Scale, quarters: Mapping[str, str], not_applicable: bool) -> Target:
    """The target the rules want. A level the scale no longer has is left aside."""
    ranks = {level.code: level.rank for level in scale.levels if level.rank is not None}
    read = {ranks[code]: quarter for code, text in quarters.items() if code in ranks and (quarter := Quarter.read(text))}
    return Target(read, not_applicable)


def targets_from(scale: Scale, stored: Mapping[str, Any]) -> dict[str, Target]:
    """The targets of a validation, as it froze them."""
    return {code: target_from(scale, one["quarters"], one["not_applicable"]) for code, one in stored.items()}


def written(quarters: Mapping[str, str], not_applicable: bool) -> str:
    """« medium 2027-T1, high 2027-T3 », for the journal."""
    return "not_applicable" if not_applicable else ", ".join(f"{code} {quarter}" for code, quarter in quarters.items())
