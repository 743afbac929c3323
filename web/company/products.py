"""The company's products: the catalogue, one product, and the wizard that adds one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.assessments.listings import followed_procedures
from convergence.assessments.queries import changes_of_criteria, shared_questionnaires_of
from convergence.catalogue import actions
from convergence.catalogue.actions import Identification
from convergence.catalogue.listings import product_cards
from convergence.catalogue.permissions import (
    can_add_product,
    can_archive_product,
    can_duplicate_product,
    can_edit_product,
    can_enrol_product,
    can_start_product_version,
)
from convergence.catalogue.queries import (
    possible_responsibles,
    product_of_reference,
    qualification_shown,
    questions_asked,
)
from convergence.catalogue.rules import NAMING_HINT
from convergence.content.library import library
from foundation.core.clock import now
from foundation.core.verdict import Refused
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.forms import IdentificationForm, QualificationForm, VersionForm
from web.guard import CompanyRequest, Side, guarded

PAGE_SIZE = 20


@guarded(Side.COMPANY)
def product_list(request: CompanyRequest) -> HttpResponse:
    """« Votre catalogue produits »: everything the person may see, drafts included; the archived apart."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    archived = request.GET.get("archives") == "1"

    def cards(limit: int, offset: int) -> tuple[list[Any], int]:
        return product_cards(request.user, request.company, words=words, archived=archived, limit=limit, offset=offset)

    context = {
        "page": page_of(cards, request.GET.get("page"), PAGE_SIZE),
        "words": words,
        "archived": archived,
        "may_add": can_add_product(request.user, request.company),
    }
    return render(request, "company/products/product_list.html", context)


@guarded(Side.COMPANY)
def product(request: CompanyRequest, reference: int) -> HttpResponse:
    """One product: its procedures, the questionnaires they share, its identification and qualification."""
    shown = product_of_reference(reference, request.user)
    if shown.is_draft:
        return redirect("company:qualify_product", reference)
    context = {
        "product": shown,
        "lines": followed_procedures(request.user, subject=shown)[0],
        "shared": shared_questionnaires_of(shown),
        "qualification": qualification_shown(library(), shown),
        "may_edit": can_edit_product(request.user, shown),
        "may_enrol": can_enrol_product(request.user, shown),
        "may_archive": can_archive_product(request.user, shown),
        "may_duplicate": can_duplicate_product(request.user, shown),
        "may_start_version": can_start_product_version(request.user, shown),
    }
    return render(request, "company/products/product.html", context)


# — The wizard: identification, qualification, recap ——————————————————————————————————————


@guarded(Side.COMPANY, "GET", "POST")
def add_product(request: CompanyRequest) -> HttpResponse:
    """« Ajouter un nouveau produit », first step. Once kept, the draft has its reference and can be taken up again."""
    may = can_add_product(request.user, request.company)
    form = _identification_form(request, {"responsible": request.user.pk, "type": "core"})
    if request.method == "POST" and form.is_valid():
        event = actions.add_product(request.company, _identified(form), by=request.user, at=now())
        return redirect(_with_destination(request, "company:qualify_product", event.reference))
    context = {"form": form, "hint": NAMING_HINT, "product": None, "may": may, "destination": _destination(request)}
    return render(request, "company/products/identify_product.html", context, status=400 if form.errors else 200)


@guarded(Side.COMPANY, "GET", "POST")
def identify_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """The first step again: while the product is a draft, or to edit it later."""
    shown = product_of_reference(reference, request.user)
    initial = {
        "name": shown.name,
        "version": shown.version,
        "type": shown.type,
        "nil": shown.nil,
        "responsible": shown.responsible_id,
        "description": shown.description,
        "certifications": shown.certifications,
    }
    form = _identification_form(request, initial)
    if request.method == "POST" and form.is_valid():
        actions.identify_product(shown, _identified(form), by=request.user, at=now())
        if shown.is_draft:
            return redirect(_with_destination(request, "company:qualify_product", reference))
        messages.success(request, "L'identification du produit est enregistrée.")
        return redirect("company:product", reference)
    context = {
        "form": form,
        "hint": NAMING_HINT,
        "product": shown,
        "may": can_edit_product(request.user, shown),
        "destination": _destination(request),
    }
    return render(request, "company/products/identify_product.html", context, status=400 if form.errors else 200)


@guarded(Side.COMPANY, "GET", "POST")
def qualify_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """Second step. For a product in use, what appears and disappears is shown before anything is changed."""
    shown = product_of_reference(reference, request.user)
    shelf = library()
    posted = {code: str(value) for code, value in request.POST.items() if value} if request.method == "POST" else {}
    questions = questions_asked(shelf, shown.kind, posted or shown.qualification)
    leaving = shown.is_draft and "later" in request.POST
    form = QualificationForm(
        request.POST if request.method == "POST" else None,
        initial=shown.qualification,
        questions=questions,
        complete=not leaving,
    )
    context: dict[str, Any] = {
        "form": form,
        "product": shown,
        "may": can_edit_product(request.user, shown),
        "destination": _destination(request),
    }
    if request.method == "POST" and form.is_valid():
        answers = form.answers()
        if shown.is_draft:
            actions.qualify_product(shown, answers, by=request.user, at=now())
            if leaving:
                messages.success(request, f"Le brouillon « {shown.name} » est enregistré : vous le retrouverez dans vos produits.")
                return redirect("company:product_list")
            return redirect(_with_destination(request, "company:confirm_product", reference))
        if answers == shown.qualification:
            return redirect("company:product", reference)
        if request.POST.get("confirmed") == "1":
            actions.requalify_product(shown, answers, by=request.user, at=now())
            messages.success(request, "La qualification est modifiée. Les réponses aux critères masqués sont gardées.")
            return redirect("company:product", reference)
        context |= {"answers": answers, "changes": changes_of_criteria(shown, answers)}
        return render(request, "company/products/requalify_product.html", context)
    return render(request, "company/products/qualify_product.html", context, status=400 if form.errors else 200)


