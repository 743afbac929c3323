"""What has changed in a certified product? The company declares it, and reads what the agency answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from convergence.candidatures.queries import candidature_of
from convergence.certificates import actions
from convergence.certificates.actions import LONGEST_TEXT, LONGEST_VERSION
from convergence.certificates.permissions import can_declare_change
from convergence.certificates.queries import certificate_of, changes_shown
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.forms import typed_day
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.certificates.models import Certificate


@guarded(Side.COMPANY, "GET", "POST")
def declare_change(request: CompanyRequest, number: str) -> HttpResponse:
    """What was declared and answered; where there is something to declare, the form, kept as it was typed where it is refused."""
    found = candidature_of(number, request.user)
    shown = certificate_of(found, today())
    if shown is None or not shown.outcome.changes:
        raise Http404
    typed = {name: request.POST.get(name, "") for name in ("kind", "occurred_on", "version", "text")}
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _declare(request, shown.certificate, typed)
        except Refused as why:
            refused = why
        else:
            messages.success(request, _("La modification est déclarée. L'agence vous répondra ; vous en serez prévenu par courriel."))
            return redirect("company:declare_change", number)
    context = {
        "candidature": found,
        "product": found.enrolment.subject,
        "published": shown,
        "certificate": shown.certificate,
        "kinds": shown.outcome.changes,
        "changes": changes_shown(shown),
        "may_declare": can_declare_change(request.user, shown.certificate) if shown.state in ("valid", "suspended") else None,
        "typed": typed,
        "refused": refused.reason if refused else "",
        "longest": LONGEST_TEXT,
        "longest_version": LONGEST_VERSION,
        "today": today().isoformat(),
    }
    return render(request, "company/certificates/declare_change.html", context, status=refused.status if refused else 200)


def _declare(request: CompanyRequest, certificate: Certificate, typed: dict[str, str]) -> None:
    can_declare_change(request.user, certificate).or_refuse()
    occurred_on = typed_day(typed["occurred_on"])
    if occurred_on is None:
        raise Refused(_("Donnez la date de la modification."), code="no_day", status=400)
    actions.declare_change(certificate, typed["kind"], occurred_on, typed["version"], typed["text"], by=request.user, at=now())
