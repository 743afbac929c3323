"""What did companies ask to have erased? The support proposes, someone else decides; every reason stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.evidence import actions
from convergence.evidence.actions import LONGEST_REASON
from convergence.evidence.permissions import can_decide_erasure, can_decline_erasure, can_propose_erasure
from convergence.evidence.queries import erasure_numbered, erasures
from convergence.evidence.workflow import ERASURE
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.company.dashboard import page_of
from web.guard import AgencyRequest, Side, guarded

PER_PAGE = 25


@guarded(Side.AGENCY, right=Right.SEE_ERASURES)
def erasure_list(request: AgencyRequest) -> HttpResponse:
    """Those that wait, the oldest first; or those settled."""
    settled = request.GET.get("traitees") == "1"

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return erasures(settled=settled, limit=limit, offset=offset)

    context = {"page": page_of(lines, request.GET.get("page"), PER_PAGE), "settled": settled}
    return render(request, "agency/erasures/erasure_list.html", context)


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_ERASURES)
def erasure(request: AgencyRequest, number: int) -> HttpResponse:
    """One request: what is asked and why, what the support thinks of it, what was decided."""
    asked = erasure_numbered(number)
    text, refused = str(request.POST.get("text", "")), None
    if request.method == "POST":
        try:
            _settle(request, asked, text)
            return redirect("agency:erasure", number)
        except Refused as refusal:
            refused = refusal
            asked = erasure_numbered(number)
    context = {
        "asked": asked,
        "subject": asked.deposit.folder.subject,
        "can_propose": ERASURE.allows("propose_erasure", asked.state) and bool(can_propose_erasure(request.user, asked)),
        "can_decline": ERASURE.allows("decline_erasure", asked.state) and bool(can_decline_erasure(request.user, asked)),
        "is_to_decide": ERASURE.allows("decide_erasure", asked.state),
        "may_decide": can_decide_erasure(request.user, asked),
        "text": text,
        "refused": refused,
        "longest": LONGEST_REASON,
    }
    return render(request, "agency/erasures/erasure.html", context, status=refused.status if refused else 200)


def _settle(request: AgencyRequest, asked: Any, text: str) -> None:
    """One of the three, by the button pressed."""
    by, at = request.user, now()
    if "decide" in request.POST:
        actions.decide_erasure(asked, by=by, at=at)
        messages.success(request, _("L'effacement est décidé : le fichier quitte la plateforme, son empreinte reste."))
    elif "decline" in request.POST:
        actions.decline_erasure(asked, text, by=by, at=at)
        messages.success(request, _("La demande est refusée. L'entreprise en lit le motif."))
    else:
        actions.propose_erasure(asked, text, by=by, at=at)
        messages.success(request, _("L'effacement est proposé. Une autre personne décidera."))
