"""Do the files a company takes away say what the page says, stay readable for years, and never run what people typed?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import openpyxl
import pikepdf
import pypdfium2
import pytest

from convergence.assessments.papers import radar_of, results_file_name, results_pdf, results_workbook
from convergence.assessments.queries import Results, results_of
from convergence.catalogue.models import Enrolment
from foundation.core.language import spoken
from tests.factories.assessments import answered, product_enrolled

KEY = "interoperabilite-2021"
MIXED = ("medium", "low", "high", "very_low", "not_concerned")
HOSTILE = '#panic("lu") *gras* $x^2$ <script>alert(1)</script> `code` @ref \\ // fin [lien](x) _it_ = titre'
SPACES = re.compile(r"\s+")


@pytest.fixture
def enrolment(cast, shelf, at) -> Enrolment:
    return product_enrolled(cast.claire, at=at - timedelta(days=20), codes=("evaluation-socles", "mes-sans-echange"))


@pytest.fixture
def results(enrolment, cast, at) -> Callable[..., Results]:
    """`results(levels=…, comments=…)`: validated ten days ago unless told otherwise."""

    def made(key: str = KEY, *, validated: bool = True, days: int = 10, **answers: object) -> Results:
        answered(enrolment, key, by=cast.claire, at=at - timedelta(days=days), validated=validated, **answers)
        found = results_of(enrolment, key)
        assert found is not None
        return found

    return made


def text_of(pdf: bytes) -> str:
    """What a program that extracts text reads, every space and line end as one plain space."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return SPACES.sub(" ", " ".join(page.get_textpage().get_text_bounded() for page in opened))


def sheets_of(workbook: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(workbook))


# — Paper —————————————————————————————————————————————————————————————————————————————————


def test_paper_is_archivable_and_accessible(results, at):
    with pikepdf.open(BytesIO(results_pdf(results(levels=MIXED), at=at))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Résultats\u00a0: Interopérabilité 2021"
            assert metadata["xmp:CreateDate"].startswith("2026-11-16T09:00:00")
        assert str(pdf.Root.Lang) == "fr-FR"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert {str(font.BaseFont).split("+")[1].split("-")[0] for font in fonts_of(pdf)} == {"SourceSans3"}
        tags = tags_of(pdf.Root.StructTreeRoot)
        assert tags.count("/H1") == 1
        assert tags.count("/Table") == 3
        assert tags.count("/Figure") == 1
        assert "/TH" in tags


def fonts_of(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]


def tags_of(node: pikepdf.Object) -> list[str]:
    """The structure types of a document, in reading order."""
    if not isinstance(node, pikepdf.Dictionary):
        return []
    kids = node.get("/K", [])
    inside = [tag for kid in (kids if isinstance(kids, pikepdf.Array) else [kids]) for tag in tags_of(kid)]
    return [str(node.S), *inside] if "/S" in node else inside


def test_chart_is_told_in_words(results, at):
    found = results(levels=MIXED)
    with pikepdf.open(BytesIO(results_pdf(found, at=at))) as pdf:
        figures = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]
        told = str(figures[0].Alt)
    assert f"{len(found.rows)}\u00a0critères" in told
    assert all(f"{row.number} " in told for row in found.gap_rows)


def test_paper_says_what_was_validated(results, at):
    text = text_of(results_pdf(results(levels=MIXED), at=at))
    for words in (
        "Résultats : Interopérabilité 2021",
        "TéléSuivi Cardio [Site Web] – v3.2",
        "Aubépine Santé",
        "Doctrine du Numérique en Santé",
        "6 novembre 2026",
        "par Claire",
        "Non atteint",
        "sous le niveau recommandé",
        "Écarts d’abord",
        "Tous les critères",
        "Historique",
        "dans ce document",
        "Page 1 sur",
        "non concerné",
    ):
        assert words in text, words
    assert "Brouillon" not in text


