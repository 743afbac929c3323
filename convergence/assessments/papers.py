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
from foundation.core.clock import PARIS, day_of, told_day
from foundation.core.language import agreed, language
from foundation.core.language import gettext as _
from foundation.core.typography import french
from foundation.core.words import fold
from foundation.documents.radar import Radar, radar
from foundation.documents.typesetting import typeset

if TYPE_CHECKING:
    from convergence.assessments.queries import HistoryLine, ResultRow, Results, VerdictOfProcedure
    from convergence.content.schema import Level, Procedure

MOST_NAMED_AXES = 16
"""Above, the names would overlap: each axis carries the number of its criterion."""

REGIONS = {"fr": "FR", "en": "GB"}
"""Whose typography a paper follows, by its language."""


def title_of(results: Results) -> str:
    return _("Résultats : {questionnaire} {edition}").format(
        questionnaire=results.questionnaire.title, edition=results.questionnaire.edition
    )


def results_file_name(results: Results, extension: str) -> str:
    """Plain letters, digits and hyphens, whatever the product is called: « resultats-interoperabilite-2021-1926-2026-11-03.pdf »."""
    day = _here(results.validation.validated_at).date().isoformat() if results.validation else _("Brouillon")
    piece = results.questionnaire
    parts = (_("Résultats"), str(piece.title), piece.edition, str(results.enrolment.subject.reference), day)
    return f"{re.sub('[^a-z0-9]+', '-', fold(' '.join(parts))).strip('-')}.{extension}"


# — Chart —————————————————————————————————————————————————————————————————————————————————


def radar_of(results: Results) -> Radar:
    """The answers shown (`answer`), the draft where it changes a level (`draft`) and what is expected (`expected`)."""
    numbered = has_numbered_axes(results)
    axes = [row.number if numbered else str(row.criterion.short or row.criterion.title) for row in results.rows]
    series = {"answer": [_rank(row.level) for row in results.rows]}
    if any(_drafted_level(results, row) for row in results.rows):
        series["draft"] = [_rank(row.draft or row.level) for row in results.rows]
    series["expected"] = [row.expectation.rank for row in results.rows]
    return radar(axes, series, _top_rank(results))


def has_numbered_axes(results: Results) -> bool:
    return len(results.rows) > MOST_NAMED_AXES


def radar_described(results: Results) -> str:
    """What the chart shows, for who does not see it: the tables beside it hold every value."""
    low, high = (level.short for level in (_ranked(results)[0], _ranked(results)[-1]))
    gaps = results.gap_rows
    below = (
        _("Sous le niveau {level} : {criteria}.").format(
            level=_word(results), criteria=", ".join(f"{row.number} {row.criterion.title}" for row in gaps)
        )
        if gaps
        else _("Tous atteignent le niveau {level}.").format(level=_word(results))
    )
    return _(
        "Radar de {criteria}, du niveau « {low} » près du centre au niveau « {high} » sur le bord. {below} "
        "Le tableau des critères donne chaque valeur."
    ).format(criteria=_bound(agreed(len(results.rows), "critère,critères")), low=low, high=high, below=below)


# — Paper —————————————————————————————————————————————————————————————————————————————————


def results_pdf(results: Results, *, at: datetime) -> bytes:
    """The report, in the language of the page: PDF/A-3a, PDF/UA-1. Never validated, it says so before anything else."""
    chart = radar_of(results) if results.rows and results.questionnaire.is_maturity else None
    notice, notice_more = _notice(results)
    content: dict[str, Any] = {
        "lang": language(),
        "region": REGIONS[language()],
        "words": _words(results),
        "made": french(_("Convergence – document édité le {at}").format(at=_moment(at))),
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
            {"title": french(str(section.title)), "rows": [_row(results, row) for row in rows]} for section, rows in _by_section(results)
        ],
        "count": len(results.rows),
        "levels": [str(level.short) for level in _ranked(results)],
        "history": [_past(results, line) for line in results.history],
    }
    return typeset("assessments/results", content, title=french(title_of(results)), at=at)


def paging() -> str:
    """What the foot of each page says: the template puts both numbers in."""
    return _("Page\u00a0{page}\u00a0sur\u00a0{pages}")


