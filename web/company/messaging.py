"""What is said with the agency? « Messagerie »: the list, one conversation, a file of it; writing to the support."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from foundation.core.clock import now
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.messaging import actions
from foundation.messaging.permissions import can_post_message
from foundation.messaging.queries import (
    MOST_COUNTED,
    MOST_LISTED,
    conversation_of_company,
    conversations_of_company,
    copies_of,
    file_said,
    thread_of,
)
from foundation.messaging.rules import COPIES, LONGEST_MESSAGE, LONGEST_TITLE, MOST_ATTACHED
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.downloads import download
from web.guard import CompanyRequest, Side, guarded
from web.messaging import PER_PAGE, Draft, asked_before, read_to, send, typed_text, unread
from web.refusals import wants_json


@guarded(Side.COMPANY)
def conversation_list(request: CompanyRequest) -> HttpResponse:
    """« Vos messages »: the unread first."""
    context = {**_listed(request), "unread": unread(request).found, "most_counted": MOST_COUNTED, "copies": COPIES[copies_of(request.user)]}
    return render(request, "company/messaging/conversation_list.html", context)


def _listed(request: CompanyRequest) -> dict[str, Any]:
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return conversations_of_company(request.user, request.company, words=words, limit=limit, offset=offset)

    page = page_of(lines, request.GET.get("page"), PER_PAGE)
    return {"page": page, "words": words, "many": page.paginator.count > MOST_LISTED}


@guarded(Side.COMPANY, "GET", "POST")
def conversation(request: CompanyRequest, key: str) -> HttpResponse:
    """One conversation, beside the others; answering it. What was typed stays where it is refused."""
    found = conversation_of_company(key, request.user, request.company)
    draft = Draft()
    if request.method == "POST":
        draft.text = typed_text(request)
        try:
            send(request, found, draft.text)
        except Refused as refused:
            draft.refused = refused
        else:
            return redirect("company:conversation", key)
    context = {
        **_listed(request),
        "conversation": found,
        "thread": thread_of(found, request.user, before=asked_before(request)),
        "may_post": can_post_message(request.user, found),
        "draft": draft,
        "longest": LONGEST_MESSAGE,
        "most": MOST_ATTACHED,
    }
    return render(request, "company/messaging/conversation.html", context, status=draft.status)


@guarded(Side.COMPANY, "POST")
def mark_read(request: CompanyRequest, key: str) -> HttpResponse:
    """What is on the page is read."""
    found = conversation_of_company(key, request.user, request.company)
    actions.mark_read(found, read_to(request), by=request.user, at=now())
    return HttpResponse(status=204) if wants_json(request) else redirect("company:conversation", key)


@guarded(Side.COMPANY, "GET", "POST")
def ask_support(request: CompanyRequest) -> HttpResponse:
    """« Écrire à l'assistance »: a subject, a message; the answer comes in the same place."""
    draft, title = Draft(), str(request.POST.get("title", ""))
    if request.method == "POST":
        draft.text = typed_text(request)
        try:
            event = actions.ask_support(actions.support_request(request.company, title), draft.text, by=request.user, at=now())
        except Refused as refused:
            draft.refused = refused
        else:
            messages.success(
                request,
                _("Votre demande {key} est envoyée à l'assistance. Vous pouvez y joindre un fichier ci-dessous.").format(key=event.key),
            )
            return redirect("company:conversation", event.key)
    context = {"draft": draft, "title": title, "longest": LONGEST_MESSAGE, "longest_title": LONGEST_TITLE}
    return render(request, "company/messaging/ask_support.html", context, status=draft.status)


@guarded(Side.COMPANY)
def attachment(request: CompanyRequest, key: str, number: int) -> HttpResponseBase:
    """A file of the conversation, once found clean."""
    found = conversation_of_company(key, request.user, request.company)
    return download(request, file_said(found, number), in_place="telecharger" not in request.GET)