def test_what_is_taken_away_is_in_the_language_of_the_page(results, at):
    found = results(levels=MIXED)
    with spoken("en"):
        paper, book = results_pdf(found, at=at), results_workbook(found, at=at)
    with pikepdf.open(BytesIO(paper)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
    assert "6 November 2026" in text_of(paper)
    assert len(sheets_of(book).sheetnames) == 3


def test_reached_has_no_gap(results, at):
    text = text_of(results_pdf(results(levels=("high",)), at=at))
    assert "Aucun écart : tous les critères demandés atteignent le niveau recommandé." in text
    assert "Non atteint" not in text


def test_never_validated_is_said_first(results, at):
    found = results(levels=MIXED, share=4, validated=False)
    text = text_of(results_pdf(found, at=at))
    assert "Brouillon : rien n’a encore été validé." in text
    assert text.index("Brouillon : rien") < text.index("Écarts du brouillon")
    assert "Connu après validation" in text
    assert "sans réponse" in text
    assert "Historique" not in text


def test_draft_after_validation_is_shown_beside(results, at):
    results(levels=("medium",))
    found = results(levels=("high",), share=2, validated=False, days=3)
    text = text_of(results_pdf(found, at=at))
    assert "Un brouillon existe : 2 réponses en attente de validation." in text
    assert text.count("Brouillon : forte") >= 2
    assert [series.name for series in radar_of(found).series] == ["answer", "draft", "expected"]


def test_past_validation_says_it_is_past(results, enrolment, at):
    results(levels=("low",))
    results(levels=("high",), days=3)
    past = results_of(enrolment, KEY, number=1)
    assert past is not None
    text = text_of(results_pdf(past, at=at))
    assert "Validation passée." in text
    assert "plus récente existe, du 13 novembre 2026" in text


def test_typed_text_is_never_markup(results, enrolment, at):
    enrolment.subject.name = "#let x = 1 *Produit* $y$"
    found = results(levels=("low",), comments=(HOSTILE,))
    found.enrolment.subject.name = enrolment.subject.name
    text = text_of(results_pdf(found, at=at)).replace(" ", "")
    assert HOSTILE.replace(" ", "") in text
    assert "#letx=1*Produit*$y$" in text


@pytest.mark.parametrize(
    "comment",
    [
        "Bravo 😀 中文 العربية \ue000",
        "\u202eà l'envers\ufeff\u200b",
        "nul \x07 tab\t fin\r\nligne",
        "e\u0301 q\u033f\u0328",
        "\U0001f469\u200d\u2695\ufe0f",
    ],
)
def test_no_character_stops_the_paper(results, at, comment):
    pdf = results_pdf(results(levels=("low",), comments=(comment,)), at=at)
    assert pdf.startswith(b"%PDF-")


def test_what_the_font_lacks_is_shown_as_such(results, at):
    assert "Bravo □ fin" in text_of(results_pdf(results(levels=("low",), comments=("Bravo 😀 fin",)), at=at))


def test_a_word_longer_than_its_column_is_cut(results, at):
    address = f"https://exemple.fr/{'a1b2' * 40}/fin"
    text = text_of(results_pdf(results(levels=("low",), comments=(address, "")), at=at))
    assert address not in text
    assert address in text.replace(" ", "")


def test_same_results_give_the_same_bytes(results, at):
    found = results(levels=MIXED)
    assert results_pdf(found, at=at) == results_pdf(found, at=at)


def test_many_criteria_number_the_axes(results, at):
    found = results("securite-2021", levels=MIXED)
    assert [label.lines[0] for label in radar_of(found).labels][:2] == ["1.1", "1.2"]
    assert "Chaque axe porte le numéro d’un critère" in text_of(results_pdf(found, at=at))


# — Workbook ——————————————————————————————————————————————————————————————————————————————


def test_workbook_holds_the_same_rows(results, at):
    found = results(levels=MIXED)
    workbook = sheets_of(results_workbook(found, at=at))
    assert workbook.sheetnames == ["Résultats", "Écarts", "Historique"]
    rows = list(workbook["Résultats"].values)
    assert rows[0][:5] == ("N°", "Section", "Critère", "Caractère", "Niveau validé")
    assert [row[0] for row in rows[1:]] == [row.number for row in found.rows]
    assert {row[6] for row in rows[1:]} == {"Oui", "Non"}
    assert workbook["Écarts"].max_row == len(found.gap_rows) + 1
    for sheet in workbook:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
    assert workbook.properties.title == "Résultats : Interopérabilité 2021"
    assert workbook.properties.subject == found.enrolment.subject.full_name


def test_days_are_days_of_paris(results, at):
    line = list(sheets_of(results_workbook(results(), at=at))["Historique"].values)[1]
    assert line[1] == datetime(2026, 11, 6, 10, 0)  # noqa: DTZ001 - a cell has no time zone
    assert line[4] == "Non atteint"


@pytest.mark.parametrize("comment", ["=cmd()|'/C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "https://exemple.fr/a", "12", HOSTILE])
def test_typed_text_is_never_a_formula(results, at, comment):
    workbook = sheets_of(results_workbook(results(levels=("low",), comments=(comment,)), at=at))
    cell = workbook["Résultats"]["I2"]
    assert (cell.data_type, cell.value) == ("s", comment)
    assert cell.hyperlink is None
    assert cell.quotePrefix == (comment[0] in "=+-@\t")


def test_draft_has_its_own_columns(results, at):
    results(levels=("medium",))
    found = results(levels=("high",), share=2, validated=False, days=3)
    rows = list(sheets_of(results_workbook(found, at=at))["Résultats"].values)
    assert rows[0][9:] == ("Niveau du brouillon", "Commentaire du brouillon")
    assert [row[9] for row in rows[1:4]] == ["Maturité forte", "Maturité forte", "Maturité moyenne"]


def test_never_validated_workbook_says_so(results, at):
    workbook = sheets_of(results_workbook(results(share=2, validated=False), at=at))
    assert workbook["Résultats"]["E1"].value == "Niveau du brouillon (rien n'a encore été validé)"
    assert workbook["Historique"].max_row == 1
    assert workbook.properties.description == "Brouillon : rien n'a encore été validé."


# — File name —————————————————————————————————————————————————————————————————————————————


def test_file_name_is_plain(results, enrolment):
    found = results()
    assert results_file_name(found, "pdf") == f"resultats-interoperabilite-2021-{enrolment.subject.reference}-2026-11-06.pdf"


def test_file_name_of_a_draft(results, enrolment):
    found = results(share=1, validated=False)
    assert results_file_name(found, "xlsx") == f"resultats-interoperabilite-2021-{enrolment.subject.reference}-brouillon.xlsx"
