"""What did the agency decide, why, and how may it be contested?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from convergence.candidatures.calls import call_of
from convergence.candidatures.queries import candidature_of, lines_of
from convergence.content.library import library
from convergence.decisions.queries import decided_step, decision_of
from web.guard import CompanyRequest, Side, guarded


@guarded(Side.COMPANY)
def decision(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """The decision as it was taken, signed by name as the law wants it; until then, that it is awaited."""
    found = candidature_of(number, request.user)
    held = decided_step(found, step)
    call = call_of(library(), held)
    taken = decision_of(held)
    context = {
        "candidature": found,
        "product": found.enrolment.subject,
        "enrolment": found.enrolment,
        "lines": lines_of(found),
        "step": held,
        "piece": call.piece,
        "procedure": call.procedure,
        "decision": taken,
        "reasons": [str(one.title) for one in call.piece.reasons if taken and one.code in taken.reasons],
    }
    return render(request, "company/decisions/decision.html", context)
