"""A file for a slot of a step: deposited, taken from what is held, archived, put back, dated. The same for a form and for requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.candidatures.documents import about_document, may_change_document, proof_to_change, put_document, slot_named, slot_sheet
from convergence.candidatures.permissions import can_declare_exemption
from convergence.candidatures.queries import FormSheet, candidature_of, form_sheet
from convergence.candidatures.sections import EvidenceSheet
from convergence.evidence.actions import archive_evidence, restore_evidence, reuse_evidence, set_expiry
from convergence.evidence.queries import reusable_for
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.company.candidatures import around, crossed_page, document_slots
from web.company.evidence import deposit_typed, file_just_received, named_deposits, readable_deposit
from web.company.sections import slots_of_requirement
from web.company.slots import hint_of, slot_identifier
from web.forms import typed_day
from web.guard import CompanyRequest, Side, guarded
from web.refusals import wants_json

if TYPE_CHECKING:
    from convergence.evidence.models import Deposit

AnySheet = FormSheet | EvidenceSheet


@guarded(Side.COMPANY, "POST")
def deposit_document(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """Files for one slot of the form: sent with it, or just received in pieces. What was typed around them is saved too."""
    sheet = slot_sheet(candidature_of(number, request.user), step)
    if "file" in request.POST:
        received = file_just_received(request)
        put_document(received, by=request.user, at=now())
        slot = slot_named(received)
        if wants_json(request):
            return JsonResponse(_slots_told(request, slot_sheet(sheet.candidature, step), slot))
        return _back_to_slot(sheet, slot)
    slot = str(request.POST.get("slot", ""))
    proof = proof_to_change(request.user, sheet, slot)
    files = [file for file in request.FILES.getlist(f"file-{slot}") if isinstance(file, UploadedFile)]
    if not files:
        messages.error(
            request, _("Aucun fichier n'a été choisi pour « {title} ». Choisissez un fichier, puis déposez-le.").format(title=proof.title)
        )
    for file in files:
        deposit_typed(request, proof, about_document(sheet.step, slot), file, put_document)
    return _typed_around(request, sheet) or _back_to_slot(sheet, slot)


@guarded(Side.COMPANY, "GET", "POST")
def reuse_document(request: CompanyRequest, number: str, step: str, slot: str) -> HttpResponse:
    """« Choisir parmi vos preuves », for a slot of the form."""
    sheet = slot_sheet(candidature_of(number, request.user), step)
    proof = proof_to_change(request.user, sheet, slot)
    refused = ""
    if request.method == "POST":
        chosen = [readable_deposit(request, key) for key in request.POST.getlist("deposit")]
        refused = "" if chosen else _("Cochez au moins une preuve, puis reprenez-la.")
        for source in chosen:
            assert sheet.step.folder is not None
            try:
                reuse_evidence(sheet.step.folder, proof, source, by=request.user, at=now())
                messages.success(
                    request, _("« {name} » sert maintenant aussi à « {title} ».").format(name=source.file.name, title=proof.title)
                )
            except Refused as refusal:
                if refusal.status not in (400, 409):
                    raise
                messages.error(request, _("« {name} » : {reason}").format(name=source.file.name, reason=refusal.reason))
        if chosen:
            return _back_to_slot(sheet, slot)
    present = [deposit.file_id for deposit in sheet.held.in_place.get(slot, ())]
    context = {
        **around(sheet.candidature),
        "sheet": sheet,
        "step": sheet.step,
        "back": _place_of_slot(sheet, slot),
        "proof": proof,
        "slot": slot_identifier(slot),
        "hint": hint_of(proof),
        "offered": named_deposits(reusable_for(request.user, request.company, proof, present)),
        "refused": refused,
    }
    return render(request, "company/candidatures/reuse_document.html", context, status=400 if refused else 200)


@guarded(Side.COMPANY)
def archived_documents(request: CompanyRequest, number: str, step: str) -> HttpResponse:
    """« Voir les preuves archivées »: what left its slot, and how to put it back."""
    sheet = slot_sheet(candidature_of(number, request.user), step)
    slots = []
    for code in dict.fromkeys(deposit.slot for deposit in sheet.deposits if not deposit.is_in_place):
        if (proof := sheet.expected(code)) is not None:
            archived = [deposit for deposit in sheet.deposits if deposit.slot == code and not deposit.is_in_place]
            may = may_change_document(request.user, sheet, code)
            slots.append({"proof": proof, "id": slot_identifier(code), "archived": archived, "may_change": may})
    context = {**around(sheet.candidature), "sheet": sheet, "step": sheet.step, "back": _place_of_step(sheet), "slots": slots}
    return render(request, "company/candidatures/archived_documents.html", context)


@guarded(Side.COMPANY, "POST")
def archive_document(request: CompanyRequest, number: str, step: str, deposit: int) -> HttpResponse:
    """The cross. What was typed on the page is saved too: the cross loses nothing."""
    sheet, found = _own(request, number, step, deposit)
    proof_to_change(request.user, sheet, found.slot)
    archive_evidence(found, by=request.user, at=now())
    messages.success(
        request, _("« {name} » est archivé. Vous pouvez le restaurer depuis « Voir les preuves archivées ».").format(name=found.file.name)
    )
    return _typed_around(request, sheet) or _back_to_slot(sheet, found.slot)


@guarded(Side.COMPANY, "POST")
def restore_document(request: CompanyRequest, number: str, step: str, deposit: int) -> HttpResponse:
    sheet, found = _own(request, number, step, deposit)
    restore_evidence(found, proof_to_change(request.user, sheet, found.slot), by=request.user, at=now())
    messages.success(request, _("« {name} » est de nouveau dans son emplacement.").format(name=found.file.name))
    return _back_to_slot(sheet, found.slot)


@guarded(Side.COMPANY, "POST")
def date_document(request: CompanyRequest, number: str, step: str, deposit: int) -> HttpResponse:
    """Until when the document is valid, as its owner reads on it."""
    sheet, found = _own(request, number, step, deposit)
    proof_to_change(request.user, sheet, found.slot)
    if set_expiry(found, typed_day(str(request.POST.get(f"expires-{deposit}", ""))), by=request.user, at=now()):
        messages.success(request, _("La date de validité de « {name} » est enregistrée.").format(name=found.file.name))
    return _typed_around(request, sheet) or _back_to_slot(sheet, found.slot)


# — Pieces —————————————————————————————————————————————————————————————————————————————————


def _slots_told(request: CompanyRequest, sheet: AnySheet, slot: str) -> dict[str, Any]:
    """The slot drawn again and, of a section, how far one is."""
    if isinstance(sheet, EvidenceSheet):
        found = sheet.place(slot)
        if found is None:
            raise Http404
        section = found.section
        may_fill = bool(can_declare_exemption(request.user, sheet.step))
        drawn = "".join(slots_of_requirement(found, may_fill=may_fill).values())
        return {"slot": slot_identifier(slot), "drawn": drawn, "answered": section.filled, "asked": section.expected}
    form = sheet.proof(slot)
    if form is None:
        raise Http404
    return {"slot": slot_identifier(slot), "drawn": document_slots(request, sheet, form[0])}


def _typed_around(request: CompanyRequest, sheet: AnySheet) -> HttpResponse | None:
    """What was typed around the slot is saved too; of requirements there is nothing to type."""
    if isinstance(sheet, EvidenceSheet):
        return None
    return crossed_page(request, form_sheet(sheet.candidature, sheet.step.code))


def _own(request: CompanyRequest, number: str, step: str, key: int) -> tuple[AnySheet, Deposit]:
    sheet = slot_sheet(candidature_of(number, request.user), step)
    found = next((one for one in sheet.deposits if one.pk == key), None)
    if found is None:
        raise Http404
    return sheet, found


def _place_of_step(sheet: AnySheet) -> str:
    name = "company:evidence_sections" if isinstance(sheet, EvidenceSheet) else "company:save_form"
    return reverse(name, args=[sheet.candidature.number, sheet.step.code])


def _place_of_slot(sheet: AnySheet, slot: str) -> str:
    """The page where the slot is, at its place."""
    place = _place_of_step(sheet)
    if isinstance(sheet, EvidenceSheet) and (found := sheet.place(slot)) is not None:
        place = reverse(
            "company:evidence_section", args=[sheet.candidature.number, sheet.step.code, found.section.code], query={"ouvert": found.code}
        )
    return f"{place}#p-{slot_identifier(slot)}"


def _back_to_slot(sheet: AnySheet, slot: str) -> HttpResponseRedirect:
    return redirect(_place_of_slot(sheet, slot))
