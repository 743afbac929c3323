"""When does the board meet on this candidature, what did it come to, what may be deposited again?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from convergence.boards.queries import board_step, passages_of, redepositing_of
from convergence.candidatures.calls import call_of
from convergence.candidatures.queries import candidature_of, lines_of
from convergence.content.library import library
from web.guard import CompanyRequest, Side, guarded


@guarded(Side.COMPANY)
def board_passages(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """The day, the outcome and the reservations; neither the members nor what each of them thinks."""
    found = candidature_of(number, request.user)
    held = board_step(found, step)
    call = call_of(library(), held)
    passages = passages_of(held)
    context = {
        "candidature": found,
        "product": found.enrolment.subject,
        "enrolment": found.enrolment,
        "lines": lines_of(found),
        "step": held,
        "piece": call.piece,
        "procedure": call.procedure,
        "listed": next((one for one in passages if one.is_listed), None),
        "past": [one for one in passages if one.outcome is not None],
        "redepositing": redepositing_of(call),
    }
    return render(request, "company/boards/board_passages.html", context)
