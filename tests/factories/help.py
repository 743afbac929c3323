"""What do tests of the help write? A small pack that holds together, an answer as its form sends it, readers who say what they think."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.help.actions import give_opinion, save_help_draft
from foundation.help.models import HelpEntry, Opinion
from foundation.help.permissions import VISITOR
from foundation.help.queries import new_entry, new_opinion

FACETS = """\
facets:
  - code: offre
    question: {fr: "Quelle offre ?", en: "Which offer?"}
    short: {fr: Offre, en: Offer}
    choices:
      - {code: dmn, fr: Dispositifs, en: Devices}
      - {code: segur, fr: Ségur, en: Ségur}
"""

ENTRY = """\
---
code: delai
origin: illustrative
facets:
  offre: [dmn]
procedures: [pecan]
related: [autre]
words: {fr: [durée], en: [duration]}
---
[fr]
# Quel est le délai ?
Soixante jours.

Sans compter l'attente.
[en]
# How long does it take?
Sixty days.
"""

OTHER = """\
---
code: autre
origin: public
source: Une page publique
facets: {offre: [segur]}
---
[fr]
# Une autre question ?
Une autre réponse.
[en]
# Another question?
Another answer.
"""


def typed_reply(**changes: Any) -> dict[str, Any]:
    """An answer, as the agency's form sends it."""
    return {
        "question_fr": "Combien de temps faut-il attendre ?",
        "short_fr": "Deux semaines au plus.",
        "details_fr": "Souvent moins.",
        "words_fr": "durée, délai",
        "question_en": "How long does one have to wait?",
        "short_en": "Two weeks at most.",
        "details_en": "",
        "words_en": "",
        "facet_offre": "dmn",
        "facet_theme": "delais",
        "order": "12",
        **changes,
    }


def reply_of(code: str = "attente", **changes: Any) -> dict[str, Any]:
    """An answer, as `save_help_draft` expects it."""
    return {
        "code": code,
        "order": 12,
        "origin": "agency",
        "facets": {"offre": ["dmn"], "theme": ["delais"]},
        "procedures": ["dmn-pecan"],
        "related": [],
        "fr": {
            "question": "Combien de temps faut-il attendre ?",
            "short": "Deux semaines au plus.",
            "details": "",
            "words": ["zythologie"],
        },
        "en": {"question": "How long does one have to wait?", "short": "Two weeks at most.", "details": "", "words": []},
        **changes,
    }


def drafted(code: str, by: Any, at: datetime, **changes: Any) -> HelpEntry:
    """An entry with a draft, new or already there."""
    entry = HelpEntry.objects.filter(code=code).first() or new_entry(code)
    save_help_draft(entry, reply_of(code, **changes), by=by, at=at)
    return HelpEntry.objects.get(code=code)


def said(value: str, at: datetime, *, page: str = "", code: str = "", comment: str = "") -> Opinion:
    """An opinion, of a page or of an answer."""
    entry = HelpEntry.objects.get(code=code) if code else None
    give_opinion(new_opinion(page=page, entry=entry, value=value, comment=comment), by=VISITOR, at=at)
    return Opinion.objects.order_by("-pk")[0]
