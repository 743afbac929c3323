"""Is there a browser behind a form that anyone may send? A short computation it makes by itself (ALTCHA), a field nobody sees.

Neither is asked of a person: without script the form leaves without its proof, and fewer are taken from one place.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from foundation.core.clock import now
from foundation.help.challenge import LASTS, new_challenge, solved

TRAP = "site"
"""A field nobody sees: what fills it is not a person."""


def challenge() -> str:
    """What the script of the form is to work out, as it reads it."""
    return json.dumps(new_challenge(settings.SECRET_KEY, at=now()))


def is_proved(request: HttpRequest) -> bool:
    """Each proof serves once, whichever form it was made for."""
    found = solved(request.POST.get("altcha", ""), settings.SECRET_KEY, at=now())
    return found is not None and cache.add(f"altcha:{found}", 1, timeout=int(LASTS.total_seconds()))


def is_trapped(request: HttpRequest) -> bool:
    return bool(request.POST.get(TRAP))
