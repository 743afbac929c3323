"""How is a page looked at? No violation of axe, light and dark; nothing wider than a telephone. `LOOK=<folder>` keeps the sights."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from axe_playwright_python.base import AXE_SCRIPT

from tests.journeys.visitor import AXE, COLOURS, EVERYTHING, Visitor, in_english

SIZES = ((1280, 900), (390, 844))


def looked_at(visitor: Visitor, name: str) -> None:
    """On the desktop and on a telephone; in the dark too, where nobody should lose the text."""
    page = visitor.page
    folder = os.environ.get("LOOK")
    page.evaluate(AXE_SCRIPT)
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.setAttribute('data-fr-theme', theme)", theme)
        found = page.evaluate(AXE, EVERYTHING if theme == "light" else COLOURS)
        assert found == [], f"{name}, {theme} : {found}"
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            if folder:
                page.screenshot(path=Path(folder) / f"{name}-{width}{'-sombre' if theme == 'dark' else ''}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} : plus large que l'écran à {width}"
        page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.setAttribute('data-fr-theme', 'light')")
    if os.environ.get("AXE") == "full":
        _in_english(visitor, name)


def _in_english(visitor: Visitor, name: str) -> None:
    """The same page beside, in English, in both schemes: what is asked of the first is not asked again."""
    beside = visitor.page.context.new_page()
    try:
        answer = beside.goto(in_english(urlunsplit(("", "", *urlsplit(visitor.page.url)[2:4], ""))), wait_until="load")
        if answer is None or answer.status != 200:  # the answer to a form has no address of its own
            return
        beside.evaluate(AXE_SCRIPT)
        for theme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
            beside.evaluate("theme => document.documentElement.setAttribute('data-fr-theme', theme)", theme)
            found = beside.evaluate(AXE, rules)
            assert found == [], f"{name}, en anglais, {theme} : {found}"
        print(f"{name} : aussi en anglais, clair et sombre")
    finally:
        beside.close()
