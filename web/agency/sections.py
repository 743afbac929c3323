"""What was handed over as evidence? Sections, requirements one by one beside their proofs, verdicts, two submissions compared; giving back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from convergence.candidatures.actions import LONGEST_TEXT
from convergence.candidatures.queries import candidature_handed_over
from convergence.candidatures.sections import evidence_sheet
from convergence.reviews import actions
from convergence.reviews.actions import Undecided, VerdictCrossed
from convergence.reviews.examination import examination_of, files_shown, section_handed_over, step_handed_over
from convergence.reviews.permissions import can_confirm, can_save_verdict
from convergence.reviews.rules import CHANGES_ASKED, CONFIRMATION, FIRST, OUTCOMES
from foundation.accounts.rights import Right
from foundation.core.clock import now
from foundation.core.language import agreed
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from web.downloads import is_shown_in_place
from web.forms import typed_number, typed_version
from web.guard import AgencyRequest, Side, guarded
from web.refusals import wants_json
from web.ui import address

if TYPE_CHECKING:
    from convergence.content.schema import ExpectedProof, Requirement, Scenario
    from convergence.reviews.examination import Examination, Line
    from foundation.core.verdict import Verdict

LOOKS = {
    "to_examine": "",
    "to_confirm": "",
    "accepted": "cv-state--done",
    "closed": "cv-state--done",
    "not_applicable": "cv-state--done",
    "changes_asked": "cv-state--bad",
    "open": "",
    "submitted": "cv-state--in_progress",
    "changes_requested": "cv-state--bad",
}

FIELDS = {"no_outcome": "outcome", "no_reason": "reason", "no_text": "text"}
"""The field of a verdict that a refusal is about, by its code."""

SHOWN_IN_PLACE = {"frame-src": [SELF], "media-src": [SELF]}
"""What the policy of these pages adds to that of the others: our own files, beside the question they answer."""


# — Sections ——————————————————————————————————————————————————————————————————————————————


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def examine_sections(request: AgencyRequest, number: str, step: str) -> HttpResponse:
    """The sections of an evidence step: what the company has handed over of each, what remains to examine."""
    sheet = evidence_sheet(candidature_handed_over(number, request.user), step)
    context = {
        "candidature": sheet.candidature,
        "subject": sheet.candidature.enrolment.subject,
        "step": sheet.step,
        "piece": sheet.call.piece,
        "procedure": sheet.call.procedure,
        "profiles": [str(one.title) for one in sheet.call.profiles if one.code in sheet.candidature.profiles],
        "sections": [(section, LOOKS[section.state]) for section in sheet.sections],
    }
    return render(request, "agency/candidatures/examine_sections.html", context)


# — One section ———————————————————————————————————————————————————————————————————————————


@dataclass(slots=True)
class Typed:
    """A verdict as it stands in the form: kept where it is refused."""

    outcome: str = ""
    reason: str = ""
    text: str = ""
    note: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file handed over; `way` is how a browser shows it in place: image, video, page, or nothing."""

    document: dict[str, Any]
    file: Any
    url: str
    way: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class ProofShown:
    proof: ExpectedProof
    files: list[FileShown]
    gone: list[str]


@dataclass(frozen=True, slots=True)
class ScenarioShown:
    scenario: Scenario
    exempt: str
    proofs: list[ProofShown]


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def examine_section(request: AgencyRequest, number: str, step: str, section: str) -> HttpResponse:
    """One requirement beside its proofs, shown in place; a verdict is saved as soon as it is given, and then the next is shown."""
    if request.method != "POST":
        return _page(request, number, step, section)
    held = step_handed_over(number, step, section, request.user)
    requirement = str(request.POST.get("requirement", ""))
    typed = _typed(request)
    try:
        actions.save_verdict(
            held, section, requirement, typed.outcome, typed.reason, typed.text, typed.note, typed.version, by=request.user, at=now()
        )
    except Refused as refused:
        return _page(request, number, step, section, requirement=requirement, typed=typed, refused=refused)
    messages.success(
        request,
        _("Votre avis sur {requirement} est enregistré. L'entreprise le verra quand la section sera rendue.").format(
            requirement=requirement
        ),
    )
    return redirect(reverse("agency:examine_section", args=[number, step, section], query={"apres": requirement}))


