"""Who works at the agency, with which role, and who is kept from which company?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from foundation.accounts import actions as seats
from foundation.accounts.permissions import can_lift_conflict
from foundation.accounts.queries import (
    companies_by_name,
    conflict_of,
    conflicts_standing,
    impartial_people,
    staff_seat,
    staff_seats,
)
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.invitations import actions
from foundation.invitations.permissions import can_invite
from foundation.invitations.queries import invitation_of, invitations_under_way, new_invitation
from web.account_forms import ConflictForm, InvitationForm
from web.guard import AgencyRequest, Side, guarded


@guarded(Side.AGENCY, right=Right.READ_ACCOUNTS)
def staff(request: AgencyRequest) -> HttpResponse:
    """The roles held at the agency, and the invitations under way for who may invite."""
    context = {
        "seats": staff_seats(),
        "may_manage": can_invite(request.user, None),
        "invitations": invitations_under_way(request.user, None),
        "at": now(),
    }
    return render(request, "agency/staff/staff.html", context)


@guarded(Side.AGENCY, "GET", "POST", right=Right.MANAGE_STAFF)
def invite_person(request: AgencyRequest) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None, agency=True)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.invite_person(new_invitation(None, email=typed["email"], role=typed["role"]), by=request.user, at=now())
        except Refused as why:
            form.add_error("email", why.reason)
            status = why.status
        else:
            messages.success(request, _("L'invitation part à {email}. Elle est valable 14 jours.").format(email=typed["email"]))
            return redirect("agency:staff")
    return render(request, "agency/staff/invite_person.html", {"form": form}, status=status)


@guarded(Side.AGENCY, "POST", right=Right.MANAGE_STAFF)
def resend_invitation(request: AgencyRequest, number: int) -> HttpResponse:
    invited = invitation_of(number, None)
    actions.resend_invitation(invited, by=request.user, at=now())
    messages.success(request, _("L'invitation repart à {email} ; le lien envoyé avant ne sert plus.").format(email=invited.email))
    return redirect("agency:staff")


@guarded(Side.AGENCY, "POST", right=Right.MANAGE_STAFF)
def revoke_invitation(request: AgencyRequest, number: int) -> HttpResponse:
    invited = invitation_of(number, None)
    actions.revoke_invitation(invited, by=request.user, at=now())
    messages.success(request, _("L'invitation de {email} est annulée.").format(email=invited.email))
    return redirect("agency:staff")


@guarded(Side.AGENCY, "POST", right=Right.MANAGE_STAFF)
def end_seat(request: AgencyRequest, number: int) -> HttpResponse:
    seat = staff_seat(number)
    seats.end_seat(seat, by=request.user, at=now())
    messages.success(
        request,
        _("{name} n'est plus {role}. Ce que cette personne a fait reste au journal.").format(
            name=seat.person.name, role=seat.role_word.lower()
        ),
    )
    return redirect("agency:staff" if request.user.pk != seat.person_id else "public:home")


@guarded(Side.AGENCY, "GET", "POST", right=Right.USE_AGENCY_SPACE)
def declare_conflict(request: AgencyRequest) -> HttpResponse:
    """One's own links with companies, or everyone's for the coordination; a link keeps from the company's files."""
    manages = request.user.agency_has(Right.MANAGE_STAFF)
    people = impartial_people() if manages else [request.user] if request.user.agency_has(Right.BE_IMPARTIAL) else []
    companies = companies_by_name() if people else []
    form = ConflictForm(request.POST if request.method == "POST" else None, people=people, companies=companies)
    status = 400 if form.errors else 200
    if request.method == "POST" and not people:
        raise Refused(_("Seuls ceux qui examinent ou décident déclarent un conflit d'intérêts, et la coordination pour eux."))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        person = next(one for one in people if one.pk == typed["person"])
        company = next(one for one in companies if one.pk == typed["company"])
        try:
            seats.declare_conflict(person, company, typed["reason"], by=request.user, at=now())
        except Refused as why:
            form.add_error("company", why.reason)
            status = why.status
        else:
            messages.success(
                request, _("Le conflit d'intérêts de {name} avec {company} est déclaré.").format(name=person.name, company=company.name)
            )
            return redirect("agency:declare_conflict")
    found = conflicts_standing(None if manages else request.user)
    context = {"form": form, "people": people, "conflicts": [(one, can_lift_conflict(request.user, one)) for one in found]}
    return render(request, "agency/staff/declare_conflict.html", context, status=status)


@guarded(Side.AGENCY, "POST", right=Right.MANAGE_STAFF)
def lift_conflict(request: AgencyRequest, number: int) -> HttpResponse:
    conflict = conflict_of(number)
    seats.lift_conflict(conflict, by=request.user, at=now())
    messages.success(
        request,
        _("Le conflit d'intérêts de {name} avec {company} est levé.").format(name=conflict.person.name, company=conflict.company.name),
    )
    return redirect("agency:declare_conflict")
