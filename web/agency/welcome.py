"""What awaits someone of the agency?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from convergence.content.permissions import can_read_content
from foundation.accounts.rights import Right
from web.guard import AgencyRequest, Side, guarded


@guarded(Side.AGENCY, right=Right.USE_AGENCY_SPACE)
def welcome(request: AgencyRequest) -> HttpResponse:
    """Candidatures for those who see them, content for those who may read it; for the others nothing is entrusted yet, and the page says so."""
    if request.user.agency_has(Right.SEE_CANDIDATURES):
        return redirect("agency:candidature_list")
    if request.user.agency_has(Right.READ_SHARED_RESULTS):
        return redirect("agency:shared_results")
    if can_read_content(request.user):
        return redirect("agency:content_list")
    return render(request, "agency/welcome/welcome.html")
