"""How is an agreement shown, on both sides? What is to be read, whose signature is awaited, who signed, with which seals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from convergence.agreements.papers import paper_file_name
from convergence.agreements.queries import code_awaited, paper_of
from convergence.agreements.workflow import AGENCY, COMPANY
from foundation.core.clock import now
from foundation.documents.sealing import seals_of
from foundation.files.store import read_kept
from web.downloads import paper_answer

if TYPE_CHECKING:
    from django.http import HttpRequest

    from convergence.agreements.queries import AgreementSheet
    from foundation.accounts.models import Person
    from foundation.core.verdict import Verdict
    from foundation.documents.sealing import Seal


def agreement_shown(sheet: AgreementSheet, person: Person, side: str, may_sign: Verdict | None, *, refused: str = "") -> dict[str, Any]:
    """The context both pages share. `is_turn`: this side's signature is awaited, and the candidature goes on."""
    agreement = sheet.agreement
    is_turn = agreement is not None and agreement.turn == side and sheet.candidature.is_alive
    code = code_awaited(agreement, person, now()) if agreement is not None and is_turn and may_sign else None
    paper = sheet.paper
    envelope = sheet.envelope
    seals = seals_of(read_kept(paper.key)) if paper is not None and paper.seals else []
    return {
        "candidature": sheet.candidature,
        "subject": sheet.candidature.enrolment.subject,
        "sheet": sheet,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "procedure": sheet.call.procedure,
        "agreement": agreement,
        "paper": paper,
        "signed": sheet.signed,
        "may_sign": may_sign,
        "is_turn": is_turn,
        "is_theirs": agreement is not None and agreement.turn == (AGENCY if side == COMPANY else COMPANY),
        "code": code,
        "refused": refused,
        "address": person.email,
        "seals": seals,
        "seals_good": _are_good(sheet, seals),
        "is_elsewhere": sheet.is_elsewhere,
        "envelope": envelope,
    }


def _are_good(sheet: AgreementSheet, seals: list[Seal]) -> bool:
    """As many as were put, each good; those of a provider are its own, as many as it likes."""
    if sheet.is_elsewhere:
        return bool(seals) and all(seal.is_intact and seal.is_trusted and seal.covers for seal in seals)
    return sheet.paper is not None and len(seals) == sheet.paper.seals and all(seal.is_good for seal in seals)


def agreement_paper_answer(request: HttpRequest, sheet: AgreementSheet, number: int) -> HttpResponse:
    """The bytes as they are kept: to be kept too, or shown by the browser where it is asked."""
    paper = paper_of(sheet, number)
    name = paper_file_name(paper, sheet.candidature.number)
    return paper_answer(read_kept(paper.key), name, in_place="lire" in request.GET)
