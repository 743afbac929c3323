"""Does a page in English say anything in French? Every route, walked under `/en/` by each person it opens to."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client

from foundation.core.language import spoken
from ops.words import read_catalogue
from tests.factories.pages import Furnished
from tests.house.routes import ACCESS, ROLES
from tests.house.saying import SPOKEN
from tests.house.test_urls import unmoved

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "path",
    "circle",
    "rect",
    "line",
}
ALIKE = {"Voir", "Note"}


class Reader(HTMLParser):
    """What a page says, but for what is marked as being in French."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.open: list[tuple[str, bool]] = [("", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_french = given["lang"] == "fr" if given.get("lang") else self.open[-1][1]
        if tag not in VOID:
            self.open.append((tag, is_french or tag in ("script", "style")))
        if not is_french:
            self.said += [value for name, value in given.items() if value and name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.open[-1][1]:
            self.said.append(data)


def french_of(page: str, known: frozenset[str]) -> Iterator[str]:
    """The sentences of ours that the page still says in French."""
    reader = Reader()
    reader.feed(page)
    for text in reader.said:
        if (tidy := " ".join(text.split())) in known:
            yield tidy


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    """What is written otherwise in English, and has nothing to fill in. One word may be what someone typed: two are ours."""
    found = set()
    for message in read_catalogue():
        ids, strings = (message.id, message.string) if isinstance(message.id, tuple) else ((message.id,), (message.string,))
        for one, said in zip(ids, strings, strict=True):
            if one and one != said and "%(" not in one and "{" not in one and "<" not in one and " " in one.strip():
                found.add(" ".join(one.replace("%%", "%").split()))
    return frozenset(found)


READ = sorted(name for name, row in ACCESS.items() if "GET" in row.methods)


@pytest.mark.parametrize("name", READ)
def test_a_page_in_english_says_nothing_in_french(name: str, doors: dict[str, Client], stage: Furnished, known: frozenset[str]) -> None:
    row = ACCESS[name]
    with spoken("en"):
        address = row.address(name, stage)
    left = {}
    for person in ("anonymous", *ROLES):
        if row.expected(person, "GET") != 200:
            continue
        browser = doors[person]
        with unmoved(browser):
            response = browser.get(address, headers=row.headers)
        assert response.status_code == 200, person
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = response.content.decode()
        assert response.headers["Content-Language"] == "en"
        assert '<html lang="en"' in page
        left[person] = sorted(set(french_of(page, known)))
    assert not any(left.values()), left
