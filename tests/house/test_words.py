"""Is everything said in both languages? What a person reads goes through the catalogue, and the catalogue is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops.words import CATALOGUES, ROOMS, collect, read_catalogue, unsaid
from tests.house.saying import code_faults, template_faults

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(file for file in (ROOT / "templates").rglob("*") if file.suffix in (".html", ".txt") and "terms" not in file.parts)
CODE = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "migrations" not in file.parts)
HOLE = re.compile(r"%\([^)]+\)s|\{[^}]*\}|</?[a-z]+")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_a_template_says_nothing_in_french_alone(file: Path) -> None:
    assert list(template_faults(file)) == []


@pytest.mark.parametrize("file", CODE, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_code_says_nothing_in_french_alone(file: Path) -> None:
    assert list(code_faults(file)) == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_catalogue_has_every_sentence_and_no_other(file: Path) -> None:
    """`make words` puts it up to date."""
    said = {(message.id, message.context) for message in collect(file) if message.id}
    known = {(message.id, message.context) for message in read_catalogue(file) if message.id}
    assert said - known == set()
    assert known - said == set()


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_sentence_is_said_in_english(file: Path) -> None:
    found = read_catalogue(file)
    assert unsaid(found) == []
    assert not any(message.fuzzy for message in found if message.id)


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_sentence_holds_is_in_its_english_too(file: Path) -> None:
    """The same holes, the same elements: what is filled in is neither lost nor made up."""
    for message in read_catalogue(file):
        if message.id:
            wanted = sorted(HOLE.findall(_forms(message.id)[-1]))
            for form in _forms(message.string)[-1:]:
                assert sorted(HOLE.findall(form)) == wanted, message.id


def _forms(said: str | tuple[str, ...] | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)
