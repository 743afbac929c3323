"""How is a candidature told, on both sides? Its history in words, its form as it was handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from convergence.candidatures.forms import told_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from convergence.candidatures.forms import Asked, Value
    from convergence.candidatures.queries import FormSheet, Happening, Progress, StepLine
    from convergence.content.schema import FormBlock

AGENCY = "L'agence"


@dataclass(frozen=True, slots=True)
class StepPage:
    """Where a kind of step is done, or read, on one side: its route, the word of its button, what is to be done in a few words."""

    route: str
    button: str
    todo: str = "à faire"


COMPANY_PAGES = {
    "form": StepPage("company:save_form", "Compléter", "formulaire à remplir, puis à soumettre"),
    "agreement": StepPage("company:sign_agreement", "Lire et signer", "convention à lire, puis à signer"),
    "evidence": StepPage("company:evidence_sections", "Compléter", "preuves à déposer, section par section"),
    "decision": StepPage("company:decision", "Voir"),
    "board": StepPage("company:decision", "Voir"),
}
AGENCY_PAGES = {
    "form": StepPage("agency:examine_step", "Examiner"),
    "agreement": StepPage("agency:countersign_agreement", "Lire et signer"),
    "evidence": StepPage("agency:examine_sections", "Examiner"),
    "decision": StepPage("agency:decision", "Proposer, décider"),
    "board": StepPage("agency:decision", "Proposer, décider"),
}
"""One page a kind of step and a side: the kinds are a closed set (house, « Faces »)."""


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with the page where it is done; without one, it is only told."""

    line: StepLine
    page: StepPage | None
    url: str
    handed_at: datetime | None
    """Since when the agency has a part of it to examine, while the company is awaited for the rest."""

    @property
    def since(self) -> datetime:
        """Since when the agency is awaited."""
        return self.handed_at or self.line.step.since


def steps_shown(progress: Progress, pages: Mapping[str, StepPage]) -> list[StepShown]:
    """Each step of a candidature, in order, with its address where it may be opened: not while it is locked."""
    found = []
    for line in progress.lines:
        page = pages.get(line.piece.kind) if line.step.state != "locked" else None
        url = reverse(page.route, args=[progress.candidature.number, line.step.code]) if page else ""
        found.append(StepShown(line, page, url, progress.to_examine.get(line.step.pk)))
    return found


