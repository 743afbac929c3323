"""What is one's own? One's account, password, seats, and whether the support may look."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from foundation.accounts import actions
from foundation.accounts.own_record import own_record as held_about
from foundation.accounts.queries import person_with_seats, view_shared_by
from foundation.core.clock import day_of, now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.invitations.actions import change_password as change
from foundation.invitations.queries import invitations_awaiting
from web.account_forms import ChangePasswordForm
from web.guard import SEAT, PersonRequest, Side, chosen_seat, guarded
from web.public.accounts import throttle


@guarded(Side.PERSON)
def account(request: PersonRequest) -> HttpResponse:
    """« Votre compte »: who one is here, from which seats, and what is shared."""
    context = {
        "seats": request.user.seats,
        "seat": chosen_seat(request),
        "awaiting": invitations_awaiting(request.user),
        "shared": view_shared_by(request.user, now()),
        "languages": settings.LANGUAGES,
    }
    return render(request, "public/account/account.html", context)


@guarded(Side.PERSON, "GET", "POST")
@sensitive_post_parameters("present_password", "password", "password_again")
@never_cache
def change_password(request: PersonRequest) -> HttpResponse:
    """By who still knows the present one; the other sessions end, this one goes on."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            throttle(request, "change_password")
            change(request.user, typed["present_password"], typed["password"], by=request.user, at=now())
        except Refused as why:
            form.add_error("password" if why.code == "weak_password" else "present_password", why.reason)
            status = why.status
        else:
            fresh = person_with_seats(request.user.pk)
            assert fresh is not None
            update_session_auth_hash(request, fresh)
            messages.success(request, _("Votre mot de passe est changé. Vos autres sessions sont fermées."))
            return redirect("public:account")
    return render(request, "public/account/change_password.html", {"form": form}, status=status)


@guarded(Side.PERSON, "GET", "POST")
def choose_seat(request: PersonRequest) -> HttpResponse:
    """From which company to work, for who has a seat in several."""
    seats = request.user.company_seats
    if request.method == "POST":
        chosen = next((seat for seat in seats if str(seat.pk) == request.POST.get("seat")), None)
        if chosen is None:
            raise Http404
        request.session[SEAT] = chosen.pk
        return redirect("company:dashboard")
    return render(request, "public/account/choose_seat.html", {"seats": seats, "seat": chosen_seat(request)})


@guarded(Side.PERSON, recent=True)
@never_cache
def own_record(request: PersonRequest) -> HttpResponse:
    """« Télécharger vos données » : what the platform holds about oneself, to whoever has just shown who they are."""
    at = now()
    text = json.dumps(held_about(request.user, at), ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = _("vos-donnees-{day}.json").format(day=day_of(at).isoformat())
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@guarded(Side.PERSON, "GET", "POST")
def change_name(request: PersonRequest) -> HttpResponse:
    """As one is called from now on; what was signed before keeps the name it was signed with."""
    name, refused = request.POST.get("name", request.user.name), ""
    if request.method == "POST":
        try:
            actions.change_name(request.user, name, by=request.user, at=now())
            messages.success(request, _("Votre nom est changé."))
            return redirect("public:account")
        except Refused as refusal:
            refused = refusal.reason
    context = {"name": name, "refused": refused, "longest": actions.LONGEST_NAME}
    return render(request, "public/account/change_name.html", context, status=400 if refused else 200)


@guarded(Side.PERSON, "POST")
def choose_language(request: PersonRequest) -> HttpResponse:
    """Of the mails one is sent, whatever the language of the page it is chosen on."""
    actions.choose_language(request.user, request.POST.get("language", ""), by=request.user, at=now())
    messages.success(request, _("Votre choix est enregistré."))
    return redirect("public:account")


@guarded(Side.PERSON, "GET", "POST", recent=True)
def close_account(request: PersonRequest) -> HttpResponse:
    """Asks first, and says what stays."""
    if request.method == "POST":
        actions.close_account(request.user, by=request.user, at=now())
        logout(request)
        messages.success(request, _("Votre compte est fermé."))
        return redirect("public:home")
    return render(request, "public/account/close_account.html", {"seats": request.user.seats})


@guarded(Side.PERSON, "POST")
def share_view(request: PersonRequest) -> HttpResponse:
    """Consent, for half an hour, to the support looking."""
    seat = chosen_seat(request)
    if seat is None:
        raise Http404
    actions.share_view(seat, by=request.user, at=now())
    messages.success(request, _("Le support peut regarder vos écrans pendant 30 minutes, sans rien y changer. Vous pouvez l'arrêter ici."))
    return redirect("public:account")


@guarded(Side.PERSON, "POST")
def close_view(request: PersonRequest) -> HttpResponse:
    """Take the consent back, at once."""
    view = view_shared_by(request.user, now())
    if view is not None:
        actions.close_view(view, by=request.user, at=now())
    messages.success(request, _("Le support ne voit plus vos écrans."))
    return redirect("public:account")
