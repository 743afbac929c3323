"""What may a cache keep of a public page? What a visitor sees is the same for all of them: nothing in it is theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page

FRESH = 60
"""Seconds during which nobody asks again; then the page is asked for by its digest."""

View = Callable[..., HttpResponse]


def kept_by_caches(view: View) -> View:
    """A visitor's page may be kept for a minute by anyone; that of someone signed in by nobody (`web/headers.py` says so)."""

    @wraps(view)
    def with_cache(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not request.user.is_authenticated and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=FRESH)
        return response

    return conditional_page(with_cache)
