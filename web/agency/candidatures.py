"""What has been handed over to the agency? The lists, one candidature, one form beside its documents; accepting, sending back, rejecting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from convergence.boards.queries import appearances_of
from convergence.candidatures import actions
from convergence.candidatures.actions import LONGEST_TEXT, Correction
from convergence.candidatures.papers import receipt_file_name, receipt_of
from convergence.candidatures.permissions import can_accept_step
from convergence.candidatures.queries import (
    candidature_handed_over,
    file_handed_over,
    files_handed_over,
    form_sheet,
    progress_of,
    submission_of,
)
from convergence.candidatures.watch import clocks_of
from convergence.certificates.queries import certificate_of
from convergence.reviews import actions as reviewing
from convergence.reviews.permissions import can_assign_candidature, can_give_back_candidature, can_take_candidature
from convergence.reviews.queue import (
    MOST_COUNTED,
    TABS,
    assignment_of,
    loads,
    queue_counts,
    queue_of,
    queued_procedures,
)
from convergence.schedules.queries import extensions_of
from foundation.accounts.queries import person_with_seats
from foundation.accounts.rights import Right
from foundation.core.clock import now, today
from foundation.core.language import agreed, gettext_lazy
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.candidatures import AGENCY_PAGES, BlockShown, awaiting, blocks_shown, clocks_shown, history_drawn, steps_shown
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.company.results import file_answer
from web.downloads import download
from web.forms import typed_number
from web.guard import AgencyRequest, Side, guarded
from web.messaging import unread
from web.pieces import piece, together
from web.ui import address, day, moment

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from convergence.candidatures.models import Submission
    from convergence.candidatures.queries import FormSheet, Progress
    from convergence.content.schema import ReasonCode
    from convergence.reviews.queue import QueueLine

PER_PAGE = 25
TAB_WORDS = {
    "mine": gettext_lazy("À moi"),
    "free": gettext_lazy("Libres"),
    "agency": gettext_lazy("À nous"),
    "company": gettext_lazy("À l'entreprise"),
    "late": gettext_lazy("En retard"),
    "ended": gettext_lazy("Closes"),
}


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def candidature_list(request: AgencyRequest) -> HttpResponse:
    """The queue: what is mine, what is free, whose turn it is, what is late, what ended; in the order that is the same for all."""
    at, person = now(), request.user
    examines = person.agency_has(Right.EXAMINE_CANDIDATURES)
    counts = queue_counts(person, at, most=MOST_COUNTED)
    tabs = [tab for tab in TABS if tab != "mine" or examines]
    tab = request.GET.get("onglet", "")
    if tab not in tabs:
        tab = "agency" if not examines else "mine" if counts["mine"] else "free"
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    procedures = queued_procedures()
    procedure = request.GET.get("demarche", "")
    procedure = procedure if procedure in dict(procedures) else ""

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        counted = None if words.strip() or procedure else counts[tab]
        return queue_of(person, tab, at, words=words, procedure=procedure, counted=counted, limit=limit, offset=offset)

    page = page_of(lines, request.GET.get("page"), PER_PAGE)
    first = next((line for line in page.object_list if line.is_ours and not line.is_recused), None)
    context = {
        "tab": tab,
        "tab_word": TAB_WORDS[tab],
        "tabs": [(one, TAB_WORDS[one], _count_told(counts[one])) for one in tabs],
        "many": page.paginator.count > MOST_COUNTED,
        "words": words,
        "procedures": procedures,
        "procedure": procedure,
        "page": page,
        "lines": [_drawn(line, tab, at, examines=examines) for line in page.object_list],
        "first": first if examines and tab in ("mine", "free") and page.number == 1 else None,
        "examines": examines,
    }
    return render(request, "agency/candidatures/candidature_list.html", context)


def _count_told(count: int) -> str:
    """« 37 », « 1000+ »."""
    return str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _drawn(line: QueueLine, tab: str, at: datetime, *, examines: bool) -> SafeString:
    look = {
        "tab": tab,
        "examines": examines,
        "is_alive": line.is_alive,
        "is_ours": line.is_ours,
        "is_late": line.is_late(at),
        "is_due": line.due_at is not None,
        "is_held": bool(line.assignee),
        "is_recused": line.is_recused,
        "state_word": str(line.state_word),
        "procedure": str(line.procedure.title),
        "step_title": line.step_title,
        "has_version": bool(line.version),
    }
    slots = {
        "rank": str(line.rank or "–"),
        "url": address("agency:candidature", line.number),
        "number": line.number,
        "name": line.name,
        "version": line.version,
        "company": line.company,
        "reference": str(line.reference),
        "since": moment(line.since),
        "due": day(line.due_at),
        "assignee": line.assignee,
    }
    return piece("agency/candidatures/queue_line.html", look, slots)


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def candidature(request: AgencyRequest, number: str) -> HttpResponse:
    """The file on one screen: its steps, who is awaited since when, who examines it, what was handed over, the journal."""
    found = candidature_handed_over(number, request.user)
    holding = assignment_of.reading(found)
    progress = progress_of(found, holding, unread(request))
    steps = steps_shown(progress, AGENCY_PAGES)
    held = holding.found
    may_assign = can_assign_candidature(request.user, found) if found.is_alive else None
    context = {
        "candidature": found,
        "subject": found.enrolment.subject,
        "progress": progress,
        "ours": awaiting("agency", steps, progress),
        "theirs": awaiting("company", steps, progress),
        "extensions": extensions_of(found) if progress.procedure.milestones else [],
        "clocks": clocks_shown(clocks_of(progress), now()),
        "submissions": together(_submission_drawn(progress, one) for one in progress.submissions),
        "appearances": appearances_of(found, progress.procedure),
        "history": history_drawn(progress, names_agency=True),
        "published": certificate_of(found, today()) if found.state == "completed" else None,
        "held": held,
        "is_mine": held is not None and held.person_id == request.user.pk,
        "may_take": can_take_candidature(request.user, found) if found.is_alive and held is None else None,
        "may_give_back": bool(held and found.is_alive and can_give_back_candidature(request.user, found)),
        "loads": loads() if may_assign else [],
    }
    return render(request, "agency/candidatures/candidature.html", context)


def _submission_drawn(progress: Progress, one: Submission) -> SafeString:
    number, code = progress.candidature.number, one.step.code
    url = address("agency:examine_section", number, code, one.section) if one.section else address("agency:examine_step", number, code)
    slots = {
        "url": url,
        "receipt_url": address("agency:receipt", number, one.receipt),
        "step": str(one.step.rank + 1),
        "section": progress.section_title(code, one.section) if one.section else "",
        "number": str(one.number),
        "at": moment(one.submitted_at),
        "by": one.submitted_by_name,
        "documents": agreed(len(one.documents), "pièce,pièces"),
        "receipt": one.receipt,
    }
    return piece("agency/candidatures/submission_line.html", {"in_section": bool(one.section)}, slots)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def take_candidature(request: AgencyRequest, number: str) -> HttpResponse:
    """« Prendre »: from the queue or from the file."""
    reviewing.take_candidature(candidature_handed_over(number, request.user), by=request.user, at=now())
    messages.success(request, _("La candidature n° {number} est à vous.").format(number=number))
    return redirect("agency:candidature", number)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def give_back_candidature(request: AgencyRequest, number: str) -> HttpResponse:
    """« Rendre »: it is free again."""
    reviewing.give_back_candidature(candidature_handed_over(number, request.user), by=request.user, at=now())
    messages.success(request, _("La candidature n° {number} est libre, à sa place dans la file.").format(number=number))
    return redirect("agency:candidature", number)


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def assign_candidature(request: AgencyRequest, number: str) -> HttpResponse:
    """The coordination says who examines it."""
    found = candidature_handed_over(number, request.user)
    key = typed_number(request.POST.get("person", ""), 9)
    person = person_with_seats(key) if key is not None else None
    if person is None:
        raise Refused(_("Choisissez un vérificateur dans la liste."), status=400)
    reviewing.assign_candidature(found, person, by=request.user, at=now())
    messages.success(request, _("La candidature n° {number} est attribuée à {name}.").format(number=number, name=person.name))
    return redirect("agency:candidature", number)


@dataclass(slots=True)
class Answer:
    """What the reviewer typed, kept where it is refused."""

    text: str
    reasons: list[str]
    asked: dict[str, tuple[str, str]]

    @property
    def texts(self) -> list[str]:
        """What was written, where there is no longer a form to keep it in."""
        return [text for text in (self.text, *(text for _reason, text in self.asked.values())) if text.strip()]


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def examine_step(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """The form as it was handed over, its documents beside; what to correct field by field, acceptance, rejection."""
    found = candidature_handed_over(number, request.user)
    sheet = form_sheet(found, step)
    refused: Refused | None = None
    answer = _answer(request)
    if request.method == "POST":
        try:
            _settle(request, sheet, answer)
            return redirect("agency:candidature", number)
        except Refused as refusal:
            refused = refusal
            found = candidature_handed_over(number, request.user)  # as it now stands: someone else may have answered meanwhile
            sheet = form_sheet(found, step)
    submission = sheet.latest
    values: dict[str, Any] = dict(submission.values) if submission else {}
    blocks = blocks_shown(sheet, values, submission.documents, files_handed_over(submission), changed=sheet.changed) if submission else []
    may_examine = can_accept_step(request.user, sheet.step)
    is_ours = sheet.step.awaits == "agency" and found.is_alive
    context = {
        "candidature": found,
        "subject": found.enrolment.subject,
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "procedure": sheet.call.procedure,
        "submission": submission,
        "submissions": sheet.submissions[::-1],
        "blocks": blocks,
        "changed": sum(1 for block in blocks for line in block.lines if line.before is not None),
        "asks": _asks(sheet, blocks, answer),
        "may_examine": may_examine,
        "is_ours": is_ours,
        "may_answer": is_ours and may_examine,
        "reasons": sheet.call.piece.reasons,
        "held": assignment_of(found) if found.is_alive else None,
        "answer": answer,
        "refused": refused,
        "longest": LONGEST_TEXT,
    }
    return render(request, "agency/candidatures/examine_step.html", context, status=refused.status if refused else 200)


def _answer(request: AgencyRequest) -> Answer:
    posted = request.POST
    asked = {str(key): (str(posted.get(f"reason-{key}", "")), str(posted.get(f"text-{key}", ""))) for key in posted.getlist("field")}
    return Answer(str(posted.get("text", "")), [str(one) for one in posted.getlist("reasons")], asked)


def _settle(request: AgencyRequest, sheet: FormSheet, answer: Answer) -> None:
    """One of the three answers, by the button pressed."""
    title, by, at = sheet.call.piece.title, request.user, now()
    if "accept" in request.POST:
        actions.accept_step(sheet.step, answer.text, by=by, at=at)
        messages.success(request, _("L'étape « {title} » est acceptée.").format(title=title))
    elif "reject" in request.POST:
        actions.reject_step(sheet.step, answer.reasons, answer.text, by=by, at=at)
        messages.success(request, _("La candidature est refusée. L'entreprise en reçoit les motifs."))
    else:
        corrections = [Correction(key, reason, text) for key, (reason, text) in answer.asked.items()]
        actions.request_changes(sheet.step, corrections, by=by, at=at)
        messages.success(
            request,
            _("La modification de {fields} est demandée à l'entreprise.").format(fields=agreed(len(corrections), "champ,champs")),
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What may be asked of one field, with what the reviewer has already typed."""

    line: Any
    is_ticked: bool
    text: str
    reasons: list[tuple[ReasonCode, bool]]


