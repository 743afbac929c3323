"""What is reached in which quarter? One shape for a questionnaire, a product or a whole company: lines and marks.

Dates are those of the validated projections: a draft is not a promise. The company's roadmap is read on every visit of
all its products, hence in SQL (decision 0005); rights are `SEEN_SQL`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from convergence.catalogue.models import Subject
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.catalogue.workflow import ARCHIVED
from convergence.content.library import library
from convergence.projections.models import Outlook
from convergence.projections.queries import Planned, ProjectionSheet
from convergence.projections.rules import Forecast, Prospect, latest_of
from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.quarter import Quarter
from foundation.core.typography import french
from foundation.core.words import fold

WIDEST = 24  # quarters drawn: six years; further marks stand in the table


@dataclass(frozen=True, slots=True)
class Mark:
    """Something reached in a quarter: a step on the way, the goal, or a level beyond it."""

    quarter: Quarter
    word: str
    kind: Literal["step", "goal", "beyond"]
    level: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One procedure, questionnaire or criterion. `place` says which (0 is the widest); `path` what its page is made of.

    `key` names the same thing from one day, and one roadmap, to another: what an agenda goes by.
    """

    title: str
    mention: str
    place: int
    forecast: Forecast
    marks: tuple[Mark, ...]
    is_late: bool
    is_set_aside: bool = False
    path: tuple[Any, ...] = ()
    key: str = ""

    @property
    def goal(self) -> Quarter | None:
        return self.forecast.quarter


@dataclass(frozen=True, slots=True)
class Roadmap:
    """Lines over quarters, from the present one (or the oldest promise) to the last mark."""

    present: Quarter
    lines: tuple[Line, ...]

    @property
    def marked(self) -> list[Quarter]:
        return sorted({mark.quarter for line in self.lines for mark in line.marks})

    @property
    def quarters(self) -> list[Quarter]:
        first = min([self.present, *self.marked])
        last = max([self.present.after(3), *self.marked])
        return first.until(last)[:WIDEST]

    @property
    def late(self) -> list[Line]:
        return [line for line in self.lines if line.is_late]

    def by_quarter(self) -> list[tuple[Quarter, list[tuple[Line, Mark]]]]:
        """« Ce qui doit être prêt, dans l'ordre »: the marks of each quarter that has some."""
        return [(q, [(line, mark) for line in self.lines for mark in line.marks if mark.quarter == q]) for q in self.marked]


# — One questionnaire —————————————————————————————————————————————————————————————————————


def questionnaire_roadmap(sheet: ProjectionSheet, present: Quarter, *, past: bool = False) -> Roadmap:
    """The procedures that share the questionnaire, then each criterion that is dated, set aside, or without a target.

    A past projection starts from the levels of its own evaluation.
    """
    reference, key = sheet.enrolment.subject.reference, sheet.questionnaire.key
    lines = [
        _line(french(f"{one.track.short} : {one.procedure.title}"), "", 0, one.forecast, present, (reference, one.procedure.code), f"{reference}/{one.procedure.code}/{key}")
        for one in sheet.prospects
    ]  # fmt: skip
    lines += [
        _criterion_line(row, f"{reference}/{key}/{row.criterion.code}", past) for row in sheet.rows if not row.is_met or row.goes_beyond
    ]
    return Roadmap(present, tuple(lines))


def _criterion_line(row: Planned, key: str, past: bool) -> Line:
    levels = {rung.level.rank: rung.level for rung in row.rungs}
    marks: list[Mark] = []
    for rank, quarter in sorted(row.target.quarters.items()):
        today = row.today.rank
        if today is not None and rank <= today:
            continue
        is_goal = not row.is_met and quarter == row.reached and rank >= row.expectation.rank and all(m.kind != "goal" for m in marks)
        kind: Literal["step", "goal", "beyond"] = "goal" if is_goal else "step" if rank < row.expectation.rank else "beyond"
        marks.append(Mark(quarter, str(levels[rank].short), kind, levels[rank].code))
    if row.is_met:
        told = Forecast(Prospect.ALREADY)
    else:
        told = Forecast(Prospect.DATED, row.reached) if row.reached else Forecast(Prospect.NOT_REACHED, untargeted=1)
    mention = _("{level} alors, {expected} attendu") if past else _("{level} aujourd'hui, {expected} attendu")
    return Line(
        title=f"{row.number} {row.criterion.title}",
        mention=french(mention.format(level=row.today.short, expected=row.expected.short)),
        place=2,
        forecast=told,
        marks=tuple(marks),
        is_late=row.is_late,
        is_set_aside=not row.is_met and row.target.not_applicable,
        key=key,
    )


