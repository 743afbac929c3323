"""Which terms of use are in force? One edition after another, each a template that is never changed once published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Terms:
    """An edition. Its text is `templates/terms/<version>.html`; what changed since the one before is said to those who accepted that one."""

    version: str
    from_day: date
    changes: str = ""


EDITIONS = (Terms("2026-11", date(2026, 11, 1)),)
"""From the oldest to the newest. A new text is a new line and a new template: everyone is asked again."""


def terms_in_force() -> Terms:
    return EDITIONS[-1]
