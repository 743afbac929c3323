"""What does the agency sign? Reading what the company signed, countersigning it with a code, sending it back, refusing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.agreements import actions
from convergence.agreements.actions import LONGEST_TEXT
from convergence.agreements.permissions import can_countersign_agreement
from convergence.agreements.queries import agreement_sheet
from convergence.agreements.signing import sign_with_code
from convergence.agreements.workflow import AGENCY
from convergence.candidatures.queries import candidature_handed_over
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.agreements import agreement_paper_answer, agreement_shown
from web.company.agreements import prepared
from web.guard import AgencyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.agreements.queries import AgreementSheet


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def countersign_agreement(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """What the company signed, and the code that signs it for the agency."""
    sheet = agreement_sheet(candidature_handed_over(number, request.user), step)
    if request.method != "POST":
        return _page(request, sheet)
    agreement = prepared(sheet)
    can_countersign_agreement(request.user, agreement).or_refuse()
    try:
        sign_with_code(agreement, request.POST.get("code", ""), by=request.user, at=now())
    except Refused as refused:
        return _page(request, agreement_sheet(candidature_handed_over(number, request.user), step), refused)
    messages.success(
        request, _("La convention est signée par les deux parties. L'entreprise en est prévenue, et l'étape suivante s'ouvre.")
    )
    return redirect("agency:countersign_agreement", number, step)


def _page(request: AgencyRequest, sheet: AgreementSheet, refused: Refused | None = None, *, reason: str = "") -> HttpResponse:
    may_sign = can_countersign_agreement(request.user, sheet.agreement) if sheet.agreement is not None else None
    context = {
        **agreement_shown(sheet, request.user, AGENCY, may_sign, refused=refused.reason if refused else ""),
        "reason": reason,
        "reasons": sheet.call.piece.reasons,
        "chosen": request.POST.getlist("reasons"),
        "longest": LONGEST_TEXT,
    }
    return render(request, "agency/agreements/countersign_agreement.html", context, status=refused.status if refused else 200)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def send_signing_code(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """« Recevoir un code »: at the address of whoever asks, who may sign for the agency."""
    sheet = agreement_sheet(candidature_handed_over(number, request.user), step)
    try:
        actions.send_signing_code(prepared(sheet), by=request.user, at=now())
    except Refused as refused:
        if refused.code != "too_soon":
            raise
        return _page(request, sheet, refused)
    messages.success(request, _("Un code est envoyé à {email}. Il sert pendant dix minutes.").format(email=request.user.email))
    return redirect("agency:countersign_agreement", number, step)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def send_back_agreement(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """« Renvoyer à l'entreprise »: a new agreement is made, to be signed anew."""
    sheet = agreement_sheet(candidature_handed_over(number, request.user), step)
    reason = request.POST.get("reason", "")
    try:
        actions.send_back_agreement(prepared(sheet), reason, by=request.user, at=now())
    except Refused as refused:
        return _page(request, agreement_sheet(candidature_handed_over(number, request.user), step), refused, reason=reason)
    messages.success(request, _("La convention est renvoyée à l'entreprise, avec votre motif."))
    return redirect("agency:candidature", number)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def refuse_agreement(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """« Refuser de signer »: the candidature ends."""
    sheet = agreement_sheet(candidature_handed_over(number, request.user), step)
    reason = request.POST.get("reason", "")
    try:
        actions.refuse_agreement(prepared(sheet), request.POST.getlist("reasons"), reason, by=request.user, at=now())
    except Refused as refused:
        return _page(request, agreement_sheet(candidature_handed_over(number, request.user), step), refused, reason=reason)
    messages.success(request, _("La candidature est refusée. L'entreprise en reçoit le motif."))
    return redirect("agency:candidature", number)


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def agreement_paper(request: AgencyRequest, number: str, step: str, paper: int) -> HttpResponse:
    """The agreement as it was frozen, or as it was signed."""
    return agreement_paper_answer(request, agreement_sheet(candidature_handed_over(number, request.user), step), paper)
