"""What is to be thought of it? The archives deposited for advice against what is asked; an opinion, deletions, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from convergence.advice import actions
from convergence.advice.permissions import can_send_opinion
from convergence.advice.queries import advice_sheet, file_for_reader, file_of_opinion, requests_of
from convergence.advice.rules import LONGEST_OPINION
from convergence.candidatures.queries import candidature_handed_over
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.actions import deposit_whole
from foundation.files.queries import file_of
from web.downloads import download
from web.guard import AgencyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.advice.queries import AdviceSheet

PIECE = 1 << 20


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def send_opinion(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """The archives, what each answers, the opinions given; by the button pressed: an opinion, an answer to a request, the end."""
    found = candidature_handed_over(number, request.user)
    sheet = advice_sheet(found, step)
    text, refused = str(request.POST.get("text", "")), None
    if request.method == "POST":
        try:
            _done(request, sheet, text)
            return redirect("agency:send_opinion", number, step)
        except Refused as refusal:
            refused = refusal
            sheet = advice_sheet(candidature_handed_over(number, request.user), step)
    answered = str(request.POST.get("grant", request.POST.get("decline", "")))
    may = can_send_opinion(request.user, sheet.step)
    is_open = sheet.step.state in ("open", "submitted") and sheet.candidature.is_alive
    context = {
        "candidature": sheet.candidature,
        "subject": sheet.candidature.enrolment.subject,
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "procedure": sheet.call.procedure,
        "requests": [(one, text if str(one.pk) == answered else "") for one in requests_of(sheet)],
        "may": may,
        "may_answer": may and is_open,
        "is_open": is_open,
        "text": "" if answered else text,
        "refused": refused,
        "longest": LONGEST_OPINION,
        "longest_answer": actions.LONGEST_ANSWER,
    }
    return render(request, "agency/advice/send_opinion.html", context, status=refused.status if refused else 200)


def _done(request: AgencyRequest, sheet: AdviceSheet, text: str) -> None:
    by, at = request.user, now()
    if "close" in request.POST:
        actions.close_advice(sheet.step, text, by=by, at=at)
        messages.success(request, _("L'étape est close : plus aucun dépôt n'est attendu."))
    elif "grant" in request.POST or "decline" in request.POST:
        key = str(request.POST.get("grant", request.POST.get("decline", "")))
        asked = next((one for one in requests_of(sheet) if str(one.pk) == key), None)
        if asked is None:
            raise Refused(_("Cette demande a déjà reçu une réponse. Rechargez la page."), code="wrong_state", status=409)
        if "grant" in request.POST:
            actions.grant_deletion(asked, text, by=by, at=at)
            messages.success(request, _("L'archive est supprimée : elle n'est plus lue par personne."))
        else:
            actions.decline_deletion(asked, text, by=by, at=at)
            messages.success(request, _("L'archive est gardée. L'entreprise en lit le motif."))
    else:
        actions.send_opinion(sheet.step, text, _joined(request, sheet, text), by=by, at=at)
        messages.success(request, _("L'avis est rendu. L'entreprise le lit dans sa candidature et dans la messagerie."))


def _joined(request: AgencyRequest, sheet: AdviceSheet, text: str) -> Any:
    """The file sent with the opinion, if any; nothing is taken in before the rest would be accepted."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        return None
    can_send_opinion(request.user, sheet.step).or_refuse()
    if problem := actions.problem_of_opinion(text):
        raise Refused(problem, status=400)
    company = sheet.candidature.enrolment.subject.company
    about = f"{actions.OPINION}:{sheet.step.pk}"
    upload = deposit_whole(company, about, file.name or "", file.size, file.chunks(PIECE), by=request.user, at=now())
    return file_of(upload.reference)


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def advice_file(request: AgencyRequest, number: str, step: str, key: int) -> HttpResponseBase:
    """An archive, once found clean."""
    return download(request, file_for_reader(advice_sheet(candidature_handed_over(number, request.user), step), key))


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def opinion_file(request: AgencyRequest, number: str, step: str, key: int) -> HttpResponseBase:
    """What was joined to an opinion, once found clean."""
    return download(request, file_of_opinion(advice_sheet(candidature_handed_over(number, request.user), step), key))
