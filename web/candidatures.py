"""How is a candidature told, on both sides? Its history in words, its form as it was handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from convergence.boards.rules import RESULT_WORDS
from convergence.candidatures.forms import told_value
from foundation.core.clock import day_of, told, told_day
from foundation.core.language import agreed, gettext_lazy
from foundation.core.language import gettext as _
from web.pieces import piece, together
from web.ui import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from convergence.candidatures.clocks import Run
    from convergence.candidatures.deadlines import Stretch
    from convergence.candidatures.forms import Asked, Value
    from convergence.candidatures.queries import FormSheet, Happening, Progress, StepLine
    from convergence.content.schema import FormBlock

AGENCY = gettext_lazy("L'agence")


@dataclass(frozen=True, slots=True)
class StepPage:
    """Where a kind of step is done, or read, on one side: its route, the word of its button, what is to be done in a few words."""

    route: str
    button: str
    todo: str = gettext_lazy("à faire")


COMPANY_PAGES = {
    "form": StepPage("company:save_form", gettext_lazy("Compléter"), gettext_lazy("formulaire à remplir, puis à soumettre")),
    "agreement": StepPage("company:sign_agreement", gettext_lazy("Lire et signer"), gettext_lazy("convention à lire, puis à signer")),
    "advice": StepPage(
        "company:deposit_for_advice",
        gettext_lazy("Soumettre des preuves pour avis"),
        gettext_lazy("preuves à déposer, si vous souhaitez un avis"),
    ),
    "evidence": StepPage("company:evidence_sections", gettext_lazy("Compléter"), gettext_lazy("preuves à déposer, section par section")),
    "decision": StepPage("company:decision", gettext_lazy("Voir")),
    "board": StepPage("company:board_passages", gettext_lazy("Voir")),
}
AGENCY_PAGES = {
    "form": StepPage("agency:examine_step", gettext_lazy("Examiner")),
    "agreement": StepPage("agency:countersign_agreement", gettext_lazy("Lire et signer")),
    "advice": StepPage("agency:send_opinion", gettext_lazy("Rendre un avis")),
    "evidence": StepPage("agency:examine_sections", gettext_lazy("Examiner")),
    "decision": StepPage("agency:decision", gettext_lazy("Proposer, décider")),
    "board": StepPage("agency:board_passages", gettext_lazy("Voir")),
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


def history_drawn(progress: Progress, *, names_agency: bool) -> SafeString:
    """The journal in words, the latest first; drafts saved are left out. To a company, the agency is one."""
    told = [(one.at, words) for one in progress.history if (words := _told(progress, one, names_agency=names_agency))]
    return together(piece("ui/happening.html", {}, {"words": words, "at": moment(at)}) for at, words in told)


def _told(progress: Progress, one: Happening, *, names_agency: bool) -> str:
    who = one.by if one.is_company or names_agency else AGENCY
    step = str(progress.line(one.fields["step"]).piece.title) if "step" in one.fields else ""
    count = len(one.fields.get("fields", ()))
    match one.kind:
        case "CandidatureBegun":
            return _("{who} commence la candidature").format(who=who)
        case "StepSubmitted":
            return _("{who} soumet l'étape « {step} », accusé de réception {receipt}").format(
                who=who, step=step, receipt=one.fields["receipt"]
            )
        case "ChangesRequested":
            return _("{who} demande de modifier {fields} de l'étape « {step} »").format(
                who=who, fields=agreed(count, "champ,champs"), step=step
            )
        case "StepAccepted":
            return _("{who} accepte l'étape « {step} »").format(who=who, step=step)
        case "StepConcluded":
            return _("L'étape « {step} » est conclue").format(step=step)
        case "SectionSubmitted":
            return _("{who} soumet la section « {section} », accusé de réception {receipt}").format(
                who=who, section=_section(progress, one), receipt=one.fields["receipt"]
            )
        case "EvidenceComplete":
            return _("Étape « {step} » : toutes les preuves sont déposées, l'agence les examine").format(step=step)
        case "SectionGivenBack":
            return _given_back(progress, one, who, count, names_agency=names_agency)
        case "DecisionProposed" if names_agency:
            if one.fields["outcome"] == "granted":
                return _("{who} propose d'accorder à l'étape « {step} »").format(who=who, step=step)
            return _("{who} propose de refuser à l'étape « {step} »").format(who=who, step=step)
        case "ProposalSentBack" if names_agency:
            return _("{who} renvoie la proposition à l'étape « {step} »").format(who=who, step=step)
        case "StepDecided" if names_agency:
            return _("{who} décide à l'étape « {step} », sur la proposition n° {proposal}").format(
                who=who, step=step, proposal=one.fields["proposal"]
            )
        case "EvidenceReopened":
            return _("Étape « {step} » : {requirements}").format(
                step=progress.line(one.fields["evidence"]).piece.title,
                requirements=agreed(count, "exigence à prouver de nouveau,exigences à prouver de nouveau"),
            )
        case "CasePutOnAgenda":
            return _("{who} inscrit la candidature à l'ordre du jour de la séance du {held_at}").format(
                who=who, held_at=told(datetime.fromisoformat(one.fields["held_at"]))
            )
        case "CaseTakenOff":
            return _("La candidature n'est plus à l'ordre du jour de la séance du {held_at}").format(
                held_at=told(datetime.fromisoformat(one.fields["held_at"]))
            )
        case "MemberOpinionGiven" if names_agency:
            return _("{who} donne son avis, à l'étape « {step} »").format(who=who, step=step)
        case "OutcomeRecorded":
            return _board_outcome(one, who, step, names_agency=names_agency)
        case "CandidatureTaken" if names_agency:
            return _("{who} prend la candidature").format(who=who)
        case "CandidatureAssigned" if names_agency:
            return _("{who} attribue la candidature").format(who=who)
        case "CandidatureGivenBack" if names_agency:
            return _("{who} rend la candidature à la file").format(who=who)
        case "AgreementPrepared":
            return _("La convention est prête à signer, étape « {step} »").format(step=step)
        case "AgreementSigned":
            return _("{who} signe la convention").format(who=who)
        case "SignaturesRequested":
            return _("{who} demande la signature de la convention").format(who=who)
        case "CompanySignatureNoted":
            return _("La convention est signée par l'entreprise")
        case "EnvelopeConcluded":
            return _("La convention est signée par les deux parties")
        case "EnvelopeClosed":
            return _("La convention n'a pas été signée : elle est à signer de nouveau")
        case "AgreementCountersigned":
            return _("{who} signe la convention : elle est signée par les deux parties").format(who=who)
        case "AgreementSentBack":
            return _("{who} renvoie la convention : elle est à signer de nouveau").format(who=who)
        case "StepRejected" | "StepRefused":
            return _("{who} refuse la candidature à l'étape « {step} »").format(who=who, step=step)
        case "StepLapsed":
            if one.fields["effect"] == "reject":
                return _("Le délai de réponse est passé : l'étape « {step} » est échue, la candidature est refusée").format(step=step)
            return _("Le délai de réponse est passé : l'étape « {step} » est échue, la candidature est abandonnée").format(step=step)
        case "ClosingExtended":
            return _("{who} reporte la clôture de l'étape « {step} » au {until}").format(
                who=who, step=step, until=told(datetime.fromisoformat(one.fields["until"]))
            )
        case "AdviceDeposited":
            return _("{who} dépose une archive pour avis, à l'étape « {step} »").format(who=who, step=step)
        case "OpinionSent":
            return _("{who} rend un avis, à l'étape « {step} »").format(who=who, step=step)
        case "DeletionAsked":
            return _("{who} demande la suppression d'une archive, à l'étape « {step} »").format(who=who, step=step)
        case "DeletionGranted":
            return _("{who} accorde la suppression d'une archive, à l'étape « {step} »").format(who=who, step=step)
        case "DeletionDeclined":
            return _("{who} refuse la suppression d'une archive, à l'étape « {step} »").format(who=who, step=step)
        case "CertificateIssued":
            return _("Le certificat n° {number} est délivré").format(number=one.fields["number"])
        case "CertificateSuspended":
            return _("{who} suspend le certificat").format(who=who)
        case "CertificateRestored":
            return _("{who} rétablit le certificat").format(who=who)
        case "CertificateWithdrawn":
            return _("{who} retire le certificat").format(who=who)
        case "ChangeDeclared":
            return _("{who} déclare une modification du produit").format(who=who)
        case "ChangeFoundHarmless":
            return _("{who} juge la modification sans effet sur la conformité").format(who=who)
        case "NewCandidatureAsked":
            return _("{who} demande une nouvelle candidature").format(who=who)
        case "CertificateExpired":
            return _("Le certificat arrive à son terme")
        case "CandidatureWithdrawn":
            return _("{who} retire la candidature").format(who=who)
    return ""


def _board_outcome(one: Happening, who: str, step: str, *, names_agency: bool) -> str:
    """What a session came to; how many said what is the agency's own affair."""
    words = RESULT_WORDS[one.fields["result"]].lower()
    if not names_agency:
        return _("Étape « {step} » : {words}").format(step=step, words=words)
    return _("{who} consigne l'issue de l'étape « {step} » : {words} ({favourable} pour, {reserved} avec réserves, {abstentions})").format(
        who=who,
        step=step,
        words=words,
        favourable=one.fields["favourable"],
        reserved=one.fields["reserved"],
        abstentions=agreed(one.fields["abstained"], "abstention,abstentions"),
    )


