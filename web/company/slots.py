"""How are the expected proofs of a criterion drawn? Each slot with its files, what it takes, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from convergence.assessments.receiving import about_slot
from convergence.candidatures.documents import about_document
from convergence.content.formats import words_of
from convergence.evidence.actions import MOST_FILES, slot_of
from convergence.evidence.rules import counted_by_slot, has_room
from foundation.files.recipients import recipients as sealed_for
from web.ui import address, file_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convergence.assessments.queries import Sheet
    from convergence.candidatures.documents import SlotSheet
    from convergence.content.schema import Criterion, ExpectedProof
    from convergence.evidence.models import Deposit

NO_SLOTS = mark_safe("")
LACKING = "Un fichier est attendu ici pour pouvoir valider."


@dataclass(frozen=True, slots=True)
class SlotShown:
    """One slot of the page."""

    proof: ExpectedProof
    id: str
    about: str
    files: list[Deposit]
    counted: int
    archived: int
    has_room: bool
    hint: str
    error: str
    is_zone: bool
    is_required: bool = False
    help: str = ""
    title: str = ""

    @property
    def recipients(self) -> str:
        """For whom the browser seals what is chosen here; nobody where the zone is not sealed, or no key is known."""
        return " ".join(sealed_for()) if self.proof.sealed else ""

    @property
    def name(self) -> str:
        """What it is called on the page: its title, where the proof has none that is enough."""
        return self.title or str(self.proof.title)


def slot_identifier(code: str) -> str:
    return code.replace(" ", "_").replace("/", "_")


def hint_of(proof: ExpectedProof) -> str:
    """What the slot takes, in one line."""
    formats = words_of(proof.formats) if proof.formats else "Tous formats"
    weight = f", {file_size(proof.max_bytes)} au plus" if proof.max_bytes else ""
    count = "" if proof.many else ". Un seul fichier"
    return f"{formats}{weight}{count}."


def slots_shown(sheet: Sheet, criterion: Criterion, errors: Mapping[str, str]) -> list[SlotShown]:
    """The slots of a criterion."""
    filing = sheet.filing
    archived: dict[str, int] = {}
    for deposit in filing.archived:
        archived[deposit.slot] = archived.get(deposit.slot, 0) + 1
    return [
        SlotShown(
            proof=proof,
            id=slot_identifier(proof.code),
            about=about_slot(sheet.enrolment, sheet.questionnaire.key, proof.code),
            files=filing.by_slot.get(proof.code, []),
            counted=filing.counted.get(proof.code, 0),
            archived=archived.get(proof.code, 0),
            has_room=has_room(slot_of(proof), filing.counted, MOST_FILES),
            hint=hint_of(proof),
            error=errors.get(proof.code, ""),
            is_zone=sheet.questionnaire.is_deposit,
        )
        for proof in filing.proofs.get(criterion.code, ())
    ]


def step_slots(sheet: SlotSheet, proofs: Sequence[ExpectedProof], *, may_change: bool, level: str, titles: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, **extras: Any) -> SafeString:  # fmt: skip
    """The slots of a step of a candidature, be they those of a form or of a scenario."""
    counted = counted_by_slot([one.filed for one in sheet.deposits])
    shown = [
        SlotShown(
            proof=proof,
            id=slot_identifier(proof.code),
            about=about_document(sheet.step, proof.code),
            files=sheet.in_slot(proof.code),
            counted=counted.get(proof.code, 0),
            archived=sum(1 for one in sheet.deposits if one.slot == proof.code and not one.is_in_place),
            has_room=has_room(slot_of(proof), counted, MOST_FILES),
            hint=hint_of(proof),
            error=(errors or {}).get(proof.code, ""),
            is_zone=False,
            is_required=extras.get("is_required", False),
            help=extras.get("help", ""),
            title=(titles or {}).get(proof.code, ""),
        )
        for proof in proofs
    ]
    context = {
        "slots": shown,
        "may_change": may_change,
        "reference": sheet.candidature.enrolment.subject.reference,
        "place": address("company:deposit_document", sheet.candidature.number, sheet.step.code).removesuffix("deposer/"),
        "level": level,
    }
    return mark_safe(get_template("company/evidence/slots.html").render(context))  # noqa: S308 - rendered by a template


def place_of(reference: int, code: str, questionnaire: str) -> str:
    """Where the slots of a questionnaire are served: under it, the addresses are those of any other place with slots (`urls.py`)."""
    return address("company:deposit_evidence", reference, code, questionnaire).removesuffix("deposer/")


def slots_block(sheet: Sheet, criterion: Criterion, errors: Mapping[str, str], *, may_change: bool) -> SafeString:
    """The markup of the slots of one criterion; nothing for a questionnaire that takes no evidence."""
    shown = slots_shown(sheet, criterion, errors)
    if not shown:
        return NO_SLOTS
    context = {
        "slots": shown,
        "may_change": may_change,
        "reference": sheet.enrolment.subject.reference,
        "place": place_of(sheet.enrolment.subject.reference, sheet.enrolment.code, sheet.questionnaire.key),
        "level": "",
    }
    return mark_safe(get_template("company/evidence/slots.html").render(context))  # noqa: S308 - rendered by a template
