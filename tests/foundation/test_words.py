"""How are words compared? Whatever their accents, case, ligatures and spaces."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.core.words import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Œuvre  Évaluée", "oeuvre evaluee"),
        ("  TéléSuivi\tCardio\n[Site Web] ", "telesuivi cardio [site web]"),
        ("e\u0301te\u0301", "ete"),
        ("L’Éditeur nº 1", "l’editeur no 1"),
        ("STRASSE straße", "strasse strasse"),
        ("ﬁche", "fiche"),
        ("Doctolib™ Ⅷ", "doctolibtm viii"),
        ("ǽ ǼON", "ae aeon"),
        ("1\u00a0000", "1 000"),
        ("", ""),
        (" \t ", ""),
    ],
)
def test_words_are_folded(typed, folded):
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_what_is_folded_has_no_accent_no_capital_and_no_double_space(text):
    folded = fold(text)
    assert not any(unicodedata.combining(letter) for letter in unicodedata.normalize("NFKD", folded))
    assert folded == folded.casefold()
    assert folded.split() == [word for word in folded.split(" ") if word]
    assert folded == folded.strip()


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd", "Zs"], max_codepoint=0x17F)))
def test_composed_and_decomposed_letters_are_the_same_word(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(text.upper()) == fold(text.lower()) or "ı" in text  # the Turkish dotless i has no French capital
