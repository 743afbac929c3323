"""What do the answers amount to? Verdicts, gaps first, the radar and its table, the history, the same as files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pikepdf
import pytest
from openpyxl import load_workbook

from convergence.assessments.queries import results_of
from convergence.catalogue.actions import requalify_product
from convergence.catalogue.models import Enrolment
from foundation.accounts.models import Person
from ops.demo import LISTED, NOT_LISTED
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import (
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITHOUT_EXCHANGE,
    again,
    answer,
    answered,
    begun,
    enrolled,
    product_at,
    validated,
)
from tests.factories.pages import plain, sheet_address, text_of

Browse = Callable[[Person | None], StrictClient]
ROUTES = ("company:results", "company:results_pdf", "company:results_workbook")


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return enrolled(product_at("active", cast.claire, at, qualification=NOT_LISTED), SOCLES, cast.claire, at)


def results_page(browse: Browse, person: Person, enrolment: Enrolment, questionnaire: str = INTEROPERABILITY) -> str:
    return text_of(browse(person).get(sheet_address(enrolment, questionnaire, "company:results")))


@pytest.mark.parametrize("route", ROUTES)
def test_there_are_no_results_before_any_answer(browse: Browse, cast: Cast, enrolment: Enrolment, route: str) -> None:
    assert browse(cast.claire).get(sheet_address(enrolment, route=route)).status_code == 404


def test_a_draft_says_that_it_is_one(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    answer(begun(enrolment, INTEROPERABILITY, cast.claire, at), {"A08.1.1": "low"}, cast.claire, at)
    page = results_page(browse, cast.claire, enrolment)
    assert "Brouillon : rien n’a encore été validé" in page
    assert "Connu après validation" in page
    assert "Le niveau sera connu après la première validation" in page
    assert "Aucune validation pour l’instant." in page
    assert "Sans réponse" in page


def test_a_validation_gives_the_verdict_and_its_gaps_first(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    validated(
        answered(enrolment, INTEROPERABILITY, cast.claire, at, level="medium", A08_1_1="very_low", ILL_INT_03="low"),
        enrolment,
        cast.claire,
        at,
    )
    page = results_page(browse, cast.claire, enrolment)
    assert "Validation n° 1, le 16 novembre 2026 à 10 h 00 par Claire" in page
    assert ">Non atteint</span>" in page
    assert "2 obligations non atteintes sur 7" in page
    gaps = page.split('id="ecarts"')[1].split("</section>")[0]
    assert "(2)" in gaps
    first, second = gaps.split('<tr role="row">')[2:]
    assert "Utilisation et enrichissement du CI-SIS" in first  # three levels missing, before the one that misses one
    assert "très faible" in first
    assert "forte" in first
    assert "Dressez la liste des échanges du produit" in first
    assert "Emploi des nomenclatures" in second


def test_all_reached_says_so(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at, level="high"), enrolment, cast.claire, at)
    page = results_page(browse, cast.claire, enrolment)
    assert ">Atteint</span>" in page
    assert "7 obligations atteintes" in page
    assert "Aucun écart : chaque critère est au niveau attendu ou au-dessus." in page


def test_each_procedure_followed_has_its_verdict(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    """Guide, page 46: the same answers, two procedures."""
    enrolled(enrolment.subject, WITHOUT_EXCHANGE, cast.claire, at)
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at, level="medium"), enrolment, cast.claire, at)
    page = results_page(browse, cast.claire, enrolment)
    cards = page.split('<div class="cv-card')[1:]
    assert ">Non atteint</span>" in cards[0]
    assert "cv-panel--you" in cards[0]
    assert ">Atteint</span>" in cards[1]


@pytest.mark.parametrize(("questionnaire", "count", "numbered"), [(INTEROPERABILITY, 7, False), (SECURITY, 36, True)])
def test_the_radar_and_the_table_say_the_same(
    browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment, questionnaire: str, count: int, numbered: bool
) -> None:
    assessment = answered(enrolment, questionnaire, cast.claire, at, level="low")
    validated(assessment, enrolment, cast.claire, at)
    page = results_page(browse, cast.claire, enrolment, questionnaire)
    found = results_of(enrolment, questionnaire)
    assert found is not None
    figure, table = (
        page.split('id="ensemble"')[1].split("<table")[0],
        page.split("Les mêmes niveaux, critère par critère</caption>")[1].split("</table>")[0],
    )
    assert figure.count("<circle") == count == len(found.rows)
    assert ("Chaque axe porte le numéro de son critère" in figure) == numbered
    rows = table.split("<tbody>")[1].split("<tr>")[1:]
    assert len(rows) == count
    for row, line in zip(rows, found.rows, strict=True):
        level, expected = (text.strip() for text in re.findall(r"<td>(?:<span[^>]*>.*?</span>)?([^<]*)</td>", row))
        assert plain(f"{line.number} {line.criterion.title}") in row
        assert (level, expected) == (str(line.level.short), str(line.expected.short))
    described = figure.split("<desc")[1].split("</desc>")[0]
    assert f"Radar de {count} critères" in described
    for row in found.gap_rows:
        assert plain(f"{row.number} {row.criterion.title}") in described


def test_a_draft_after_the_validation_is_beside_it(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at, level="low")
    validated(assessment, enrolment, cast.claire, at)
    answer(assessment, {"A08.1.1": "high"}, cast.claire, at + timedelta(hours=1))
    page = results_page(browse, cast.claire, enrolment)
    assert "Un brouillon existe" in page
    assert "1 réponse changée depuis cette validation. Dernier enregistrement par Claire le 16 novembre 2026 à 11 h 00." in page
    assert ">Non atteint</span>" in page
    assert 'class="cv-radar__draft"' in page


def test_a_past_validation_is_read_as_it_was_frozen(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    assessment = answered(enrolment, INTEROPERABILITY, cast.claire, at, level="low")
    validated(assessment, enrolment, cast.claire, at)
    answer(assessment, dict.fromkeys(results_codes(enrolment), "high"), cast.claire, at + timedelta(days=1))
    validated(assessment, enrolment, cast.claire, at + timedelta(days=2))
    client = browse(cast.claire)
    latest = results_page(browse, cast.claire, enrolment)
    history = latest.split('id="historique"')[1].split('<tr role="row">')[2:]
    assert ["18 novembre 2026" in history[0], ">Atteint<" in history[0]] == [True, True]
    assert ["16 novembre 2026" in history[1], ">Non atteint<" in history[1]] == [True, True]
    link = re.search(r'href="([^"]+historique/1/)"', history[1])
    assert link is not None
    past = text_of(client.get(link[1]))
    assert "Vous lisez une validation passée, telle qu’elle a été figée." in past
    assert "Validation n° 1, le 16 novembre 2026" in past
    assert (
        "7 obligations non atteintes sur 7" in past.replace("6 obligations", "6 obligations") or "obligations non atteintes sur 7" in past
    )
    assert "Télécharger" not in past
    for number in (0, 3, 999999):
        assert client.get(link[1].replace("/1/", f"/{number}/")).status_code == 404


def results_codes(enrolment: Enrolment) -> list[str]:
    found = results_of(enrolment, INTEROPERABILITY)
    assert found is not None
    return [row.criterion.code for row in found.rows]


def test_a_criterion_asked_since_leaves_the_level_unknown(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at, level="high"), enrolment, cast.claire, at)
    requalify_product(enrolment.subject, LISTED, by=cast.claire, at=at)
    page = results_page(browse, cast.claire, again(enrolment))
    assert "Des critères sont demandés depuis cette validation : complétez, puis validez de nouveau" in page


def test_the_report_is_a_pdf_with_its_name(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    response = browse(cast.claire).get(sheet_address(enrolment, route="company:results_pdf"))
    reference = enrolment.subject.reference
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="resultats-interoperabilite-2021-{reference}-2026-11-16.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    with pikepdf.open(BytesIO(response.content)) as report:
        assert len(report.pages) >= 1
        assert str(report.docinfo["/Title"]).replace("\u00a0", " ") == "Résultats : Interopérabilité 2021"


def test_the_workbook_holds_the_same_answers(browse: Browse, cast: Cast, at: datetime, enrolment: Enrolment) -> None:
    answer(begun(enrolment, INTEROPERABILITY, cast.claire, at), {"A08.1.1": "low"}, cast.claire, at, comment="=cmd|'/C calc'!A0")
    response = browse(cast.claire).get(sheet_address(enrolment, route="company:results_workbook"))
    reference = enrolment.subject.reference
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"] == f'attachment; filename="resultats-interoperabilite-2021-{reference}-brouillon.xlsx"'
    book = load_workbook(BytesIO(response.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    texts = [str(cell.value) for cell in cells]
    assert any("=cmd|'/C calc'!A0" in text for text in texts)
    assert "Maturité faible" in texts
