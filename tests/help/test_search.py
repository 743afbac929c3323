"""What is found by these words? Accents, endings and one typing error do not matter."""

from __future__ import annotations

import pytest

from foundation.help.queries import found_entries, narrowed_entries, related_lines
from tests.cast import Cast
from tests.conftest import help_pack


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [
        ("délai certificat", "fr", "delai-certificat-dmn"),
        ("DELAI CERTIFICATS", "fr", "delai-certificat-dmn"),
        ("delais de certification", "fr", None),
        ("test d’intrusion", "fr", "test-intrusion"),
        ("tests intrusions", "fr", "test-intrusion"),
        ("mandataire", "fr", "role-mandataire"),
        ("infogéreurs", "fr", "perimetres-hds"),
        ("penetration tests", "en", "test-intrusion"),
        ("contactless badge", "en", "sans-contact-cps"),
        ("CNEDiMTS", "fr", "preparer-avant-depot"),
    ],
)
def test_words_lead_to_the_answer(cast: Cast, typed: str, language: str, first: str | None) -> None:
    found = found_entries(typed, language)
    assert found.codes
    assert found.guessed == ()
    if first is not None:
        assert first in found.codes[:2]


@pytest.mark.parametrize(
    ("typed", "language", "code", "meant"),
    [
        ("certifcat conformité", "fr", "delai-certificat-dmn", "certificat"),
        ("mandatiare", "fr", "role-mandataire", "mandataire"),
        ("intrusoin", "fr", "test-intrusion", "intrusion"),
        ("ventillation", "fr", "telesurveillance-ventilation", "ventilation"),
        ("reimburzement", "en", "preparer-avant-depot", "reimbursement"),
    ],
)
def test_one_typing_error_is_forgiven_and_said(cast: Cast, typed: str, language: str, code: str, meant: str) -> None:
    found = found_entries(typed, language)
    assert code in found.codes
    assert [one for _, one in found.guessed] == [meant]
    assert meant in found.words


@pytest.mark.parametrize("typed", ["", "   ", "?!", "le de la", "zzzzzz", "'; DROP TABLE help_helptext; --", "%_%"])
def test_what_means_nothing_finds_nothing_and_breaks_nothing(cast: Cast, typed: str) -> None:
    assert found_entries(typed, "fr").codes == ()


@pytest.mark.parametrize("typed", ["a:b & !c | (d)", "certificat'", "certificat:*", "certificat | !"])
def test_marks_are_never_operators(cast: Cast, typed: str) -> None:
    found_entries(typed, "fr")
    found_entries(typed, "en")


def test_the_last_word_may_be_unfinished(cast: Cast) -> None:
    assert "exemptions-hds" in found_entries("coresp", "fr").codes
    assert found_entries("coresp hébergeur", "fr").guessed == ()


def test_where_no_entry_holds_all_the_words_those_that_hold_some_are_shown(cast: Cast) -> None:
    found = found_entries("ventilation Mifare", "fr")
    assert found.is_partial
    assert set(found.codes) == {"telesurveillance-ventilation", "sans-contact-cps"}
    assert found_entries("ventilation zzzzzz", "fr").codes == ("telesurveillance-ventilation",)


def test_every_question_finds_its_own_answer(cast: Cast) -> None:
    for reply in help_pack().replies:
        for language in ("fr", "en"):
            found = found_entries(reply.wording(language).question, language)
            assert reply.code in found.codes[:8], (language, reply.code)


def test_choices_and_words_narrow_together(cast: Cast) -> None:
    found = found_entries("certificat", "fr")
    narrowed = narrowed_entries("fr", {"offre": "dmn"}, found.codes)
    assert 0 < len(narrowed.codes) < len(found.codes)
    assert set(narrowed.codes) <= set(found.codes)
    assert narrowed.total == 44
    for facet, count in narrowed.counts.items():
        code, _, choice = facet.partition(":")
        if code != "offre":
            assert len(narrowed_entries("fr", {"offre": "dmn", code: choice}, found.codes).codes) == count


def test_an_answer_leads_to_its_neighbours(cast: Cast) -> None:
    reply = next(one for one in help_pack().replies if one.code == "delai-certificat-dmn")
    lines = related_lines(reply, "fr")
    assert [line.code for line in lines][:2] == ["certificat-dmn-attribution", "preparer-avant-depot"]
    assert len(lines) == 4
    assert reply.code not in {line.code for line in lines}
