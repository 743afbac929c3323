"""Is the reason of a refusal kept in French, and read in the language of the page?"""

from __future__ import annotations

import pytest

from foundation.core.language import spoken
from foundation.files import checks, reasons
from foundation.files.reasons import FILLED, reason_told, recorded

ENGLISH = {
    checks.MISNAMED: "The name ends with “.{extension}” but the content is {what}. Call the file “.{right}”.",
    checks.WORDS[checks.PNG]: "a PNG image",
    checks.DAMAGED_PDF: "This PDF is damaged.",
}


@pytest.fixture
def in_english(monkeypatch):
    words = {recorded(french): english for french, english in ENGLISH.items()}
    monkeypatch.setattr(reasons, "gettext", lambda sentence: words.get(sentence, sentence))
    with spoken("en"):
        yield


@pytest.mark.parametrize("sentence", FILLED, ids=lambda sentence: str(sentence)[:40])
def test_a_sentence_filled_in_is_found_again(sentence):
    patterns = dict(reasons._filled())
    pattern = patterns[recorded(sentence)]
    told = recorded(sentence, **dict.fromkeys(pattern.groupindex, "a. b"))
    assert pattern.fullmatch(told)
    assert [one for one, other in patterns.items() if other.fullmatch(told)] == [recorded(sentence)]


def test_it_is_kept_in_french_and_read_in_the_language_of_the_page(in_english):
    kept = recorded(checks.MISNAMED, extension="pdf", what="une image PNG", right="png")
    assert kept.startswith("Le nom se termine par « .pdf » mais le contenu est une image PNG.")
    assert reason_told(kept) == "The name ends with “.pdf” but the content is a PNG image. Call the file “.png”."
    assert reason_told(recorded(checks.DAMAGED_PDF)) == "This PDF is damaged."


def test_one_we_do_not_know_is_read_as_it_was_written(in_english):
    assert reason_told("Une phrase d'autrefois.") == "Une phrase d'autrefois."
    assert reason_told("") == ""
