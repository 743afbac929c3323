"""What does the company sign? Reading the agreement, asking for a code, signing with it, keeping what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.agreements import actions
from convergence.agreements.permissions import can_sign_agreement
from convergence.agreements.queries import agreement_sheet
from convergence.agreements.signing import sign_with_code
from convergence.agreements.workflow import COMPANY
from convergence.candidatures.queries import candidature_of
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.agreements import agreement_paper_answer, agreement_shown
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.agreements.models import Agreement
    from convergence.agreements.queries import AgreementSheet


@guarded(Side.COMPANY, "GET", "POST")
def sign_agreement(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """The agreement, and the code that signs it. A code that is refused leaves the page as it was, with the reason."""
    sheet = agreement_sheet(candidature_of(number, request.user), step)
    if request.method != "POST":
        return _page(request, sheet)
    agreement = prepared(sheet)
    can_sign_agreement(request.user, agreement).or_refuse()
    try:
        sign_with_code(agreement, request.POST.get("code", ""), by=request.user, at=now())
    except Refused as refused:
        return _page(request, agreement_sheet(candidature_of(number, request.user), step), refused)
    messages.success(request, _("Votre signature est enregistrée. L'agence signe à son tour ; vous en serez prévenu par courriel."))
    return redirect("company:sign_agreement", number, step)


def _page(request: CompanyRequest, sheet: AgreementSheet, refused: Refused | None = None) -> HttpResponse:
    may_sign = can_sign_agreement(request.user, sheet.agreement) if sheet.agreement is not None else None
    context = agreement_shown(sheet, request.user, COMPANY, may_sign, refused=refused.reason if refused else "")
    return render(request, "company/agreements/sign_agreement.html", context, status=refused.status if refused else 200)


@guarded(Side.COMPANY, "POST")
def send_signing_code(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """« Recevoir un code »: at the address of whoever asks, who may sign."""
    sheet = agreement_sheet(candidature_of(number, request.user), step)
    try:
        actions.send_signing_code(prepared(sheet), by=request.user, at=now())
    except Refused as refused:
        if refused.code != "too_soon":
            raise
        return _page(request, sheet, refused)
    messages.success(request, _("Un code est envoyé à {email}. Il sert pendant dix minutes.").format(email=request.user.email))
    return redirect("company:sign_agreement", number, step)


@guarded(Side.COMPANY, "POST")
def request_signatures(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """« Signer avec Yousign »: the provider writes to whoever asks, then to a signatory of the agency."""
    actions.request_signatures(prepared(agreement_sheet(candidature_of(number, request.user), step)), by=request.user, at=now())
    messages.success(request, _("La convention est envoyée à signer. Yousign vous écrira à {email}.").format(email=request.user.email))
    return redirect("company:sign_agreement", number, step)


@guarded(Side.COMPANY)
def agreement_paper(request: CompanyRequest, number: str, step: str, paper: int) -> HttpResponse:
    """The agreement as it was frozen, or as it was signed."""
    return agreement_paper_answer(request, agreement_sheet(candidature_of(number, request.user), step), paper)


def prepared(sheet: AgreementSheet) -> Agreement:
    """The agreement, once there is one."""
    if sheet.agreement is None:
        raise Refused(_("La convention est en préparation. Rechargez la page dans une minute."), code="not_prepared", status=409)
    return sheet.agreement
