"""Does any name come out harmless? The cases promised, then anything at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.files.rules import LONGEST, extension_of, is_fingerprint, size_told, tidy_name

CASES = {
    "Rapport d’audit n° 3.pdf": "Rapport d’audit n° 3.pdf",
    "../../etc/passwd": "passwd",
    "C:\\Users\\Zoé\\preuve.pdf": "preuve.pdf",
    "a\0b.pdf": "ab.pdf",
    "ligne\r\nSet-Cookie: x.pdf": "ligne Set-Cookie_ x.pdf",
    "facture\u202efdp.exe": "facturefdp.exe",
    "\u2066caché\u2069\u200b.pdf": "caché.pdf",
    "CON.pdf": "_CON.pdf",
    "nul": "_nul",
    "Com1.tar.gz": "_Com1.tar.gz",
    "console.pdf": "console.pdf",
    "LPT¹.txt": "_LPT¹.txt",
    "": "fichier",
    "...": "fichier",
    "/": "fichier",
    ".htaccess": "htaccess",
    "  espaces   en  trop .pdf": "espaces en trop .pdf",
    'a<b>:"|?*.pdf': "a_b______.pdf",
    "e\u0301tude.pdf": "étude.pdf",
    "moitie\ud800.pdf": "moitie.pdf",
}


@pytest.mark.parametrize(("typed", "shown"), CASES.items(), ids=[ascii(name) for name in CASES])
def test_a_name_is_tidied(typed, shown):
    assert tidy_name(typed) == shown


def test_a_long_decomposed_name_is_cut_between_letters_and_keeps_its_extension():
    shown = tidy_name("e\u0301" * 300 + ".pdf")
    assert shown.endswith("é.pdf")
    assert LONGEST - 2 <= len(shown.encode()) <= LONGEST


def test_an_extension_longer_than_any_is_cut_with_the_rest():
    assert len(tidy_name("a." + "b" * 400).encode()) <= LONGEST


@given(st.text())
def test_whatever_is_typed_the_name_harms_nothing_and_is_tidied_once(typed):
    shown = tidy_name(typed)
    assert 0 < len(shown.encode()) <= LONGEST
    assert not set(shown) & set('/\\<>:"|?*\0\r\n')
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in shown)
    assert shown == unicodedata.normalize("NFC", shown)
    assert not shown.startswith(".")
    assert not shown.endswith((".", " "))
    assert tidy_name(shown) == shown


@pytest.mark.parametrize(("name", "extension"), [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), (".pdf", ""), ("a.", "")])
def test_the_extension_is_what_follows_the_last_dot(name, extension):
    assert extension_of(name) == extension


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (1, "1 octet"),
        (900, "900 octets"),
        (412_300, "412 Ko"),
        (1_200_000, "1,2 Mo"),
        (2 << 30, "2,1 Go"),
        (5_000_000_000, "5 Go"),
        (10**13, "10000 Go"),
    ],
)
def test_a_size_is_told_as_a_sentence_says_it(size, told):
    assert size_told(size).replace("\u00a0", " ") == told


@pytest.mark.parametrize(("text", "yes"), [("a" * 64, True), ("A" * 64, False), ("a" * 63, False), ("a" * 64 + "\n", False)])
def test_a_fingerprint_is_sixty_four_hexadecimal_letters(text, yes):
    assert is_fingerprint(text) is yes