@guarded(Side.AGENCY, "POST", right=Right.SEE_CANDIDATURES)
def see_requirement(request: AgencyRequest, number: str, step: str, section: str) -> HttpResponse:
    """What was on the page was seen: what changes afterwards is new."""
    held = step_handed_over(number, step, section, request.user)
    requirement, shown = str(request.POST.get("requirement", "")), typed_number(request.POST.get("submission", ""), 5)
    if shown is None:
        raise Refused(_("Rechargez la page : la soumission n'est pas dite."), status=400)
    actions.see_requirement(held, section, requirement, shown, by=request.user, at=now())
    return HttpResponse(status=204) if wants_json(request) else redirect(_place(number, step, section, requirement))


@guarded(Side.AGENCY, "GET", "POST", right=Right.SEE_CANDIDATURES)
def give_back_section(request: AgencyRequest, number: str, step: str, section: str) -> HttpResponse:
    """Every verdict, as the company will read it, to be read again; « Rendre la section »: accepted, sent back, or waiting for another reviewer."""
    found = section_handed_over(number, step, section, request.user)
    if request.method != "POST":
        examination = examination_of(found)
        return _recap(request, examination) if _is_to_give_back(examination) else redirect("agency:examine_section", number, step, section)
    try:
        event = actions.give_back_section(found.step, section, by=request.user, at=now())
    except Undecided as refused:
        return _page(request, number, step, section, requirement=refused.requirements[0], refused=refused)
    told = {
        "accepted": _("La section est acceptée."),
        "changes_requested": _("La section est rendue : {requirements} à modifier par l'entreprise.").format(
            requirements=agreed(len(event.fields), "exigence,exigences")
        ),
        "to_confirm": _("Votre examen est rendu : un autre vérificateur doit confirmer la section avant qu'elle soit acceptée."),
    }
    messages.success(request, told[event.result])
    return redirect("agency:examine_sections", number, step)


def _is_to_give_back(examination: Examination) -> bool:
    """Whether what is examined is what the company handed over last, and awaits the agency."""
    section = examination.section
    return section.state == "submitted" and section.step.candidature.is_alive and examination.submission == examination.submissions[-1]


def _recap(request: AgencyRequest, examination: Examination) -> HttpResponse:
    """What giving the section back comes to, and requirement by requirement what is said of it: what is sent back first.

    At a second look that is not blind, what the first one said is confirmed where nothing else is said.
    """
    reasons = {one.code: str(one.title) for one in examination.piece.reasons}
    looks = [examination.look] if examination.piece.blind_second_look else [examination.look, FIRST]
    given = [(line, verdict) for line in examination.lines if (verdict := next(filter(None, map(line.holds, looks)), None)) is not None]
    context = {
        "candidature": examination.candidature,
        "subject": examination.candidature.enrolment.subject,
        "step": examination.step,
        "piece": examination.piece,
        "section": examination.section,
        "short": examination.content.short,
        "examination": examination,
        "counts": examination.counts,
        "settled": examination.settlement(examination.look),
        "may": _may_examine(request, examination),
        "lines": [
            (line, verdict, LOOKS[line.state], reasons.get(verdict.reason, ""))
            for line, verdict in sorted(given, key=lambda one: one[1].outcome != CHANGES_ASKED)
        ],
    }
    return render(request, "agency/candidatures/give_back_section.html", context)


def _typed(request: AgencyRequest) -> Typed:
    posted = request.POST
    return Typed(
        outcome=str(posted.get("outcome", "")),
        reason=str(posted.get("reason", "")),
        text=str(posted.get("text", "")),
        note=str(posted.get("note", "")),
        version=typed_version(posted.get("version", "")),
    )


