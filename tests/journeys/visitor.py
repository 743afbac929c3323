"""Someone at a screen: what they do, and everything their browser complains of meanwhile."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import ConsoleMessage, Download, Page, Response, expect

from foundation.core.language import spoken
from web.languages import address_in

SCREENSHOTS = Path(settings.BASE_DIR) / "docs" / "screenshots"

AXE = """async rules => (await axe.run(document, {resultTypes: ["violations"], elementRef: false, ...rules})).violations.flatMap(
  one => one.nodes.map(node => `${one.id} : ${node.html.slice(0, 160)} ${node.failureSummary.split("\\n").slice(1).join(" ").trim()}`))"""
"""What axe has against the page, a line each."""

EVERYTHING: dict[str, object] = {}
COLOURS: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What another scheme may change."""
SHAPES: dict[str, object] = {"rules": {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block")}}
"""What another screen may change: all but the colours, which are most of the work."""


def in_english(address: str) -> str:
    """The address of a page as it is in English; one that leads nowhere leads nowhere in English."""
    try:
        with spoken("fr"):
            resolve(urlsplit(address).path)
    except Resolver404:
        return f"/en{address}"
    return address_in("en", address)


def _plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


@cache
def _in_english(said: str) -> str:
    with (Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        told = {_plain(one.id): one.string for one in read_po(file) if isinstance(one.id, str)}
    said = _plain(said)
    if said in told:
        return str(told[said])
    begins = min((one for one in told if one.startswith(said)), key=len)
    return re.split(r"%\(|\{|<", str(told[begins]))[0].strip()


class Visitor:
    """A page, and its complaints: errors and warnings of the console, scripts that fail, policies breached, answers in 5xx.

    Told in French what to open and what to press, one who reads English opens and presses what that is in English.
    """

    def __init__(self, page: Page, language: str = "fr") -> None:
        self.page = page
        self.language = language
        self.complaints: list[str] = []
        self._expected: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complain(f"script : {error}"))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"console : {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._complain(f"réponse {response.status} : {response.url}")

    def _complain(self, text: str) -> None:
        if not any(words in text for words in self._expected):
            self.complaints.append(text)

    @contextmanager
    def expecting(self, *words: str) -> Iterator[None]:
        """A browser reports each refusal as an error: those said here are part of the story."""
        self._expected += words
        yield
        self.page.wait_for_timeout(50)  # what was said meanwhile is heard before leaving
        self._expected = self._expected[: -len(words)]

    def word(self, said: str) -> str:
        """A sentence of the interface, or its beginning where the rest changes, as they read it."""
        return said if self.language == "fr" else _in_english(said)

    def open(self, address: str) -> None:
        self.page.goto(address if self.language == "fr" else in_english(address), wait_until="load")

    def reads(self, heading: str) -> None:
        """The page they are on."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.word(heading))

    def follows(self, name: str) -> None:
        """A link, and the page behind it: what is looked at next is never the page being left."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=self.word(name)).first.click()

    def takes(self, name: str) -> Download:
        """A link, and the file behind it, which they keep."""
        with self.page.expect_download() as taken:
            self.page.get_by_role("link", name=name).first.click()
        return taken.value

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=self.word(name)).first.click()

    def sends(self, name: str) -> None:
        """A button, and the page that answers."""
        with self.page.expect_navigation():
            self.presses(name)

    def is_answered(self, said: str, role: str = "status") -> None:
        """What the page answers: its sentence; to who reads English, whose sentence has holes before its words, that there is one."""
        place = self.page.get_by_text(said) if self.language == "fr" else self.page.get_by_role(role).first  # type: ignore[arg-type]
        expect(place).to_be_visible()

    def picks(self, criterion: str, level: str) -> None:
        """A level of a criterion, by the mouse; the criterion is unfolded first if it was folded."""
        block = self.criterion(criterion)
        if block.get_attribute("open") is None:
            block.locator("summary").first.click()
        block.locator("label").filter(has=self.page.get_by_text(level, exact=True)).click()

    def criterion(self, code: str):
        return self.page.locator(f'[data-criterion="{code}"]')

    def is_told(self, text: str) -> None:
        """What the bar at the foot of the sheet says of saving."""
        expect(self.page.locator(".cv-save__state")).to_contain_text(text)

    def meets_no_barrier(self) -> None:
        """axe finds nothing on the page as it stands, its policy kept: the inspector puts axe in, the page could not."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.context.new_cdp_session(self.page).send("Runtime.evaluate", {"expression": AXE_SCRIPT})
        found = self.page.evaluate(AXE, {})
        assert found == [], f"{self.page.url} : {found}"

    def answers_all(self, level: str) -> None:
        """Every criterion of the sheet at one level, each saved before the next."""
        for block in self.page.locator("[data-criterion]").all():
            with self.page.expect_response("**/reponse/"):
                self.picks(str(block.get_attribute("data-criterion")), level)

    def pictures(self, name: str) -> None:
        """For the manual, when asked for: `SCREENSHOTS=1`."""
        if os.environ.get("SCREENSHOTS") == "1":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            self.page.evaluate("scrollTo(0, 0)")
            self.page.evaluate("window.scrollTo(0, 0)")
            self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
