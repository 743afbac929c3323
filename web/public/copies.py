"""Of which messages does one want a copy by mail? One's own choice, and the link of each mail that stops them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.messaging import actions
from foundation.messaging.notices import person_of_token
from foundation.messaging.queries import copies_of
from foundation.messaging.rules import COPIES
from web.guard import PersonRequest, Side, guarded


@guarded(Side.PERSON, "GET", "POST")
def choose_copies(request: PersonRequest) -> HttpResponse:
    """None, the steps, everything. Nothing is sent to who asked for nothing."""
    wants, refused = copies_of(request.user), ""
    if request.method == "POST":
        try:
            actions.choose_copies(request.user, str(request.POST.get("wants", "")), by=request.user, at=now())
            messages.success(request, _("Votre choix est enregistré."))
            return redirect("public:choose_copies")
        except Refused as refusal:
            refused = refusal.reason
    context = {"choices": COPIES.items(), "wants": wants, "refused": refused}
    return render(request, "public/copies/choose_copies.html", context, status=400 if refused else 200)


@guarded(Side.PUBLIC, "GET", "POST", signed=True)
def stop_copies(request: HttpRequest, token: str) -> HttpResponse:
    """One click, from the mail or from a mail reader (RFC 8058): the link itself is what proves whose mails they are."""
    person = person_of_token(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        actions.stop_copies(person, by=person, at=now())
    return render(request, "public/copies/stop_copies.html", {"stopped": request.method == "POST"})
