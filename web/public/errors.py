"""What is shown when something went wrong? A sentence and a way out, never a trace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return render(
        request,
        "public/errors/refused.html",
        {
            "reason": "Cette page est restée ouverte trop longtemps, ou le formulaire ne venait pas d'ici. Revenez en arrière, rechargez la page et recommencez : rien n'a été enregistré."
        },
        status=403,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(
        request, "public/errors/refused.html", {"reason": "La demande est mal formée. Revenez en arrière et recommencez."}, status=400
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "public/errors/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """No context and no query: whatever broke may be what they need."""
    return HttpResponse(render_to_string("public/errors/server_error.html"), status=500)
