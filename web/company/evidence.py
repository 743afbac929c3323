"""What proves it? Depositing, choosing among one's evidence, archiving, restoring, dating, reading; « Vos preuves »."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.assessments.permissions import code_granted
from convergence.assessments.queries import Sheet, sheet_of
from convergence.assessments.receiving import about_slot, folder_for, proof_of_slot, put_file
from convergence.candidatures.queries import titles_of_documents
from convergence.catalogue.queries import enrolment_of
from convergence.content.library import library
from convergence.evidence import actions
from convergence.evidence.permissions import can_change_evidence, can_read_evidence
from convergence.evidence.queries import deposit_of, evidence_of_company, file_received, reusable_for
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.files.actions import deposit_whole
from foundation.files.queries import file_of
from web.company.questionnaires import diverged_page
from web.company.results import XLSX, file_answer
from web.company.slots import hint_of, slot_identifier, slots_block
from web.downloads import download
from web.forms import typed_day, typed_number
from web.guard import CompanyRequest, Side, guarded
from web.refusals import wants_json
from web.ui import file_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convergence.catalogue.models import Enrolment
    from convergence.content.schema import ExpectedProof
    from convergence.evidence.models import Deposit
    from foundation.files.models import StoredFile

PER_PAGE = 20
PIECE = 1 << 20

# — In a questionnaire ————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY, "POST")
def deposit_evidence(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """Files for one slot: sent with this form, or just received in pieces. What was typed around them is saved too."""
    enrolment = enrolment_of(reference, code, request.user)
    if "file" in request.POST:
        return _put_received(request, enrolment, questionnaire)
    slot = str(request.POST.get("slot", ""))
    proof = proof_of_slot(enrolment, questionnaire, slot)
    can_change_evidence(request.user, enrolment.subject, code_granted(questionnaire)).or_refuse()
    files = [file for file in request.FILES.getlist(f"file-{slot}") if isinstance(file, UploadedFile)]
    if not files:
        messages.error(
            request, _("Aucun fichier n'a été choisi pour « {title} ». Choisissez un fichier, puis déposez-le.").format(title=proof.title)
        )
    for file in files:
        deposit_typed(request, proof, about_slot(enrolment, questionnaire, proof.code), file, put_file)
    return diverged_page(request, _sheet(enrolment, questionnaire)) or _back_to_slot(enrolment, questionnaire, slot)


def deposit_typed(request: CompanyRequest, proof: ExpectedProof, about: str, file: UploadedFile[Any], put: Callable[..., object]) -> None:
    """One file of a plain form: received, then put in its slot. One refused does not keep the others out."""
    at = now()
    assert file.size is not None
    try:
        _refuse_heavy(proof, file.size)
        upload = deposit_whole(request.company, about, file.name or "", file.size, file.chunks(PIECE), by=request.user, at=at)
        received = file_of(upload.reference)
        assert received is not None
        put(received, by=request.user, at=at)
    except Refused as refused:
        messages.error(request, _("« {name} » : {reason}").format(name=file.name, reason=refused.reason))
    else:
        messages.success(
            request, _("« {name} » ({size}) est déposé. Il est en cours d'analyse.").format(name=received.name, size=file_size(file.size))
        )


def _refuse_heavy(proof: ExpectedProof, size: int) -> None:
    """Before a byte is taken in: the action would refuse it too, once received. A whole form takes less than a transfer in pieces."""
    if size > settings.MAX_PLAIN_FILE_SIZE:
        most = file_size(settings.MAX_PLAIN_FILE_SIZE)
        raise Refused(_("Sans JavaScript, un fichier pèse {most} au plus. Activez JavaScript pour en déposer un plus lourd.").format(most=most), code="too_large", status=413)  # fmt: skip
    if proof.max_bytes is not None and size > proof.max_bytes:
        raise Refused(
            _("Le fichier est trop lourd : {size}, pour {most} au plus.").format(size=file_size(size), most=file_size(proof.max_bytes)),
            code="too_large",
            status=413,
        )


def file_just_received(request: CompanyRequest) -> StoredFile:
    """The file the browser has sent in pieces, and names in its form."""
    try:
        received = file_received(str(UUID(str(request.POST["file"]))), request.user, request.company)
    except ValueError as error:
        raise Http404 from error
    if received is None:
        raise Http404
    return received


def _put_received(request: CompanyRequest, enrolment: Enrolment, questionnaire: str) -> HttpResponse:
    """A file the browser has sent in pieces goes in the slot it was sent for; the page is given the slot as it now is."""
    received = file_just_received(request)
    put_file(received, by=request.user, at=now())
    slot = received.about.rsplit("/", 1)[-1] if received.about.count("/") == 3 else received.about.split("/", 3)[-1]
    if wants_json(request):
        return _slots_told(request, enrolment, questionnaire, slot)
    return _back_to_slot(enrolment, questionnaire, slot)


def _slots_told(request: CompanyRequest, enrolment: Enrolment, questionnaire: str, slot: str) -> JsonResponse:
    """The slots of the criterion drawn again, and how far one is."""
    sheet = _sheet(enrolment, questionnaire)
    criterion = next((criterion for _section, criterion in library().criteria(questionnaire) if any(proof.code == slot for proof in criterion.proofs)), None)  # fmt: skip
    if criterion is None:
        raise Http404
    may = bool(can_change_evidence(request.user, enrolment.subject, code_granted(questionnaire)))
    return JsonResponse(
        {
            "slot": slot_identifier(slot),
            "drawn": slots_block(sheet, criterion, {}, may_change=may),
            "answered": sheet.answered,
            "asked": len(sheet.asked),
        }
    )


@guarded(Side.COMPANY, "GET", "POST")
def reuse_evidence(request: CompanyRequest, reference: int, code: str, questionnaire: str, slot: str) -> HttpResponse:
    """« Choisir parmi vos preuves »: what the slot takes among what the company has already deposited."""
    enrolment = enrolment_of(reference, code, request.user)
    proof = proof_of_slot(enrolment, questionnaire, slot)
    sheet = _sheet(enrolment, questionnaire)
    refused = ""
    if request.method == "POST":
        chosen = [readable_deposit(request, key) for key in request.POST.getlist("deposit")]
        refused = "" if chosen else _("Cochez au moins une preuve, puis reprenez-la.")
        for source in chosen:
            folder = folder_for(enrolment, questionnaire, by=request.user, at=now())
            try:
                actions.reuse_evidence(folder, proof, source, by=request.user, at=now())
                messages.success(
                    request, _("« {name} » sert maintenant aussi à « {title} ».").format(name=source.file.name, title=proof.title)
                )
            except Refused as refusal:
                if refusal.status not in (400, 409):
                    raise
                messages.error(request, _("« {name} » : {reason}").format(name=source.file.name, reason=refusal.reason))
        if chosen:
            return _back_to_slot(enrolment, questionnaire, slot)
    can_change_evidence(request.user, enrolment.subject, code_granted(questionnaire)).or_refuse()
    present = [deposit.file_id for deposit in sheet.filing.by_slot.get(slot, ())]
    context = {
        **_around(sheet),
        "proof": proof,
        "slot": slot_identifier(slot),
        "hint": hint_of(proof),
        "offered": named_deposits(reusable_for(request.user, request.company, proof, present)),
        "refused": refused,
    }
    return render(request, "company/evidence/reuse_evidence.html", context, status=400 if refused else 200)


@guarded(Side.COMPANY, "POST")
def archive_evidence(request: CompanyRequest, reference: int, code: str, questionnaire: str, deposit: int) -> HttpResponse:
    """The cross. What was typed on the page is saved too: the cross loses nothing."""
    enrolment, found = _own(request, reference, code, questionnaire, deposit)
    actions.archive_evidence(found, by=request.user, at=now())
    messages.success(
        request, _("« {name} » est archivé. Vous pouvez le restaurer depuis « Voir les preuves archivées ».").format(name=found.file.name)
    )
    return diverged_page(request, _sheet(enrolment, questionnaire)) or _back_to_slot(enrolment, questionnaire, found.slot)


@guarded(Side.COMPANY)
def archived_evidence(request: CompanyRequest, reference: int, code: str, questionnaire: str) -> HttpResponse:
    """« Voir les preuves archivées »: what left its slot, slot by slot, and how to put it back."""
    enrolment = enrolment_of(reference, code, request.user)
    sheet = _sheet(enrolment, questionnaire)
    can_read_evidence(request.user, enrolment.subject, code_granted(questionnaire)).or_refuse()
    slots = []
    for proofs in sheet.filing.proofs.values():
        for proof in proofs:
            archived = [one for one in sheet.filing.archived if one.slot == proof.code]
            if archived:
                slots.append({"proof": proof, "id": slot_identifier(proof.code), "archived": archived})
    context = {
        **_around(sheet),
        "slots": slots,
        "may_change": can_change_evidence(request.user, enrolment.subject, code_granted(questionnaire)),
    }
    return render(request, "company/evidence/archived_evidence.html", context)


@guarded(Side.COMPANY, "POST")
def restore_evidence(request: CompanyRequest, reference: int, code: str, questionnaire: str, deposit: int) -> HttpResponse:
    enrolment, found = _own(request, reference, code, questionnaire, deposit)
    proof = proof_of_slot(enrolment, questionnaire, found.slot)
    actions.restore_evidence(found, proof, by=request.user, at=now())
    messages.success(request, _("« {name} » est de nouveau dans son emplacement.").format(name=found.file.name))
    return _back_to_slot(enrolment, questionnaire, found.slot)


@guarded(Side.COMPANY, "POST")
def set_expiry(request: CompanyRequest, reference: int, code: str, questionnaire: str, deposit: int) -> HttpResponse:
    """Until when the document is valid, as its owner reads on it."""
    enrolment, found = _own(request, reference, code, questionnaire, deposit)
    day = typed_day(str(request.POST.get(f"expires-{deposit}", "")))
    if actions.set_expiry(found, day, by=request.user, at=now()):
        messages.success(request, _("La date de validité de « {name} » est enregistrée.").format(name=found.file.name))
    return diverged_page(request, _sheet(enrolment, questionnaire)) or _back_to_slot(enrolment, questionnaire, found.slot)


@guarded(Side.COMPANY)
def proof_form(request: CompanyRequest, reference: int, code: str, questionnaire: str, slot: str) -> HttpResponse:
    """The form of a slot, made from the questions of the content: to fill in and deposit again."""
    enrolment = enrolment_of(reference, code, request.user)
    proof = proof_of_slot(enrolment, questionnaire, slot)
    if proof.to_fill is None:
        raise Http404
    body = form_workbook(proof.to_fill, enrolment.subject.full_name)
    name = f"{slot_identifier(questionnaire)}-{slot_identifier(proof.code).lower()}.xlsx"
    return file_answer(body, XLSX, name)


# — « Vos preuves » ———————————————————————————————————————————————————————————————————————


@guarded(Side.COMPANY)
def evidence_list(request: CompanyRequest) -> HttpResponse:
    """Every file of the company that the person may read: what it is, where it serves, until when it is valid."""
    words = request.GET.get("q", "").strip()[:200]
    page_number = typed_number(request.GET.get("page", ""), 6) or 1
    found, total = evidence_of_company(request.user, request.company, words=words, limit=PER_PAGE, offset=(page_number - 1) * PER_PAGE)
    page = Paginator(range(total), PER_PAGE).get_page(page_number)
    named = {one["deposit"]: one for one in named_deposits([use for evidence in found for use in evidence.in_place])}
    rows = [{"evidence": evidence, "uses": [named[use] for use in evidence.in_place]} for evidence in found]
    context = {"rows": rows, "page": page, "words": words, "total": total, "today": now().date()}
    return render(request, "company/evidence/evidence_list.html", context)


@guarded(Side.COMPANY)
def evidence_file(request: CompanyRequest, reference: int, deposit: int) -> HttpResponseBase:
    """The bytes, of a file found clean and no other: in place for what a browser shows without running anything, else to keep."""
    found = readable_deposit(request, str(deposit))
    if found.folder.subject.reference != reference:
        raise Http404
    return download(request, found.file, in_place="telecharger" not in request.GET)


# — Pieces ————————————————————————————————————————————————————————————————————————————————


def form_workbook(form: Any, subject: str) -> bytes:
    """One sheet: a question a line, room for its answer and for the files it cites."""
    import xlsxwriter  # noqa: PLC0415 - slow, wanted by few requests

    body = BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": str(form.title), "subject": subject, "author": "Convergence"})
        head = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3E3FD", "bottom": 1})
        plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet(_("Questionnaire"))
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 3, 50)
        sheet.merge_range(0, 0, 0, 3, f"{form.title} – {subject}", workbook.add_format({"bold": True, "font_size": 14}))
        if form.introduction:
            sheet.merge_range(1, 0, 1, 3, str(form.introduction), plain)
            sheet.set_row(1, 45)
        for column, word in enumerate(("N°", _("Question"), _("Votre réponse"), _("Pièces citées"))):
            sheet.write_string(3, column, word, head)
        for rank, question in enumerate(form.questions, 1):
            sheet.write_number(3 + rank, 0, rank, plain)
            sheet.write_string(3 + rank, 1, str(question), plain)
            sheet.set_row(3 + rank, 60)
        sheet.freeze_panes(4, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return body.getvalue()


def _sheet(enrolment: Enrolment, questionnaire: str) -> Sheet:
    sheet = sheet_of(enrolment, questionnaire)
    if sheet is None or sheet.questionnaire.is_maturity:
        raise Http404
    return sheet


def _around(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "product": sheet.enrolment.subject,
        "enrolment": sheet.enrolment,
        "questionnaire": sheet.questionnaire.key,
        "track": sheet.library.track(sheet.procedure.track),
    }


def readable_deposit(request: CompanyRequest, key: str) -> Deposit:
    number = typed_number(key, 17)
    if number is None:
        raise Http404
    return deposit_of(number, request.user)


def _own(request: CompanyRequest, reference: int, code: str, questionnaire: str, key: int) -> tuple[Enrolment, Deposit]:
    """A deposit of this questionnaire of this product; any other is not on this page."""
    enrolment = enrolment_of(reference, code, request.user)
    found = readable_deposit(request, str(key))
    if found.folder.subject_id != enrolment.subject_id or found.folder.name != questionnaire:
        raise Http404
    return enrolment, found


def _back_to_slot(enrolment: Enrolment, questionnaire: str, slot: str) -> HttpResponseRedirect:
    criterion = next((c.code for _section, c in library().criteria(questionnaire) if any(proof.code == slot for proof in c.proofs)), "")
    place = reverse("company:questionnaire", args=[enrolment.subject.reference, enrolment.code, questionnaire], query={"ouvert": criterion})
    return redirect(f"{place}#p-{slot_identifier(slot)}")


def named_deposits(deposits: Sequence[Deposit]) -> list[dict[str, Any]]:
    """Each with the words for where it serves: the questionnaire or the candidature, and what its slot asks for."""
    titles = titles_of_documents({one.folder_id for one in deposits})
    return [
        {
            "deposit": one,
            "questionnaire": _title(one.folder.name),
            "proof": titles.get((one.folder_id, one.slot)) or _proof_title(one.folder.name, one.slot),
        }
        for one in deposits
    ]


def _title(questionnaire: str) -> str:
    if questionnaire.startswith("candidature:"):
        return _("Candidature n° {number}").format(number=questionnaire.split(":")[1])
    piece = library().questionnaire(questionnaire)
    return str(piece.title) if piece else questionnaire


def _proof_title(questionnaire: str, slot: str) -> str:
    shelf = library()
    if shelf.questionnaire(questionnaire) is None:
        return slot
    found = (proof.title for _section, criterion in shelf.criteria(questionnaire) for proof in criterion.proofs if proof.code == slot)
    return str(next(found, slot))
