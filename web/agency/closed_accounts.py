"""Whose account is closed, and are their personal details still needed? The support proposes, someone else decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from foundation.accounts import actions
from foundation.accounts.permissions import can_decide_personal_erasure, can_propose_personal_erasure
from foundation.accounts.queries import closed_account as account_numbered
from foundation.accounts.queries import closed_accounts as accounts_closed
from foundation.accounts.queries import personal_erasure_of
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.guard import AgencyRequest, Side, guarded

PER_PAGE = 25


@guarded(Side.AGENCY, right=Right.SEE_ERASURES)
def closed_accounts(request: AgencyRequest) -> HttpResponse:
    """Those whose details are still there."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return accounts_closed(words=words, limit=limit, offset=offset)

    return render(
        request, "agency/closed_accounts/closed_accounts.html", {"page": page_of(lines, request.GET.get("page"), PER_PAGE), "words": words}
    )


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_ERASURES)
def closed_account(request: AgencyRequest, number: int) -> HttpResponse:
    """One of them: proposing, deciding, declining, by the button pressed."""
    person = account_numbered(number)
    reason, refused = str(request.POST.get("reason", "")), None
    if request.method == "POST":
        try:
            _settle(request, person, reason)
            return redirect("agency:closed_account", number)
        except Refused as refusal:
            refused = refusal
    erasure = personal_erasure_of(person)
    is_open = erasure is not None and erasure.is_open
    context = {
        "person": person,
        "erasure": erasure,
        "may_propose": can_propose_personal_erasure(request.user, person) if erasure is None or erasure.state == "declined" else None,
        "is_open": is_open,
        "may_decide": can_decide_personal_erasure(request.user, erasure) if erasure is not None and is_open else None,
        "reason": reason,
        "refused": refused,
        "longest": actions.LONGEST_REASON,
    }
    return render(request, "agency/closed_accounts/closed_account.html", context, status=refused.status if refused else 200)


def _settle(request: AgencyRequest, person: Any, reason: str) -> None:
    by, at = request.user, now()
    if "propose" in request.POST:
        actions.propose_personal_erasure(person, reason, by=by, at=at)
        messages.success(request, _("L'effacement est proposé. Une autre personne décidera."))
        return
    erasure = personal_erasure_of(person)
    if erasure is None:
        raise Refused(_("Rien n'est proposé pour ce compte. Rechargez la page."), status=409)
    if "decide" in request.POST:
        actions.decide_personal_erasure(erasure, by=by, at=at)
        messages.success(request, _("Les données personnelles de ce compte sont effacées."))
    else:
        actions.decline_personal_erasure(erasure, by=by, at=at)
        messages.success(request, _("La proposition est refusée : rien n'est effacé."))
