"""What do readers think of the help, what did they not find, and what do we answer? Written, looked at, then published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from convergence.content.library import library
from foundation.accounts.rights import Right
from foundation.core.clock import now, today
from foundation.core.language import gettext as _
from foundation.core.language import language as page_language
from foundation.core.verdict import Refused
from foundation.help import actions
from foundation.help.permissions import can_write_help
from foundation.help.queries import (
    comments,
    edition_in_force,
    edition_of,
    entry_of,
    every_entry,
    facets_in_force,
    history_of,
    new_entry,
    opinion_of,
    scores,
    trend,
    unanswered_searches,
)
from foundation.help.wording import ORIGIN_WORDS, Reply
from web.agency.help_form import NewEntryForm, ReplyForm
from web.company.dashboard import page_of
from web.guard import AgencyRequest, Side, guarded
from web.public.help import entry_context
from web.public.opinions import addresses

PAGE_SIZE = 20


@guarded(Side.AGENCY, right=Right.READ_HELP)
def help_readings(request: AgencyRequest) -> HttpResponse:
    """Scores, trend, comments, searches without an answer: what asks for a better answer first."""
    answers, pages = scores()
    entries = every_entry()
    by_code = {score.code: score for score in answers}
    code = request.GET.get("reponse", "")
    titles = {entry.code: entry.question for entry in entries}  # type: ignore[attr-defined]
    context = {
        "entries": [(entry, by_code.get(entry.code)) for entry in entries],
        "pages": [(addresses().get(score.page, score.page), score) for score in pages],
        "trend": trend(),
        "page": page_of(lambda limit, offset: comments(limit, offset, code), request.GET.get("page"), PAGE_SIZE),
        "code": code if code in titles else "",
        "titles": titles,
        "addresses": addresses(),
        "searches": unanswered_searches(),
        "may_write": can_write_help(request.user),
        "published": sum(1 for entry in entries if entry.is_published),
    }
    return render(request, "agency/help/help_readings.html", context)


@guarded(Side.AGENCY, "GET", "POST", right=Right.WRITE_HELP)
def begin_help_entry(request: AgencyRequest) -> HttpResponse:
    """A new answer begins by its address, which never changes."""
    form = NewEntryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("agency:save_help_draft", form.cleaned_data["code"])
    return render(request, "agency/help/begin_help_entry.html", {"form": form}, status=400 if form.errors else 200)


@guarded(Side.AGENCY, "GET", "POST", right=Right.WRITE_HELP)
def save_help_draft(request: AgencyRequest, code: str) -> HttpResponse:
    """The answer as it is being written, both languages side by side; its history beside it."""
    return _draft_page(request, code, saves=request.method == "POST")


def _draft_page(request: AgencyRequest, code: str, *, saves: bool = False, reason: str = "", refused: str = "") -> HttpResponse:
    """`reason` and `refused` are those of a withdrawal that was refused: what was typed is still there."""
    entry = _entry(code)
    edition = None if entry._state.adding else edition_in_force(entry)
    facets = facets_in_force()
    if facets is None:
        raise Http404
    shown = entry.draft or (edition.body if edition else {})
    known = [one for one in every_entry() if one.code != code]
    form = ReplyForm(request.POST if saves else None, facets=facets, procedures=library().procedures(today()), entries=known, reply=shown)
    error = refused
    if saves and form.is_valid():
        try:
            actions.save_help_draft(entry, form.as_draft(shown), by=request.user, at=now())
        except Refused as refused:
            error = refused.reason
        else:
            messages.success(request, _("Votre brouillon est enregistré. Relisez-le avant de le publier."))
            return redirect("agency:preview_help_draft", code)
    context = {
        "entry": entry,
        "code": code,
        "form": form,
        "error": error,
        "edition": edition,
        "question": edition.reply.wording(page_language()).question if edition else "",
        "history": [] if entry._state.adding else history_of(entry),
        "origin_word": ORIGIN_WORDS[shown["origin"]] if shown else "",
        "source": shown.get("source", ""),
        "reason": reason,
        "longest_reason": actions.LONGEST_REASON,
    }
    return render(request, "agency/help/save_help_draft.html", context, status=400 if form.errors or error else 200)


def _entry(code: str) -> Any:
    """The entry of this address, or one that is not stored yet: it is by its first draft."""
    known = {entry.code for entry in every_entry()}
    return entry_of(code) if code in known else new_entry(code)


@guarded(Side.AGENCY, right=Right.WRITE_HELP)
def preview_help_draft(request: AgencyRequest, code: str) -> HttpResponse:
    """The draft as readers would see it, in both languages, beside what it would replace."""
    entry = entry_of(code)
    if entry.draft is None:
        return redirect("agency:save_help_draft", code)
    reply = Reply.model_validate(entry.draft)
    context = {
        "entry": entry,
        "edition": edition_in_force(entry),
        "versions": [entry_context(reply, language) for language in ("fr", "en")],
    }
    return render(request, "agency/help/preview_help_draft.html", context)


@guarded(Side.AGENCY, "POST", right=Right.WRITE_HELP)
def publish_help_draft(request: AgencyRequest, code: str) -> HttpResponse:
    event = actions.publish_help_draft(entry_of(code), by=request.user, at=now())
    messages.success(request, _("L'édition {number} est publiée. La précédente reste dans l'historique.").format(number=event.number))
    return redirect("agency:save_help_draft", code)


@guarded(Side.AGENCY, "POST", right=Right.WRITE_HELP)
def discard_help_draft(request: AgencyRequest, code: str) -> HttpResponse:
    actions.discard_help_draft(entry_of(code), by=request.user, at=now())
    messages.success(request, _("Le brouillon est abandonné."))
    return redirect("agency:help_readings")


@guarded(Side.AGENCY, "POST", right=Right.WRITE_HELP)
def withdraw_help_entry(request: AgencyRequest, code: str) -> HttpResponse:
    reason = str(request.POST.get("reason", ""))
    try:
        actions.withdraw_help_entry(entry_of(code), reason, by=request.user, at=now())
    except Refused as refused:
        if refused.status != 400:
            raise
        return _draft_page(request, code, reason=reason, refused=refused.reason)
    messages.success(request, _("La réponse est retirée : son adresse le dit, et son historique reste."))
    return redirect("agency:save_help_draft", code)


@guarded(Side.AGENCY, right=Right.READ_HELP)
def help_edition(request: AgencyRequest, code: str, number: int) -> HttpResponse:
    """An edition as it was published."""
    entry = entry_of(code)
    edition = edition_of(entry, number)
    context = {"entry": entry, "edition": edition, "versions": [entry_context(edition.reply, language) for language in ("fr", "en")]}
    return render(request, "agency/help/help_edition.html", context)


@guarded(Side.AGENCY, "POST", right=Right.WRITE_HELP)
def erase_opinion_comment(request: AgencyRequest, key: int) -> HttpResponse:
    actions.erase_opinion_comment(opinion_of(key), by=request.user, at=now())
    messages.success(request, _("Le commentaire est effacé ; l'avis reste compté."))
    return redirect("agency:help_readings")
