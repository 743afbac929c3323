"""What is said with companies? The list, one conversation with its notes and answers ready to be sent, a file of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.messaging import actions
from foundation.messaging.permissions import can_post_message
from foundation.messaging.queries import (
    MOST_COUNTED,
    MOST_LISTED,
    answer_of,
    conversation_of_agency,
    conversations_of_agency,
    copies_of,
    file_said,
    models_for,
    new_answer,
    notes_of,
    thread_of,
)
from foundation.messaging.rules import COPIES, LONGEST_MESSAGE, MOST_ATTACHED
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.downloads import download
from web.guard import AgencyRequest, Side, guarded
from web.messaging import PER_PAGE, Draft, asked_before, read_to, send, typed_text, unread
from web.refusals import wants_json

if TYPE_CHECKING:
    from foundation.messaging.models import Conversation
    from foundation.messaging.topics import Model


@guarded(Side.AGENCY, right=Right.USE_MESSAGING)
def conversation_list(request: AgencyRequest) -> HttpResponse:
    """« Messagerie »: what companies wrote and nobody read, first."""
    context = {**_listed(request), "unread": unread(request).found, "most_counted": MOST_COUNTED, "copies": COPIES[copies_of(request.user)]}
    return render(request, "agency/messaging/conversation_list.html", context)


def _listed(request: AgencyRequest) -> dict[str, Any]:
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return conversations_of_agency(request.user, words=words, limit=limit, offset=offset)

    page = page_of(lines, request.GET.get("page"), PER_PAGE)
    return {"page": page, "words": words, "many": page.paginator.count > MOST_LISTED}


@guarded(Side.AGENCY, "GET", "POST", right=Right.USE_MESSAGING)
def conversation(request: AgencyRequest, key: str) -> HttpResponse:
    """One conversation: answering the company, noting aside. What was typed stays where it is refused."""
    found = conversation_of_agency(key, request.user)
    models = models_for(found, request.user)
    draft, note = Draft(), Draft()
    if request.method == "POST":
        if "insert" in request.POST:
            draft.text = _with_model(typed_text(request), str(request.POST.get("model", "")), models)
        elif _done(request, found, draft, note):
            return redirect("agency:conversation", key)
    context = {
        **_listed(request),
        "conversation": found,
        "thread": thread_of(found, request.user, before=asked_before(request), at_agency=True),
        "may_post": can_post_message(request.user, found),
        "notes": notes_of(found, request.user),
        "models": models,
        "keeps": any(one.code.startswith("mine-") for one in models),
        "draft": draft,
        "note": note,
        "longest": LONGEST_MESSAGE,
        "most": MOST_ATTACHED,
    }
    return render(request, "agency/messaging/conversation.html", context, status=max(draft.status, note.status))


def _done(request: AgencyRequest, found: Conversation, draft: Draft, note: Draft) -> bool:
    """What the button pressed asks; the text comes back where it is refused."""
    typed = note if "note" in request.POST else draft
    typed.text = typed_text(request)
    try:
        if "note" in request.POST:
            actions.write_note(found, typed.text, by=request.user, at=now())
        elif "keep" in request.POST:
            actions.keep_answer(new_answer(request.user, typed.text), by=request.user, at=now())
            messages.success(request, _("Ce texte est gardé parmi vos réponses types."))
        elif "drop" in request.POST:
            key = str(request.POST.get("model", "")).removeprefix("mine-")
            if not key.isdigit() or len(key) > 17:
                raise Refused(_("Choisissez une de vos réponses types à retirer : celles de la démarche restent."), status=400)  # noqa: TRY301 - shown beside what was typed, as any refusal
            actions.drop_answer(answer_of(request.user, int(key)), by=request.user, at=now())
            messages.success(request, _("Cette réponse type est retirée."))
        else:
            send(request, found, typed.text)
    except Refused as refused:
        typed.refused = refused
    return typed.refused is None


def _with_model(text: str, code: str, models: list[Model]) -> str:
    """What is already written, then the answer chosen."""
    chosen = next((one.text for one in models if one.code == code), "")
    return f"{text.rstrip()}\n\n{chosen}".strip() if chosen else text


@guarded(Side.AGENCY, "POST", right=Right.USE_MESSAGING)
def mark_read(request: AgencyRequest, key: str) -> HttpResponse:
    """What is on the page is read, for oneself and for the agency."""
    found = conversation_of_agency(key, request.user)
    actions.mark_read(found, read_to(request), by=request.user, at=now())
    return HttpResponse(status=204) if wants_json(request) else redirect("agency:conversation", key)


@guarded(Side.AGENCY, right=Right.USE_MESSAGING)
def attachment(request: AgencyRequest, key: str, number: int) -> HttpResponseBase:
    """A file of the conversation, once found clean."""
    found = conversation_of_agency(key, request.user)
    return download(request, file_said(found, number), in_place="telecharger" not in request.GET)