def _page(request: AgencyRequest, number: str, step: str, section: str, *, requirement: str = "", typed: Typed | None = None, refused: Refused | None = None) -> HttpResponse:  # fmt: skip
    found = section_handed_over(number, step, section, request.user)
    examination = examination_of(found, _round(request), request.user)
    lines = examination.lines
    waiting = [line for line in lines if line.state in ("to_examine", "to_confirm")]
    asked = requirement or request.GET.get("exigence", "")
    line = next((one for one in lines if one.code == asked), None) or _following(lines, waiting, request.GET.get("apres", ""))
    look = examination.look
    may = _may_examine(request, examination)
    is_ours = _is_to_give_back(examination)
    held = line.own(look)
    crossed = refused.theirs if isinstance(refused, VerdictCrossed) else None
    if typed is None:
        typed = Typed(held.outcome, held.reason, held.text, held.note, held.version) if held else Typed()
    elif crossed is not None:
        typed.version = crossed.version
    hides_first = look == CONFIRMATION and examination.piece.blind_second_look and is_ours
    context = {
        "candidature": found.step.candidature,
        "subject": found.step.candidature.enrolment.subject,
        "step": found.step,
        "piece": examination.piece,
        "section": found,
        "examination": examination,
        "title": examination.content.title,
        "short": examination.content.short,
        "counts": examination.counts,
        "groups": _groups(examination, line),
        "line": line,
        "exempt": line.exempt.get(line.code, ""),
        "scenarios": _scenarios(examination, line),
        "typed": typed,
        "outcomes": list(OUTCOMES.items()),
        "held": held,
        "closed": line.holds(look) if line.is_closed(look) else None,
        "first": line.holds(FIRST) if look == CONFIRMATION and not hides_first else None,
        "asked_before": line.asked_before,
        "crossed": crossed,
        "refused": refused,
        "at_fault": _at_fault(refused, typed),
        "is_ours": is_ours,
        "may": may,
        "may_answer": bool(may) and is_ours and not line.is_closed(look),
        "may_give_back": bool(may) and is_ours,
        "waiting": len(waiting),
        "longest": LONGEST_TEXT,
    }
    status = refused.status if refused else 200
    page = render(request, "agency/candidatures/examine_section.html", context, status=status)
    csp_update(SHOWN_IN_PLACE)(lambda _request: page)(request)
    return page


def _at_fault(refused: Refused | None, typed: Typed) -> str:
    """The field to correct, which the refusal then describes; none where the refusal is about something else."""
    if refused is None:
        return ""
    if refused.code == "too_long":
        return "text" if len(typed.text.strip()) > LONGEST_TEXT else "note"
    return FIELDS.get(refused.code, "")


def _following(lines: list[Line], waiting: list[Line], code: str) -> Line:
    """The first requirement that awaits a verdict after this one, else before it; where none does, this one or the first."""
    here = next((rank for rank, one in enumerate(lines) if one.code == code), -1)
    ahead = [one for one in waiting if lines.index(one) > here]
    return (ahead or waiting or [lines[max(here, 0)]])[0]


def _may_examine(request: AgencyRequest, examination: Examination) -> Verdict:
    may = can_save_verdict(request.user, examination.step)
    if may and examination.look == CONFIRMATION:
        return can_confirm(request.user, examination)
    return may


def _round(request: AgencyRequest) -> int | None:
    return typed_number(request.GET.get("soumission", ""), 5)


def _groups(examination: Examination, current: Line) -> list[tuple[str, list[tuple[Line, str, str, bool]]]]:
    """The requirements: those that await a verdict first, then the others."""
    where = (examination.candidature.number, examination.step.code, examination.section.code)
    words = {"to_examine": _("À examiner"), "answered": _("Avis donné"), "closed": _("Acceptées, closes")}
    grouped: dict[str, list[tuple[Line, str, str, bool]]] = {group: [] for group in words}
    for line in examination.lines:
        group = {"to_examine": "to_examine", "to_confirm": "to_examine", "closed": "closed"}.get(line.state, "answered")
        grouped[group].append((line, LOOKS[line.state], _place(*where, line.code), line.code == current.code))
    return [(words[group], lines) for group, lines in grouped.items() if lines]