def _words(results: Results) -> dict[str, Any]:
    """What is written on every report, whatever its results."""
    words = {
        "brand": _("Conformité des produits du numérique en santé"),
        "here": _("détaillé dans ce document"),
        "gaps": _("Écarts"),
        "criterion": _("Critère"),
        "expected": _("Attendu"),
        "gap_note": _("Recommandation") if results.questionnaire.is_maturity else _("Commentaire"),
        "overview": _("Vue d'ensemble"),
        "axes": _("Chaque axe porte le numéro d'un critère ; le tableau ci-après donne leurs intitulés."),
        "all": _("Tous les critères"),
        "comment": _("Commentaire") if results.questionnaire.is_maturity else _("Commentaire et fichiers"),
        "gauges": _("Sur chaque jauge, un trait souligne le niveau attendu. Échelle, du plus bas au plus haut : {levels}.").format(
            levels=", ".join(str(level.short) for level in _ranked(results))
        ),
        "history": _("Historique"),
        "validated": _("Validé le"),
        "by": _("Par"),
        "release": _("Version des contenus"),
        "result": _("Résultat"),
        "shown": _("dans ce document"),
        "paging": paging(),
    }
    return {name: french(told) for name, told in words.items()} | {"keywords": [_("résultats"), _("évaluation")]}


def _held_word(results: Results) -> str:
    if results.validation is None:
        return _("Brouillon")
    return _("Votre niveau") if results.questionnaire.is_maturity else _("Réponse")


def _gaps_heading(results: Results) -> str:
    if not results.questionnaire.is_maturity:
        return _("Non conformes") if results.questionnaire.is_conformity else _("Zones vides")
    return french(_("Écarts d'abord") if results.validation else _("Écarts du brouillon"))


def _facts(results: Results) -> list[dict[str, str]]:
    validation, procedure = results.validation, results.procedure
    answered = sum(1 for row in results.rows if row.level)
    facts = [
        (_("Entreprise"), results.enrolment.subject.company.name),
        (_("Démarche"), french(f"{results.track.title} – {procedure.title} ({procedure.edition})")),
    ]
    if validation:
        facts += [
            (_("Validé"), _("le {at} par {by}").format(at=_moment(validation.validated_at), by=validation.validated_by_name)),
            (_("Validation"), _("n°\u00a0{number} sur {count}").format(number=validation.number, count=len(results.history))),
            (_("Version des contenus"), _("n°\u00a0{number}").format(number=validation.release)),
        ]
    else:
        facts += [(_("Dernier enregistrement"), _saved(results) or _("aucun"))]
    return [
        {"name": name, "words": words}
        for name, words in (
            *facts,
            (_("Critères renseignés"), _("{answered} sur {count}").format(answered=answered, count=len(results.rows))),
        )
    ]


def _notice(results: Results) -> tuple[str, str]:
    if results.validation is None:
        return _("Brouillon : rien n'a encore été validé."), _(
            "Ces niveaux peuvent changer ; aucun résultat n'est acquis avant la validation."
        )
    if not _is_latest(results):
        latest = results.history[0].validation
        return _("Validation passée."), _("Une validation plus récente existe, du {at}.").format(at=_moment(latest.validated_at))
    if results.draft_changes:
        changed = _bound(agreed(len(results.draft_changes), "réponse,réponses"))
        return (
            _("Un brouillon existe : {changed} en attente de validation.").format(changed=changed),
            _("Dernier enregistrement {saved}.").format(saved=_saved(results)),
        )
    return "", ""


def _no_gap(results: Results) -> str:
    if not results.questionnaire.is_maturity:
        return _("Aucun : le produit est déclaré conforme à chaque critère.") if results.questionnaire.is_conformity else _("Aucune.")
    if all(row.level for row in results.rows):
        return _("Aucun écart : tous les critères demandés atteignent le niveau {level}.").format(level=_word(results))
    return _("Aucun écart : chaque critère renseigné atteint le niveau {level}.").format(level=_word(results))


def _gaps_note(results: Results) -> str:
    if any(row.expectation.obligation for row in results.gap_rows):
        return ""
    return _("Ces critères sont des options : ils ne comptent pas dans le résultat.")


def _unanswered(results: Results) -> str:
    """Named by their numbers: the table of all criteria says « sans réponse » beside each title."""
    numbers = [row.number for row in results.rows if row.level is None]
    return _("Sans réponse ({count}) : {numbers}.").format(count=len(numbers), numbers=", ".join(numbers)) if numbers else ""


def _verdict(results: Results, verdict: VerdictOfProcedure) -> dict[str, Any]:
    return {
        "procedure": french(f"{verdict.track.title} – {verdict.procedure.title}"),
        "outcome": verdict.outcome.value,
        "word": verdict.outcome_word,
        "sentence": french(_sentence(results, verdict)),
        "here": verdict.here,
    }


