"""What was done in the name of the company, and what the agency answered? Its own journal, to be read, searched and taken away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from foundation.accounts.permissions import can_see_colleagues
from foundation.accounts.queries import keys_of_people_ever
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.journal.actor import SYSTEM
from foundation.journal.listings import Sought, entries_sought, every_entry_sought
from web.candidatures import AGENCY
from web.guard import CompanyRequest, Side, guarded
from web.happenings import WORDS, words_of
from web.journals import LINES, MOST_EXPORTED, before_asked, days_asked
from web.sheets import csv_answer

PLATFORM = gettext_lazy("La plateforme")


@guarded(Side.COMPANY)
def company_journal(request: CompanyRequest) -> HttpResponse:
    """A page of what happened, the latest first. Those of the agency are « l'agence »: the company deals with it, not with them."""
    can_see_colleagues(request.user, request.company).or_refuse()
    rows, more = entries_sought(_sought(request), before=before_asked(request), limit=LINES)
    own = keys_of_people_ever(request.company)
    context = {
        "lines": [(row, words_of(row.kind), _who(row, own)) for row in rows],
        "oldest": rows[-1].position if rows and more else None,
        "kinds": sorted({words_of(kind): kind for kind in WORDS}.items()),
        "asked": {name: request.GET.get(name, "") for name in ("quoi", "du", "au")},
    }
    return render(request, "company/company/company_journal.html", context)


@guarded(Side.COMPANY)
def company_journal_export(request: CompanyRequest) -> HttpResponse:
    """The same entries, all of them, with the hash each has in the journal: the agency can find it again."""
    can_see_colleagues(request.user, request.company).or_refuse()
    own = keys_of_people_ever(request.company)
    rows = (
        (one.position, one.at.isoformat(), words_of(one.kind), _who(one, own), one.about, one.hash)
        for one in every_entry_sought(_sought(request), MOST_EXPORTED)
    )
    return csv_answer("journal.csv", ("numero", "quand", "evenement", "par", "objet", "empreinte"), rows)  # type: ignore[return-value]


def _sought(request: CompanyRequest) -> Sought:
    """Of this company alone, and only what a company is told."""
    since, until = days_asked(request)
    asked = request.GET.get("quoi", "")
    kinds = frozenset(kind for kind in WORDS if not asked or words_of(kind) == words_of(asked))
    return Sought(kinds=kinds, company=request.company.pk, since=since, until=until)


def _who(entry: Any, own: Collection[str]) -> str:
    if entry.by == SYSTEM.key:
        return str(PLATFORM)
    if entry.by not in own:
        return str(AGENCY)
    return str((entry.details or {}).get("by_name") or _("effacé"))
