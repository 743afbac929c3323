"""Which scenario does a file answer? Names as people write them, read once, and the same whatever stands between letters and numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergence.advice.rules import code_in, matched, parts_of

CODES = ("INS 1.1", "INS 1.2", "INS 1.12", "INS 12.1", "PSC 1.1", "ApCV 1.1", "ILL-V1.1")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("INS 1.1.png", "INS 1.1"),
        ("ins_1-1.PNG", "INS 1.1"),
        ("INS1.1.png", "INS 1.1"),
        ("ins 01.01 capture.png", "INS 1.1"),
        ("INS 1.1 – écran de création.png", "INS 1.1"),
        ("INS 1.1.1.mp4", "INS 1.1"),  # the code of the proof: it shows that scenario
        ("INS 1.12.png", "INS 1.12"),
        ("INS 1.12 (2).png", "INS 1.12"),
        ("INS 11.2.png", None),
        ("INS 12.1", "INS 12.1"),
        ("preuves/INS 1.2.pdf", "INS 1.2"),
        ("preuves\\INS 1.2.pdf", "INS 1.2"),
        ("INS 1.2/écran.png", "INS 1.2"),
        ("INS 1.2/INS 1.1.png", "INS 1.1"),  # the name itself is nearer than its folder
        ("apcv 1_1.txt", "ApCV 1.1"),
        ("ill v1.1.txt", "ILL-V1.1"),
        ("capture INS 1.1.png", None),
        ("INS.png", None),
        ("lisez-moi.txt", None),
        ("", None),
        ("1.1.png", None),
        (".png", None),
    ],
)
def test_a_name_is_read_for_the_code_it_begins_with(name: str, code: str | None) -> None:
    assert code_in(name, CODES) == code


def test_an_archive_against_what_is_asked() -> None:
    names = [
        "INS 1.2/",
        "INS 1.2/a.png",
        "ins-1.2 b.png",
        "PSC 1.1.pdf",
        "lisez-moi.txt",
        "__MACOSX/._INS 1.1.png",
        ".DS_Store",
        "x/Thumbs.db",
    ]
    found = matched(names, ("INS 1.1", "INS 1.2", "PSC 1.1"))
    assert found.known == {"INS 1.2": ("INS 1.2/a.png", "ins-1.2 b.png"), "PSC 1.1": ("PSC 1.1.pdf",)}
    assert found.unknown == ("lisez-moi.txt",)
    assert found.missing == ("INS 1.1",)
    assert found.twice == {"INS 1.2": ("INS 1.2/a.png", "ins-1.2 b.png")}


def test_nothing_is_known_where_nothing_is_asked() -> None:
    found = matched(["INS 1.1.png"], ())
    assert (found.known, found.unknown, found.missing) == ({}, ("INS 1.1.png",), ())


SEPARATORS = st.text(" ._-–()", max_size=3)


@given(st.sampled_from(CODES), st.randoms(use_true_random=False), SEPARATORS, st.sampled_from(["", " écran", "_capture b"]))
def test_case_and_separators_are_forgiven(code: str, chance: object, separator: str, tail: str) -> None:
    spelled = "".join(getattr(letter, chance.choice(["upper", "lower"]))() for letter in separator.join(parts_of(code)) or code)  # type: ignore[attr-defined]
    if parts_of(spelled) == parts_of(code):  # two numbers with nothing between them are one
        assert code_in(f"{spelled}{tail}.png", CODES) == code


@given(st.lists(st.text(max_size=30), max_size=20))
def test_every_file_is_somewhere_once(names: list[str]) -> None:
    found = matched(names, CODES)
    told = [name for kept in found.known.values() for name in kept] + list(found.unknown)
    assert sorted(told) == sorted(one for one in names if one in told)
    assert set(found.known) | set(found.missing) == set(CODES)
    assert not set(found.known) & set(found.missing)
