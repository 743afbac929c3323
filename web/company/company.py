"""« Votre entreprise »: who is in it, with which role, and who is invited."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.catalogue.listings import product_cards
from foundation.accounts.actions import delegate_accounts as delegate
from foundation.accounts.actions import end_seat as end
from foundation.accounts.actions import withdraw_delegation as withdraw
from foundation.accounts.permissions import can_delegate_accounts, can_end_seat, can_manage_accounts, can_see_colleagues
from foundation.accounts.queries import seat_of_company, seats_of_company
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.invitations import actions
from foundation.invitations.queries import invitation_of, invitations_under_way, new_invitation
from foundation.journal.queries import entries_by
from web.account_forms import InvitationForm
from web.company.dashboard import page_of
from web.guard import CompanyRequest, Side, guarded
from web.happenings import words_of

ACTS_SHOWN = 20
PRODUCTS_SHOWN = 50


@guarded(Side.COMPANY)
def your_company(request: CompanyRequest) -> HttpResponse:
    """Identity, people, invitations. An employee reads their own line, and whom to ask."""
    context = {
        "company": request.company,
        "own": request.seat,
        "seats": seats_of_company(request.user, request.company),
        "ended": seats_of_company(request.user, request.company, ended=True),
        "sees_everyone": can_see_colleagues(request.user, request.company),
        "may_manage": can_manage_accounts(request.user, request.company),
        "invitations": invitations_under_way(request.user, request.company),
        "at": now(),
    }
    return render(request, "company/company/your_company.html", context)


@guarded(Side.COMPANY, "GET", "POST")
def invite_person(request: CompanyRequest) -> HttpResponse:
    """A role offered to an address; a legal representative may hand their own place over."""
    may = can_manage_accounts(request.user, request.company)
    form = InvitationForm(
        request.POST if request.method == "POST" else None, agency=False, may_transfer=request.seat.has(Right.REPRESENT_LEGALLY)
    )
    status = 400 if form.errors else 200
    if request.method == "POST":
        may.or_refuse()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        invited = new_invitation(request.company, email=typed["email"], role=typed["role"], transfers=typed.get("transfers", False))
        try:
            actions.invite_person(invited, by=request.user, at=now())
        except Refused as why:
            form.add_error("email" if why.code == "duplicate" else "role", why.reason)
            status = why.status
        else:
            messages.success(request, _("L'invitation part à {email}. Elle est valable 14 jours.").format(email=typed["email"]))
            return redirect("company:your_company")
    context = {"form": form, "may": may, "company": request.company}
    return render(request, "company/company/invite_person.html", context, status=status)


@guarded(Side.COMPANY, "POST")
def resend_invitation(request: CompanyRequest, number: int) -> HttpResponse:
    invited = invitation_of(number, request.company)
    actions.resend_invitation(invited, by=request.user, at=now())
    messages.success(request, _("L'invitation repart à {email} ; le lien envoyé avant ne sert plus.").format(email=invited.email))
    return redirect("company:your_company")


@guarded(Side.COMPANY, "POST")
def revoke_invitation(request: CompanyRequest, number: int) -> HttpResponse:
    invited = invitation_of(number, request.company)
    actions.revoke_invitation(invited, by=request.user, at=now())
    messages.success(request, _("L'invitation de {email} est annulée.").format(email=invited.email))
    return redirect("company:your_company")


@guarded(Side.COMPANY)
def colleague(request: CompanyRequest, number: int) -> HttpResponse:
    """One person of the company: role, rights, and what they did here."""
    seat = seat_of_company(number, request.user, request.company)

    def acts(limit: int, offset: int) -> tuple[list[Any], int]:
        found, count = entries_by(seat.person.key, request.company.pk, limit=limit, offset=offset)
        return [(entry.at, words_of(entry.kind)) for entry in found], count

    is_granted = not seat.has(Right.SEE_EVERY_PRODUCT) and request.seat.has(Right.GIVE_GRANTS) and seat.ended_at is None
    context = {
        "seat": seat,
        "page": page_of(acts, request.GET.get("page"), ACTS_SHOWN),
        "may_end": can_end_seat(request.user, seat),
        "may_delegate": can_delegate_accounts(request.user, seat),
        "is_own": seat.person_id == request.user.pk,
        "products": product_cards(request.user, request.company, limit=PRODUCTS_SHOWN)[0] if is_granted else None,
    }
    return render(request, "company/company/colleague.html", context)


@guarded(Side.COMPANY, "POST")
def end_seat(request: CompanyRequest, number: int) -> HttpResponse:
    """Someone leaves the company: what they did stays to it."""
    seat = seat_of_company(number, request.user, request.company)
    end(seat, by=request.user, at=now())
    if seat.person_id == request.user.pk:
        messages.success(request, _("Vous avez quitté {name}.").format(name=request.company.name))
        return redirect("public:home")
    messages.success(
        request, _("Le rôle de {name} a pris fin. Ce que cette personne a fait reste à l'entreprise.").format(name=seat.person.name)
    )
    return redirect("company:your_company")


@guarded(Side.COMPANY, "POST")
def delegate_accounts(request: CompanyRequest, number: int) -> HttpResponse:
    seat = seat_of_company(number, request.user, request.company)
    delegate(seat, by=request.user, at=now())
    messages.success(request, _("{name} gère désormais les comptes, par délégation.").format(name=seat.person.name))
    return redirect("company:colleague", number)


@guarded(Side.COMPANY, "POST")
def withdraw_delegation(request: CompanyRequest, number: int) -> HttpResponse:
    seat = seat_of_company(number, request.user, request.company)
    withdraw(seat, by=request.user, at=now())
    messages.success(request, _("{name} ne gère plus les comptes.").format(name=seat.person.name))
    return redirect("company:colleague", number)
