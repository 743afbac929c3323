"""Who asks for more time? The list, one request; in favour, granted by another, or declined."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.schedules import actions
from convergence.schedules.actions import LONGEST_REASON
from convergence.schedules.permissions import can_decline_extension, can_grant_extension, can_propose_extension
from convergence.schedules.queries import at_closing_hour, extension_asked, extensions_asked, line_of
from foundation.accounts.rights import Right
from foundation.core.clock import PARIS, now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.forms import typed_day
from web.guard import AgencyRequest, Side, guarded


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def extension_list(request: AgencyRequest) -> HttpResponse:
    """Those still to be answered first."""
    return render(request, "agency/schedules/extension_list.html", {"lines": extensions_asked()})


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def extension(request: AgencyRequest, key: int) -> HttpResponse:
    """One request, and what may be answered to it by who reads it."""
    found = extension_asked(key)
    text, refused = str(request.POST.get("text", "")), None
    day = str(request.POST.get("until", "")).strip() or found.until.astimezone(PARIS).date().isoformat()
    if request.method == "POST":
        by, at = request.user, now()
        try:
            if "propose" in request.POST:
                until = typed_day(day)
                assert until is not None
                actions.propose_extension(found, at_closing_hour(found.step, until), by=by, at=at)
                messages.success(request, _("Le report est proposé. Une autre personne de l'agence l'accorde ou le refuse."))
            elif "grant" in request.POST:
                actions.grant_extension(found, text, by=by, at=at)
                messages.success(request, _("Le report est accordé. L'entreprise le lit dans sa candidature."))
            else:
                actions.decline_extension(found, text, by=by, at=at)
                messages.success(request, _("Le report est refusé. L'entreprise en lit le motif dans sa candidature."))
            return redirect("agency:extension_list")
        except Refused as refusal:
            refused, found = refusal, extension_asked(key)
    context = {
        "line": line_of(found),
        "extension": found,
        "may_propose": can_propose_extension(request.user, found),
        "may_grant": can_grant_extension(request.user, found),
        "may_decline": can_decline_extension(request.user, found),
        "until": day,
        "text": text,
        "refused": refused,
        "longest": LONGEST_REASON,
    }
    return render(request, "agency/schedules/extension.html", context, status=refused.status if refused else 200)
