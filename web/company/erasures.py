"""« Demander l'effacement » : of an archived file, with a reason; then what became of the request."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from convergence.evidence import actions
from convergence.evidence.actions import LONGEST_REASON
from convergence.evidence.permissions import can_request_erasure
from convergence.evidence.queries import deposit_of, erasure_of
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.guard import CompanyRequest, Side, guarded


@guarded(Side.COMPANY, "GET", "POST")
def request_erasure(request: CompanyRequest, reference: int, deposit: int) -> HttpResponse:
    """Asked once; the support looks into it, someone else of the agency decides."""
    found = deposit_of(deposit, request.user)
    if found.folder.subject.reference != reference:
        raise Http404
    reason, refused = str(request.POST.get("reason", "")), None
    if request.method == "POST":
        try:
            actions.request_erasure(found, reason, by=request.user, at=now())
            messages.success(request, _("L'effacement est demandé. Vous recevrez la réponse par courriel."))
            return redirect("company:request_erasure", reference, deposit)
        except Refused as refusal:
            refused = refusal
    asked = erasure_of(found)
    context = {
        "deposit": found,
        "file": found.file,
        "product": found.folder.subject,
        "asked": asked,
        "may": can_request_erasure(request.user, found) if asked is None or asked.state == "declined" else None,
        "reason": reason,
        "refused": refused,
        "longest": LONGEST_REASON,
    }
    return render(request, "company/erasures/request_erasure.html", context, status=refused.status if refused else 200)
