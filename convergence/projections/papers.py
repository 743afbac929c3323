"""What does the company take away of a roadmap? The same lines, drawn (timeline), on paper (PDF) and in a workbook (XLSX)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings

from convergence.assessments.papers import day_written, sheet_writer
from convergence.projections.rules import Prospect
from foundation.core.clock import PARIS
from foundation.core.typography import french
from foundation.core.words import fold
from foundation.documents.calendar import Due, calendar
from foundation.documents.timeline import Row, Step, Timeline, timeline
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.projections.roadmaps import Line, Roadmap


def roadmap_file_name(title: str, subject: str, at: datetime, extension: str) -> str:
    """Plain letters, digits and hyphens: « feuille-de-route-telesuivi-cardio-v3-2-1926-2026-11-24.pdf »."""
    words = fold(f"{title} {subject} {at.astimezone(PARIS).date().isoformat()}")
    return f"{re.sub('[^a-z0-9]+', '-', words).strip('-')[:150]}.{extension}"


def timeline_of(roadmap: Roadmap) -> Timeline | None:
    """The lines over their quarters, or nothing where no quarter is promised."""
    if not roadmap.marked:
        return None
    quarters = roadmap.quarters
    columns = {quarter: rank for rank, quarter in enumerate(quarters)}
    rows = [
        Row(
            line.title,
            line.place,
            [Step(columns[mark.quarter], mark.word, mark.kind) for mark in line.marks if mark.quarter in columns],
            line.is_late,
        )
        for line in roadmap.lines
        if line.marks
    ]
    return timeline([str(quarter) for quarter in quarters], rows, columns.get(roadmap.present, 0))


def prospect_words(line: Line) -> str:
    """What a line comes to, in words: the same on the page, on paper and in the workbook."""
    if line.is_set_aside:
        return "Cible non applicable"
    told = line.forecast
    match told.prospect:
        case Prospect.ALREADY:
            return "Déjà atteint"
        case Prospect.DATED:
            return f"Atteint le {told.quarter}" + (" (en retard)" if line.is_late else "")
        case Prospect.NOT_REACHED:
            if line.place == 2:
                return "Sans cible"
            count = f"{told.untargeted} critère{'s' if told.untargeted > 1 else ''} sans cible"
            return f"Non atteint, {count}" + (" (en retard)" if line.is_late else "")
    return "Pas encore projeté"


def steps_words(line: Line) -> str:
    """« faible en 2027-T1, moyenne en 2027-T3 »."""
    return ", ".join(f"{mark.word} en {mark.quarter}" for mark in line.marks) if line.place == 2 else ""


def roadmap_pdf(roadmap: Roadmap, title: str, subject: str, *, at: datetime) -> bytes:
    """The roadmap, in French: PDF/A-3a, PDF/UA-1."""
    drawn = timeline_of(roadmap)
    content = {
        "made": french(f"Convergence – document édité le {day_written(at)}"),
        "subject": subject,
        "present": str(roadmap.present),
        "timeline": asdict(drawn) if drawn else None,
        "described": french(f"Calendrier de {len(roadmap.lines)} lignes ; le tableau qui suit dit la même chose."),
        "late": [french(line.title) for line in roadmap.late],
        "lines": [
            {
                "title": french(line.title),
                "mention": french(line.mention),
                "place": line.place,
                "steps": french(steps_words(line)),
                "words": french(prospect_words(line)),
                "prospect": "late" if line.is_late else line.forecast.prospect.value,
            }
            for line in roadmap.lines
        ],
        "order": [
            {
                "quarter": str(quarter),
                "lines": [
                    french(f"{line.title} : {mark.word}{', niveau recommandé atteint' if mark.kind == 'goal' and line.place == 2 else ''}")
                    for line, mark in marks
                ],
            }
            for quarter, marks in roadmap.by_quarter()
        ],
    }
    return typeset("projections/roadmap", content, title=french(title), at=at)


def roadmap_workbook(roadmap: Roadmap, title: str, subject: str, *, at: datetime) -> bytes:
    """One line each, then one line for each quarter promised, to be sorted and filtered."""
    import xlsxwriter  # noqa: PLC0415 - slow, wanted by few requests

    body = BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as workbook:  # fmt: skip
        workbook.set_properties({"title": title, "subject": subject, "author": "Convergence", "created": at.astimezone(PARIS).replace(tzinfo=None)})  # fmt: skip
        write = sheet_writer(workbook, title, subject)
        write(
            "Feuille de route",
            [
                ("Démarche, questionnaire ou critère", 60, lambda line: line.title),
                ("Précision", 40, lambda line: line.mention),
                ("Trimestre", 12, lambda line: str(line.goal or "")),
                ("Perspective", 34, prospect_words),
                ("En retard", 10, lambda line: "Oui" if line.is_late else "Non"),
            ],
            roadmap.lines,
        )
        marks: Sequence[Any] = [(quarter, line, mark) for quarter, found in roadmap.by_quarter() for line, mark in found]
        write(
            "Par trimestre",
            [
                ("Trimestre", 12, lambda one: str(one[0])),
                ("Démarche, questionnaire ou critère", 60, lambda one: one[1].title),
                ("Précision", 40, lambda one: one[1].mention),
                ("Niveau", 20, lambda one: one[2].word),
            ],
            marks,
        )
    return body.getvalue()


def roadmap_calendar(roadmap: Roadmap, title: str, subject: str, *, at: datetime) -> bytes:
    """Each mark on the last day of its quarter, for an agenda (ICS). A date that moves moves there too."""
    dues = [
        Due(
            key=f"{line.key}/{mark.level}",
            day=mark.quarter.last_day,
            title=french(f"{line.title} : {mark.word}{', niveau recommandé' if mark.kind == 'goal' and line.place == 2 else ''}"),
            description=french(f"{subject} – {line.mention or title} – {mark.quarter}"),
        )
        for _, marks in roadmap.by_quarter()
        for line, mark in marks
    ]
    return calendar(french(f"{title} – {subject}"), dues, of=settings.SITE_ADDRESS or "convergence", at=at)