def awaiting(side: str, shown: Sequence[StepShown], progress: Progress) -> list[StepShown]:
    """Those of the steps for which a side is awaited: both may be, of one whose sections are handed over one by one."""
    if not progress.candidature.is_alive:
        return []
    return [one for one in shown if one.line.step.awaits == side or (side == "agency" and one.handed_at is not None)]


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the history."""

    at: datetime
    words: str


def history_told(progress: Progress, *, names_agency: bool) -> list[Told]:
    """The journal in words, the latest first; drafts saved are left out. To a company, the agency is one."""
    return [Told(one.at, words) for one in progress.history if (words := _told(progress, one, names_agency=names_agency))]


def _told(progress: Progress, one: Happening, *, names_agency: bool) -> str:
    who = one.by if one.is_company or names_agency else AGENCY
    step = f"« {progress.line(one.fields['step']).piece.title} »" if "step" in one.fields else ""
    count = len(one.fields.get("fields", ()))
    match one.kind:
        case "CandidatureBegun":
            return f"{who} commence la candidature"
        case "StepSubmitted":
            return f"{who} soumet l'étape {step}, accusé de réception {one.fields['receipt']}"
        case "ChangesRequested":
            return f"{who} demande de modifier {count} champ{'s' if count > 1 else ''} de l'étape {step}"
        case "StepAccepted":
            return f"{who} accepte l'étape {step}"
        case "StepConcluded":
            return f"L'étape {step} est conclue"
        case "SectionSubmitted":
            return f"{who} soumet la section {_section(progress, one)}, accusé de réception {one.fields['receipt']}"
        case "EvidenceComplete":
            return f"Étape {step} : toutes les preuves sont déposées, l'agence les examine"
        case "SectionGivenBack":
            return _given_back(progress, one, who, count, names_agency=names_agency)
        case "DecisionProposed" if names_agency:
            what = "d'accorder" if one.fields["outcome"] == "granted" else "de refuser"
            return f"{who} propose {what} à l'étape {step}"
        case "ProposalSentBack" if names_agency:
            return f"{who} renvoie la proposition à l'étape {step}"
        case "StepDecided" if names_agency:
            return f"{who} décide à l'étape {step}, sur la proposition n° {one.fields['proposal']}"
        case "CandidatureTaken" if names_agency:
            return f"{who} prend la candidature"
        case "CandidatureAssigned" if names_agency:
            return f"{who} attribue la candidature"
        case "CandidatureGivenBack" if names_agency:
            return f"{who} rend la candidature à la file"
        case "SectionSubmitted":
            return f"{who} soumet la section {_section(progress, one)}, accusé de réception {one.fields['receipt']}"
        case "EvidenceComplete":
            return f"Étape {step} : toutes les preuves sont déposées, l'agence les examine"
        case "SectionGivenBack":
            return _given_back(progress, one, who, count, names_agency=names_agency)
        case "AgreementPrepared":
            return f"La convention est prête à signer, étape {step}"
        case "AgreementSigned":
            return f"{who} signe la convention"
        case "SignaturesRequested":
            return f"{who} demande la signature de la convention"
        case "CompanySignatureNoted":
            return "La convention est signée par l'entreprise"
        case "EnvelopeConcluded":
            return "La convention est signée par les deux parties"
        case "EnvelopeClosed":
            return "La convention n'a pas été signée : elle est à signer de nouveau"
        case "AgreementCountersigned":
            return f"{who} signe la convention : elle est signée par les deux parties"
        case "AgreementSentBack":
            return f"{who} renvoie la convention : elle est à signer de nouveau"
        case "StepRejected" | "StepRefused":
            return f"{who} refuse la candidature à l'étape {step}"
        case "CertificateIssued":
            return f"Le certificat n° {one.fields['number']} est délivré"
        case "CertificateSuspended":
            return f"{who} suspend le certificat"
        case "CertificateRestored":
            return f"{who} rétablit le certificat"
        case "CertificateWithdrawn":
            return f"{who} retire le certificat"
        case "CertificateExpired":
            return "Le certificat arrive à son terme"
        case "CandidatureWithdrawn":
            return f"{who} retire la candidature"
    return ""


def _section(progress: Progress, one: Happening) -> str:
    return f"« {progress.section_title(one.fields['step'], one.fields['section'])} »"


def _given_back(progress: Progress, one: Happening, who: str, count: int, *, names_agency: bool) -> str:
    """A section given back; that a second reviewer is awaited is the agency's own affair."""
    section = _section(progress, one)
    if one.fields["result"] == "accepted":
        return f"{who} accepte la section {section}"
    if one.fields["result"] == "changes_requested":
        return f"{who} demande de modifier {count} exigence{'s' if count > 1 else ''} de la section {section}"
    return f"{who} rend la section {section} : un autre vérificateur doit la confirmer" if names_agency else ""


@dataclass(frozen=True, slots=True)
class LineShown:
    """One field as it reads: what was answered, what was answered before where it changed, what is asked of it."""

    key: str
    id: str
    title: str
    told: str
    before: str | None
    documents: list[dict[str, Any]]
    is_file: bool
    request: Any


@dataclass(frozen=True, slots=True)
class BlockShown:
    title: str
    lines: list[LineShown]


def field_id(key: str) -> str:
    return f"f-{key.replace('.', '-')}"


def blocks_shown(sheet: FormSheet, values: Mapping[str, Value], documents: Sequence[Mapping[str, Any]], files: Mapping[int, Any], *, changed: frozenset[str] = frozenset()) -> list[BlockShown]:  # fmt: skip
    """A form as it reads, block by block; `changed` are the keys and slots that differ from the form handed over before."""
    past = sheet.submissions[-2] if changed else None
    blocks: dict[str, list[LineShown]] = {}
    for one in sheet.call.asked(dict(values)):
        slot = one.field.proof.code if one.field.proof else ""
        before = None
        if past is not None and (one.key in changed or slot in changed):
            before = _past(sheet, one, slot, past)
        line = LineShown(
            key=one.key,
            id=field_id(one.key),
            title=titled(one),
            told=told_value(one.field, values.get(one.key, ""), sheet.call.profiles),
            before=before,
            documents=[{**document, "file": files.get(document["deposit"])} for document in documents if slot and document["slot"] == slot],
            is_file=bool(slot),
            request=sheet.requests.get(one.key),
        )
        blocks.setdefault(_block_title(one.block), []).append(line)
    return [BlockShown(title, lines) for title, lines in blocks.items()]


def _past(sheet: FormSheet, one: Asked, slot: str, past: Any) -> str:
    if slot:
        told = ", ".join(str(document["name"]) for document in past.documents if document["slot"] == slot)
    else:
        told = told_value(one.field, past.values.get(one.key, ""), sheet.call.profiles)
    return told or "non renseigné"


def titled(one: Asked) -> str:
    return f"{one.field.title} ({one.number})" if one.number else str(one.field.title)


def _block_title(block: FormBlock) -> str:
    return str(block.title)
