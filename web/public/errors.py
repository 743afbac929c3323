"""What is shown when something went wrong? A sentence and a way out, never a trace."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, language
from foundation.core.verdict import Refused
from web.refusals import problem, wants_json


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return render(
        request,
        "public/errors/refused.html",
        {
            "reason": _(
                "Cette page est restée ouverte trop longtemps, ou le formulaire ne venait pas d'ici. Revenez en arrière, rechargez la page et recommencez : rien n'a été enregistré."
            )
        },
        status=403,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(
        request, "public/errors/refused.html", {"reason": _("La demande est mal formée. Revenez en arrière et recommencez.")}, status=400
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    request.resolver_match = None  # no page: nothing tells one that is hidden from one that never was
    return render(request, "public/errors/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing but the language, and no query: whatever broke may be what they need. A database that does not answer is for a moment only (503)."""
    if is_unreachable(sys.exc_info()[1]):
        answer = problem(_AWAY) if wants_json(request) else _bare("unreachable", 503)
        answer["Retry-After"] = "30"
        return answer
    return _bare("server_error", 500)


def _bare(page: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(f"public/errors/{page}.html", {"language": language()}), status=status)


_AWAY = Refused(
    gettext_lazy("La plateforme est momentanément indisponible. Ce que vous avez tapé reste sur cette page : réessayez dans une minute."),
    code="unreachable",
    status=503,
)

AWAY = ("08", "53300", "57P")
"""How PostgreSQL says that it cannot serve: connection lost, too many connections, stopping or starting (appendix A of its manual)."""


def is_unreachable(error: BaseException | None) -> bool:
    """Whether the database did not answer at all, or said that it stops; not that it refused what it was asked."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY)
