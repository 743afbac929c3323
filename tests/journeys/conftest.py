"""Who walks the journeys? People in a real browser, on a live server, watched for everything the console complains of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from shutil import which
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from foundation.accounts.models import Person
from tests.journeys.visitor import Visitor

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop on this thread; the pages run on another

CHROMIUM = os.environ.get("CHROMIUM") or which("chromium-headless-shell") or which("chromium") or "/usr/bin/chromium"
"""The one without a window where there is one: it walks twice as fast on two cores."""
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--in-process-gpu"]  # two cores: one process less
DESKTOP = {"width": 1280, "height": 900}

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser per process; each visitor has a context of their own in it."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(live_server: Any, browser: Browser) -> Iterator[Visit]:
    """`visit(cast.claire)` is Claire, signed in, at her own screen; at the end nobody's console has complained."""
    visitors: list[Visitor] = []
    contexts: list[BrowserContext] = []

    def arrive(person: Person | None = None, language: str = "fr", **options: Any) -> Visitor:
        context = browser.new_context(
            base_url=live_server.url,
            timezone_id="Europe/Paris",
            accept_downloads=True,
            **{"locale": {"fr": "fr-FR", "en": "en-GB"}[language], "viewport": DESKTOP, "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        visitors.append(Visitor(context.new_page(), language))
        return visitors[-1]

    yield arrive
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
