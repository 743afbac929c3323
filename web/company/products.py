"""The company's products: the catalogue, one product, and the wizard that adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.assessments.listings import followed_procedures
from convergence.assessments.queries import changes_of_criteria, shared_questionnaires_of
from convergence.catalogue import actions
from convergence.catalogue.actions import Identification
from convergence.catalogue.listings import product_cards
from convergence.catalogue.permissions import (
    can_add_global_strategy,
    can_add_product,
    can_archive_product,
    can_duplicate_product,
    can_edit_product,
    can_enrol_product,
    can_grant_rights,
    can_start_product_version,
)
from convergence.catalogue.queries import (
    as_they_count,
    enrolled_codes,
    global_strategy_of,
    grants_of_colleagues,
    possible_responsibles,
    product_of_reference,
    qualification_shown,
    questions_asked,
)
from convergence.catalogue.rules import NAMING_HINT
from convergence.certificates.queries import certificates_of
from convergence.content.library import library
from convergence.content.schema import Procedure
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, no
from web.company.cards import product_drawn
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.editions import editions_told
from web.forms import IdentificationForm, QualificationForm, StrategyIdentificationForm, VersionForm, typed_rights
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

    page = page_of(cards, request.GET.get("page"), PAGE_SIZE)
    context = {
        "page": page,
        "products": [product_drawn(product) for product in page.object_list],
        "words": words,
        "archived": archived,
        "may_add": can_add_product(request.user, request.company),
    }
    return render(request, "company/products/product_list.html", context)


@guarded(Side.COMPANY)
def product(request: CompanyRequest, reference: int) -> HttpResponse:
    """One product: its procedures, the questionnaires they share, its identification and qualification."""
    shown = product_of_reference(reference, request.user)
    if shown.is_draft or not shown.is_product:
        return redirect(_place_of(request, shown))
    lines = followed_procedures(request.user, subject=shown)[0]
    context = {
        "product": shown,
        "lines": lines,
        "shared": shared_questionnaires_of(shown),
        "certificates": certificates_of(shown, today()),
        "qualification": qualification_shown(library(), shown),
        "may_edit": can_edit_product(request.user, shown),
        "may_enrol": can_enrol_product(request.user, shown),
        "may_archive": can_archive_product(request.user, shown),
        "may_duplicate": can_duplicate_product(request.user, shown),
        "may_start_version": can_start_product_version(request.user, shown),
        "may_grant": can_grant_rights(request.user, shown),
        **editions_told([line.procedure.key for line in lines], shown.kind),
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
                messages.success(request, _("Les droits sont enregistrés."))
            else:
                messages.info(request, _("Aucune case n'a changé : les droits restent les mêmes."))
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
        "rights": [("view", _("Voir")), ("edit", _("Modifier")), ("validate", _("Valider"))],
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


# — The wizard, of a product and of the global strategy: identification, qualification, recap ——————————————————————————————————————


@guarded(Side.COMPANY, "GET", "POST")
def add_product(request: CompanyRequest) -> HttpResponse:
    """« Ajouter un nouveau produit », first step. Once kept, the draft has its reference and can be taken up again."""
    may = can_add_product(request.user, request.company)
    form = _identification_form(request, IdentificationForm, {"responsible": request.user.pk, "type": "core"})
    if request.method == "POST" and form.is_valid():
        event = actions.add_product(request.company, _identified(form), by=request.user, at=now())
        return redirect(_with_destination(request, "company:qualify_product", event.reference))
    context = {
        "form": form,
        "hint": NAMING_HINT,
        "product": None,
        "may": may,
        "back": reverse("company:product_list"),
        **_step(request, None),
    }
    return render(request, "company/products/identify_product.html", context, status=400 if form.errors else 200)


@guarded(Side.COMPANY, "GET", "POST")
def add_global_strategy(request: CompanyRequest, code: str) -> HttpResponse:
    """« Identification de la stratégie globale », first step, for the procedure it is begun from. One begun is taken up again."""
    procedure = library().procedure_in_force(code, today())
    if procedure is None or procedure not in _procedures_of_strategy():
        raise Http404
    begun = global_strategy_of(request.company, request.user)
    if begun is not None:
        if request.method == "POST":
            messages.info(request, _("Votre entreprise a déjà commencé sa stratégie globale : la voici."))
        return redirect(_place_of(request, begun, code))
    may = can_add_global_strategy(request.user, request.company)
    if may and procedure.closed_because is not None:
        may = no(str(procedure.closed_because))
    form = _identification_form(request, StrategyIdentificationForm, {"name": request.company.name, "responsible": request.user.pk})
    if request.method == "POST" and form.is_valid():
        event = actions.add_global_strategy(request.company, _identified(form), by=request.user, at=now())
        return redirect(reverse("company:qualify_product", args=[event.reference]) + f"?demarche={code}")
    context = {
        "form": form,
        "product": None,
        "may": may,
        "back": reverse("company:procedure", args=[procedure.track, code]),
        "is_strategy": True,
        "destination": code,
        "procedure": procedure,
        "track": library().track(procedure.track),
    }
    return render(request, "company/products/identify_product.html", context, status=400 if form.errors else 200)


@guarded(Side.COMPANY, "GET", "POST")
def identify_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """The first step again: while the product is a draft, or to edit it later."""
    shown = product_of_reference(reference, request.user)
    kind = IdentificationForm if shown.is_product else StrategyIdentificationForm
    initial = {
        "name": shown.name,
        "version": shown.version,
        "type": shown.type,
        "nil": shown.nil,
        "responsible": shown.responsible_id,
        "description": shown.description,
        "certifications": shown.certifications,
    }
    form = _identification_form(request, kind, initial)
    if request.method == "POST" and form.is_valid():
        actions.identify_product(shown, _identified(form), by=request.user, at=now())
        if shown.is_draft:
            return redirect(_with_destination(request, "company:qualify_product", reference))
        messages.success(
            request,
            _("L'identification du produit est enregistrée.")
            if shown.is_product
            else _("L'identification de la stratégie globale est enregistrée."),
        )
        return redirect(_place_of(request, shown))
    context = {
        "form": form,
        "hint": NAMING_HINT,
        "product": shown,
        "may": can_edit_product(request.user, shown),
        "back": _list_of(request, shown) if shown.is_draft else _place_of(request, shown),
        **_step(request, shown),
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
        "back": "" if shown.is_draft else _place_of(request, shown),
        **_step(request, shown),
    }
    if request.method == "POST" and form.is_valid():
        answers = form.answers()
        if shown.is_draft:
            actions.qualify_product(shown, answers, by=request.user, at=now())
            if leaving:
                if shown.is_product:
                    told = _("Le brouillon « {name} » est enregistré : vous le retrouverez dans vos produits.")
                else:
                    told = _("Le brouillon « {name} » est enregistré : vous le retrouverez ici, sous « Stratégie globale ».")
                messages.success(request, told.format(name=shown.name))
                return redirect(_list_of(request, shown))
            return redirect(_with_destination(request, "company:confirm_product", reference))
        if answers == shown.qualification:
            return redirect(_place_of(request, shown))
        if request.POST.get("confirmed") == "1":
            actions.requalify_product(shown, answers, by=request.user, at=now())
            messages.success(request, _("La qualification est modifiée. Les réponses aux critères masqués sont gardées."))
            return redirect(_place_of(request, shown))
        context |= {"answers": answers, "changes": changes_of_criteria(shown, answers)}
        return render(request, "company/products/requalify_product.html", context)
    return render(request, "company/products/qualify_product.html", context, status=400 if form.errors else 200)


@guarded(Side.COMPANY, "GET", "POST")
def confirm_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Récapitulatif »: everything typed, a way back to each step, « Valider »."""
    shown = product_of_reference(reference, request.user)
    if request.method == "POST":
        try:
            if not shown.is_product:
                return _confirmed_strategy(request, shown)
            actions.confirm_product(shown, by=request.user, at=now())
        except Refused as refused:
            if refused.code != "incomplete":
                raise
            messages.error(request, refused.reason)
            return redirect(_with_destination(request, "company:qualify_product", reference))
        return redirect(_with_destination(request, "company:product_added", reference))
    if not shown.is_draft:
        return redirect(_place_of(request, shown))
    may = can_edit_product(request.user, shown)
    context = {
        "product": shown,
        "qualification": qualification_shown(library(), shown),
        "may": can_enrol_product(request.user, shown) if may and not shown.is_product else may,
        **_step(request, shown),
    }
    return render(request, "company/products/confirm_product.html", context)