# — One product ———————————————————————————————————————————————————————————————————————————


def product_roadmap(subject: Subject, present: Quarter) -> Roadmap:
    """Each procedure the product follows with its questionnaires. One query."""
    shelf = library()
    rows = Outlook.objects.filter(enrolment__subject=subject).select_related("enrolment").order_by("enrolment", "id")
    grouped: dict[int, list[Outlook]] = {}
    for outlook in rows:
        grouped.setdefault(outlook.enrolment_id, []).append(outlook)
    lines = []
    for outlooks in grouped.values():
        enrolment = outlooks[0].enrolment
        procedure, track = shelf.procedure(enrolment.procedure), shelf.track(enrolment.track)
        if procedure is None or track is None:
            continue
        whole = latest_of([outlook.forecast for outlook in outlooks])
        lines.append(_line(str(procedure.title), str(track.short), 0, whole, present, (subject.reference, enrolment.code)))
        for outlook in outlooks:
            piece = shelf.questionnaire(outlook.questionnaire)
            if piece is not None:
                whole_path = (subject.reference, enrolment.code, outlook.questionnaire)
                path = whole_path if outlook.is_projected else ()
                key = "/".join(map(str, whole_path))
                lines.append(_line(f"{piece.title} {piece.edition}", str(procedure.title), 1, outlook.forecast, present, path, key))
    return Roadmap(present, tuple(lines))


# — The whole company —————————————————————————————————————————————————————————————————————


def company_roadmap(person: Person, company: Company, present: Quarter, *, words: str = "", track: str = "", code: str = "", limit: int, offset: int = 0) -> tuple[Roadmap, int]:  # fmt: skip
    """Each procedure followed by each product seen, and how many there are in all. One query, whatever their number."""
    conditions = [SEEN_SQL, "subject.company_id = %(company)s", "subject.state <> %(archived)s"]
    parameters = seen_parameters(person) | {"company": company.pk, "archived": ARCHIVED, "limit": limit, "offset": offset}
    for rank, word in enumerate(fold(words).split()):
        conditions.append(f"position(%(word_{rank})s in subject.searched) > 0")
        parameters[f"word_{rank}"] = word
    for name, wanted in (("track", track), ("code", code)):
        if wanted:
            conditions.append(f"enrolment.{name} = %({name})s")
            parameters[name] = wanted
    sql = f"""
        SELECT subject.reference, subject.kind, subject.name, subject.version, enrolment.code, enrolment.procedure,
               bool_or(outlook.prospect = 'unknown'), sum(outlook.untargeted), max(outlook.quarter),
               min(nullif(outlook.next_due, '')), count(*) OVER ()
        FROM projections_outlook outlook
        JOIN catalogue_enrolment enrolment ON enrolment.id = outlook.enrolment_id
        JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
        WHERE {" AND ".join(conditions)}
        GROUP BY enrolment.id, subject.id
        ORDER BY subject.reference DESC, enrolment.id LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608 - made of our own constants
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    shelf = library()
    lines = []
    for reference, kind, name, version, followed, key, is_unknown, untargeted, quarter, next_due, _total in rows:
        procedure = shelf.procedure(key)
        assert procedure is not None
        title = Subject(reference=reference, kind=kind, name=name, version=version).full_name
        whole = _whole(is_unknown, untargeted, Quarter.read(quarter or ""), Quarter.read(next_due or ""))
        lines.append(_line(title, str(procedure.title), 0, whole, present, (reference, followed)))
    return Roadmap(present, tuple(lines)), rows[0][-1] if rows else 0


def _whole(is_unknown: bool, untargeted: int, quarter: Quarter | None, next_due: Quarter | None) -> Forecast:
    """`latest_of`, over what the database has already gathered; a test holds the two equal."""
    if is_unknown:
        return Forecast(Prospect.UNKNOWN)
    if untargeted:
        return Forecast(Prospect.NOT_REACHED, untargeted=untargeted, next_due=next_due)
    return Forecast(Prospect.DATED if quarter else Prospect.ALREADY, quarter=quarter, next_due=next_due)


def _line(title: str, mention: str, place: int, told: Forecast, present: Quarter, path: Iterable[Any], key: str = "") -> Line:
    path = tuple(path)
    marks = (Mark(told.quarter, _("Atteint"), "goal"),) if told.quarter else ()
    return Line(
        title, mention, place, told, marks, bool(told.next_due and told.next_due < present), path=path, key=key or "/".join(map(str, path))
    )
