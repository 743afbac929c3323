"""The company's products: the catalogue, one product, and the wizard that adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.assessments.listings import followed_procedures
from convergence.assessments.queries import changes_of_criteria, shared_questionnaires_of
from convergence.catalogue import actions
from convergence.catalogue.actions import Identification
from convergence.catalogue.listings import product_cards
from convergence.catalogue.permissions import can_add_product, can_archive_product, can_edit_product, can_enrol_product, can_grant_rights
from convergence.catalogue.queries import (
    as_they_count,
    grants_of_colleagues,
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
from web.forms import IdentificationForm, QualificationForm, typed_rights
from web.guard import CompanyRequest, Side, guarded

if TYPE_CHECKING:
    from convergence.catalogue.models import Subject

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
        "may_grant": can_grant_rights(request.user, shown),
    }
    return render(request, "company/products/product.html", context)


@guarded(Side.COMPANY, "GET", "POST")
def grant_rights(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Droits »: what each employee may do with the product and its questionnaires. Only the lines changed are written."""
    shown = product_of_reference(reference, request.user)
    may = can_grant_rights(request.user, shown)
    refused = None
    if request.method == "POST":
        may.or_refuse()
        try:
            changed = _grant_typed(request, shown)
        except Refused as why:
            refused = why
        else:
            if changed:
                messages.success(request, "Les droits sont enregistrés.")
            else:
                messages.info(request, "Aucune case n'a changé : les droits restent les mêmes.")
            return redirect("company:grant_rights", reference)
    context = {
        "product": shown,
        "may": may,
        "refused": refused.reason if refused else "",
        "colleagues": [
            (
                one.person,
                [
                    (line, f"{one.person.pk}-{line.questionnaire}", _ticked(request, f"{one.person.pk}-{line.questionnaire}", line.rights))
                    for line in one.lines
                ],
            )
            for one in (grants_of_colleagues(shown) if may else ())
        ],
        "rights": [("view", "Voir"), ("edit", "Modifier"), ("validate", "Valider")],
    }
    return render(request, "company/products/grant_rights.html", context, status=refused.status if refused else 200)


def _grant_typed(request: CompanyRequest, product: Subject) -> int:
    """Write the lines that differ from what the person was shown; how many did."""
    changed = 0
    for one in grants_of_colleagues(product):
        for line in one.lines:
            rights, differs = typed_rights(request.POST, f"{one.person.pk}-{line.questionnaire}")
            if differs and as_they_count(rights) != line.rights:
                granted = tuple(sorted(as_they_count(rights)))
                actions.grant_rights(product, one.person, granted, questionnaire=line.questionnaire, by=request.user, at=now())
                changed += 1
    return changed


def _ticked(request: CompanyRequest, line: str, rights: frozenset[str]) -> frozenset[str]:
    """The boxes as they were ticked, where a form comes back; as they are held otherwise."""
    ticked, differs = typed_rights(request.POST, line)
    return ticked if differs else rights


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
