"""From where was it done? The address and the means of the request under way, for the journal only."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

origin: ContextVar[str] = ContextVar("origin", default="commande")


def remember_origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what is journalled during a request carries the network address it came from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = origin.set(f"web {request.META.get('REMOTE_ADDR', '')}".strip())
        try:
            return get_response(request)
        finally:
            origin.reset(token)

    return middleware
