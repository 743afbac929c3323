"""Who may open what is sealed, and who did? Sealed evidence to open, accreditations given by name, the register of openings.

The platform gives sealed bytes and nothing else: they are opened on the reviewer's own machine, with a key it never sees.
"""

from __future__ import annotations

import shlex
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from convergence.openings import actions
from convergence.openings.permissions import accreditation_of, can_accredit_reader, may_open
from convergence.openings.queries import (
    Sought,
    accreditation_numbered,
    accreditations_past,
    every_opening_sought,
    openings_of,
    openings_sought,
    proof_title,
    readers,
    sealed_evidence_shared,
    sealed_handed_over,
)
from foundation.accounts.queries import staff_seat
from foundation.accounts.rights import Right
from foundation.core.clock import now, told
from foundation.core.language import gettext as _
from foundation.files.checks import AGE, ZED
from foundation.files.recipients import keys_of
from web.company.dashboard import LONGEST_SEARCH, page_of
from web.downloads import download
from web.guard import AgencyRequest, Side, guarded
from web.journals import MOST_EXPORTED, days_asked
from web.sheets import csv_answer

PER_PAGE = 25
MOST_IN_MEMORY = 100_000_000
"""Bytes: above, a browser that cannot write to the disk as it reads would keep the whole document in memory."""

COLUMNS = ("quand", "par", "depuis", "entreprise", "produit", "reference", "candidature", "emplacement", "fichier", "sha256")


# — To open ———————————————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, right=Right.OPEN_SEALED_EVIDENCE)
def sealed_evidence(request: AgencyRequest) -> HttpResponse:
    """What came sealed with shared results; with a candidature, it is read beside the question it answers."""
    words = request.GET.get("q", "")[:LONGEST_SEARCH]

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return sealed_evidence_shared(words=words, limit=limit, offset=offset)

    page = page_of(lines, request.GET.get("page"), PER_PAGE)
    context = {"page": page, "lines": page.object_list, "words": words, "accredited": accreditation_of(request.user) is not None}
    return render(request, "agency/sealed/sealed_evidence.html", context)


@guarded(Side.AGENCY, "GET", "POST", right=Right.OPEN_SEALED_EVIDENCE, recent=True)
def open_sealed_evidence(request: AgencyRequest, deposit: int) -> HttpResponseBase:
    """« Ouvrir une preuve scellée »: what it is, who may, and how; its sealed bytes, written in the register before they leave."""
    handed = sealed_handed_over(deposit)
    if request.method == "POST":
        actions.open_sealed_evidence(handed.deposit, by=request.user, at=now())
        return download(request, handed.deposit.file)
    file = handed.deposit.file
    plain = file.name.removesuffix(".age") or "document"
    context = {
        "deposit": handed.deposit,
        "file": file,
        "subject": handed.deposit.folder.subject,
        "candidature": handed.candidature,
        "title": proof_title(handed),
        "may_open": may_open(request.user, handed),
        "way": {AGE: "age", ZED: "zed"}.get(file.media_type, "locked"),
        "plain": plain,
        "command": f"age -d -i cle.txt -o {_quoted(plain)} {_quoted(file.name)}",
        "keys": keys_of(file.sealed_for),
        "most": MOST_IN_MEMORY,
        "openings": openings_of(handed.deposit),
    }
    return render(request, "agency/sealed/open_sealed_evidence.html", context)


def _quoted(name: str) -> str:
    """As a shell takes it for one name, and never for an option."""
    return shlex.quote(f"./{name}" if name.startswith("-") else name)


# — Who may ———————————————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, right=Right.READ_OPENINGS)
def accreditation_list(request: AgencyRequest) -> HttpResponse:
    """The reviewers, and which of them may open sealed evidence; given and taken back here by the coordination."""
    by = request.user
    context = {
        "readers": [(one, can_accredit_reader(by, one.seat)) for one in readers()],
        "past": accreditations_past(),
        "may_give": by.agency_has(Right.GIVE_ACCREDITATIONS),
    }
    return render(request, "agency/sealed/accreditation_list.html", context)


@guarded(Side.AGENCY, "POST", right=Right.GIVE_ACCREDITATIONS, recent=True)
def accredit_reader(request: AgencyRequest, seat: int) -> HttpResponse:
    """« Accréditer »."""
    found = staff_seat(seat)
    actions.accredit_reader(found, by=request.user, at=now())
    messages.success(
        request, _("{name} peut ouvrir les preuves scellées. Remettez-lui une clé, hors de la plateforme.").format(name=found.person.name)
    )
    return redirect("agency:accreditation_list")


@guarded(Side.AGENCY, "POST", right=Right.GIVE_ACCREDITATIONS, recent=True)
def withdraw_accreditation(request: AgencyRequest, number: int) -> HttpResponse:
    """« Retirer »."""
    found = accreditation_numbered(number)
    actions.withdraw_accreditation(found, by=request.user, at=now())
    name = found.seat.person.name
    messages.success(
        request,
        _("{name} n'ouvre plus de preuve scellée. Si {name} garde une clé, remplacez-la pour les dépôts à venir.").format(name=name),
    )
    return redirect("agency:accreditation_list")


# — Who did ———————————————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, right=Right.READ_OPENINGS)
def opening_list(request: AgencyRequest) -> HttpResponse:
    """« Registre des ouvertures »: who opened what, when, from where, the latest first."""
    sought = _sought(request)

    def lines(limit: int, offset: int) -> tuple[list[Any], int]:
        return openings_sought(sought, limit=limit, offset=offset)

    context = {
        "page": page_of(lines, request.GET.get("page"), PER_PAGE),
        "asked": {name: request.GET.get(name, "") for name in ("q", "du", "au")},
    }
    return render(request, "agency/sealed/opening_list.html", context)


@guarded(Side.AGENCY, right=Right.READ_OPENINGS)
def opening_table(request: AgencyRequest) -> StreamingHttpResponse:
    """The same lines, all of them."""
    rows = (_row(one) for one in every_opening_sought(_sought(request), MOST_EXPORTED))
    return csv_answer("ouvertures.csv", COLUMNS, rows)


def _sought(request: AgencyRequest) -> Sought:
    since, until = days_asked(request)
    return Sought(words=request.GET.get("q", "")[:LONGEST_SEARCH], since=since, until=until)


def _row(one: Any) -> tuple[Any, ...]:
    subject, file = one.deposit.folder.subject, one.deposit.file
    number = one.candidature.number if one.candidature else ""
    where = (subject.company.name, subject.full_name, subject.reference, number, one.deposit.slot)
    return (told(one.opened_at), one.person.name, (one.whence or "").removeprefix("web "), *where, file.name, file.sha256)
