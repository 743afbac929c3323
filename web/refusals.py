"""What is answered when something is refused? The reason, in the form the asker reads: a page, or problem+json."""

from __future__ import annotations

import errno
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from psycopg.errors import DiskFull

from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from foundation.files.rules import size_told


class AnswerRefusals:
    """Middleware. A refusal keeps its status and its sentence; what may not be seen does not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return refusal(request, error)
        if isinstance(error, ObjectDoesNotExist):
            raise Http404 from error
        if _is_full(error):
            return refusal(request, _FULL)
        return None


_FULL = Refused(
    gettext_lazy(
        "La plateforme n'a plus de place pour enregistrer. Ce qui l'était déjà est gardé : réessayez dans quelques heures, ou prévenez le support."
    ),
    code="store_full",
    status=507,
)


def _is_full(error: Exception) -> bool:
    """No room left on a disk: the database's, or one of ours."""
    if isinstance(error, OperationalError):
        return isinstance(error.__cause__, DiskFull)
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


FORM_AROUND = 1 << 20
"""What a form holds besides its files."""


def refuse_heavy_forms(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. A form with files larger than may be sent at once is refused before a byte of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.MAX_PLAIN_FILE_SIZE + FORM_AROUND
        if request.content_type == "multipart/form-data" and length.isdigit() and int(length) > most:
            return refusal(request, _too_heavy())
        return get_response(request)

    return middleware


def _too_heavy() -> Refused:
    return Refused(
        _(
            "Cet envoi est trop lourd pour un formulaire : {max_plain_file_size} au plus. Activez JavaScript, qui envoie les gros fichiers par morceaux, ou déposez-les un par un."
        ).format(max_plain_file_size=size_told(settings.MAX_PLAIN_FILE_SIZE)),
        code="too_large",
        status=413,
    )


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """RFC 9457 for scripts, a page with a way out for people."""
    if wants_json(request):
        return problem(refused)
    return render(request, "public/errors/refused.html", {"reason": refused.reason}, status=refused.status)


def problem(refused: Refused) -> HttpResponse:
    told = {"type": f"about:blank#{refused.code}", "title": refused.reason, "status": refused.status}
    return JsonResponse(told, status=refused.status, content_type="application/problem+json")
