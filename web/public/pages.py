"""What may anyone read, without an account?"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from convergence.content.library import library
from foundation.core.clock import now, today
from foundation.core.language import language
from foundation.documents.sealing import authority_pem
from foundation.documents.signing import public_key
from foundation.help.queries import count_of_entries, first_entries
from web.guard import SEAT, Side, guarded
from web.public.caching import kept_by_caches
from web.public.presentations import dated_milestones

if TYPE_CHECKING:
    from foundation.accounts.models import Person


@guarded(Side.PUBLIC)
@kept_by_caches
def home(request: HttpRequest) -> HttpResponse:
    """What the platform is for, and the tracks. Whoever is signed in goes to work."""
    if request.user.is_authenticated:
        return redirect(_place_of(request))
    shelf = library()
    context = {
        "tracks": [(track, shelf.procedures_of(track.code, today())) for track in shelf.tracks],
        "milestones": dated_milestones(shelf.procedures(today()), now()),
        "lines": first_entries(language()),
        "entries": count_of_entries(),
    }
    return render(request, "public/pages/home.html", context)


def _place_of(request: HttpRequest) -> str:
    """Where someone works; their account, while no role is held; the choice, where several companies wait."""
    person = cast("Person", request.user)
    if person.agency_seat is not None:
        return "agency:welcome"
    if not person.company_seats:
        return "public:account"
    return "public:choose_seat" if len(person.company_seats) > 1 and SEAT not in request.session else "company:dashboard"


@guarded(Side.PUBLIC)
@kept_by_caches
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/pages/accessibility.html", {"contact": settings.SITE_CONTACT})


@guarded(Side.PUBLIC)
def health(request: HttpRequest) -> JsonResponse:
    """For a balancer: the content is loaded, hence the database answered at least once."""
    return JsonResponse({"etat": "ok", "contenus": library().number})


@guarded(Side.PUBLIC)
def signing_key(request: HttpRequest) -> HttpResponse:
    """The public key that checks the results a company took away: whoever received them fetches it here."""
    response = HttpResponse(public_key(), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="cle-convergence.pem"'
    return response


@guarded(Side.PUBLIC)
def seal_authority(request: HttpRequest) -> HttpResponse:
    """The certificate of the authority above our seals: whoever reads a sealed PDF tells their reader to trust it."""
    response = HttpResponse(authority_pem(), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="autorite-convergence.pem"'
    return response
