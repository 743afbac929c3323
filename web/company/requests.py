"""What may be done about a request for validation? Sent back or withdrawn, from the page of the answers or of the targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from convergence.assessments import actions
from convergence.assessments.queries import assessment_of, criteria_asked
from convergence.assessments.workflow import ANSWERS, TARGETS
from convergence.catalogue.queries import enrolment_of
from foundation.core.clock import now
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused
from web.company import projections, questionnaires
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.assessments.models import Assessment

PAGES = {ANSWERS: "company:questionnaire", TARGETS: "company:projection"}
REFUSED = {ANSWERS: questionnaires.sent_back_page, TARGETS: projections.sent_back_page}
SENT_BACK = {
    ANSWERS: gettext_lazy("La demande est renvoyée avec votre motif. Les réponses restent telles qu'elles sont."),
    TARGETS: gettext_lazy("La demande est renvoyée avec votre motif. Les dates restent telles qu'elles sont."),
}
WITHDRAWN = {
    ANSWERS: gettext_lazy("Votre demande de validation est retirée. Vos réponses restent enregistrées."),
    TARGETS: gettext_lazy("Votre demande de validation est retirée. Vos dates restent enregistrées."),
}


@guarded(Side.COMPANY, "POST")
def send_back_validation(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """What a colleague asked to have validated goes back, with a reason; the page comes again with the words typed."""
    matter = _matter(request)
    reason = str(request.POST.get("reason", "")).replace("\r\n", "\n")
    try:
        actions.send_back_validation(_assessment(request, reference, code, questionnaire), reason, matter, by=request.user, at=now())
    except Refused as refused:
        if refused.status != 400:
            raise
        return REFUSED[matter](request, reference, code, questionnaire, reason, refused)
    messages.success(request, str(SENT_BACK[matter]))
    return redirect(PAGES[matter], reference, code, questionnaire)


@guarded(Side.COMPANY, "POST")
def withdraw_validation_request(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """One's own request is taken back, while it waits."""
    matter = _matter(request)
    actions.withdraw_validation_request(_assessment(request, reference, code, questionnaire), matter, by=request.user, at=now())
    messages.success(request, str(WITHDRAWN[matter]))
    return redirect(PAGES[matter], reference, code, questionnaire)


def _matter(request: CompanyRequest) -> str:
    """What the request is about, as the form of its page says; the answers unless it says otherwise."""
    return TARGETS if request.POST.get("matter") == TARGETS else ANSWERS


def _assessment(request: CompanyRequest, reference: int, code: str, key: str) -> Assessment:
    """The evaluation a request is about; there is no request before the first answer."""
    enrolment = enrolment_of(reference, code, request.user)
    criteria_asked(enrolment, key)
    assessment = assessment_of(enrolment.subject, key)
    if assessment is None:
        raise Http404
    return assessment
