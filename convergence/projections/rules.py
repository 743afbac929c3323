"""Is a projection complete, do its quarters hold, when is the level reached? Pure answers: no database, no clock.

Today's levels are the ranks of the last validated evaluation (`Ranks` of the assessments' rules: « Non concerné » is
`None`). A target gives a quarter to ranks above today's. Source: guide page 21, product description, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from convergence.assessments.rules import Expectation, Ranks, criteria_below, gaps, is_met
from convergence.content.schema import Carries, MapLine
from foundation.core.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed at for one criterion: a quarter by rank, or « cible non applicable » instead of any date."""

    quarters: Mapping[int, Quarter] = field(default_factory=dict)
    not_applicable: bool = False


NO_TARGET = Target()
Targets = Mapping[str, Target]


class Fault(StrEnum):
    """Why a date cannot be kept."""

    PAST = "past"  # the quarter is over
    BACKWARDS = "backwards"  # a higher level before a lower one
    HELD = "held"  # the level is today's, or under it
    CONTRADICTED = "contradicted"  # a date beside « cible non applicable »


def faults_of(target: Target, today: int | None, present: Quarter) -> dict[int, Fault]:
    """The ranks whose quarter cannot be kept, each with the first reason. The present quarter is not past."""
    found: dict[int, Fault] = {}
    latest: Quarter | None = None
    for rank, quarter in sorted(target.quarters.items()):
        if target.not_applicable:
            found[rank] = Fault.CONTRADICTED
        elif today is not None and rank <= today:
            found[rank] = Fault.HELD
        elif quarter < present:
            found[rank] = Fault.PAST
        elif latest is not None and quarter < latest:
            found[rank] = Fault.BACKWARDS
        if rank not in found:
            latest = quarter
    return found


def is_decided(expectation: Expectation, target: Target) -> bool:
    """A quarter for at least one level as high as recommended, or « cible non applicable »."""
    return target.not_applicable or quarter_reached(expectation, target) is not None


def quarter_reached(expectation: Expectation, target: Target) -> Quarter | None:
    """The first quarter at which a level as high as expected is held, if one is dated."""
    if target.not_applicable:
        return None
    return min((quarter for rank, quarter in target.quarters.items() if rank >= expectation.rank), default=None)


def undecided_criteria(expectations: Iterable[Expectation], ranks: Ranks, targets: Targets) -> list[str]:
    """The criteria below what is recommended, obligations and options alike, for which nothing is decided; in order."""
    expectations = list(expectations)
    below = set(criteria_below(expectations, ranks))
    return [e.criterion for e in expectations if e.criterion in below and not is_decided(e, targets.get(e.criterion, NO_TARGET))]


def outdated_criteria(expectations: Iterable[Expectation], ranks: Ranks, targets: Targets) -> list[str]:
    """The criteria whose dates no longer all hold since the evaluation changed: a level dated is already held."""
    found = []
    for expectation in expectations:
        today = ranks.get(expectation.criterion)
        dated = targets.get(expectation.criterion, NO_TARGET).quarters
        if today is not None and any(rank <= today for rank in dated):
            found.append(expectation.criterion)
    return found


