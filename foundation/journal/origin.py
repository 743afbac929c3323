"""From where was it done? The address and the means of the request under way, for the journal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

origin: ContextVar[str] = ContextVar("origin", default="commande")


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind our proxy, what the proxy itself saw: the last address it added, never the first."""
    if settings.BEHIND_PROXY:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def remember_origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what is journalled during a request carries the network address it came from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = origin.set(f"web {address_of(request)}".strip())
        try:
            return get_response(request)
        finally:
            origin.reset(token)

    return middleware


@contextmanager
def unsaid() -> Iterator[None]:
    """What is journalled inside does not say where it came from: an opinion is nobody's."""
    token = origin.set("web")
    try:
        yield
    finally:
        origin.reset(token)
