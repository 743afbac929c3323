"""What does every page carry around its content? The tracks in the bar, who is signed in, the theme."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest

from convergence.content.library import NoContent, library
from foundation.accounts.rights import Right
from web.guard import chosen_seat

if TYPE_CHECKING:
    from foundation.accounts.models import Person


def page_chrome(request: HttpRequest) -> dict[str, Any]:
    """Nothing here costs a query a guarded page has not already made."""
    return {"chrome": _chrome(request)}


def _chrome(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        "demo": settings.DEMO,
        "theme": settings.THEME,
        "path": request.path,
        "person": None,
        "seat": None,
        "agency": False,
        "reads_content": False,
        "tracks": (),
    }
    with suppress(NoContent):  # a page must still be shown while nothing is published yet
        found["tracks"] = library().tracks
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        person = cast("Person", user)
        found["person"] = person
        found["seat"] = chosen_seat(request)
        found["agency"] = person.agency_has(Right.USE_AGENCY_SPACE)
        found["reads_content"] = person.agency_has(Right.READ_CONTENT)
    return found
