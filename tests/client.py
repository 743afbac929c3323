"""How strictly is a page read? As a browser with no patience: valid HTML, nothing inline, no write on a GET."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import html5lib
from django.db import connection
from django.http import HttpResponse
from django.test import Client, TestCase

from tests.queue import work_off

INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=\"|\son[a-z]+=\"", re.IGNORECASE)
LEFT_OVER = re.compile(r"\{\{|\{%|%\}|\}\}")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|ALTER|CREATE|DROP)\b", re.IGNORECASE)
MAY_WRITE_ON_READ = ("credentials_browsersession", "shared_cache")  # a session slides, a throttle counts


class StrictClient(Client):
    """Django's test client, which fails on what a reviewer would refuse. `allow_markup` lists text typed by a test."""

    allow_markup: tuple[str, ...] = ()

    def request(self, **request: Any) -> Any:
        reading = request.get("REQUEST_METHOD", "GET") in ("GET", "HEAD")
        with _no_write() if reading else _nothing(), TestCase.captureOnCommitCallbacks(execute=True):
            response = super().request(**request)
        if not reading:
            work_off()
        self.check(response)
        return response

    def check(self, response: Any) -> None:
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming and response.content:
            check_html(response, self.allow_markup)


def check_html(response: HttpResponse, allowed: tuple[str, ...] = ()) -> None:
    page = response.content.decode()
    for text in allowed:
        page = page.replace(text, "")
    assert not (found := INLINE.search(page)), f"contenu en ligne : {found.group(0)}"
    assert not (found := LEFT_OVER.search(page)), f"gabarit non rendu : {page[max(0, found.start() - 60) : found.end() + 60]}"
    if "<html" in page:
        html5lib.HTMLParser(strict=True).parse(page)
        identifiers = re.findall(r"\sid=\"([^\"]+)\"", page)
        twice = {one for one in identifiers if identifiers.count(one) > 1}
        assert not twice, f"identifiants en double : {sorted(twice)}"


@contextmanager
def _no_write() -> Iterator[None]:
    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not any(table in sql for table in MAY_WRITE_ON_READ):
            raise AssertionError(f"une lecture a écrit : {sql[:200]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield
