"""What may anyone read, without an account?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from convergence.content.library import library
from foundation.core.clock import now
from foundation.help.queries import count_of_entries, first_entries
from web.guard import Side, guarded
from web.public.caching import kept_by_caches
from web.public.presentations import dated_milestones


@guarded(Side.PUBLIC)
@kept_by_caches
def home(request: HttpRequest) -> HttpResponse:
    """What the platform is for, and the tracks. Whoever is signed in goes to work."""
    if request.user.is_authenticated:
        return redirect("company:dashboard" if request.user.agency_seat is None else "agency:welcome")
    shelf = library()
    context = {
        "tracks": [(track, shelf.procedures_of(track.code)) for track in shelf.tracks],
        "milestones": dated_milestones(shelf.procedures, now()),
        "lines": first_entries(),
        "entries": count_of_entries(),
    }
    return render(request, "public/pages/home.html", context)


@guarded(Side.PUBLIC)
@kept_by_caches
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/pages/accessibility.html")


@guarded(Side.PUBLIC)
def health(request: HttpRequest) -> JsonResponse:
    """For a balancer: the content is loaded, hence the database answered at least once."""
    return JsonResponse({"etat": "ok", "contenus": library().number})