def _scenarios(examination: Examination, line: Line) -> list[ScenarioShown]:
    files = files_shown(line)
    since = line.since
    past = {(one["slot"], one["sha256"]): one["name"] for one in since.documents} if since else {}
    kept = {(one["slot"], one["sha256"]) for one in line.documents}

    def shown(document: dict[str, Any]) -> FileShown:
        file = files.get(document["deposit"])
        url = address("agency:document", examination.candidature.number, document["deposit"])
        is_new = since is not None and (document["slot"], document["sha256"]) not in past
        return FileShown(document, file, url, _way(file), is_new)

    return [
        ScenarioShown(
            scenario=scenario,
            exempt=line.exempt.get(scenario.code, ""),
            proofs=[
                ProofShown(
                    proof=proof,
                    files=[shown(one) for one in line.documents if one["slot"] == proof.code],
                    gone=[name for (slot, sha256), name in past.items() if slot == proof.code and (slot, sha256) not in kept],
                )
                for proof in scenario.proofs
                if proof.code in line.slots
            ],
        )
        for scenario in line.scenarios
    ]


def _way(file: Any) -> str:
    """How a browser shows a file in place without running anything of it."""
    if file is None or not is_shown_in_place(file):
        return ""
    kind = file.media_type.partition("/")[0]
    return {"image": "image", "video": "video"}.get(kind, "page")


# — Two submissions ———————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Compared:
    """One requirement in two submissions: the files of each, and what was said to be without object."""

    code: str
    text: str
    before: list[str]
    after: list[str]


@guarded(Side.AGENCY, right=Right.SEE_CANDIDATURES)
def compare_section(request: AgencyRequest, number: str, step: str, section: str) -> HttpResponse:
    """Any two submissions of a section, requirement by requirement: what differs, file by file, by its hash."""
    found = section_handed_over(number, step, section, request.user)
    examination = examination_of(found)
    by_number = {one.number: one for one in examination.submissions}
    before, after = (_chosen(request, name, by_number) for name in ("de", "a"))
    after = after or examination.submissions[-1]
    before = before or next((one for one in reversed(examination.submissions) if one.number < after.number), after)
    told = [
        Compared(one.code, str(one.text), _told(before, one), _told(after, one))
        for one in examination.content.requirements
        if one.code in before.values["asked"] or one.code in after.values["asked"]
    ]
    context = {
        "candidature": found.step.candidature,
        "subject": found.step.candidature.enrolment.subject,
        "step": found.step,
        "section": found,
        "short": examination.content.short,
        "submissions": examination.submissions,
        "before": before,
        "after": after,
        "changed": [one for one in told if one.before != one.after],
        "same": sum(1 for one in told if one.before == one.after),
    }
    return render(request, "agency/candidatures/compare_section.html", context)


def _chosen(request: AgencyRequest, name: str, by_number: dict[int, Any]) -> Any:
    asked = request.GET.get(name, "")
    if not asked:
        return None
    number = typed_number(asked, 5)
    if number is None or number not in by_number:
        raise Http404
    return by_number[number]


def _told(submission: Any, requirement: Requirement) -> list[str]:
    """What a submission holds of a requirement, a line each; the hash tells two files of one name apart."""
    slots = submission.values["asked"].get(requirement.code, [])
    lines = [f"{one['slot']} · {one['name']} · SHA-256 {one['sha256'][:12]}…" for one in submission.documents if one["slot"] in slots]
    codes = {requirement.code, *(scenario.code for scenario in requirement.scenarios)}
    return lines + [
        _("{code} sans objet : {text}").format(code=code, text=text) for code, text in submission.values["exempt"].items() if code in codes
    ]


def _place(number: str, step: str, section: str, requirement: str) -> str:
    return reverse("agency:examine_section", args=[number, step, section], query={"exigence": requirement})
