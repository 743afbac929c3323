"""What has happened, who did it, and is the journal whole? For the coordination and the auditors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from foundation.accounts.listings import names_of_companies
from foundation.accounts.queries import company_of_siren
from foundation.accounts.rights import Right
from foundation.accounts.rules import tidy_siren
from foundation.documents.dating import moment_told
from foundation.journal.anchors import anchors_of, breaks_of_tokens, breaks_with
from foundation.journal.listings import Sought, entries_sought, every_entry_sought, kinds_of_entries
from foundation.journal.queries import breaks_of_the_chain
from web.guard import AgencyRequest, Side, guarded
from web.journals import LINES, MOST_EXPORTED, before_asked, days_asked
from web.sheets import csv_answer

BREAKS_SHOWN = 100
TOKENS_READ = 200
"""The latest week: the command reads every token, a page answers in a few seconds."""
COLUMNS = ("position", "at", "kind", "by", "by_name", "from", "company", "about", "fields", "previous", "hash", "body")
NOBODY = -1


@guarded(Side.AGENCY, right=Right.READ_JOURNAL)
def journal(request: AgencyRequest) -> HttpResponse:
    """A page of entries, the latest first, by words, event, company and days."""
    rows, more = entries_sought(_sought(request), before=before_asked(request), limit=LINES)
    names = names_of_companies(row.company for row in rows if row.company)
    context = {
        "lines": [
            (row, (row.details or {}).get("by_name"), (row.details or {}).get("from"), names.get(row.company or 0, "")) for row in rows
        ],
        "oldest": rows[-1].position if rows and more else None,
        "kinds": kinds_of_entries(),
        "asked": {name: request.GET.get(name, "") for name in ("q", "quoi", "siren", "du", "au")},
        "may_verify": request.user.agency_has(Right.VERIFY_JOURNAL),
    }
    return render(request, "agency/journal/journal.html", context)


@guarded(Side.AGENCY, right=Right.READ_JOURNAL)
def journal_export(request: AgencyRequest, form: str) -> HttpResponse:
    """The same entries, all of them, with what is hashed: whoever has the file can verify the chain without us."""
    rows = (_row(entry) for entry in every_entry_sought(_sought(request), MOST_EXPORTED))
    if form == "csv":
        return csv_answer("journal.csv", COLUMNS, ([row[name] for name in COLUMNS] for row in rows), ",")  # type: ignore[return-value]
    if form == "json":
        answer = StreamingHttpResponse(_json(rows), content_type="application/json")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="journal.{form}"'
    return answer  # type: ignore[return-value]


@guarded(Side.AGENCY, "GET", "POST", right=Right.VERIFY_JOURNAL)
def verify_journal(request: AgencyRequest) -> HttpResponse:
    """Read again from the first entry, and compared with the anchors kept elsewhere: every place where it is not what was written."""
    anchors = anchors_of(settings.JOURNAL_ANCHORS) if settings.JOURNAL_ANCHORS else []
    context: dict[str, Any] = {"anchored": bool(settings.JOURNAL_ANCHORS), "anchors": len(anchors), "last": anchors[-1:], "breaks": None}
    if request.method == "POST":
        found = [*breaks_of_the_chain(), *breaks_with(anchors), *breaks_of_tokens(anchors[-TOKENS_READ:], moment_told)]
        context |= {"breaks": found[:BREAKS_SHOWN], "how_many": len(found)}
    return render(request, "agency/journal/verify_journal.html", context)


def _sought(request: AgencyRequest) -> Sought:
    """What is not understood finds nothing rather than everything."""
    siren = tidy_siren(request.GET.get("siren", ""))[:20]
    company = company_of_siren(siren) if siren else None
    since, until = days_asked(request)
    return Sought(
        words=request.GET.get("q", "").strip()[:100],
        kind=request.GET.get("quoi", "")[:80],
        company=(company.pk if company else NOBODY) if siren else None,
        since=since,
        until=until,
    )


def _row(entry: Any) -> dict[str, Any]:
    details = entry.details or {}
    return {
        "position": entry.position,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "by": entry.by,
        "by_name": details.get("by_name"),
        "from": details.get("from"),
        "company": entry.company,
        "about": entry.about,
        "fields": json.loads(entry.body)["fields"],
        "previous": entry.previous,
        "hash": entry.hash,
        "body": entry.body,
    }


def _json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield "["
    for rank, row in enumerate(rows):
        yield ("," if rank else "") + "\n" + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"
