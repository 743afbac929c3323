"""What is to be proved, once the profiles are chosen? Pure: sections, requirements and scenarios that remain of a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from convergence.content.conditions import Facts, applies
from convergence.content.schema import ExpectedProof, Profile, Requirement, RequirementSection, RequirementSet, Scenario


@dataclass(frozen=True)
class AskedRequirement:
    """A requirement with the scenarios that are asked, at least one."""

    requirement: Requirement
    scenarios: tuple[Scenario, ...]

    @cached_property
    def proofs(self) -> tuple[ExpectedProof, ...]:
        return tuple(proof for scenario in self.scenarios for proof in scenario.proofs)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """The codes of its proofs."""
        return tuple(proof.code for proof in self.proofs)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """What may be said to be without object: itself, or one of its scenarios."""
        return self.requirement.code, *(scenario.code for scenario in self.scenarios)

    @cached_property
    def is_sealed(self) -> bool:
        """Whether one of its proofs is sealed before it leaves whoever deposits it."""
        return any(proof.sealed for proof in self.proofs)


@dataclass(frozen=True)
class AskedSection:
    """A section with the requirements that are asked, at least one."""

    section: RequirementSection
    requirements: tuple[AskedRequirement, ...]

    @cached_property
    def proofs(self) -> tuple[ExpectedProof, ...]:
        """Every expected proof: the second number of « 0/29 preuves renseignées »."""
        return tuple(proof for asked in self.requirements for proof in asked.proofs)


def chosen_profiles(profiles: Sequence[Profile], chosen: Iterable[str]) -> frozenset[str]:
    """What was chosen, with what is mandatory and all that is implied, however far."""
    known = {profile.code: profile for profile in profiles}
    found: set[str] = set()
    waiting = [*(profile.code for profile in profiles if profile.mandatory), *chosen]
    while waiting:
        code = waiting.pop()
        if code in known and code not in found:
            found.add(code)
            waiting.extend(known[code].implies)
    return frozenset(found)


def excluded_pairs(profiles: Sequence[Profile], chosen: Iterable[str]) -> list[tuple[Profile, Profile]]:
    """The profiles that cannot be chosen together, though they are: each pair once, in the order of the set. `excludes` holds both ways."""
    held = chosen_profiles(profiles, chosen)
    kept = [profile for profile in profiles if profile.code in held]
    return [
        (one, other)
        for index, one in enumerate(kept)
        for other in kept[index + 1 :]
        if other.code in one.excludes or one.code in other.excludes
    ]


def asked_sections(asked: RequirementSet, chosen: Iterable[str], facts: Facts, only: str | None = None) -> tuple[AskedSection, ...]:
    """What remains to be proved of a set, or of one of its sections.

    A scenario is asked when its profile (or else its requirement's) is held, and both conditions hold. The answer is kept for
    all those of whom the set knows the same: it is found once, and so is what it determines.
    """
    narrowed = _narrowed.get(id(asked))
    if narrowed is None or len(narrowed.found) >= MOST_KEPT:
        if len(_narrowed) >= MOST_SETS:
            _narrowed.clear()
        narrowed = _narrowed[id(asked)] = _Narrowed.of(asked)
    held = chosen_profiles(asked.profiles, chosen)
    answers = tuple(facts.qualification.get(question) for question in narrowed.questions)
    typed = tuple(facts.form.get(field) for field in narrowed.fields)
    known = held, facts.subject, answers, typed
    found = narrowed.found.get(known)
    if found is None:
        found = narrowed.found[known] = _asked_sections(asked, Facts(facts.qualification, facts.form, held, facts.subject))
    return found if only is None else tuple(one for one in found if one.section.code == only)


def _asked_sections(asked: RequirementSet, facts: Facts) -> tuple[AskedSection, ...]:
    sections = []
    for section in asked.sections:
        requirements = []
        for requirement in section.requirements:
            scenarios = tuple(
                scenario
                for scenario in requirement.scenarios
                if (scenario.profile or requirement.profile) in facts.profiles
                and applies(requirement.when, facts)
                and applies(scenario.when, facts)
            )
            if scenarios:
                requirements.append(AskedRequirement(requirement, scenarios))
        if requirements:
            sections.append(AskedSection(section, tuple(requirements)))
    return tuple(sections)


MOST_SETS, MOST_KEPT = 50, 500
"""Sets of which answers are kept, and how many of each."""


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """What was found of a set, by all that its conditions may ask. The set is held, so that its place in memory stays its own."""

    asked: RequirementSet
    questions: tuple[str, ...]
    fields: tuple[str, ...]
    found: dict[tuple[Any, ...], tuple[AskedSection, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: RequirementSet) -> _Narrowed:
        requirements = [one for section in asked.sections for one in section.requirements]
        conditions = [one.when for one in requirements] + [scenario.when for one in requirements for scenario in one.scenarios]
        leaves = [leaf for one in conditions if one is not None for leaf in one.leaves()]
        questions = sorted({leaf.question for leaf in leaves if leaf.question is not None})
        return cls(asked, tuple(questions), tuple(sorted({leaf.field for leaf in leaves if leaf.field is not None})))


_narrowed: dict[int, _Narrowed] = {}
