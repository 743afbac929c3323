"""What does the company take away of its results? The same results, on paper (PDF) and in a workbook (XLSX)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from convergence.assessments.rules import Outcome
from foundation.core.clock import PARIS
from foundation.core.typography import french
from foundation.core.words import fold
from foundation.documents.radar import Radar, radar
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.assessments.queries import HistoryLine, ResultRow, Results, VerdictOfProcedure
    from convergence.content.schema import Level

MOST_NAMED_AXES = 16
"""Above, the names would overlap: each axis carries the number of its criterion."""

MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]


def title_of(results: Results) -> str:
    return f"Résultats : {results.questionnaire.title.fr} {results.questionnaire.edition}"


def results_file_name(results: Results, extension: str) -> str:
    """Plain letters, digits and hyphens, whatever the product is called: « resultats-interoperabilite-2021-1926-2026-11-03.pdf »."""
    day = _here(results.validation.validated_at).date().isoformat() if results.validation else "brouillon"
    parts = ("resultats", results.questionnaire.title.fr, results.questionnaire.edition, str(results.enrolment.subject.reference), day)
    return f"{re.sub('[^a-z0-9]+', '-', fold(' '.join(parts))).strip('-')}.{extension}"


# — Chart —————————————————————————————————————————————————————————————————————————————————


def radar_of(results: Results) -> Radar:
    """The answers shown (`answer`), the draft where it changes a level (`draft`) and what is expected (`expected`)."""
    numbered = has_numbered_axes(results)
    axes = [row.number if numbered else (row.criterion.short or row.criterion.title).fr for row in results.rows]
    series = {"answer": [_rank(row.level) for row in results.rows]}
    if any(_drafted_level(results, row) for row in results.rows):
        series["draft"] = [_rank(row.draft or row.level) for row in results.rows]
    series["expected"] = [row.expectation.rank for row in results.rows]
    return radar(axes, series, _top_rank(results))


def has_numbered_axes(results: Results) -> bool:
    return len(results.rows) > MOST_NAMED_AXES


def radar_described(results: Results) -> str:
    """What the chart shows, for who does not see it: the tables beside it hold every value."""
    low, high = (level.short.fr for level in (_ranked(results)[0], _ranked(results)[-1]))
    gaps = results.gap_rows
    below = (
        f"Sous le niveau {_word(results)} : {', '.join(f'{row.number} {row.criterion.title.fr}' for row in gaps)}."
        if gaps
        else f"Tous atteignent le niveau {_word(results)}."
    )
    return (
        f"Radar de {_count(len(results.rows), 'critère')}, du niveau « {low} » près du centre au niveau « {high} » sur le bord. "
        f"{below} Le tableau des critères donne chaque valeur."
    )


# — Paper —————————————————————————————————————————————————————————————————————————————————


def results_pdf(results: Results, *, at: datetime) -> bytes:
    """The report, in French: PDF/A-3a, PDF/UA-1. Never validated, it says so before anything else."""
    chart = radar_of(results) if results.rows and results.questionnaire.is_maturity else None
    notice, notice_more = _notice(results)
    content: dict[str, Any] = {
        "made": french(f"Convergence – document édité le {_moment(at)}"),
        "subject": results.enrolment.subject.full_name,
        "facts": _facts(results),
        "notice": french(notice),
        "notice_more": french(notice_more),
        "verdicts": [_verdict(results, verdict) for verdict in results.verdicts],
        "held_word": _held_word(results),
        "has_levels": results.questionnaire.is_maturity,
        "gaps_heading": _gaps_heading(results),
        "gaps": [_row(results, row) for row in results.gap_rows if row.level],
        "no_gap": french(_no_gap(results)),
        "gaps_note": french(_gaps_note(results)),
        "unanswered": french(_unanswered(results)),
        "radar": asdict(chart) if chart and chart.is_readable else None,
        "radar_alt": french(radar_described(results)),
        "numbered": has_numbered_axes(results),
        "legend": [{"name": series.name, "words": french(_legend(results)[series.name])} for series in chart.series] if chart else [],
        "sections": [
            {"title": french(section.title.fr), "rows": [_row(results, row) for row in rows]} for section, rows in _by_section(results)
        ],
        "count": len(results.rows),
        "levels": [level.short.fr for level in _ranked(results)],
        "history": [_past(results, line) for line in results.history],
    }
    return typeset("assessments/results", content, title=french(title_of(results)), at=at)


def _held_word(results: Results) -> str:
    if results.validation is None:
        return "Brouillon"
    return "Votre niveau" if results.questionnaire.is_maturity else "Réponse"


def _gaps_heading(results: Results) -> str:
    if not results.questionnaire.is_maturity:
        return "Non conformes" if results.questionnaire.is_conformity else "Zones vides"
    return french("Écarts d'abord" if results.validation else "Écarts du brouillon")


def _facts(results: Results) -> list[dict[str, str]]:
    validation, procedure = results.validation, results.procedure
    answered = sum(1 for row in results.rows if row.level)
    facts = [
        ("Entreprise", results.enrolment.subject.company.name),
        ("Démarche", french(f"{results.track.title.fr} – {procedure.title.fr} ({procedure.edition})")),
    ]
    if validation:
        facts += [
            ("Validé", f"{french(f'le {_moment(validation.validated_at)} par')} {validation.validated_by_name}"),
            ("Validation", f"n°\u00a0{validation.number} sur {len(results.history)}"),
            ("Version des contenus", f"n°\u00a0{validation.release}"),
        ]
    else:
        facts += [("Dernier enregistrement", _saved(results) or "aucun")]
    return [{"name": name, "words": words} for name, words in (*facts, ("Critères renseignés", f"{answered} sur {len(results.rows)}"))]


def _notice(results: Results) -> tuple[str, str]:
    if results.validation is None:
        return "Brouillon : rien n'a encore été validé.", "Ces niveaux peuvent changer ; aucun résultat n'est acquis avant la validation."
    if not _is_latest(results):
        latest = results.history[0].validation
        return "Validation passée.", f"Une validation plus récente existe, du {_moment(latest.validated_at)}."
    if results.draft_changes:
        changed = _count(len(results.draft_changes), "réponse")
        return f"Un brouillon existe : {changed} en attente de validation.", f"Dernier enregistrement {_saved(results)}."
    return "", ""


def _no_gap(results: Results) -> str:
    if not results.questionnaire.is_maturity:
        return "Aucun : le produit est déclaré conforme à chaque critère." if results.questionnaire.is_conformity else "Aucune."
    which = "tous les critères demandés atteignent" if all(row.level for row in results.rows) else "chaque critère renseigné atteint"
    return f"Aucun écart : {which} le niveau {_word(results)}."


def _gaps_note(results: Results) -> str:
    if any(row.expectation.obligation for row in results.gap_rows):
        return ""
    return "Ces critères sont des options : ils ne comptent pas dans le résultat."


def _unanswered(results: Results) -> str:
    """Named by their numbers: the table of all criteria says « sans réponse » beside each title."""
    numbers = [row.number for row in results.rows if row.level is None]
    return f"Sans réponse ({len(numbers)}) : {', '.join(numbers)}." if numbers else ""


def _verdict(results: Results, verdict: VerdictOfProcedure) -> dict[str, Any]:
    return {
        "procedure": french(f"{verdict.track.title.fr} – {verdict.procedure.title.fr}"),
        "outcome": verdict.outcome.value,
        "word": verdict.outcome_word,
        "sentence": french(_sentence(results, verdict)),
        "here": verdict.here,
    }


def _sentence(results: Results, verdict: VerdictOfProcedure) -> str:
    match verdict.outcome:
        case Outcome.UNKNOWN if results.validation is None:
            return "Rien n'a encore été validé."
        case Outcome.UNKNOWN:
            return "Des critères sont demandés depuis cette validation."
        case Outcome.REACHED if verdict.obligations == 0:
            return "Aucune obligation."
        case Outcome.REACHED:
            return f"{_count(verdict.obligations, 'obligation')} sur {verdict.obligations}"
    if not results.questionnaire.is_maturity:
        return f"{_count(verdict.gaps, 'obligation')} sur {verdict.obligations} {'non conformes' if verdict.gaps > 1 else 'non conforme'}"
    word = {"recommended": "recommandé", "minimum": "minimum"}[verdict.procedure.level_word]
    return f"{_count(verdict.gaps, 'obligation')} sur {verdict.obligations} sous le niveau {word}"


def _row(results: Results, row: ResultRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": french(row.criterion.title.fr),
        "must": "" if row.expectation.obligation else "Option",
        "level": row.level.short.fr if row.level else "sans réponse",
        "rank": _rank(row.level),
        "met": row.met,
        "draft": french(_drafted(results, row)),
        "expected": row.expected.short.fr,
        "expected_rank": row.expectation.rank,
        "recommendation": french(row.recommendation.fr) if row.recommendation else "",
        "comment": row.given.comment if row.given else "",
        "evidence": [f"{one['name']} ({_weight(one['size'])}) SHA-256 {one['sha256']}" for one in row.evidence],
    }


def _drafted(results: Results, row: ResultRow) -> str:
    if row.criterion.code not in results.draft_changes or not _is_latest(results):
        return ""
    level = _drafted_level(results, row)
    return f"Brouillon : {level.short.fr if level else 'commentaire modifié' if row.draft else 'réponse retirée'}"


def _past(results: Results, line: HistoryLine) -> dict[str, Any]:
    return {
        "validated": french(_moment(line.validation.validated_at)),
        "by": line.validation.validated_by_name,
        "release": f"n°\u00a0{line.validation.release}",
        "outcome": line.outcome.value,
        "word": line.outcome_word,
        "sentence": _past_sentence(results, line),
        "shown": results.validation == line.validation,
    }


def _past_sentence(results: Results, line: HistoryLine) -> str:
    if not line.gaps:
        return ""
    gaps = _count(line.gaps, "obligation")
    return f"{gaps} sous le niveau {_word(results)}" if results.questionnaire.is_maturity else f"{gaps} non atteintes"


def _weight(size: int) -> str:
    return f"{size:,}".replace(",", "\u202f") + "\u00a0octets"


def _legend(results: Results) -> dict[str, str]:
    validation = results.validation
    return {
        "answer": f"Réponse validée le {day_written(validation.validated_at)}" if validation else "Brouillon, non validé",
        "draft": f"Brouillon du {day_written(results.draft_saved_at)}" if results.draft_saved_at else "Brouillon",
        "expected": f"Niveau {_word(results)}",
    }


# — Workbook ——————————————————————————————————————————————————————————————————————————————


def results_workbook(results: Results, *, at: datetime) -> bytes:
    """Three sheets, one line of headings each, to be sorted and filtered. What people typed is always text, never a formula."""
    import xlsxwriter  # noqa: PLC0415 - slow, wanted by few requests

    body = BytesIO()
    title = title_of(results)
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as workbook:  # fmt: skip
        workbook.set_properties(
            {
                "title": title,
                "subject": results.enrolment.subject.full_name,
                "author": "Convergence",
                "company": results.enrolment.subject.company.name,
                "category": f"{results.track.title.fr} – {results.procedure.title.fr}",
                "comments": _notice(results)[0],
                "created": at.astimezone(PARIS).replace(tzinfo=None),
            }
        )
        write = sheet_writer(workbook, title, results.enrolment.subject.full_name)
        if results.questionnaire.is_maturity:
            _level_sheets(write, results)
        else:
            _proved_sheets(write, results)
        write(
            "Historique",
            [
                ("Validation", 11, lambda line: line.validation.number),
                ("Validé le", 18, lambda line: line.validation.validated_at),
                ("Par", 30, lambda line: line.validation.validated_by_name),
                ("Version des contenus", 12, lambda line: line.validation.release),
                (f"Résultat – {results.procedure.title.fr}", 30, lambda line: line.outcome_word),
                ("Obligations non atteintes", 14, lambda line: line.gaps),
            ],
            results.history,
        )
    return body.getvalue()


def _level_sheets(write: Writer, results: Results) -> None:
    level = "Niveau validé" if results.validation else "Niveau du brouillon (rien n'a encore été validé)"
    write(
        "Résultats",
        [
            ("N°", 11, lambda row: row.number),
            ("Section", 34, lambda row: row.section.title.fr),
            ("Critère", 48, lambda row: row.criterion.title.fr),
            ("Caractère", 12, lambda row: "Obligation" if row.expectation.obligation else "Option"),
            (level, 20, lambda row: row.level.title.fr if row.level else "Sans réponse"),
            (f"Niveau {_word(results)}", 20, lambda row: row.expected.title.fr),
            ("Atteint", 9, lambda row: "Oui" if row.met else "Non"),
            ("Niveaux manquants", 12, lambda row: row.missing),
            ("Commentaire", 60, lambda row: row.given.comment if row.given else ""),
            *(
                [
                    ("Niveau du brouillon", 20, lambda row: row.draft.title.fr if row.draft else "Sans réponse"),
                    ("Commentaire du brouillon", 60, lambda row: row.draft_given.comment if row.draft_given else ""),
                ]
                if results.draft_changes and _is_latest(results)
                else []
            ),
        ],
        results.rows,
    )
    write(
        "Écarts",
        [
            ("N°", 11, lambda row: row.number),
            ("Critère", 48, lambda row: row.criterion.title.fr),
            ("Caractère", 12, lambda row: "Obligation" if row.expectation.obligation else "Option"),
            (level, 20, lambda row: row.level.title.fr if row.level else "Sans réponse"),
            (f"Niveau {_word(results)}", 20, lambda row: row.expected.title.fr),
            ("Niveaux manquants", 12, lambda row: row.missing),
            ("Recommandation", 80, lambda row: row.recommendation.fr if row.recommendation else ""),
        ],
        results.gap_rows,
    )


def _proved_sheets(write: Writer, results: Results) -> None:
    """What was answered, then each file with its whole hash: enough to know it again."""
    answer = "Réponse validée" if results.validation else "Réponse du brouillon (rien n'a encore été validé)"
    write(
        "Résultats",
        [
            ("N°", 11, lambda row: row.number),
            ("Section", 34, lambda row: row.section.title.fr),
            ("Zone" if results.questionnaire.is_deposit else "Critère", 48, lambda row: row.criterion.title.fr),
            ("Caractère", 12, lambda row: "Obligation" if row.expectation.obligation else "Option"),
            (answer, 20, lambda row: row.level.title.fr if row.level else "Sans réponse"),
            ("Fichiers", 9, lambda row: len(row.evidence)),
            ("Commentaire", 60, lambda row: row.given.comment if row.given else ""),
        ],
        results.rows,
    )
    write(
        "Preuves",
        [
            ("N°", 11, lambda line: line[0].number),
            ("Emplacement", 24, lambda line: line[1]["slot"]),
            ("Fichier", 60, lambda line: line[1]["name"]),
            ("Octets", 14, lambda line: line[1]["size"]),
            ("SHA-256", 68, lambda line: line[1]["sha256"]),
            ("Déposé le", 18, lambda line: datetime.fromisoformat(line[1]["deposited_at"])),
            ("Par", 30, lambda line: line[1]["deposited_by"]),
        ],
        [(row, one) for row in results.rows for one in row.evidence],
    )


Column = tuple[str, float, Callable[[Any], str | int | datetime]]
"""A heading, its width in characters, and what a line says there."""

Writer = Callable[[str, Sequence[Column], Sequence[Any]], None]


def sheet_writer(workbook: Any, title: str, subject: str) -> Writer:
    """What writes one sheet: headings, then lines; what people typed stays text."""
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3E3FD", "bottom": 1})
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})
    quoted = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})  # stays text when edited again
    moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"})

    def write(name: str, columns: Sequence[Column], lines: Sequence[Any]) -> None:
        sheet = workbook.add_worksheet(name)
        for place, (words, width, _) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, words, heading)
        for rank, line in enumerate(lines, 1):
            for place, (_, _, value_of) in enumerate(columns):
                value = value_of(line)
                if isinstance(value, datetime):
                    sheet.write_datetime(rank, place, _here(value).replace(tzinfo=None), moment)
                elif isinstance(value, int):
                    sheet.write_number(rank, place, value, plain)
                else:
                    sheet.write_string(rank, place, value, quoted if value.startswith(("=", "+", "-", "@", "\t")) else plain)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(lines), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header("&L" + title.replace("&", "&&") + "&R" + subject.replace("&", "&&")[:120])
        sheet.set_footer("&R&P / &N")

    return write


# — Words —————————————————————————————————————————————————————————————————————————————————


def _word(results: Results) -> str:
    return {"recommended": "recommandé", "minimum": "minimum"}[results.procedure.level_word]


def _count(number: int, word: str) -> str:
    """« 1 obligation », « 4 obligations »; French counts zero in the singular."""
    return f"{number}\u00a0{word}{'s' if number > 1 else ''}"


def _here(at: datetime) -> datetime:
    return at.astimezone(PARIS)


def day_written(at: datetime) -> str:
    """« 1er mars 2027 », in Paris."""
    day = _here(at)
    return f"{'1er' if day.day == 1 else day.day}\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}"


def _moment(at: datetime) -> str:
    return f"{day_written(at)} à {_here(at):%H}\u00a0h\u00a0{_here(at):%M}"


def _saved(results: Results) -> str:
    return f"le {_moment(results.draft_saved_at)} par {results.draft_saved_by}" if results.draft_saved_at else ""


# — Readings of results ———————————————————————————————————————————————————————————————————


def _is_latest(results: Results) -> bool:
    return bool(results.history) and results.validation == results.history[0].validation


def _drafted_level(results: Results, row: ResultRow) -> Level | None:
    """The level of the draft, where it differs from the one that was validated last."""
    return row.draft if results.draft_changes and _is_latest(results) and row.draft and row.draft != row.level else None


def _ranked(results: Results) -> list[Level]:
    return [level for level in results.scale.levels if level.rank is not None]


def _top_rank(results: Results) -> int:
    return max(level.rank for level in _ranked(results) if level.rank is not None)


def _rank(level: Level | None) -> int | None:
    return level.rank if level else None


def _by_section(results: Results) -> Iterable[tuple[Any, list[ResultRow]]]:
    for _, rows in groupby(results.rows, key=lambda row: row.section.code):
        kept = list(rows)
        yield kept[0].section, kept