def _section(progress: Progress, one: Happening) -> str:
    return str(progress.section_title(one.fields["step"], one.fields["section"]))


def _given_back(progress: Progress, one: Happening, who: str, count: int, *, names_agency: bool) -> str:
    """A section given back; that a second reviewer is awaited is the agency's own affair."""
    section = _section(progress, one)
    if one.fields["result"] == "accepted":
        return _("{who} accepte la section « {section} »").format(who=who, section=section)
    if one.fields["result"] == "changes_requested":
        return _("{who} demande de modifier {requirements} de la section « {section} »").format(
            who=who, requirements=agreed(count, "exigence,exigences"), section=section
        )
    if names_agency:
        return _("{who} rend la section « {section} » : un autre vérificateur doit la confirmer").format(who=who, section=section)
    return ""


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
    return told or _("non renseigné")


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


COUNTED = {
    "calendar_days": gettext_lazy("Comptent les jours entiers, de minuit à minuit, pendant lesquels le délai a couru."),
    "working_days": gettext_lazy("Comptent les jours ouvrés entiers, hors week-ends et jours fériés, pendant lesquels le délai a couru."),
    "elapsed_hours": gettext_lazy("Compte le temps écoulé pendant que le délai court."),
    "months": gettext_lazy("Comptent les jours entiers, de minuit à minuit, pendant lesquels le délai a couru."),
}
"""What counts of a delay, by its unit."""


