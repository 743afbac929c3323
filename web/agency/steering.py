"""« Pilotage » : who has how much, what waits for how long, what is late; the same in a table to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from convergence.reviews.queue import loads, queue_counts, queue_of, queued_procedures
from convergence.reviews.steering import PERIODS
from convergence.reviews.steering import steering as measured
from foundation.accounts.rights import Right
from foundation.core.clock import PARIS, now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.documents.charts import bars, line, spans
from web.guard import AgencyRequest, Side, guarded
from web.sheets import csv_answer

if TYPE_CHECKING:
    from datetime import datetime

    from convergence.reviews.queue import QueueLine

LATE_SHOWN = 10
MOST_EXPORTED = 20_000
PERIOD_WORDS = {"3": gettext_lazy("Trois derniers mois"), "12": gettext_lazy("Douze derniers mois")}


@guarded(Side.AGENCY, right=Right.FOLLOW_LOAD)
def steering(request: AgencyRequest) -> HttpResponse:
    """Load per reviewer, delays per step, late files; every chart has its table."""
    at, person = now(), request.user
    procedures = queued_procedures()
    procedure = request.GET.get("demarche", "")
    procedure = procedure if procedure in dict(procedures) else ""
    period = request.GET.get("periode", "")
    period = period if period in PERIODS else "3"
    counts = queue_counts(person, at, procedure)
    late, _counted = queue_of(person, "late", at, procedure=procedure, limit=LATE_SHOWN)
    load = loads()
    past = measured(at, PERIODS[period], procedure)
    told = [one for one in past.delays if one.median is not None and one.ninth is not None]
    context = {
        "at": at,
        "procedures": procedures,
        "procedure": procedure,
        "period": period,
        "periods": list(PERIOD_WORDS.items()),
        "counts": counts,
        "open": counts["agency"] + counts["company"],
        "past": past,
        "late": [(one, _days_late(one, at)) for one in late],
        "late_count": counts["late"],
        "loads": load,
        "load_chart": bars([(one.person.name, (("us", one.ours), ("them", one.theirs)), str(one.total)) for one in load]),
        "delay_chart": spans([(one.title, one.median or 0, one.ninth or 0) for one in told]),
        "delays_told": bool(told),
        "week_chart": line([(f"{one.begins_on:%d/%m}", one.awaiting) for one in past.weeks]),
    }
    return render(request, "agency/steering/steering.html", context)


def _days_late(one: QueueLine, at: datetime) -> int:
    """Whole days since the deadline, the one under way counted."""
    assert one.due_at is not None
    return (at.astimezone(PARIS).date() - one.due_at.astimezone(PARIS).date()).days + 1


COLUMNS = (
    gettext_lazy("Numéro"),
    gettext_lazy("Démarche"),
    gettext_lazy("Produit"),
    gettext_lazy("Entreprise"),
    gettext_lazy("Étape"),
    gettext_lazy("Tour"),
    gettext_lazy("Depuis"),
    gettext_lazy("Rang"),
    gettext_lazy("Échéance"),
    gettext_lazy("Vérificateur"),
)


@guarded(Side.AGENCY, right=Right.FOLLOW_LOAD)
def steering_table(request: AgencyRequest) -> HttpResponse:
    """Every candidature under way, a line each, for a spreadsheet."""
    at = now()
    rows = [_told(one) for tab in ("agency", "company") for one in queue_of(request.user, tab, at, limit=MOST_EXPORTED)[0]]
    return csv_answer(f"candidatures-en-cours-{at.astimezone(PARIS):%Y-%m-%d}.csv", COLUMNS, rows)  # type: ignore[return-value]


def _told(one: QueueLine) -> tuple[str, ...]:
    return (
        one.number,
        str(one.procedure.title),
        f"{one.name} {one.version}".strip(),
        one.company,
        one.step_title,
        _("agence") if one.is_ours else _("entreprise"),
        f"{one.since.astimezone(PARIS):%d/%m/%Y %H:%M}",
        str(one.rank or ""),
        f"{one.due_at.astimezone(PARIS):%d/%m/%Y %H:%M}" if one.due_at else "",
        one.assignee,
    )