class Prospect(StrEnum):
    """What a procedure says of the validated dates."""

    ALREADY = "already"  # the validated evaluation reaches the level
    DATED = "dated"  # every obligation missing has its quarter
    NOT_REACHED = "not_reached"  # at least one has none
    UNKNOWN = "unknown"  # nothing validated to speak of


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a procedure is reached. `quarter` is there for `DATED`; `untargeted` counts the obligations without a date."""

    prospect: Prospect
    quarter: Quarter | None = None
    untargeted: int = 0
    next_due: Quarter | None = None


def forecast(expectations: Sequence[Expectation], ranks: Ranks | None, targets: Targets | None) -> Forecast:
    """Reached at the latest of the quarters needed. Options count for nothing here, as they do not count for the level.

    `ranks` are those of the last validated evaluation, `targets` those of the last validated projection (None: never).
    An evaluation that misses a criterion asked since says nothing. `next_due` is the earliest quarter promised for an
    obligation still missing: before the present one, the promise is late.
    """
    if ranks is None or any(e.criterion not in ranks for e in expectations):
        return Forecast(Prospect.UNKNOWN)
    missing = set(gaps(expectations, ranks))
    if not missing:
        return Forecast(Prospect.ALREADY)
    if targets is None:
        return Forecast(Prospect.UNKNOWN)
    reached = [quarter_reached(e, targets.get(e.criterion, NO_TARGET)) for e in expectations if e.criterion in missing]
    dated = [quarter for quarter in reached if quarter is not None]
    next_due = min(dated, default=None)
    if len(dated) < len(reached):
        return Forecast(Prospect.NOT_REACHED, untargeted=len(reached) - len(dated), next_due=next_due)
    return Forecast(Prospect.DATED, quarter=max(dated), next_due=next_due)


def latest_of(forecasts: Sequence[Forecast]) -> Forecast:
    """When all of them are reached: a whole procedure, from its questionnaires. One unknown leaves the whole unknown."""
    if not forecasts or any(one.prospect is Prospect.UNKNOWN for one in forecasts):
        return Forecast(Prospect.UNKNOWN)
    next_due = min((one.next_due for one in forecasts if one.next_due), default=None)
    untargeted = sum(one.untargeted for one in forecasts)
    if untargeted:
        return Forecast(Prospect.NOT_REACHED, untargeted=untargeted, next_due=next_due)
    quarter = max((one.quarter for one in forecasts if one.quarter), default=None)
    return Forecast(Prospect.DATED if quarter else Prospect.ALREADY, quarter=quarter, next_due=next_due)


def late_criteria(expectations: Iterable[Expectation], ranks: Ranks, targets: Targets, present: Quarter) -> list[str]:
    """The criteria still below what is recommended although the quarter promised is over; in order."""
    found = []
    for expectation in expectations:
        due = quarter_reached(expectation, targets.get(expectation.criterion, NO_TARGET))
        if due is not None and due < present and not is_met(expectation, ranks):
            found.append(expectation.criterion)
    return found


def carried_targets(lines: Iterable[MapLine], targets: Targets) -> dict[str, Target]:
    """What the targets of one edition give to the next, by criterion: only where its level is carried over, for it starts there."""
    found: dict[str, Target] = {}
    for line in lines:
        if line.carries is not Carries.LEVEL_AND_COMMENT:
            continue
        target = merged_target([targets[code] for code in line.old if code in targets])
        if target.quarters or target.not_applicable:
            found |= dict.fromkeys(line.new, target)
    return found


def merged_target(targets: Sequence[Target]) -> Target:
    """The target of several criteria made one: each level when the last of them has it, and never before a lower one.

    Set aside only where all that say something are.
    """
    dated = [target.quarters for target in targets if target.quarters]
    if not dated:
        return Target(not_applicable=any(target.not_applicable for target in targets))
    quarters: dict[int, Quarter] = {}
    for rank in sorted(set().union(*dated)):
        latest = max(one[rank] for one in dated if rank in one)
        quarters[rank] = max(latest, *quarters.values()) if quarters else latest
    return Target(quarters)


def status_of_projection(is_open: bool, has_targets: bool, validated_holds: bool | None) -> str:
    """Closed without a valid evaluation; done while the last validation still decides all that is below.

    `validated_holds` is None while nothing was ever validated.
    """
    if not is_open:
        return "closed"
    if validated_holds:
        return "done"
    return "in_progress" if has_targets or validated_holds is False else "to_complete"


class Shift(StrEnum):
    """What became of the target of one criterion, from one validation to another."""

    EARLIER = "earlier"
    LATER = "later"
    DATED = "dated"  # the recommended level had no quarter
    UNDATED = "undated"  # it has none any more
    SET_ASIDE = "set_aside"
    MOVED = "moved"  # the recommended level keeps its quarter, a step or a level beyond does not
    UNCHANGED = "unchanged"


def shift_of(expectation: Expectation, before: Target, after: Target) -> Shift:
    """Judged on the quarter at which the recommended level is held; the rest only says that something moved."""
    if before == after:
        return Shift.UNCHANGED
    if after.not_applicable:
        return Shift.SET_ASIDE
    was, now = quarter_reached(expectation, before), quarter_reached(expectation, after)
    if was == now:
        return Shift.MOVED
    if was is None or now is None:
        return Shift.DATED if was is None else Shift.UNDATED
    return Shift.EARLIER if now < was else Shift.LATER
