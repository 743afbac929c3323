"""More time: asking the agency to put off the closing date of a step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.candidatures.permissions import can_submit_step
from convergence.candidatures.queries import candidature_of
from convergence.schedules import actions
from convergence.schedules.actions import LONGEST_REASON
from convergence.schedules.queries import closing_step, line_of, new_extension
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.forms import typed_day
from web.guard import CompanyRequest, Side, guarded


@guarded(Side.COMPANY, "GET", "POST")
def ask_extension(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """Until which day, and why; two people of the agency decide. What was typed stays where it is refused."""
    found = candidature_of(number, request.user)
    closing = closing_step(found, step)
    day, reason = str(request.POST.get("until", "")), str(request.POST.get("reason", ""))
    refused: Refused | None = None
    if request.method == "POST":
        try:
            until = typed_day(day)
            if until is None:
                raise Refused(_("Choisissez jusqu'à quel jour vous demandez de reporter la clôture."), status=400)  # noqa: TRY301 - shown beside what was typed, as any refusal
            actions.ask_extension(new_extension(closing, until, reason), by=request.user, at=now())
        except Refused as refusal:
            if refusal.status == 403:
                raise
            refused = refusal
        else:
            messages.success(request, _("Votre demande de report est transmise à l'agence. Sa réponse figurera dans la candidature."))
            return redirect("company:candidature", number)
    context = {
        "candidature": found,
        "line": line_of(new_extension(closing, now().date(), "")),
        "may": can_submit_step(request.user, closing),
        "until": day,
        "reason": reason,
        "refused": refused,
        "longest": LONGEST_REASON,
    }
    return render(request, "company/schedules/ask_extension.html", context, status=refused.status if refused else 200)