def _confirmed_strategy(request: CompanyRequest, shown: Subject) -> HttpResponse:
    """« Valider »: the strategy is in use and follows the procedure it was begun from. Whoever may not enrol it confirms nothing."""
    procedure = _procedure_of_strategy(request)
    can_enrol_product(request.user, shown).or_refuse()
    if shown.is_draft:
        actions.confirm_product(shown, by=request.user, at=now())
    if procedure.code not in enrolled_codes(shown):
        actions.enrol_product(shown, procedure, by=request.user, at=now())
        messages.success(request, _("Votre stratégie globale est enregistrée. Voici les questionnaires à compléter."))
    return redirect("company:followed_procedure", shown.reference, procedure.code)


@guarded(Side.COMPANY)
def product_added(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Produit ajouté »: what now? A track to begin, or the procedure one came from."""
    shown = product_of_reference(reference, request.user)
    if shown.is_draft or not shown.is_product:
        return redirect(_place_of(request, shown))
    destination = library().procedure_in_force(_destination(request), today())
    context = {"product": shown, "tracks": library().tracks, "procedure": destination}
    return render(request, "company/products/product_added.html", context)


@guarded(Side.COMPANY, "POST")
def duplicate_product(request: CompanyRequest, reference: int) -> HttpResponse:
    """« Dupliquer »: the wizard, on a draft already filled in."""
    shown = product_of_reference(reference, request.user)
    event = actions.duplicate_product(shown, by=request.user, at=now())
    messages.success(
        request,
        _(
            "« {name} » est copié dans un brouillon, sous la référence {reference} : son identification et sa qualification sont reprises. Son NIL, ses démarches, ses réponses et les droits accordés ne le sont pas. Donnez-lui son nom, puis continuez."
        ).format(name=shown.name, reference=event.reference),
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
    messages.success(
        request,
        _("« {name} » est archivé. Rien n'est perdu : vous pouvez le restaurer depuis les produits archivés.").format(name=shown.name),
    )
    return redirect("company:product_list")


@guarded(Side.COMPANY, "POST")
def restore_product(request: CompanyRequest, reference: int) -> HttpResponse:
    shown = product_of_reference(reference, request.user)
    actions.restore_product(shown, by=request.user, at=now())
    messages.success(request, _("« {name} » est de retour dans votre catalogue.").format(name=shown.name))
    return redirect("company:product", reference)


def _tell_what_is_carried(request: CompanyRequest, started: Any) -> None:
    """What the new version has, and what is left to do with it."""
    if started.is_draft:
        messages.warning(
            request,
            _(
                "La version {version} de « {name} » est un brouillon : les questions de qualification ont changé. Répondez à celles qui manquent, puis validez le récapitulatif : ses démarches et ses réponses y sont déjà."
            ).format(version=started.version, name=started.name),
        )
    else:
        messages.success(
            request,
            _(
                "La version {version} de « {name} » est dans votre catalogue, sous la référence {reference}. Ses réponses sont reprises en brouillon : relisez-les, puis validez chaque questionnaire."
            ).format(version=started.version, name=started.name, reference=started.reference),
        )


def _identification_form(request: CompanyRequest, kind: type[IdentificationForm], initial: dict[str, Any]) -> IdentificationForm:
    return kind(
        request.POST if request.method == "POST" else None,
        initial=initial,
        responsibles=possible_responsibles(request.company),
    )


def _identified(form: IdentificationForm) -> Identification:
    return Identification(**form.cleaned_data)


def _destination(request: CompanyRequest) -> str:
    """The procedure the person came from to add a product, if any: they are brought back to it."""
    code = request.POST.get("demarche") or request.GET.get("demarche") or ""
    return code if library().procedure_in_force(code, today()) else ""


def _with_destination(request: CompanyRequest, name: str, reference: int) -> str:
    code = _destination(request)
    return reverse(name, args=[reference]) + (f"?demarche={code}" if code else "")


def _step(request: CompanyRequest, shown: Subject | None) -> dict[str, Any]:
    """What each step says of where it leads: the procedure one came from; for a strategy, the one it is begun for."""
    if shown is None or shown.is_product:
        return {"is_strategy": False, "destination": _destination(request), "procedure": None, "track": None}
    procedure = _procedure_of_strategy(request)
    return {
        "is_strategy": True,
        "destination": procedure.code,
        "procedure": procedure,
        "track": library().track(procedure.track),
    }


def _place_of(request: CompanyRequest, shown: Subject, code: str = "") -> str:
    """Where a subject is looked at: a draft at the step it waits for, a product on its page, the strategy in a procedure it follows."""
    if shown.is_product:
        return reverse("company:qualify_product" if shown.is_draft else "company:product", args=[shown.reference])
    procedure = _procedure_of_strategy(request, code)
    if shown.is_draft:
        return reverse("company:qualify_product", args=[shown.reference]) + f"?demarche={procedure.code}"
    followed = enrolled_codes(shown)
    if not followed:
        return reverse("company:procedure", args=[procedure.track, procedure.code])
    return reverse("company:followed_procedure", args=[shown.reference, procedure.code if procedure.code in followed else min(followed)])


def _list_of(request: CompanyRequest, shown: Subject) -> str:
    """Where a draft is found again: among the products, or on the page of the procedure the strategy is begun for."""
    if shown.is_product:
        return reverse("company:product_list")
    procedure = _procedure_of_strategy(request)
    return reverse("company:procedure", args=[procedure.track, procedure.code])


def _procedure_of_strategy(request: CompanyRequest, code: str = "") -> Procedure:
    """The procedure the strategy is begun for: the one named, or the first that concerns a strategy."""
    procedures = _procedures_of_strategy()
    wanted = code or _destination(request)
    found = next((procedure for procedure in procedures if procedure.code == wanted), procedures[0] if procedures else None)
    if found is None:
        raise Http404
    return found


def _procedures_of_strategy() -> list[Procedure]:
    return [procedure for procedure in library().procedures(today()) if "global_strategy" in procedure.subjects]
