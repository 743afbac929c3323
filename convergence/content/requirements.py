"""What is to be proved, once the profiles are chosen? Pure: sections, requirements and scenarios that remain of a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from convergence.content.conditions import Facts, applies
from convergence.content.schema import ExpectedProof, Profile, Requirement, RequirementSection, RequirementSet, Scenario


@dataclass(frozen=True, slots=True)
class AskedRequirement:
    """A requirement with the scenarios that are asked, at least one."""

    requirement: Requirement
    scenarios: tuple[Scenario, ...]

    @property
    def proofs(self) -> list[ExpectedProof]:
        return [proof for scenario in self.scenarios for proof in scenario.proofs]


@dataclass(frozen=True, slots=True)
class AskedSection:
    """A section with the requirements that are asked, at least one."""

    section: RequirementSection
    requirements: tuple[AskedRequirement, ...]

    @property
    def proofs(self) -> list[ExpectedProof]:
        """Every expected proof: the second number of « 0/29 preuves renseignées »."""
        return [proof for asked in self.requirements for proof in asked.proofs]


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

    A scenario is asked when its profile (or else its requirement's) is held, and both conditions hold.
    """
    held = chosen_profiles(asked.profiles, chosen)
    facts = Facts(facts.qualification, facts.form, held, facts.subject)
    sections = []
    for section in asked.sections:
        if only is not None and section.code != only:
            continue
        requirements = []
        for requirement in section.requirements:
            scenarios = tuple(
                scenario
                for scenario in requirement.scenarios
                if (scenario.profile or requirement.profile) in held and applies(requirement.when, facts) and applies(scenario.when, facts)
            )
            if scenarios:
                requirements.append(AskedRequirement(requirement, scenarios))
        if requirements:
            sections.append(AskedSection(section, tuple(requirements)))
    return tuple(sections)
