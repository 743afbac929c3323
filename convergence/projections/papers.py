"""What does the company take away of a roadmap? The same lines, drawn (timeline), on paper (PDF) and in a workbook (XLSX)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings

from convergence.assessments.papers import REGIONS, day_written, paging, sheet_writer
from convergence.projections.rules import Prospect
from foundation.core.clock import PARIS
from foundation.core.language import agreed, language
from foundation.core.language import gettext as _
from foundation.core.typography import french
from foundation.core.words import fold
from foundation.documents.calendar import Due, calendar
from foundation.documents.timeline import Row, Step, Timeline, timeline
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.projections.roadmaps import Line, Mark, Roadmap


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
        return _("Cible non applicable")
    told = line.forecast
    match told.prospect:
        case Prospect.ALREADY:
            return _("Déjà atteint")
        case Prospect.DATED:
            reached = _("Atteint le {quarter} (en retard)") if line.is_late else _("Atteint le {quarter}")
            return reached.format(quarter=told.quarter)
        case Prospect.NOT_REACHED:
            if line.place == 2:
                return _("Sans cible")
            missed = _("Non atteint, {untargeted} (en retard)") if line.is_late else _("Non atteint, {untargeted}")
            return missed.format(untargeted=agreed(told.untargeted, "critère sans cible,critères sans cible"))
    return _("Pas encore projeté")


def steps_words(line: Line) -> str:
    """« faible en 2027-T1, moyenne en 2027-T3 »."""
    dated = _("{level} en {quarter}")
    return ", ".join(dated.format(level=mark.word, quarter=mark.quarter) for mark in line.marks) if line.place == 2 else ""


def _mark_words(line: Line, mark: Mark) -> str:
    """What must be ready for a quarter."""
    told = _("{what} : {level}, niveau recommandé atteint") if mark.kind == "goal" and line.place == 2 else _("{what} : {level}")
    return french(told.format(what=line.title, level=mark.word))


def roadmap_pdf(roadmap: Roadmap, title: str, subject: str, *, at: datetime) -> bytes:
    """The roadmap, in the language of the page: PDF/A-3a, PDF/UA-1."""
    drawn = timeline_of(roadmap)
    content = {
        "lang": language(),
        "region": REGIONS[language()],
        "words": _words(),
        "made": french(_("Convergence – document édité le {at}").format(at=day_written(at))),
        "subject": subject,
        "present": str(roadmap.present),
        "timeline": asdict(drawn) if drawn else None,
        "described": french(
            _("Calendrier de {lines} ; le tableau qui suit dit la même chose.").format(lines=agreed(len(roadmap.lines), "ligne,lignes"))
        ),
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
                "lines": [_mark_words(line, mark) for line, mark in marks],
            }
            for quarter, marks in roadmap.by_quarter()
        ],
    }
    return typeset("projections/roadmap", content, title=french(title), at=at)


def _words() -> dict[str, Any]:
    """What is written on every roadmap."""
    words = {
        "present": _("Trimestre en cours :"),
        "late": _("En retard"),
        "by_quarter": _("Par trimestre"),
        "detail": _("Détail"),
        "none": _("Aucune démarche."),
        "line": _("Démarche, questionnaire ou critère"),
        "mention": _("Précision"),
        "steps": _("Étapes"),
        "prospect": _("Perspective"),
        "order": _("Ce qui doit être prêt, dans l'ordre"),
        "paging": paging(),
    }
    return {name: french(told) for name, told in words.items()} | {"keywords": [_("feuille de route"), _("projection")]}


def roadmap_workbook(roadmap: Roadmap, title: str, subject: str, *, at: datetime) -> bytes:
    """One line each, then one line for each quarter promised, to be sorted and filtered."""
    import xlsxwriter  # noqa: PLC0415 - slow, wanted by few requests

    body = BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as workbook:  # fmt: skip
        workbook.set_properties({"title": title, "subject": subject, "author": "Convergence", "created": at.astimezone(PARIS).replace(tzinfo=None)})  # fmt: skip
        write = sheet_writer(workbook, title, subject)
        write(
            _("Feuille de route"),
            [
                (_("Démarche, questionnaire ou critère"), 60, lambda line: line.title),
                (_("Précision"), 40, lambda line: line.mention),
                (_("Trimestre"), 12, lambda line: str(line.goal or "")),
                (_("Perspective"), 34, prospect_words),
                (_("En retard"), 10, lambda line: _("Oui") if line.is_late else _("Non")),
            ],
            roadmap.lines,
        )
        marks: Sequence[Any] = [(quarter, line, mark) for quarter, found in roadmap.by_quarter() for line, mark in found]
        write(
            _("Par trimestre"),
            [
                (_("Trimestre"), 12, lambda one: str(one[0])),
                (_("Démarche, questionnaire ou critère"), 60, lambda one: one[1].title),
                (_("Précision"), 40, lambda one: one[1].mention),
                (_("Niveau"), 20, lambda one: one[2].word),
            ],
            marks,
        )
    return body.getvalue()


def _due_words(line: Line, mark: Mark) -> str:
    told = _("{what} : {level}, niveau recommandé") if mark.kind == "goal" and line.place == 2 else _("{what} : {level}")
    return french(told.format(what=line.title, level=mark.word))


def roadmap_calendar(roadmap: Roadmap, title: str, subject: str, *, at: datetime) -> bytes:
    """Each mark on the last day of its quarter, for an agenda (ICS). A date that moves moves there too."""
    dues = [
        Due(
            key=f"{line.key}/{mark.level}",
            day=mark.quarter.last_day,
            title=_due_words(line, mark),
            description=french(f"{subject} – {line.mention or title} – {mark.quarter}"),
        )
        for _quarter, marks in roadmap.by_quarter()
        for line, mark in marks
    ]
    return calendar(french(f"{title} – {subject}"), dues, of=settings.SITE_ADDRESS or "convergence", at=at)