def _asks(sheet: FormSheet, blocks: list[BlockShown], answer: Answer) -> list[tuple[str, list[Ask]]]:
    def ask(line: Any) -> Ask:
        reason, text = answer.asked.get(line.key, ("", ""))
        return Ask(line, line.key in answer.asked, text, [(one, one.code == reason) for one in sheet.call.piece.reasons])

    return [(block.title, [ask(line) for line in block.lines]) for block in blocks]


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def document(request: AgencyRequest, number: str, deposit: int) -> HttpResponseBase:
    """A document handed over, once found clean: in place for what a browser shows without running anything, else to keep.

    What is sealed leaves by one door alone, which writes who took it (`web/agency/sealed.py`).
    """
    file = file_handed_over(candidature_handed_over(number, request.user), deposit)
    if file.sealed:
        raise Refused(
            _("Cette preuve est scellée : un vérificateur accrédité l'ouvre depuis « Ouvrir une preuve scellée »."), code="sealed"
        )
    return download(request, file, in_place="telecharger" not in request.GET)


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def receipt(request: AgencyRequest, number: str, receipt: str) -> HttpResponse:
    """The receipt the company was given."""
    found = candidature_handed_over(number, request.user)
    submission = submission_of(found, receipt)
    return file_answer(receipt_of(found, submission), "application/pdf", receipt_file_name(submission))
