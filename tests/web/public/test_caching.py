"""A public page is drawn once: shown again as it was until something is written, and never one visitor's to another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.accounts.actions import change_name
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import text_of
from tests.factories.people import typed_request
from web.public import caching

Browse = Callable[[Person | None], StrictClient]
PAGES = ("/", "/en/", "/annuaire/", "/annuaire/?q=rien", "/aide/", "/demarches/", "/mentions-legales/", "/plan-du-site/")


def queries(path: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert Client().get(path).status_code == 200
    return [one["sql"] for one in asked]


@pytest.mark.parametrize("path", PAGES)
def test_drawn_once_then_one_question_is_asked(path: str, cast: Cast) -> None:
    first = Client().get(path)
    (again,) = queries(path)
    assert "journal_entry" in again
    second = Client().get(path)
    assert second.content == first.content
    assert {name: value for name, value in second.headers.items() if name != "Date"} == dict(first.headers)


def test_what_is_written_draws_it_again(cast: Cast, at: datetime) -> None:
    queries("/annuaire/")
    change_name(cast.karim, "Karim B.", by=cast.karim, at=at)
    assert len(queries("/annuaire/")) > 1
    assert len(queries("/annuaire/")) == 1


def test_a_search_is_counted_once_for_all_its_pages(cast: Cast, at: datetime) -> None:
    first = queries("/annuaire/?q=rien")
    others = [one for one in queries("/annuaire/?q=rien&page=1")[1:] if "journal_entry" not in one]
    assert others
    assert not any("count(*)" in one for one in others)
    assert sum("count(*)" in one for one in first) == 1
    assert any("count(*)" in one for one in queries("/annuaire/?q=autre")), "une autre recherche"
    change_name(cast.karim, "Karim B.", by=cast.karim, at=at)
    assert any("count(*)" in one for one in queries("/annuaire/?q=rien&page=1")), "quelque chose est écrit"


def test_what_the_time_says_is_never_older_than_a_minute(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "now", lambda: at)
    queries("/")
    monkeypatch.setattr(caching, "now", lambda: at + timedelta(seconds=caching.FRESH))
    assert len(queries("/")) > 1


def test_the_page_of_someone_is_nobody_elses(browse: Browse, cast: Cast) -> None:
    queries("/annuaire/")
    assert "Se déconnecter" in text_of(browse(cast.claire).get("/annuaire/"))
    assert "Se déconnecter" not in text_of(Client().get("/annuaire/"))
    caching.forget_pages()
    assert "Se déconnecter" in text_of(browse(cast.claire).get("/annuaire/"))
    assert "Se déconnecter" not in text_of(Client().get("/annuaire/"))


def test_a_message_is_read_by_who_it_awaits_and_by_nobody_else(cast: Cast) -> None:
    """It comes in a cookie of its own, where there is no session."""
    asking = Client()
    asking.post("/demande-de-compte/", typed_request())
    assert "messages" in asking.cookies
    assert "sous la référence" in text_of(asking.get("/annuaire/"))
    assert "sous la référence" not in text_of(Client().get("/annuaire/"))


def test_a_caller_who_has_it_already_is_told_so(cast: Cast) -> None:
    held = Client().get("/")["ETag"]
    answer = Client().get("/", headers={"If-None-Match": held})
    assert (answer.status_code, answer.content) == (304, b"")


def test_what_is_kept_is_few(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST_KEPT", 3)
    for rank in range(10):
        assert Client().get(f"/aide/?q=mot{rank}").status_code == 200
        assert len(caching._kept) <= 3