@guarded(Side.COMPANY, "GET", "POST")
def confirm_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Récapitulatif »: everything typed, a way back to each step, « Valider »."""
    shown = product_of_reference(reference, request.user)
    if request.method == "POST":
        try:
            actions.confirm_product(shown, by=request.user, at=now())
        except Refused as refused:
            if refused.code != "incomplete":
                raise
            messages.error(request, refused.reason)
            return redirect("company:qualify_product", reference)
        return redirect(_with_destination(request, "company:product_added", reference))
    if not shown.is_draft:
        return redirect("company:product", reference)
    context = {
        "product": shown,
        "qualification": qualification_shown(library(), shown),
        "may": can_edit_product(request.user, shown),
        "destination": _destination(request),
    }
    return render(request, "company/products/confirm_product.html", context)


@guarded(Side.COMPANY)
def product_added(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Produit ajouté »: what now? A track to begin, or the procedure one came from."""
    shown = product_of_reference(reference, request.user)
    if shown.is_draft:
        return redirect("company:qualify_product", reference)
    destination = library().procedure_in_force(_destination(request))
    context = {"product": shown, "tracks": library().tracks, "procedure": destination}
    return render(request, "company/products/product_added.html", context)


@guarded(Side.COMPANY, "POST")
def duplicate_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Dupliquer »: the wizard, on a draft already filled in."""
    shown = product_of_reference(reference, request.user)
    event = actions.duplicate_product(shown, by=request.user, at=now())
    messages.success(
        request,
        f"« {shown.name} » est copié dans un brouillon, sous la référence {event.reference} : son identification et sa qualification "
        "sont reprises. Son NIL, ses démarches, ses réponses et les droits accordés ne le sont pas. Donnez-lui son nom, puis continuez.",
    )
    return redirect("company:identify_product", event.reference)


@guarded(Side.COMPANY, "GET", "POST")
def start_product_version(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Nouvelle version »: its number is asked; the rest is taken from the present version, and what is not is said."""
    shown = product_of_reference(reference, request.user)
    if request.method != "POST" and not shown.is_active:
        return redirect("company:product", reference)
    form = VersionForm(request.POST if request.method == "POST" else None, present=shown.version)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.start_product_version(shown, form.cleaned_data["version"], by=request.user, at=now())
        except Refused as refused:
            if refused.code != "same_version":
                raise
            form.add_error("version", refused.reason)
            status = refused.status
        else:
            _tell_what_is_carried(request, product_of_reference(event.reference, request.user))
            return redirect("company:product", event.reference)
    context = {"form": form, "product": shown, "may": can_start_product_version(request.user, shown)}
    return render(request, "company/products/start_product_version.html", context, status=status)


@guarded(Side.COMPANY, "POST")
def archive_product(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    actions.archive_product(shown, by=request.user, at=now())
    messages.success(request, f"« {shown.name} » est archivé. Rien n'est perdu : vous pouvez le restaurer depuis les produits archivés.")
    return redirect("company:product_list")


@guarded(Side.COMPANY, "POST")
def restore_product(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    actions.restore_product(shown, by=request.user, at=now())
    messages.success(request, f"« {shown.name} » est de retour dans votre catalogue.")
    return redirect("company:product", reference)


def _tell_what_is_carried(request: CompanyRequest, started: Any) -> None:
    """What the new version has, and what is left to do with it."""
    if started.is_draft:
        messages.warning(
            request,
            f"La version {started.version} de « {started.name} » est un brouillon : les questions de qualification ont changé. "
            "Répondez à celles qui manquent, puis validez le récapitulatif : ses démarches et ses réponses y sont déjà.",
        )
    else:
        messages.success(
            request,
            f"La version {started.version} de « {started.name} » est dans votre catalogue, sous la référence {started.reference}. "
            "Ses réponses sont reprises en brouillon : relisez-les, puis validez chaque questionnaire.",
        )


def _identification_form(request: CompanyRequest, initial: dict[str, Any]) -> IdentificationForm:
    return IdentificationForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        responsibles=possible_responsibles(request.company),
    )


def _identified(form: IdentificationForm) -> Identification:
    return Identification(**form.cleaned_data)


def _destination(request: CompanyRequest) -> str:
    """The procedure the person came from to add a product, if any: they are brought back to it."""
    code = request.POST.get("demarche") or request.GET.get("demarche") or ""
    return code if library().procedure_in_force(code) else ""


def _with_destination(request: CompanyRequest, name: str, reference: int) -> str:
    code = _destination(request)
    return reverse(name, args=[reference]) + (f"?demarche={code}" if code else "")
