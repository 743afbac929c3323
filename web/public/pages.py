"""What may anyone read, without an account?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from convergence.content.library import library
from foundation.core.clock import today
from foundation.documents.signing import public_key
from web.guard import Side, guarded


@guarded(Side.PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """What the platform is for, and the tracks. Whoever is signed in goes to work."""
    if request.user.is_authenticated:
        return redirect("company:dashboard" if request.user.agency_seat is None else "agency:welcome")
    shelf = library()
    tracks = [(track, shelf.procedures_of(track.code, today())) for track in shelf.tracks]
    return render(request, "public/pages/home.html", {"tracks": tracks})


@guarded(Side.PUBLIC)
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/pages/accessibility.html")


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
