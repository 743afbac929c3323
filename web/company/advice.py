"""What does the agency think of it? « Soumettre des preuves pour avis »: archives, what their names answer, the opinions given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.advice import actions
from convergence.advice.permissions import can_ask_deletion, can_deposit_for_advice
from convergence.advice.queries import advice_sheet, deposit_of, file_for_reader, file_of_opinion
from convergence.advice.receiving import put_archive
from convergence.candidatures.queries import candidature_of
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.actions import deposit_whole
from foundation.files.queries import file_of
from foundation.files.rules import size_told
from web.company.evidence import file_just_received
from web.downloads import download
from web.guard import CompanyRequest, Side, guarded
from web.refusals import wants_json

if TYPE_CHECKING:
    from convergence.advice.queries import AdviceSheet

PIECE = 1 << 20


@guarded(Side.COMPANY, "GET", "POST")
def deposit_for_advice(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """An archive, sent with the form or just received in pieces; which scenarios it answers is said at once."""
    sheet = advice_sheet(candidature_of(number, request.user), step)
    if request.method == "POST":
        return _received(request, sheet)
    return render(request, "company/advice/deposit_for_advice.html", _context(request, sheet))


def _context(request: CompanyRequest, sheet: AdviceSheet) -> dict[str, Any]:
    subject = sheet.candidature.enrolment.subject
    return {
        "candidature": sheet.candidature,
        "product": subject,
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "procedure": sheet.call.procedure,
        "is_open": sheet.step.state in ("open", "submitted") and sheet.candidature.is_alive,
        "may": can_deposit_for_advice(request.user, sheet.step),
        "about": f"{actions.PURPOSE}:{sheet.step.pk}",
    }


def _received(request: CompanyRequest, sheet: AdviceSheet) -> HttpResponse:
    here = reverse("company:deposit_for_advice", args=[sheet.candidature.number, sheet.step.code])
    if "file" in request.POST:
        put_archive(file_just_received(request), by=request.user, at=now())
        return JsonResponse({"address": here, "drawn": " "}) if wants_json(request) else redirect(here)
    can_deposit_for_advice(request.user, sheet.step).or_refuse()
    files = [file for file in request.FILES.getlist("archive") if isinstance(file, UploadedFile)]
    if not files:
        messages.error(request, _("Aucune archive n'a été choisie. Choisissez un fichier .zip, puis déposez-le."))
    for file in files:
        _deposit(request, sheet, file)
    return redirect(here)


def _deposit(request: CompanyRequest, sheet: AdviceSheet, file: UploadedFile[Any]) -> None:
    """One refused does not keep the others out."""
    assert file.size is not None
    try:
        _refuse_heavy(file.size)
        about = f"{actions.PURPOSE}:{sheet.step.pk}"
        upload = deposit_whole(request.company, about, file.name or "", file.size, file.chunks(PIECE), by=request.user, at=now())
        received = file_of(upload.reference)
        assert received is not None
        put_archive(received, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, _("« {name} » : {reason}").format(name=file.name, reason=refused.reason))
    else:
        messages.success(request, _("« {name} » est reçue. Elle est en cours d'analyse.").format(name=received.name))


def _refuse_heavy(size: int) -> None:
    """Before a byte is taken in: a whole form takes less than a transfer in pieces."""
    if size > settings.MAX_PLAIN_FILE_SIZE:
        most = size_told(settings.MAX_PLAIN_FILE_SIZE)
        raise Refused(
            _("Sans JavaScript, une archive pèse {most} au plus. Activez JavaScript, ou partagez-la.").format(most=most),
            code="too_large",
            status=413,
        )


@guarded(Side.COMPANY, "POST")
def archive_advice(request: CompanyRequest, number: str, step: str, key: int) -> HttpResponse:
    """What another archive replaces is no longer to be examined."""
    sheet = advice_sheet(candidature_of(number, request.user), step)
    actions.archive_advice(deposit_of(sheet, key), by=request.user, at=now())
    messages.success(request, _("L'archive est mise de côté : l'agence ne l'examinera pas. Vous pouvez la restaurer."))
    return redirect("company:deposit_for_advice", number, step)


@guarded(Side.COMPANY, "POST")
def restore_advice(request: CompanyRequest, number: str, step: str, key: int) -> HttpResponse:
    sheet = advice_sheet(candidature_of(number, request.user), step)
    actions.restore_advice(deposit_of(sheet, key), by=request.user, at=now())
    messages.success(request, _("L'archive est de nouveau à examiner."))
    return redirect("company:deposit_for_advice", number, step)


@guarded(Side.COMPANY, "GET", "POST")
def ask_deletion(request: CompanyRequest, number: str, step: str, key: int) -> HttpResponse:
    """Deposited by mistake: its reference and its exact name are typed, then the agency decides."""
    sheet = advice_sheet(candidature_of(number, request.user), step)
    deposit = deposit_of(sheet, key)
    reference, name = str(request.POST.get("reference", "")), str(request.POST.get("name", ""))
    refused: Refused | None = None
    if request.method == "POST":
        try:
            actions.ask_deletion(deposit, reference, name, by=request.user, at=now())
        except Refused as refusal:
            if refusal.status == 403:
                raise
            refused = refusal
        else:
            messages.success(request, _("La suppression est demandée à l'agence. Sa réponse figurera ici."))
            return redirect("company:deposit_for_advice", number, step)
    may = can_ask_deletion(request.user, deposit)
    context = {**_context(request, sheet), "deposit": deposit, "reference": reference, "name": name, "refused": refused, "may": may}
    return render(request, "company/advice/ask_deletion.html", context, status=refused.status if refused else 200)


@guarded(Side.COMPANY)
def advice_file(request: CompanyRequest, number: str, step: str, key: int) -> HttpResponseBase:
    """An archive, once found clean."""
    return download(request, file_for_reader(advice_sheet(candidature_of(number, request.user), step), key))


@guarded(Side.COMPANY)
def opinion_file(request: CompanyRequest, number: str, step: str, key: int) -> HttpResponseBase:
    """What was joined to an opinion, once found clean."""
    return download(request, file_of_opinion(advice_sheet(candidature_of(number, request.user), step), key))
