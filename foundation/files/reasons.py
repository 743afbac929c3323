"""Why is a file not received? Recorded in French once and for all; read later in the language of the page.

A sentence that holds something is found again by its words, and what it holds is said in turn: what is recorded is the sentence itself,
as whoever deposited the file was told it.
"""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings

from foundation.core.language import gettext, gettext_lazy, language, spoken
from foundation.files import archives, checks

CONDEMNED = gettext_lazy("L'antivirus y a trouvé « {found} ». Nettoyez votre poste, puis déposez un fichier sain.")
TOO_LARGE = gettext_lazy(
    "Ce fichier est trop volumineux pour être analysé : il est gardé, sans pouvoir être lu. Partagez-le en fichiers plus petits."
)
FILLED = (
    CONDEMNED,
    checks.ACTIVE,
    checks.OTHER_ARCHIVE,
    checks.POLYGLOT,
    checks.MISNAMED,
    checks.UNWANTED,
    checks.HUGE_IMAGE,
    archives.CROWDED,
    archives.DEEP,
)
"""Those that hold something."""


def recorded(sentence: str, **held: str) -> str:
    """The sentence as it is kept: in French, whoever is looking at the platform meanwhile."""
    with spoken(settings.LANGUAGE_CODE):
        return sentence.format(**held) if held else str(sentence)


def reason_told(reason: str) -> str:
    """A reason kept, as it is read; one we do not know is read as it was written."""
    if not reason or language() == settings.LANGUAGE_CODE:
        return reason
    if (said := gettext(reason)) != reason:
        return said
    for sentence, pattern in _filled():
        if found := pattern.fullmatch(reason):
            return gettext(sentence).format(**{name: _held_told(held) for name, held in found.groupdict().items()})
    return reason


def _held_told(held: str) -> str:
    return ", ".join(gettext(one) if one else one for one in held.split(", "))


@cache
def _filled() -> list[tuple[str, re.Pattern[str]]]:
    written = [recorded(sentence) for sentence in FILLED]
    return [(one, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(one)), re.DOTALL)) for one in written]
