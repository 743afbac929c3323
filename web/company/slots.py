"""How are the expected proofs of a criterion drawn? Each slot with its files, what it takes, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from convergence.assessments.receiving import about_slot
from convergence.candidatures.documents import about_document
from convergence.content.formats import words_of
from convergence.content.library import library
from convergence.evidence.actions import MOST_FILES, slot_of
from convergence.evidence.rules import has_room
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy, kept_by_language
from foundation.files.reasons import reason_told
from foundation.files.recipients import recipients as sealed_for
from web.downloads import is_shown_in_place
from web.pieces import escaped, piece, together
from web.ui import address, day, file_kind, file_look, file_size, file_state, moment, short_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convergence.assessments.queries import Sheet
    from convergence.candidatures.documents import SlotSheet
    from convergence.content.schema import Criterion, ExpectedProof
    from convergence.evidence.models import Deposit
    from convergence.evidence.queries import Held

LACKING = gettext_lazy("Un fichier est attendu ici pour pouvoir valider.")


@dataclass(frozen=True, slots=True)
class SlotPage:
    """What is the same for every slot drawn: of which content, at which address they are served, whether they may change.

    `about` is what a deposit says it is for, but the code of its slot.
    """

    source: str
    place: str
    about: str
    reference: int
    may_change: bool
    level: str = "h4"
    is_zone: bool = False


@dataclass(frozen=True, slots=True)
class SlotShown:
    """One slot of the page."""

    proof: ExpectedProof
    files: Sequence[Deposit]
    counted: int
    archived: int
    has_room: bool
    error: str = ""
    is_required: bool = False
    help: str = ""
    title: str = ""


def slot_identifier(code: str) -> str:
    return code.replace(" ", "_").replace("/", "_")


def hint_of(proof: ExpectedProof) -> str:
    """What the slot takes, in one line."""
    formats = words_of(proof.formats) if proof.formats else _("Tous formats")
    weighed = _("{formats}, {size} au plus.").format(formats=formats, size=file_size(proof.max_bytes)) if proof.max_bytes else f"{formats}."
    return weighed if proof.many else f"{weighed} {_('Un seul fichier.')}"


def _slot(page: SlotPage, slot: SlotShown) -> SafeString:
    """Its look is kept: the files in it, and what is wrong with it, are put in."""
    proof = slot.proof
    look = {
        "release": library().number,
        "source": page.source,
        "code": proof.code,
        "title": slot.title,
        "help": slot.help,
        "rank": page.level[-1],
        "is_zone": page.is_zone,
        "is_required": slot.is_required,
        "may_change": page.may_change,
        "has_room": slot.has_room,
        "counted": slot.counted,
        "archived": slot.archived,
        "has_files": bool(slot.files),
        "has_error": bool(slot.error),
        "recipients": " ".join(sealed_for()) if proof.sealed else "",
    }
    files = together(_file(page, proof, one) for one in slot.files)
    return piece(
        "company/evidence/slot.html",
        look,
        {"place": page.place, "about": page.about, "error": slot.error, "files": files},
        proof=proof,
        id=slot_identifier(proof.code),
        name=slot.title or str(proof.title),
        hint=lambda _marks: hint_of(proof),
    )


def _file(page: SlotPage, proof: ExpectedProof, deposit: Deposit) -> SafeString:
    file = deposit.file
    look = {
        "state_look": file_look(file.state),
        "is_clean": file.is_clean,
        "is_shown": is_shown_in_place(file),
        "is_rejected": deposit.is_rejected,
        "is_shared": deposit.uses > 1,
        "may_change": page.may_change,
        "expires": proof.expires,
        "has_expiry": deposit.expires_on is not None,
    }
    slots = {
        "key": str(deposit.pk),
        "name": file.name,
        "kind": file_kind(file),
        "size": file_size(file.size),
        "at": moment(deposit.deposited_at),
        "by": deposit.deposited_by.name,
        "uses": str(deposit.uses),
        "sha256": file.sha256,
        "short": short_hash(file.sha256),
        "state": file_state(file),
        "reason": reason_told(file.reason),
        "iso": deposit.expires_on.isoformat() if deposit.expires_on else "",
        "day": day(deposit.expires_on),
        "place": page.place,
        "url": f"{_files_of(page.reference)}{deposit.pk}/",
    }
    return piece("company/evidence/file.html", look, slots)


@kept_by_language(1000)
def _files_of(reference: int) -> str:
    """The address under which the evidence of a product is read."""
    return address("company:evidence_file", reference, 0).removesuffix("0/")


def _drawn(page: SlotPage, slots: Iterable[SlotShown]) -> SafeString:
    return together(_slot(page, one) for one in slots)


def slots_shown(sheet: Sheet, criterion: Criterion, errors: Mapping[str, str]) -> list[SlotShown]:
    """The slots of a criterion."""
    filing = sheet.filing
    archived: dict[str, int] = {}
    for deposit in filing.archived:
        archived[deposit.slot] = archived.get(deposit.slot, 0) + 1
    return [
        SlotShown(
            proof=proof,
            files=filing.by_slot.get(proof.code, []),
            counted=filing.counted.get(proof.code, 0),
            archived=archived.get(proof.code, 0),
            has_room=has_room(slot_of(proof), filing.counted, MOST_FILES),
            error=errors.get(proof.code, ""),
        )
        for proof in filing.proofs.get(criterion.code, ())
    ]


def step_slots(page: SlotPage, held: Held, proofs: Sequence[ExpectedProof], *, titles: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, **extras: Any) -> SafeString:  # fmt: skip
    """The slots of a step of a candidature, be they those of a form or of a scenario."""
    return _drawn(
        page,
        [
            SlotShown(
                proof=proof,
                files=held.in_place.get(proof.code, ()),
                counted=held.counted.get(proof.code, 0),
                archived=held.archived.get(proof.code, 0),
                has_room=has_room(slot_of(proof), held.counted, MOST_FILES),
                error=(errors or {}).get(proof.code, ""),
                is_required=extras.get("is_required", False),
                help=extras.get("help", ""),
                title=(titles or {}).get(proof.code, ""),
            )
            for proof in proofs
        ],
    )


def step_page(sheet: SlotSheet, *, may_change: bool, level: str) -> SlotPage:
    """What the slots of a step share."""
    return SlotPage(
        source=f"{sheet.candidature.procedure} {sheet.step.code}",
        place=escaped(_slots_of(sheet.candidature.number, sheet.step.code)),
        about=escaped(about_document(sheet.step, "")),
        reference=sheet.candidature.enrolment.subject.reference,
        may_change=may_change,
        level=level,
    )


@kept_by_language(1000)
def _slots_of(number: str, step: str) -> str:
    return address("company:deposit_document", number, step).removesuffix("deposer/")


def place_of(reference: int, code: str, questionnaire: str) -> str:
    """Where the slots of a questionnaire are served: under it, the addresses are those of any other place with slots (`urls.py`)."""
    return address("company:deposit_evidence", reference, code, questionnaire).removesuffix("deposer/")


def slots_block(sheet: Sheet, criterion: Criterion, errors: Mapping[str, str], *, may_change: bool) -> SafeString:
    """The markup of the slots of one criterion; nothing for a questionnaire that takes no evidence."""
    subject = sheet.enrolment.subject
    page = SlotPage(
        source=sheet.questionnaire.key,
        place=escaped(place_of(subject.reference, sheet.enrolment.code, sheet.questionnaire.key)),
        about=escaped(about_slot(sheet.enrolment, sheet.questionnaire.key, "")),
        reference=subject.reference,
        may_change=may_change,
        is_zone=sheet.questionnaire.is_deposit,
    )
    return _drawn(page, slots_shown(sheet, criterion, errors))
