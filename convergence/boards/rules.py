"""Is the quorum there, what do the opinions come to, what follows from it? Pure answers: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from foundation.core.language import agreed, gettext_lazy
from foundation.core.language import gettext as _

FAVOURABLE, RESERVED, ABSTAINS, RECUSED = "favourable", "reserved", "abstains", "recused"

POSITION_WORDS = {
    FAVOURABLE: gettext_lazy("Favorable"),
    RESERVED: gettext_lazy("Réserves bloquantes"),
    ABSTAINS: "S'abstient",
    RECUSED: gettext_lazy("Se déporte"),
}
"""What a member says of a file."""

GRANTED, RESERVATIONS, REFUSED, POSTPONED = "granted", "reservations", "refused", "postponed"

RESULT_WORDS = {
    GRANTED: gettext_lazy("Favorable"),
    RESERVATIONS: gettext_lazy("Réserves bloquantes, preuves à redéposer"),
    REFUSED: gettext_lazy("Réserves bloquantes, non attribué"),
    POSTPONED: gettext_lazy("Reporté à une prochaine séance"),
}
"""What a session came to, for one file. That reservations end the candidature is not chosen: the content and the day say it."""

CHOICE_WORDS = {
    GRANTED: gettext_lazy("Favorable"),
    RESERVATIONS: gettext_lazy("Réserves bloquantes"),
    POSTPONED: gettext_lazy("Reporter à une prochaine séance"),
}
"""What whoever records it chooses among."""

MAJORITY, UNANIMITY = "majority", "unanimity"

MOST_RESERVATIONS = 20


@dataclass(frozen=True, slots=True)
class Reservation:
    """What stands in the way: on which section, or which of its requirements (neither: on the whole file), for which reason, in words."""

    section: str
    requirement: str
    reason: str
    text: str

    @property
    def about(self) -> str:
        """« ins/INS 1 », « ins », or nothing: as a form sends it."""
        return f"{self.section}/{self.requirement}" if self.requirement else self.section

    @property
    def is_empty(self) -> bool:
        return not (self.about or self.reason or self.text.strip())


def reservation_about(about: str, reason: str, text: str) -> Reservation:
    """The same, from what a form sends. The code of a requirement may hold a slash, that of a section never does."""
    section, _slash, requirement = about.partition("/")
    return Reservation(section, requirement, reason, text)


def as_kept(reservations: Iterable[Reservation]) -> list[dict[str, str]]:
    return [{"about": one.about, "reason": one.reason, "text": one.text} for one in reservations]


def as_read(kept: Iterable[Mapping[str, str]]) -> list[Reservation]:
    return [reservation_about(one["about"], one["reason"], one["text"]) for one in kept]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many members said what."""

    favourable: int = 0
    reserved: int = 0
    abstained: int = 0
    recused: int = 0

    @property
    def present(self) -> int:
        """Those who count for the quorum: whoever judges, even to abstain; never whoever is linked to the company."""
        return self.favourable + self.reserved + self.abstained


def counts_told(counts: Counts, quorum: int) -> str:
    """« 2 avis donnés pour un quorum de 2 : 1 favorable, 1 avec réserves, 0 abstention », and who is kept from it, if anyone."""
    words = {
        "opinions": agreed(counts.present, "avis donné,avis donnés"),
        "quorum": quorum,
        "favourable": agreed(counts.favourable, "favorable,favorables"),
        "reserved": counts.reserved,
        "abstained": agreed(counts.abstained, "abstention,abstentions"),
        "recused": agreed(counts.recused, "membre déporté,membres déportés"),
    }
    if counts.recused:
        said = _("{opinions} pour un quorum de {quorum} : {favourable}, {reserved} avec réserves, {abstained}\u00a0; {recused}")
    else:
        said = _("{opinions} pour un quorum de {quorum} : {favourable}, {reserved} avec réserves, {abstained}")
    return said.format(**words)


def counted(positions: Iterable[str]) -> Counts:
    found = list(positions)
    return Counts(found.count(FAVOURABLE), found.count(RESERVED), found.count(ABSTAINS), found.count(RECUSED))


def has_quorum(counts: Counts, quorum: int) -> bool:
    return counts.present >= quorum


def leaning(counts: Counts, quorum: int, rule: str) -> str:
    """What the opinions come to: `GRANTED`, `RESERVATIONS`, or nothing yet.

    Nothing without the quorum, nor where everyone abstains. By majority, the larger of the two sides, and neither where they are
    equal; by unanimity, one reservation is enough.
    """
    if not has_quorum(counts, quorum) or not counts.favourable + counts.reserved:
        return ""
    if rule == UNANIMITY:
        return RESERVATIONS if counts.reserved else GRANTED
    if counts.favourable == counts.reserved:
        return ""
    return GRANTED if counts.favourable > counts.reserved else RESERVATIONS


def results_open(counts: Counts, quorum: int, rule: str) -> tuple[str, ...]:
    """What may be recorded: what the opinions come to, if anything; a file may always be put off."""
    found = leaning(counts, quorum, rule)
    return (found, POSTPONED) if found else (POSTPONED,)


def result_of(chosen: str, *, may_redeposit: bool) -> str:
    """What follows from the choice: reservations end the candidature where nothing may be deposited again."""
    return REFUSED if chosen == RESERVATIONS and not may_redeposit else chosen


def merged(opinions: Sequence[Iterable[Reservation]]) -> list[Reservation]:
    """The reservations of several members, each once, in the order they were written: where whoever records begins from."""
    return list(dict.fromkeys(one for reservations in opinions for one in reservations))
