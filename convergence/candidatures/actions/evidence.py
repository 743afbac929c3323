"""Evidence, section by section: handed over, said to be without object, answered for; opened again where it was found at fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from convergence.candidatures.events import (
    EvidenceComplete,
    EvidenceReopened,
    ExemptionDeclared,
    ExemptionWithdrawn,
    RequestReplied,
    SectionSubmitted,
)
from convergence.candidatures.handing import LONGEST_TEXT, freeze, refuse_late, refuse_past_last_correction
from convergence.candidatures.models import ChangeRequest, Exemption, FieldValue, Step, StepSection
from convergence.candidatures.permissions import (
    can_complete_evidence,
    can_declare_exemption,
    can_reopen_evidence,
    can_reply_to_request,
    can_submit_section,
    can_withdraw_exemption,
)
from convergence.candidatures.rules import is_evidence_complete
from convergence.candidatures.sections import EvidenceSheet, SectionSheet, reply_field, sheet_of_step, values_of
from convergence.candidatures.turns import refuse_ended
from convergence.candidatures.workflow import CANDIDATURE, OPEN, SECTION, STEP
from convergence.content.schema import Requirement, Scenario
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.language import gettext_lazy
from foundation.core.verdict import Refused, fitting, worded
from foundation.journal.action import action

SHUT = gettext_lazy("Cette preuve est transmise à l'agence : elle ne change plus, sauf si l'agence demande de la modifier.")


class SectionNotReady(Refused):
    """A section cannot be submitted yet: `section` says what keeps it from being, requirement by requirement."""

    def __init__(self, section: SectionSheet) -> None:
        number = len(section.remaining)
        if number == 1:
            sentence = _("Il reste une exigence à compléter avant de soumettre la section. Elles sont listées ci-dessous.")
        else:
            sentence = _("Il reste {number} exigences à compléter avant de soumettre la section. Elles sont listées ci-dessous.")
        super().__init__(sentence.format(number=number), code="incomplete", status=409)
        self.section = section


@action(SectionSubmitted)
def submit_section(step: Step, code: str, *, by: Person, at: datetime) -> SectionSubmitted:
    """« Soumettre la section »: its evidence is frozen as it is, and a receipt given. Sections are handed over one by one.

    Every proof expected has a file found clean, or was said to be without object; what the agency sent back has changed.
    """
    can_submit_section(by, step).or_refuse()
    sheet = _evidence_of(step)
    section = sheet.section(code)
    state = SECTION.after("submit_section", section.state)
    STEP.after("submit_section", step.state)
    CANDIDATURE.after("submit_section", step.candidature.state)
    if section.state == OPEN:
        refuse_late(sheet.call, step, at)
    refuse_past_last_correction(sheet.call, at)
    if section.remaining:
        raise SectionNotReady(section)
    submission = freeze(step, code, values_of(section), section.documents, by, at)
    StepSection.objects.update_or_create(step=step, code=code, defaults={"state": state, "since": at})
    states = {one.code: one.state for one in sheet.sections} | {code: state}
    return SectionSubmitted(
        **step.heading,
        step_key=step.pk,
        section=code,
        submission=submission.pk,
        receipt=submission.receipt,
        digest=submission.digest,
        completes=is_evidence_complete([one.code for one in sheet.sections], states),
    )


@action(EvidenceComplete)
def complete_evidence(step: Step, *, by: Person, at: datetime) -> EvidenceComplete:
    """The last section asked was handed over: the step is the agency's, until it sends something back. The time of the agency runs from here."""
    can_complete_evidence(by, step).or_refuse()
    step.state, step.since = STEP.after("complete_evidence", step.state), at
    states = dict(step.sections.values_list("code", "state"))
    if not is_evidence_complete([one.code for one in _evidence_of(step).sections], states):
        raise Refused(_("Une section reste à soumettre."), code="incomplete", status=409)
    step.save(update_fields=["state", "since"])
    return EvidenceComplete(
        **step.heading,
        step_key=step.pk,
    )


@action(ExemptionDeclared)
def declare_exemption(step: Step, code: str, text: str, *, by: Person, at: datetime) -> ExemptionDeclared | None:
    """« Sans objet »: the requirement, or the scenario, does not apply to the product; only where the content says it may not. With a reason."""
    can_declare_exemption(by, step).or_refuse()
    _refuse_shut(step, code)
    words = worded(text, _("Expliquez en une phrase pourquoi cette exigence est sans objet pour votre produit."), LONGEST_TEXT)
    held = step.exemptions.filter(code=code).first()
    if held is not None and held.is_declared and held.text == words:
        return None
    Exemption.objects.update_or_create(step=step, code=code, defaults={"text": words, "is_declared": True, "saved_at": at, "saved_by": by})
    return ExemptionDeclared(**step.heading, code=code)


@action(ExemptionWithdrawn)
def withdraw_exemption(step: Step, code: str, *, by: Person, at: datetime) -> ExemptionWithdrawn | None:
    """It applies after all: its proofs are expected again. What was deposited before is still there."""
    can_withdraw_exemption(by, step).or_refuse()
    _refuse_shut(step, code)
    if not step.exemptions.filter(code=code, is_declared=True).update(is_declared=False, saved_at=at, saved_by=by):
        return None
    return ExemptionWithdrawn(**step.heading, code=code)


