"""How is a candidature told, on both sides? Its history in words, its form as it was handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from convergence.boards.rules import RESULT_WORDS
from convergence.candidatures.forms import told_value
from foundation.core.clock import day_of, told, told_day
from web.ui import agreed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convergence.candidatures.clocks import Run
    from convergence.candidatures.deadlines import Stretch
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
    "advice": StepPage("company:deposit_for_advice", "Soumettre des preuves pour avis", "preuves à déposer, si vous souhaitez un avis"),
    "evidence": StepPage("company:evidence_sections", "Compléter", "preuves à déposer, section par section"),
    "decision": StepPage("company:decision", "Voir"),
    "board": StepPage("company:board_passages", "Voir"),
}
AGENCY_PAGES = {
    "form": StepPage("agency:examine_step", "Examiner"),
    "agreement": StepPage("agency:countersign_agreement", "Lire et signer"),
    "advice": StepPage("agency:send_opinion", "Rendre un avis"),
    "evidence": StepPage("agency:examine_sections", "Examiner"),
    "decision": StepPage("agency:decision", "Proposer, décider"),
    "board": StepPage("agency:board_passages", "Voir"),
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
        case "EvidenceReopened":
            evidence = progress.line(one.fields["evidence"]).piece.title
            return f"Étape « {evidence} » : {count} exigence{'s' if count > 1 else ''} à prouver de nouveau"
        case "CasePutOnAgenda":
            return f"{who} inscrit la candidature à l'ordre du jour de la séance du {told(datetime.fromisoformat(one.fields['held_at']))}"
        case "CaseTakenOff":
            return f"La candidature n'est plus à l'ordre du jour de la séance du {told(datetime.fromisoformat(one.fields['held_at']))}"
        case "MemberOpinionGiven" if names_agency:
            return f"{who} donne son avis, à l'étape {step}"
        case "OutcomeRecorded":
            return _board_outcome(one, who, step, names_agency=names_agency)
        case "CandidatureTaken" if names_agency:
            return f"{who} prend la candidature"
        case "CandidatureAssigned" if names_agency:
            return f"{who} attribue la candidature"
        case "CandidatureGivenBack" if names_agency:
            return f"{who} rend la candidature à la file"
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
        case "StepLapsed":
            return f"Le délai de réponse est passé : l'étape {step} est échue, la candidature est {'refusée' if one.fields['effect'] == 'reject' else 'abandonnée'}"
        case "ClosingExtended":
            return f"{who} reporte la clôture de l'étape {step} au {told(datetime.fromisoformat(one.fields['until']))}"
        case "AdviceDeposited":
            return f"{who} dépose une archive pour avis, à l'étape {step}"
        case "OpinionSent":
            return f"{who} rend un avis, à l'étape {step}"
        case "DeletionAsked":
            return f"{who} demande la suppression d'une archive, à l'étape {step}"
        case "DeletionGranted":
            return f"{who} accorde la suppression d'une archive, à l'étape {step}"
        case "DeletionDeclined":
            return f"{who} refuse la suppression d'une archive, à l'étape {step}"
        case "CertificateIssued":
            return f"Le certificat n° {one.fields['number']} est délivré"
        case "CertificateSuspended":
            return f"{who} suspend le certificat"
        case "CertificateRestored":
            return f"{who} rétablit le certificat"
        case "CertificateWithdrawn":
            return f"{who} retire le certificat"
        case "ChangeDeclared":
            return f"{who} déclare une modification du produit"
        case "ChangeFoundHarmless":
            return f"{who} juge la modification sans effet sur la conformité"
        case "NewCandidatureAsked":
            return f"{who} demande une nouvelle candidature"
        case "CertificateExpired":
            return "Le certificat arrive à son terme"
        case "CandidatureWithdrawn":
            return f"{who} retire la candidature"
    return ""


def _board_outcome(one: Happening, who: str, step: str, *, names_agency: bool) -> str:
    """What a session came to; how many said what is the agency's own affair."""
    words = RESULT_WORDS[one.fields["result"]].lower()
    if not names_agency:
        return f"Étape {step} : {words}"
    votes = f"{one.fields['favourable']} pour, {one.fields['reserved']} avec réserves, {agreed(one.fields['abstained'], 'abstention,abstentions')}"
    return f"{who} consigne l'issue de l'étape {step} : {words} ({votes})"


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


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One delay, the same words on both sides: how much of it has passed, whether it is stopped and why, stretch by stretch."""

    title: str
    spent: str
    total: str
    counted: int
    most: int
    words: str
    rule: str
    on_hold: bool
    is_over: bool
    is_passed: bool
    stretches: list[Stretch]


UNITS = {
    "calendar_days": ("jour,jours", "Comptent les jours entiers, de minuit à minuit, pendant lesquels le délai a couru."),
    "working_days": ("jour ouvré,jours ouvrés", "Comptent les jours ouvrés entiers, hors week-ends et jours fériés, pendant lesquels le délai a couru."),
    "elapsed_hours": ("heure,heures", "Compte le temps écoulé pendant que le délai court."),
    "months": ("jour,jours", "Comptent les jours entiers, de minuit à minuit, pendant lesquels le délai a couru."),
}  # fmt: skip


def clocks_shown(runs: Sequence[Run], at: datetime) -> list[ClockShown]:
    """The delays that have begun, as they stand now."""
    return [_clock_shown(run, at) for run in runs]


def _clock_shown(run: Run, at: datetime) -> ClockShown:
    unit, rule = UNITS[run.clock.unit]
    spent = run.spent(at)
    return ClockShown(
        title=str(run.clock.title),
        spent=agreed(spent, unit),
        total=str(run.total),
        counted=spent,
        most=run.total,
        words=_clock_words(run, at),
        rule=rule,
        on_hold=run.is_stopped,
        is_over=run.is_over,
        is_passed=run.is_passed(at),
        stretches=run.past,
    )


def _clock_words(run: Run, at: datetime) -> str:
    if run.over_at is not None:
        return f"Le délai n'a plus cours depuis le {told(run.over_at)}."
    last = run.past[-1]
    if run.is_stopped:
        because = f", parce que {last.because}" if last.because else ""
        return f"Suspendu depuis le {told(last.begins_at)}{because}."
    due = run.due_at
    assert due is not None
    if at >= due:
        return f"Le délai est dépassé depuis le {told(due)}."
    if run.counts_hours:
        return f"Le délai se termine le {told(due)}."
    return f"Le délai se termine le {told_day(day_of(due - timedelta(microseconds=1)))} à minuit."
