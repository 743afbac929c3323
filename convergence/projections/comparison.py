"""What changed between two validated projections? Criterion by criterion, in the words of the dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convergence.catalogue.models import Enrolment
from convergence.projections.models import ProjectionValidation
from convergence.projections.queries import Planned, ProjectionSheet, projection_history_of
from convergence.projections.rules import NO_TARGET, Shift, shift_of
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy

SHIFT_WORDS = {
    Shift.EARLIER: gettext_lazy("Avancé"),
    Shift.LATER: gettext_lazy("Repoussé"),
    Shift.DATED: gettext_lazy("Daté"),
    Shift.UNDATED: gettext_lazy("Sans date"),
    Shift.SET_ASIDE: gettext_lazy("Cible non applicable"),
    Shift.MOVED: gettext_lazy("Changé"),
    Shift.UNCHANGED: gettext_lazy("Inchangé"),
}


@dataclass(frozen=True, slots=True)
class ShiftedRow:
    """One criterion that either side dates or sets aside."""

    row: Planned
    shift: Shift
    before: str
    after: str

    @property
    def word(self) -> str:
        return str(SHIFT_WORDS[self.shift])

    @property
    def sides(self) -> tuple[tuple[str, str], ...]:
        return (_("Avant"), self.before), (_("Après"), self.after)


@dataclass(frozen=True, slots=True)
class ProjectionComparison:
    """Two validated projections; both None where there are not yet two, no row where one is compared with itself."""

    validations: Sequence[ProjectionValidation]
    before: ProjectionSheet | None
    after: ProjectionSheet | None
    rows: Sequence[ShiftedRow]

    @property
    def is_with_itself(self) -> bool:
        return self.before is not None and self.after is not None and self.before.latest == self.after.latest

    @property
    def sheets(self) -> list[tuple[str, ProjectionSheet]]:
        return [(word, one) for word, one in ((_("Avant"), self.before), (_("Après"), self.after)) if one]

    @property
    def changed(self) -> list[ShiftedRow]:
        return [one for one in self.rows if one.shift is not Shift.UNCHANGED]

    @property
    def unchanged(self) -> list[ShiftedRow]:
        return [one for one in self.rows if one.shift is Shift.UNCHANGED]


def projection_comparison_of(enrolment: Enrolment, questionnaire: str, *, before: int | None = None, after: int | None = None) -> ProjectionComparison | None:  # fmt: skip
    """Two validated projections by their numbers, by default the last two; None for one that never was. Three queries."""
    history = projection_history_of(enrolment, questionnaire)
    known = [one.number for one in history.validations] if history else []
    if history is None or not known or not {before, after} <= {None, *known}:
        return None
    after = after if after is not None else known[0]
    before = before if before is not None else next((number for number in known if number < after), None)
    if before is None:
        return ProjectionComparison(history.validations, None, None, [])
    was, now = history.sheet(before), history.sheet(after)
    assert was is not None
    assert now is not None
    return ProjectionComparison(history.validations, was, now, _rows(was, now) if before != after else [])


def _rows(before: ProjectionSheet, after: ProjectionSheet) -> list[ShiftedRow]:
    """In the order of the questionnaire. A criterion held on one side has no date there: nothing was asked for it."""
    was = {row.criterion.code: row for row in before.rows}
    now = {row.criterion.code: row for row in after.rows}
    rows = []
    for _section, criterion in after.library.criteria(after.questionnaire.key):
        code = criterion.code
        row = now.get(code) or was.get(code)
        old, new = (side[code].target if code in side else NO_TARGET for side in (was, now))
        if row is None or (old == NO_TARGET and new == NO_TARGET):
            continue
        rows.append(ShiftedRow(row, shift_of(row.expectation, old, new), _words(was.get(code)), _words(now.get(code))))
    return rows


def _words(row: Planned | None) -> str:
    """« moyenne en 2027-T1, forte en 2027-T3 »."""
    if row is None:
        return _("Non demandé")
    if row.target.not_applicable:
        return _("Cible non applicable")
    names, dated = {rung.level.rank: rung.level.short for rung in row.rungs}, _("{level} en {quarter}")
    dates = ", ".join(dated.format(level=names[rank], quarter=quarter) for rank, quarter in sorted(row.target.quarters.items()))
    return dates or (_("Niveau recommandé atteint") if row.is_met else _("Aucune date"))