class ReplyCrossed(Refused):
    """Nothing was written: a colleague has answered the same request meanwhile. `theirs` is what they wrote."""

    def __init__(self, theirs: FieldValue) -> None:
        super().__init__(
            _(
                "{name} a répondu à cette demande pendant que vous rédigiez. Votre texte est gardé : choisissez ce qu'il faut retenir."
            ).format(name=theirs.saved_by.name),
            code="diverged",
            status=409,
        )
        self.theirs = theirs


@action(RequestReplied)
def reply_to_request(step: Step, code: str, text: str, version: int, *, by: Person, at: datetime) -> RequestReplied | None:
    """What the company answers to what is asked of a requirement, over the version one has read (0: none). Handed over with the section.

    It may explain another proof, or why the first one is right. Emptied, it is taken back.
    """
    can_reply_to_request(by, step).or_refuse()
    sheet = _evidence_of(step)
    found = next((one for section in sheet.sections for one in section.requirements if one.code == code), None)
    if found is None:
        raise Step.DoesNotExist
    if found.request is None:
        raise Refused(_("L'agence ne demande plus rien pour cette exigence : rechargez la page."), code="wrong_state", status=409)
    text = fitting(text, LONGEST_TEXT)
    held = found.typed_reply
    if text == (held.value if held else ""):
        return None
    if held is not None and held.version != version:
        raise ReplyCrossed(held)
    kept = held or FieldValue(step=step, field=reply_field(found.request), version=0)
    kept.value, kept.version, kept.saved_at, kept.saved_by = text, kept.version + 1, at, by
    kept.save()
    return RequestReplied(
        **step.heading,
        code=code,
        version=kept.version,
    )


def _evidence_of(step: Step) -> EvidenceSheet:
    """What the step asks and holds; the candidature must be alive."""
    refuse_ended(step.candidature)
    return sheet_of_step(step)


def _refuse_shut(step: Step, code: str) -> None:
    """Of a requirement, or of a scenario, that may be without object, and whose evidence may change now."""
    sheet = _evidence_of(step)
    for section in sheet.sections:
        for one in section.requirements:
            pieces: dict[str, Requirement | Scenario] = {scenario.code: scenario for scenario in one.asked.scenarios}
            pieces[one.code] = one.asked.requirement
            if code not in pieces:
                continue
            if pieces[code].applies_if is None:
                raise Refused(
                    _("Cette exigence s'applique à tous les produits : déposez les preuves attendues."), code="applies", status=409
                )
            if not sheet.takes(one.slots[0]):
                raise Refused(SHUT, code="wrong_state", status=409)
            return
    raise Step.DoesNotExist


@dataclass(frozen=True, slots=True)
class Fault:
    """What is found at fault in evidence that was accepted: a requirement, or every one of the section where none is named; and why."""

    section: str
    requirement: str
    text: str


@action(EvidenceReopened)
def reopen_evidence(step: Step, evidence: str, faults: Sequence[Fault], *, by: Person, at: datetime) -> EvidenceReopened:
    """Evidence that was accepted is asked for anew, only where a fault names it: the rest stays accepted. The step that judged it
    waits until it is accepted again. Called by the room that judged (seed, « Réserves bloquantes » : « vous pouvez redéposer »).
    """
    can_reopen_evidence(by, step).or_refuse()
    CANDIDATURE.after("request_changes", step.candidature.state)
    waiting = STEP.after("await_evidence", step.state)
    held = step.candidature.steps.select_for_update().get(code=evidence)
    held.candidature = step.candidature
    held.state, held.since = STEP.after("reopen_evidence", held.state), at
    held.settled_by, held.reasons, held.text = None, [], ""
    asked = _faults_by_section(sheet_of_step(held), faults)
    for section, texts in asked:
        row, latest = section.row, section.latest
        assert row is not None, section.code
        assert latest is not None, section.code
        row.state, row.since = SECTION.after("reopen_section", row.state), at
        row.save(update_fields=["state", "since"])
        ChangeRequest.objects.bulk_create(
            ChangeRequest(submission=latest, field=code, text="\n\n".join(said), requested_at=at, requested_by=by)
            for code, said in texts.items()
        )
    held.save(update_fields=["state", "since", "settled_by", "reasons", "text"])
    step.state, step.since = waiting, at
    step.save(update_fields=["state", "since"])
    return EvidenceReopened(
        **step.heading,
        step_key=step.pk,
        evidence=held.code,
        evidence_key=held.pk,
        sections=tuple(section.code for section, _texts in asked),
        fields=tuple(code for _section, texts in asked for code in texts),
    )


def _faults_by_section(sheet: EvidenceSheet, faults: Sequence[Fault]) -> list[tuple[SectionSheet, dict[str, list[str]]]]:
    """What is asked of each requirement of each section at fault, in the order of the content."""
    found: list[tuple[SectionSheet, dict[str, list[str]]]] = []
    for section in sheet.sections:
        texts: dict[str, list[str]] = {}
        for code in section.handed:
            said = [one.text for one in faults if one.section == section.code and one.requirement in ("", code)]
            if said:
                texts[code] = list(dict.fromkeys(said))
        if texts:
            found.append((section, texts))
    known = {(section.code, code) for section in sheet.sections for code in ("", *section.handed)}
    if not found or not all((one.section, one.requirement) in known for one in faults):
        raise Refused(_("Cette section ou cette exigence n'est pas dans le dossier. Rechargez la page."), code="unknown", status=400)
    return found
