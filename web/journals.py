"""How is the journal looked through, on either side? By days, in pages that begin before an entry."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from foundation.core.clock import PARIS
from web.forms import typed_number

if TYPE_CHECKING:
    from django.http import HttpRequest

LINES = 50
MOST_EXPORTED = 200_000


def days_asked(request: HttpRequest) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last, in Paris; what is no day asks nothing."""
    since, until = _day(request.GET.get("du", "")), _day(request.GET.get("au", ""))
    return since, until + timedelta(days=1) if until else None


def before_asked(request: HttpRequest) -> int | None:
    """The entry before which the page begins; none for the first page."""
    return typed_number(request.GET.get("avant", ""), 18)


def _day(typed: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(typed), time(), PARIS)
    except ValueError:
        return None