def _sentence(results: Results, verdict: VerdictOfProcedure) -> str:
    match verdict.outcome:
        case Outcome.UNKNOWN if results.validation is None:
            return _("Rien n'a encore été validé.")
        case Outcome.UNKNOWN:
            return _("Des critères sont demandés depuis cette validation.")
        case Outcome.REACHED if verdict.obligations == 0:
            return _("Aucune obligation.")
        case Outcome.REACHED:
            held = _bound(agreed(verdict.obligations, "obligation,obligations"))
            return _("{held} sur {obligations}").format(held=held, obligations=verdict.obligations)
    gaps = _bound(agreed(verdict.gaps, "obligation,obligations"))
    if not results.questionnaire.is_maturity:
        said = _("{gaps} sur {obligations} non conformes") if verdict.gaps > 1 else _("{gaps} sur {obligations} non conforme")
        return said.format(gaps=gaps, obligations=verdict.obligations)
    level = _level_word(verdict.procedure)
    return _("{gaps} sur {obligations} sous le niveau {level}").format(gaps=gaps, obligations=verdict.obligations, level=level)


def _row(results: Results, row: ResultRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": french(str(row.criterion.title)),
        "must": "" if row.expectation.obligation else _("Option"),
        "level": str(row.level.short) if row.level else _("sans réponse"),
        "rank": _rank(row.level),
        "met": row.met,
        "draft": french(_drafted(results, row)),
        "expected": str(row.expected.short),
        "expected_rank": row.expectation.rank,
        "recommendation": french(str(row.recommendation)) if row.recommendation else "",
        "comment": row.given.comment if row.given else "",
        "evidence": [f"{one['name']} ({_weight(one['size'])}) SHA-256 {one['sha256']}" for one in row.evidence],
    }


def _drafted(results: Results, row: ResultRow) -> str:
    if row.criterion.code not in results.draft_changes or not _is_latest(results):
        return ""
    level = _drafted_level(results, row)
    if level:
        return _("Brouillon : {level}").format(level=level.short)
    return _("Brouillon : commentaire modifié") if row.draft else _("Brouillon : réponse retirée")


def _past(results: Results, line: HistoryLine) -> dict[str, Any]:
    return {
        "validated": french(_moment(line.validation.validated_at)),
        "by": line.validation.validated_by_name,
        "release": _("n°\u00a0{number}").format(number=line.validation.release),
        "outcome": line.outcome.value,
        "word": line.outcome_word,
        "sentence": _past_sentence(results, line),
        "shown": results.validation == line.validation,
    }


def _past_sentence(results: Results, line: HistoryLine) -> str:
    if not line.gaps:
        return ""
    if not results.questionnaire.is_maturity:
        return _bound(agreed(line.gaps, "obligation non atteinte,obligations non atteintes"))
    gaps = _bound(agreed(line.gaps, "obligation,obligations"))
    return _("{gaps} sous le niveau {level}").format(gaps=gaps, level=_word(results))


def _weight(size: int) -> str:
    digits = f"{size:,}" if language() == "en" else f"{size:,}".replace(",", "\u202f")
    return _("{size}\u00a0octets").format(size=digits)


def _legend(results: Results) -> dict[str, str]:
    validation = results.validation
    return {
        "answer": _("Réponse validée le {day}").format(day=day_written(validation.validated_at))
        if validation
        else _("Brouillon, non validé"),
        "draft": _("Brouillon du {day}").format(day=day_written(results.draft_saved_at)) if results.draft_saved_at else _("Brouillon"),
        "expected": _level_heading(results),
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
                "category": f"{results.track.title} – {results.procedure.title}",
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
            _("Historique"),
            [
                (_("Validation"), 11, lambda line: line.validation.number),
                (_("Validé le"), 18, lambda line: line.validation.validated_at),
                (_("Par"), 30, lambda line: line.validation.validated_by_name),
                (_("Version des contenus"), 12, lambda line: line.validation.release),
                (_("Résultat – {procedure}").format(procedure=results.procedure.title), 30, lambda line: line.outcome_word),
                (_("Obligations non atteintes"), 14, lambda line: line.gaps),
            ],
            results.history,
        )
    return body.getvalue()


