"""Who asks for an account, and who must be verified? For the support; the coordination and the auditor read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from foundation.accounts.actions import close_view
from foundation.accounts.queries import shared_view_of, views_shared
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from foundation.invitations import actions
from foundation.invitations.permissions import can_accept_account_request
from foundation.invitations.queries import (
    account_request_of,
    has_account,
    representative_to_verify,
    representatives_to_verify,
)
from foundation.invitations.queries import (
    account_requests as requests_of,
)
from web.account_forms import RemarkForm
from web.company.dashboard import page_of
from web.guard import VIEW, AgencyRequest, Side, guarded

PAGE_SIZE = 25
LABELS = {
    "refuse": gettext_lazy("Motif du refus"),
    "complement": gettext_lazy("Complément attendu"),
    "decline": gettext_lazy("Pourquoi l'identité n'est pas vérifiée"),
}


@guarded(Side.AGENCY, right=Right.READ_ACCOUNTS)
def account_requests(request: AgencyRequest) -> HttpResponse:
    """Those that wait, the oldest first, then the legal representatives to verify; or those settled."""
    settled = request.GET.get("traitees") == "1"

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return requests_of(settled=settled, limit=limit, offset=offset)

    context = {
        "page": page_of(lines, request.GET.get("page"), PAGE_SIZE),
        "settled": settled,
        "to_verify": [] if settled else representatives_to_verify(),
        "may": can_accept_account_request(request.user, None),  # type: ignore[arg-type]
        "looks": request.user.agency_has(Right.LOOK_WITH_CONSENT),
    }
    return render(request, "agency/accounts/account_requests.html", context)


@guarded(Side.AGENCY, right=Right.READ_ACCOUNTS)
def account_request(request: AgencyRequest, reference: str) -> HttpResponse:
    return _shown(request, reference)


def _shown(request: AgencyRequest, reference: str, *, status: int = 200, **forms: RemarkForm) -> HttpResponse:
    """One request, with what may be answered to it; a form that was not filled in comes back as it was typed."""
    asked = account_request_of(reference)
    context = {
        "asked": asked,
        "has_account": has_account(asked.email),
        "may": can_accept_account_request(request.user, asked),
        "refuse": forms.get("refuse") or RemarkForm(label=LABELS["refuse"], prefix="refuse"),
        "complement": forms.get("complement") or RemarkForm(label=LABELS["complement"], prefix="complement"),
        "wrong": next(iter(forms.values()), None),
        "awaits_password": asked.person is not None and not asked.person.has_usable_password(),
    }
    return render(request, "agency/accounts/account_request.html", context, status=status)


@guarded(Side.AGENCY, "POST", right=Right.EXAMINE_ACCOUNTS)
def accept_account_request(request: AgencyRequest, reference: str) -> HttpResponse:
    asked = account_request_of(reference)
    actions.accept_account_request(asked, by=request.user, at=now())
    messages.success(
        request,
        _("Le compte de {company} est ouvert : un courriel le dit à {email}.").format(company=asked.company_name, email=asked.email),
    )
    return redirect("agency:account_request", reference)


@guarded(Side.AGENCY, "POST", right=Right.EXAMINE_ACCOUNTS)
def refuse_account_request(request: AgencyRequest, reference: str) -> HttpResponse:
    asked = account_request_of(reference)
    form = RemarkForm(request.POST, label=LABELS["refuse"], prefix="refuse")
    if not form.is_valid():
        return _shown(request, reference, status=400, refuse=form)
    actions.refuse_account_request(asked, form.cleaned_data["remark"], by=request.user, at=now())
    messages.success(
        request,
        _("La demande {reference} est refusée : un courriel en donne le motif à {email}.").format(reference=reference, email=asked.email),
    )
    return redirect("agency:account_requests")


@guarded(Side.AGENCY, "POST", right=Right.EXAMINE_ACCOUNTS)
def ask_account_complement(request: AgencyRequest, reference: str) -> HttpResponse:
    asked = account_request_of(reference)
    form = RemarkForm(request.POST, label=LABELS["complement"], prefix="complement")
    if not form.is_valid():
        return _shown(request, reference, status=400, complement=form)
    actions.ask_account_complement(asked, form.cleaned_data["remark"], by=request.user, at=now())
    messages.success(request, _("Un complément est demandé à {email}, par un lien valable 14 jours.").format(email=asked.email))
    return redirect("agency:account_requests")


@guarded(Side.AGENCY, "POST", right=Right.EXAMINE_ACCOUNTS)
def send_password_link(request: AgencyRequest, reference: str) -> HttpResponse:
    """Again, to whom an account was opened and who has not chosen a password yet."""
    asked = account_request_of(reference)
    if asked.person is None or asked.person.has_usable_password():
        raise Refused(_("Cette personne a déjà choisi son mot de passe : elle en change par « Mot de passe oublié »."), status=409)
    actions.send_password_link(asked.person, welcomes=True, by=request.user, at=now())
    messages.success(request, _("Un nouveau lien part à {email} ; les précédents ne servent plus.").format(email=asked.person.email))
    return redirect("agency:account_request", reference)


# — Legal representatives —————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, "GET", "POST", right=Right.EXAMINE_ACCOUNTS)
def verify_representative(request: AgencyRequest, number: int) -> HttpResponse:
    """Who they are, for which company; verified here, or declined with a reason."""
    invited = representative_to_verify(number)
    if request.method == "POST":
        actions.verify_representative(invited, by=request.user, at=now())
        assert invited.person is not None
        messages.success(request, _("{name} est désormais mandataire.").format(name=invited.person.name))
        return redirect("agency:account_requests")
    form = RemarkForm(label=LABELS["decline"])
    return render(request, "agency/accounts/verify_representative.html", {"invited": invited, "form": form})


@guarded(Side.AGENCY, "POST", right=Right.EXAMINE_ACCOUNTS)
def decline_representative(request: AgencyRequest, number: int) -> HttpResponse:
    invited = representative_to_verify(number)
    form = RemarkForm(request.POST, label=LABELS["decline"])
    if not form.is_valid():
        return render(request, "agency/accounts/verify_representative.html", {"invited": invited, "form": form}, status=400)
    actions.decline_representative(invited, form.cleaned_data["remark"], by=request.user, at=now())
    messages.success(request, _("La vérification est refusée : le motif est envoyé à cette personne et à qui l'a invitée."))
    return redirect("agency:account_requests")


# — Over the shoulder —————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, right=Right.LOOK_WITH_CONSENT)
def shared_views(request: AgencyRequest) -> HttpResponse:
    """Those who let the support look, now."""
    return render(request, "agency/accounts/shared_views.html", {"views": views_shared(now())})


@guarded(Side.AGENCY, "POST", right=Right.LOOK_WITH_CONSENT)
def look_over_shoulder(request: AgencyRequest, number: int) -> HttpResponse:
    """From here the pages of the company are those of the person, to be read only, until it is stopped or over."""
    view = shared_view_of(number)
    if view is None or not view.is_open(now()):
        raise Http404
    request.session[VIEW] = view.pk
    return redirect("company:dashboard")


@guarded(Side.AGENCY, "POST", right=Right.LOOK_WITH_CONSENT)
def stop_looking(request: AgencyRequest) -> HttpResponse:
    """The support has seen enough: the consent ends with it."""
    view = shared_view_of(request.session.pop(VIEW, 0))
    if view is not None:
        close_view(view, by=request.user, at=now())
    return redirect("agency:shared_views")