def clocks_shown(runs: Sequence[Run], at: datetime) -> list[ClockShown]:
    """The delays that have begun, as they stand now."""
    return [_clock_shown(run, at) for run in runs]


def _clock_shown(run: Run, at: datetime) -> ClockShown:
    spent = run.spent(at)
    return ClockShown(
        title=str(run.clock.title),
        spent=_spent(run.clock.unit, spent),
        total=str(run.total),
        counted=spent,
        most=run.total,
        words=_clock_words(run, at),
        rule=COUNTED[run.clock.unit],
        on_hold=run.is_stopped,
        is_over=run.is_over,
        is_passed=run.is_passed(at),
        stretches=run.past,
    )


def _spent(unit: str, count: int) -> str:
    """A delay in months is counted day by day."""
    match unit:
        case "working_days":
            return agreed(count, "jour ouvré,jours ouvrés")
        case "elapsed_hours":
            return agreed(count, "heure,heures")
    return agreed(count, "jour,jours")


def _clock_words(run: Run, at: datetime) -> str:
    if run.over_at is not None:
        return _("Le délai n'a plus cours depuis le {over_at}.").format(over_at=told(run.over_at))
    last = run.past[-1]
    if run.is_stopped:
        if last.because:
            return _("Suspendu depuis le {begins_at}, parce que {because}.").format(begins_at=told(last.begins_at), because=last.because)
        return _("Suspendu depuis le {begins_at}.").format(begins_at=told(last.begins_at))
    due = run.due_at
    assert due is not None
    if at >= due:
        return _("Le délai est dépassé depuis le {due}.").format(due=told(due))
    if run.counts_hours:
        return _("Le délai se termine le {due}.").format(due=told(due))
    return _("Le délai se termine le {due} à minuit.").format(due=told_day(day_of(due - timedelta(microseconds=1))))
