"""What does a browser call itself, in words people recognise? And by what may a session be named without giving it away?"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from foundation.core.language import gettext_lazy


class Means(StrEnum):
    """By what someone came in."""

    PASSWORD = "password"  # noqa: S105 - the word itself
    PASSWORD_AND_CODE = "password_and_code"  # noqa: S105
    PROVIDER = "provider"
    DEMO = "demo"


MEANS_WORDS: dict[str, str] = {
    Means.PASSWORD: gettext_lazy("par mot de passe"),
    Means.PASSWORD_AND_CODE: gettext_lazy("par mot de passe et code"),
    Means.PROVIDER: gettext_lazy("par un fournisseur d'identité"),
    Means.DEMO: gettext_lazy("d'un clic, en démonstration"),
}

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """« Firefox sur Windows », as far as the browser tells; the first mark that fits, as browsers imitate one another."""
    browser = next((word for mark, word in _BROWSERS if mark in agent), "Navigateur inconnu")  # recorded as it is
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return f"{browser} sur {system}" if system else browser  # recorded as it is


def handle_of(session_key: str) -> str:
    """A name for a session in a page: whoever reads it cannot use the session."""
    return hashlib.sha256(f"convergence.session:{session_key}".encode()).hexdigest()[:32]


def is_strong(means: str, *, demonstration: bool) -> bool:
    """Whether what someone came in by is enough for the agency's space: a second factor, or the provider's own.

    The demonstration's click counts in the demonstration only.
    """
    return means in (Means.PASSWORD_AND_CODE, Means.PROVIDER) or (means == Means.DEMO and demonstration)
