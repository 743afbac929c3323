"""What may be kept of a public page, by caches and by ourselves? What a visitor sees is the same for all of them: nothing in it is theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers, set_response_etag
from django.views.decorators.http import conditional_page

from foundation.core import clock
from foundation.core.clock import now
from foundation.journal.queries import last_position

FRESH = 60
"""Seconds during which nobody asks again; then the page is asked for by its digest."""

MOST_KEPT = 100

View = Callable[..., HttpResponse]
T = TypeVar("T")

_kept: dict[tuple[Any, ...], tuple[bytes, dict[str, str]]] = {}
_found: dict[tuple[Any, ...], Any] = {}


def kept_by_caches(view: View) -> View:
    """A visitor's page may be kept for a minute by anyone; that of someone signed in by nobody (`web/headers.py` says so).

    We keep it too, as it was drawn, until something is written: every write is an entry of the journal. What such a page says comes from
    what is written, or from the time, to the minute.
    """

    @wraps(view)
    def with_cache(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # A message may await whoever has a session, or the cookie that carries one
        is_visitor = not {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & request.COOKIES.keys()
        if request.method != "GET" or not is_visitor or (clock.moved_by is not None and clock.moved_by()):
            return _cacheable(request, view(request, *args, **kwargs))
        # Asked before drawing: what is written meanwhile makes the page newer than its key, never older
        request.written_up_to = last_position()  # type: ignore[attr-defined]
        key = (request.written_up_to, int(now().timestamp()) // FRESH, request.build_absolute_uri())  # type: ignore[attr-defined]
        if (page := _kept.get(key)) is not None:
            return HttpResponse(page[0], headers=page[1])
        response = _cacheable(request, view(request, *args, **kwargs))
        is_theirs = bool(response.cookies) or "CSRF_COOKIE_NEEDS_UPDATE" in request.META  # a token drawn in a form is one browser's
        if response.status_code == 200 and not response.streaming and not is_theirs:
            set_response_etag(response)
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = response.content, dict(response.headers)
        return response

    return conditional_page(with_cache)


def kept_until_written(request: HttpRequest, key: tuple[Any, ...], found: Callable[[], T]) -> T:
    """What comes from what is written and from its key alone, found again once something was written: the same for every page of a search."""
    written = getattr(request, "written_up_to", None)
    if written is None:
        return found()
    place = (written, *key)
    held: T | None = _found.get(place)  # at one go: another thread may clear it meanwhile
    if held is None:
        held = found()
        if len(_found) >= MOST_KEPT:
            _found.clear()
        _found[place] = held
    return held


def _cacheable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not request.user.is_authenticated and response.status_code == 200:
        patch_cache_control(response, public=True, max_age=FRESH)
        patch_vary_headers(response, ("Cookie",))  # who signs in sees another
    return response


def forget_pages() -> None:
    """For tests, whose database goes back in time."""
    _kept.clear()
    _found.clear()
