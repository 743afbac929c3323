"""What is answered when something is refused? The reason, in the form the asker reads: a page, or problem+json."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from foundation.core.verdict import Refused


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
        return None


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
