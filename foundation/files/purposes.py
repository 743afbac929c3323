"""What may a deposit be for? Each room that receives files says it here, under a word of its own; none is known below.

    purposes["slot"] = terms_of_slot        # in convergence/wiring.py

A deposit says « slot:4f1c… ». The room's function is given who asks, for which company, and what follows the colon. It
returns the terms, or raises: `Refused` with a sentence where the thing is seen but takes no file, `ObjectDoesNotExist`
where it is not seen at all (404).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foundation.accounts.models import Company, Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused


@dataclass(frozen=True, slots=True)
class Terms:
    """What is accepted: sealed containers or not, which media types (none named: every type the platform knows)."""

    sealed: bool = False
    media_types: tuple[str, ...] = ()


TermsOf = Callable[[Person, Company, str], Terms]

purposes: dict[str, TermsOf] = {}
"""Filled once, by `convergence/wiring.py`."""

sent_by_agency: set[str] = set()
"""The words under which people of the agency send files to a company too. Filled with `purposes`."""


def terms_for(by: Person, company: Company, about: str) -> Terms:
    """The terms of a deposit, asked of the room it is for. What is for nothing we know is not received."""
    word, _colon, key = about.partition(":")
    if word not in purposes or not key:
        raise Refused(
            _("La plateforme ne sait pas à quoi ce dépôt est destiné. Repartez de la page où le fichier est demandé."), status=400
        )
    return purposes[word](by, company, key)