def _level_sheets(write: Writer, results: Results) -> None:
    level = _("Niveau validé") if results.validation else _("Niveau du brouillon (rien n'a encore été validé)")
    write(
        _("Résultats"),
        [
            (_("N°"), 11, lambda row: row.number),
            (_("Section"), 34, lambda row: str(row.section.title)),
            (_("Critère"), 48, lambda row: str(row.criterion.title)),
            (_("Caractère"), 12, lambda row: _("Obligation") if row.expectation.obligation else _("Option")),
            (level, 20, lambda row: str(row.level.title) if row.level else _("Sans réponse")),
            (_level_heading(results), 20, lambda row: str(row.expected.title)),
            (_("Atteint"), 9, lambda row: _("Oui") if row.met else _("Non")),
            (_("Niveaux manquants"), 12, lambda row: row.missing),
            (_("Commentaire"), 60, lambda row: row.given.comment if row.given else ""),
            *(
                [
                    (_("Niveau du brouillon"), 20, lambda row: str(row.draft.title) if row.draft else _("Sans réponse")),
                    (_("Commentaire du brouillon"), 60, lambda row: row.draft_given.comment if row.draft_given else ""),
                ]
                if results.draft_changes and _is_latest(results)
                else []
            ),
        ],
        results.rows,
    )
    write(
        _("Écarts"),
        [
            (_("N°"), 11, lambda row: row.number),
            (_("Critère"), 48, lambda row: str(row.criterion.title)),
            (_("Caractère"), 12, lambda row: _("Obligation") if row.expectation.obligation else _("Option")),
            (level, 20, lambda row: str(row.level.title) if row.level else _("Sans réponse")),
            (_level_heading(results), 20, lambda row: str(row.expected.title)),
            (_("Niveaux manquants"), 12, lambda row: row.missing),
            (_("Recommandation"), 80, lambda row: str(row.recommendation) if row.recommendation else ""),
        ],
        results.gap_rows,
    )


def _proved_sheets(write: Writer, results: Results) -> None:
    """What was answered, then each file with its whole hash: enough to know it again."""
    answer = _("Réponse validée") if results.validation else _("Réponse du brouillon (rien n'a encore été validé)")
    write(
        _("Résultats"),
        [
            (_("N°"), 11, lambda row: row.number),
            (_("Section"), 34, lambda row: str(row.section.title)),
            (_("Zone") if results.questionnaire.is_deposit else _("Critère"), 48, lambda row: str(row.criterion.title)),
            (_("Caractère"), 12, lambda row: _("Obligation") if row.expectation.obligation else _("Option")),
            (answer, 20, lambda row: str(row.level.title) if row.level else _("Sans réponse")),
            (_("Fichiers"), 9, lambda row: len(row.evidence)),
            (_("Commentaire"), 60, lambda row: row.given.comment if row.given else ""),
        ],
        results.rows,
    )
    write(
        _("Preuves"),
        [
            (_("N°"), 11, lambda line: line[0].number),
            (_("Emplacement"), 24, lambda line: line[1]["slot"]),
            (_("Fichier"), 60, lambda line: line[1]["name"]),
            (_("Octets"), 14, lambda line: line[1]["size"]),
            ("SHA-256", 68, lambda line: line[1]["sha256"]),
            (_("Déposé le"), 18, lambda line: datetime.fromisoformat(line[1]["deposited_at"])),
            (_("Par"), 30, lambda line: line[1]["deposited_by"]),
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
        for place, (words, width, _value_of) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, words, heading)
        for rank, line in enumerate(lines, 1):
            for place, (*_head, value_of) in enumerate(columns):
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
    return _level_word(results.procedure)


def _level_word(procedure: Procedure) -> str:
    return {"recommended": _("recommandé"), "minimum": _("minimum")}[procedure.level_word]


def _level_heading(results: Results) -> str:
    return {"recommended": _("Niveau recommandé"), "minimum": _("Niveau minimum")}[results.procedure.level_word]


def _bound(counted: str) -> str:
    """A number does not leave the word it counts."""
    return counted.replace(" ", "\u00a0", 1)


def _here(at: datetime) -> datetime:
    return at.astimezone(PARIS)


def day_written(at: datetime) -> str:
    """« 1er mars 2027 », « 1 March 2027 », in Paris, held together."""
    return told_day(day_of(at)).replace(" ", "\u00a0")


def _moment(at: datetime) -> str:
    here = _here(at)
    return _("{day} à {hour}\u00a0h\u00a0{minute}").format(day=day_written(at), hour=f"{here:%H}", minute=f"{here:%M}")


def _saved(results: Results) -> str:
    if results.draft_saved_at is None:
        return ""
    return _("le {at} par {by}").format(at=_moment(results.draft_saved_at), by=results.draft_saved_by)


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
    for _code, rows in groupby(results.rows, key=lambda row: row.section.code):
        kept = list(rows)
        yield kept[0].section, kept
