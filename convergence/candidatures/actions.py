"""Every write to a candidature: beginning, filling in, handing over, giving up; accepting, sending back, rejecting."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from convergence.candidatures.calls import Call, call_of, is_last, opening, opens_next, procedure_of, requirements_of
from convergence.candidatures.deadlines import is_late
from convergence.candidatures.events import (
    CandidatureBegun,
    CandidatureWithdrawn,
    ChangesRequested,
    ClosingExtended,
    DraftDiscarded,
    EvidenceComplete,
    EvidenceReopened,
    ExemptionDeclared,
    ExemptionWithdrawn,
    FormSaved,
    RequestReplied,
    SectionSubmitted,
    StepAccepted,
    StepConcluded,
    StepLapsed,
    StepRefused,
    StepRejected,
    StepSubmitted,
)
from convergence.candidatures.forms import Problem, Value, is_open, problems_of, tidied
from convergence.candidatures.models import Candidature, ChangeRequest, Exemption, FieldValue, Step, StepSection, Submission
from convergence.candidatures.permissions import (
    can_accept_step,
    can_begin_candidature,
    can_complete_evidence,
    can_conclude_step,
    can_declare_exemption,
    can_discard_draft,
    can_extend_closing,
    can_lapse_step,
    can_refuse_step,
    can_reject_step,
    can_reopen_evidence,
    can_reply_to_request,
    can_request_changes,
    can_save_form,
    can_submit_section,
    can_submit_step,
    can_withdraw_candidature,
    can_withdraw_exemption,
)
from convergence.candidatures.queries import documents_in, filled_slots, unanswered
from convergence.candidatures.rules import is_evidence_complete
from convergence.candidatures.sections import EvidenceSheet, SectionSheet, reply_field, sheet_of_step, values_of
from convergence.candidatures.turns import refuse_ended
from convergence.candidatures.watch import run_awaiting
from convergence.candidatures.workflow import CANDIDATURE, LOCKED, OPEN, SECTION, STEP
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from convergence.content.schema import Procedure, Requirement, Scenario
from convergence.evidence.folders import open_folder
from convergence.evidence.models import Deposit, Folder
from foundation.accounts.models import Person
from foundation.core.clock import PARIS, told
from foundation.core.verdict import Refused, fitting, worded
from foundation.journal.action import action
from foundation.journal.actor import Actor
from foundation.journal.chain import canonical

LONGEST_TEXT = 2000
SHUT = "Cette preuve est transmise à l'agence : elle ne change plus, sauf si l'agence demande de la modifier."


@dataclass(frozen=True, slots=True)
class Typed:
    """A field as someone sent it, over the version they had before their eyes (0: none yet)."""

    raw: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """Someone else changed a field in the meantime: both values, so that the person can choose."""

    field: str
    mine: Value
    theirs: FieldValue


class Crossed(Refused):
    """Nothing was written: `crossings` says what the other person typed, field by field."""

    def __init__(self, crossings: list[Crossing]) -> None:
        names = ", ".join(sorted({one.theirs.saved_by.name for one in crossings}))
        super().__init__(
            f"{names} a modifié le formulaire pendant que vous le remplissiez. Vos mots sont gardés : choisissez ce qu'il faut retenir.",
            code="diverged",
            status=409,
        )
        self.crossings = crossings


class NotReady(Refused):
    """The form cannot be submitted yet: `problems` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        number = len(problems)
        what = "Il reste un point à régler" if number == 1 else f"Il reste {number} points à régler"
        super().__init__(f"{what} avant de soumettre. Ils sont listés ci-dessous.", code="incomplete", status=409)
        self.problems = problems


class SectionNotReady(Refused):
    """A section cannot be submitted yet: `section` says what keeps it from being, requirement by requirement."""

    def __init__(self, section: SectionSheet) -> None:
        number = len(section.remaining)
        what = "Il reste une exigence à compléter" if number == 1 else f"Il reste {number} exigences à compléter"
        super().__init__(f"{what} avant de soumettre la section. Elles sont listées ci-dessous.", code="incomplete", status=409)
        self.section = section


@dataclass(frozen=True, slots=True)
class Correction:
    """What the agency asks of one field: a reason of the content, or none, and a sentence."""

    field: str
    reason: str
    text: str


@action(CandidatureBegun)
def begin_candidature(enrolment: Enrolment, *, by: Person, at: datetime) -> CandidatureBegun:
    """« Candidater »: a number, a draft, and the steps of the procedure. One candidature is alive at a time."""
    can_begin_candidature(by, enrolment).or_refuse()
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    assert procedure is not None
    if procedure.closed_because is not None or not procedure.steps:
        raise Refused(str(procedure.closed_because or "Cette démarche ne demande pas de candidature."), status=409)
    alive = Candidature.objects.alive().filter(enrolment=enrolment).first()
    if alive is not None:
        raise Refused(f"La candidature n° {alive.number} est déjà commencée : reprenez-la.", code="duplicate", status=409)
    candidature = _numbered(enrolment, by, at)
    opened = opens_next(procedure, frozenset(), frozenset(piece.code for piece in procedure.steps))
    for rank, piece in enumerate(procedure.steps):
        folder = None
        if piece.form is not None or requirements_of(shelf, procedure, piece) is not None:
            folder = open_folder(enrolment.subject, f"candidature:{candidature.number}:{piece.code}", enrolment.code, by=by, at=at)
        state = STEP.after(opening(piece), LOCKED) if piece.code in opened else LOCKED
        Step.objects.create(candidature=candidature, code=piece.code, rank=rank, state=state, folder=folder, since=at)
    return CandidatureBegun(
        **candidature.heading,
        subject=enrolment.subject_id,
        procedure=candidature.procedure,
    )


def _numbered(enrolment: Enrolment, by: Person, at: datetime) -> Candidature:
    """Ten capital letters drawn at random, drawn again in the case, one in 10¹⁴, where they were given before."""
    while True:
        number = "".join(secrets.choice(string.ascii_uppercase) for _ in range(10))
        try:
            with transaction.atomic():
                return Candidature.objects.create(
                    number=number, enrolment=enrolment, procedure=enrolment.procedure, begun_at=at, begun_by=by
                )
        except IntegrityError:
            if not Candidature.objects.filter(number=number).exists():
                raise


@action(FormSaved)
def save_form(step: Step, typed: Mapping[str, Typed], *, by: Person, at: datetime) -> FormSaved | None:
    """« Enregistrer comme brouillon »: keep what was typed, for all the fields given or for none.

    What is malformed is kept too, and told at the recapitulation. Where changes were requested, only what was asked opens again.
    """
    can_save_form(by, step).or_refuse()
    STEP.after("save_form", step.state)
    refuse_ended(step.candidature)
    call = call_of(library(), step)
    stored = {one.field: one for one in step.values.select_related("saved_by")}
    sent = _tidied(call, {key: one.value for key, one in stored.items()}, typed)
    shut = _fields_shut(call, step, {key: one.value for key, one in stored.items()} | sent)
    written: dict[str, tuple[Value, int]] = {}
    crossings: list[Crossing] = []
    for key, value in sent.items():
        held = stored.get(key)
        if value == (held.value if held else _nothing_like(value)):
            continue
        if key in shut:
            raise Refused("Seuls les champs dont l'agence a demandé la modification sont ouverts. Rechargez la page.", status=409)
        if held is not None and held.version != typed[key].version:
            crossings.append(Crossing(key, value, held))
        else:
            written[key] = (value, (held.version if held else 0) + 1)
    if crossings:
        raise Crossed(crossings)
    if not written:
        return None
    FieldValue.objects.bulk_create(
        [
            FieldValue(step=step, field=key, value=value, version=version, saved_at=at, saved_by=by)
            for key, (value, version) in written.items()
        ],
        update_conflicts=True,
        unique_fields=["step", "field"],
        update_fields=["value", "version", "saved_at", "saved_by"],
    )
    return FormSaved(
        **step.heading,
        versions={key: version for key, (_, version) in sorted(written.items())},
    )


def _tidied(call: Call, stored: dict[str, Value], typed: Mapping[str, Typed]) -> dict[str, Value]:
    """What was sent, field by field, as it is kept. A field that is not in the form, or could not have been typed there, is refused."""
    every = {one.key: one for one in call.asked(stored | {key: _as_value(one) for key, one in typed.items()}, spare=1)}
    kept: dict[str, Value] = {}
    for key, one in typed.items():
        asked = every.get(key)
        if asked is None or asked.field.kind == "file":
            if not _is_known(call, key):
                raise Refused("Ce champ n'est pas dans le formulaire. Rechargez la page.", status=400)
            continue  # a field that another answer has just hidden
        value = tidied(asked.field, one.raw, call.profiles)
        if value is None:
            raise Refused(f"« {asked.field.title} » : ce texte est trop long, ou ce choix n'existe pas.", code="too_long", status=400)
        kept[key] = value
    return kept


def _as_value(typed: Typed) -> Value:
    return list(typed.raw) if len(typed.raw) > 1 else "".join(typed.raw)


def _is_known(call: Call, key: str) -> bool:
    """Whether the form has such a field, asked today or not."""
    code, _, number = key.partition(".")
    for block in call.form.blocks if call.form else ():
        if any(field.code == code for field in block.fields):
            return not number if block.repeats is None else number.isdigit() and 1 <= int(number) <= block.repeats
    return False


def _nothing_like(value: Value) -> Value:
    return [] if isinstance(value, list) else ""


def _fields_shut(call: Call, step: Step, values: dict[str, Value]) -> frozenset[str]:
    """The fields that stay as they were handed over, where changes were requested; nothing where the whole form is open."""
    if not step.is_to_correct:
        return frozenset()
    latest = _latest(step)
    before = frozenset(one.key for one in call.asked(dict(latest.values)))
    requested = frozenset(latest.requests.values_list("field", flat=True))
    return frozenset(one.key for one in call.asked(values, spare=1) if not is_open(one, before, requested))


@action(DraftDiscarded)
def discard_draft(candidature: Candidature, *, by: Person, at: datetime) -> DraftDiscarded:
    """« Supprimer ce brouillon »: it leaves the screens; its number is not given again, and nothing of it reaches the agency."""
    can_discard_draft(by, candidature).or_refuse()
    _end(candidature, "discard_draft", by, at)
    return DraftDiscarded(
        **candidature.heading,
    )


@action(CandidatureWithdrawn)
def withdraw_candidature(candidature: Candidature, reason: str, *, by: Person, at: datetime) -> CandidatureWithdrawn:
    """The company gives up, at any time before the decision. What was handed over stays readable by both."""
    can_withdraw_candidature(by, candidature).or_refuse()
    _end(
        candidature,
        "withdraw_candidature",
        by,
        at,
        worded(reason, "Dites en une phrase pourquoi vous retirez cette candidature.", LONGEST_TEXT),
    )
    return CandidatureWithdrawn(
        **candidature.heading,
    )


@action(StepSubmitted)
def submit_step(step: Step, *, by: Person, at: datetime) -> StepSubmitted:
    """« Soumettre votre candidature »: the form is frozen as it is, and a receipt given. From here only the agency gives it back.

    Refused from the closing date on; what was submitted before it and sent back may still be corrected (product, rules of time).
    """
    can_submit_step(by, step).or_refuse()
    state = STEP.after("submit_step", step.state)
    candidature = step.candidature
    reached = CANDIDATURE.after("submit_step", candidature.state)
    shelf = library()
    call = call_of(shelf, step)
    _refuse_late(call, step, at)
    values = {one.field: one.value for one in step.values.all()}
    asked = call.asked(values)
    deposits = _deposits(step.folder)
    documents = documents_in(deposits)
    if problems := problems_of(asked, values, filled_slots(call, deposits), call.profiles):
        raise NotReady(problems)
    _refuse_unanswered(call, step, values, documents)
    frozen = {one.key: values[one.key] for one in asked if values.get(one.key)}
    number = step.submissions.count() + 1
    digest = sha256(canonical({"number": candidature.number, "step": step.code, "values": frozen, "documents": documents}).encode())
    submission = Submission.objects.create(
        step=step,
        number=number,
        receipt=_receipt(at),
        release=shelf.number,
        values=frozen,
        documents=documents,
        digest=digest.hexdigest(),
        submitted_at=at,
        submitted_by=by,
        submitted_by_name=by.name,
    )
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    chosen = call.chosen(values)
    candidature.state, candidature.submitted_at = reached, candidature.submitted_at or at
    candidature.profiles = candidature.profiles if chosen is None else chosen
    candidature.save(update_fields=["state", "submitted_at", "profiles"])
    if any(piece.opens == "submitted" for piece in call.procedure.steps):
        _open_next(candidature, call.procedure, at)
    return StepSubmitted(
        **step.heading,
        step_key=step.pk,
        submission=submission.pk,
        receipt=submission.receipt,
        digest=submission.digest,
    )


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
        _refuse_late(sheet.call, step, at)
    if section.remaining:
        raise SectionNotReady(section)
    values = values_of(section)
    number = len(section.submissions) + 1
    frozen = {"number": step.candidature.number, "step": step.code, "section": code, "values": values, "documents": section.documents}
    submission = Submission.objects.create(
        step=step,
        section=code,
        number=number,
        receipt=_receipt(at),
        release=library().number,
        values=values,
        documents=section.documents,
        digest=sha256(canonical(frozen).encode()).hexdigest(),
        submitted_at=at,
        submitted_by=by,
        submitted_by_name=by.name,
    )
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
        raise Refused("Une section reste à soumettre.", code="incomplete", status=409)
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
    words = worded(text, "Expliquez en une phrase pourquoi cette exigence est sans objet pour votre produit.", LONGEST_TEXT)
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
            f"{theirs.saved_by.name} a répondu à cette demande pendant que vous rédigiez. Votre texte est gardé : choisissez ce qu'il faut retenir.",
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
        raise Refused("L'agence ne demande plus rien pour cette exigence : rechargez la page.", code="wrong_state", status=409)
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
                raise Refused("Cette exigence s'applique à tous les produits : déposez les preuves attendues.", code="applies", status=409)
            if not sheet.takes(one.slots[0]):
                raise Refused(SHUT, code="wrong_state", status=409)
            return
    raise Step.DoesNotExist


def _receipt(at: datetime) -> str:
    """« R-20261105-7QK2M9 »: the day in Paris, and six characters nobody confuses with others."""
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return f"R-{at.astimezone(PARIS):%Y%m%d}-{''.join(secrets.choice(letters) for _ in range(6))}"


def _deposits(folder: Folder | None) -> list[Deposit]:
    return list(folder.deposits.select_related("file").order_by("pk")) if folder else []


def _refuse_late(call: Call, step: Step, at: datetime) -> None:
    if step.state == OPEN and is_late(at, call.closes_at):
        assert call.closing is not None
        assert call.closes_at is not None
        raise Refused(
            f"{call.closing.title} : c'était le {told(call.closes_at)} (heure de Paris). Cette étape ne peut plus être soumise. "
            "Votre brouillon est gardé ; écrivez à l'agence si un incident vous a empêché de le soumettre à temps.",
            code="late",
            status=409,
        )


def _refuse_unanswered(call: Call, step: Step, values: Mapping[str, Value], documents: list[dict[str, object]]) -> None:
    """Where changes were requested, each field or document asked is another than the one handed over."""
    if not step.is_to_correct:
        return
    latest = _latest(step)
    if same := unanswered(call, latest, latest.requests.all(), values, documents):
        raise NotReady(same)


def _latest(step: Step) -> Submission:
    latest = step.submissions.order_by("-number").first()
    assert latest is not None
    return latest


@action(StepAccepted)
def accept_step(step: Step, text: str, *, by: Person, at: datetime) -> StepAccepted:
    """What was handed over is accepted, and stays so; the steps that waited for it open."""
    can_accept_step(by, step).or_refuse()
    opened, completes = _accepted(step, "accept_step", text, by, at)
    return StepAccepted(
        **step.heading,
        step_key=step.pk,
        opened=opened,
        completes=completes,
    )


@action(StepConcluded)
def conclude_step(step: Step, text: str, *, by: Person, at: datetime) -> StepConcluded:
    """A step that is not a form is over, and well: signed by both, every requirement accepted, granted. Called by the room that knows."""
    can_conclude_step(by, step).or_refuse()
    opened, completes = _accepted(step, "conclude_step", text, by, at)
    return StepConcluded(
        **step.heading,
        step_key=step.pk,
        opened=opened,
        completes=completes,
    )


def _accepted(step: Step, verb: str, text: str, by: Person, at: datetime) -> tuple[tuple[str, ...], bool]:
    """Settle a step and open those that waited for it alone; where none remains the candidature ends. Which opened, and whether it ended."""
    _settle(step, verb, by, at, text=fitting(text, LONGEST_TEXT))
    candidature = step.candidature
    procedure = procedure_of(library(), candidature)
    accepted, opened = _open_next(candidature, procedure, at)
    completes = is_last(procedure, accepted)
    if completes:
        _end(candidature, "accept_last_step", by, at)
    else:
        CANDIDATURE.after("accept_step", candidature.state)
    return tuple(opened), completes


def _open_next(candidature: Candidature, procedure: Procedure, at: datetime) -> tuple[frozenset[str], list[str]]:
    """Open what waited for nothing more. Which steps are accepted, and which opened."""
    pieces = {piece.code: piece for piece in procedure.steps}
    siblings = {one.code: one for one in candidature.steps.select_for_update()}

    def standing(*states: str) -> frozenset[str]:
        return frozenset(code for code, one in siblings.items() if one.state in states)

    accepted = standing("accepted")
    opened = opens_next(procedure, accepted, standing(LOCKED), standing("submitted", "changes_requested"))
    for code in opened:
        siblings[code].state, siblings[code].since = STEP.after(opening(pieces[code]), LOCKED), at
        siblings[code].save(update_fields=["state", "since"])
    return accepted, opened


@action(ChangesRequested)
def request_changes(step: Step, corrections: Sequence[Correction], *, by: Person, at: datetime) -> ChangesRequested:
    """Field by field, what is to be corrected and why: only those fields open again."""
    can_request_changes(by, step).or_refuse()
    state = STEP.after("request_changes", step.state)
    CANDIDATURE.after("request_changes", step.candidature.state)
    call = call_of(library(), step)
    submission = _latest(step)
    asked = {one.key for one in call.asked(submission.values)}
    reasons = {reason.code for reason in call.piece.reasons}
    if not corrections:
        raise Refused("Désignez au moins un champ à modifier, et dites ce qui est attendu.", code="nothing_asked", status=400)
    requests = []
    for one in corrections:
        if one.field not in asked or (one.reason and one.reason not in reasons):
            raise Refused("Ce champ ou ce motif n'est pas dans le formulaire. Rechargez la page.", status=400)
        text = worded(one.text, "Pour chaque champ désigné, écrivez ce que l'entreprise doit modifier.", LONGEST_TEXT)
        requests.append(
            ChangeRequest(submission=submission, field=one.field, reason=one.reason, text=text, requested_at=at, requested_by=by)
        )
    ChangeRequest.objects.bulk_create(requests)
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    return ChangesRequested(
        **step.heading,
        step_key=step.pk,
        request=submission.pk,
        fields=tuple(one.field for one in corrections),
    )


@action(StepRejected)
def reject_step(step: Step, reasons: Sequence[str], text: str, *, by: Person, at: datetime) -> StepRejected:
    """The candidature ends here, with reasons the content names and a text of the reviewer's own."""
    can_reject_step(by, step).or_refuse()
    _refused(step, "reject_step", reasons, text, by, at)
    return StepRejected(
        **step.heading,
        step_key=step.pk,
        reasons=tuple(step.reasons),
    )


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
        sections=tuple(section.code for section, _ in asked),
        fields=tuple(code for _, texts in asked for code in texts),
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
        raise Refused("Cette section ou cette exigence n'est pas dans le dossier. Rechargez la page.", code="unknown", status=400)
    return found


@action(ClosingExtended)
def extend_closing(step: Step, until: datetime, *, by: Person, at: datetime) -> ClosingExtended:
    """The closing date of a step is put off for this candidature: later than it was, and than now. Two people agreed to it above."""
    can_extend_closing(by, step).or_refuse()
    STEP.after("extend_closing", step.state)
    refuse_ended(step.candidature)
    closes_at = call_of(library(), step).closes_at
    if closes_at is None:
        raise Refused("Cette étape n'a pas de date de clôture à reporter.", code="no_closing", status=409)
    if until <= max(closes_at, at):
        raise Refused("La date reportée doit être postérieure à la date de clôture, et à venir.", code="not_later", status=400)
    step.extended_to = until
    step.save(update_fields=["extended_to"])
    return ClosingExtended(
        **step.heading,
        step_key=step.pk,
        until=until.isoformat(),
    )


LAPSES = {"reject": "reject_lapsed", "abandon": "abandon_lapsed"}
"""What the end of a clock does to a candidature, by the word of the content."""


@action(StepLapsed)
def lapse_step(step: Step, clock: str, *, by: Actor, at: datetime) -> StepLapsed:
    """The company was awaited and its delay has passed: the candidature ends, refused or abandoned. Read again under the lock:
    what was submitted a moment before is not late.
    """
    can_lapse_step(by, step).or_refuse()
    state = STEP.after("lapse_step", step.state)
    run = run_awaiting(step, clock)
    if run is None or run.clock.at_end not in LAPSES or not run.is_passed(at):
        raise Refused("Ce délai n'est pas dépassé.", code="not_late", status=409)
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    _end(step.candidature, LAPSES[run.clock.at_end], None, at, f"{run.clock.title} : le délai est passé sans réponse.")
    return StepLapsed(
        **step.heading,
        step_key=step.pk,
        clock=clock,
        effect=run.clock.at_end,
    )


@action(StepRefused)
def refuse_step(step: Step, reasons: Sequence[str], text: str, *, by: Person, at: datetime) -> StepRefused:
    """A step that is not a form ends the candidature, with its reasons. Called by the room that knows."""
    can_refuse_step(by, step).or_refuse()
    _refused(step, "refuse_step", reasons, text, by, at)
    return StepRefused(
        **step.heading,
        step_key=step.pk,
        reasons=tuple(step.reasons),
    )


def _refused(step: Step, verb: str, reasons: Sequence[str], text: str, by: Person, at: datetime) -> None:
    kept, words = ground(call_of(library(), step), reasons, text)
    _settle(step, verb, by, at, reasons=kept, text=words)
    _end(step.candidature, verb, by, at, words)


def ground(call: Call, reasons: Sequence[str], text: str) -> tuple[list[str], str]:
    """What a refusal stands on, as it is kept: reasons the content names, at least one where it names any, and a text of one's own."""
    known = [reason.code for reason in call.piece.reasons]
    if not set(reasons) <= set(known) or (known and not reasons):
        raise Refused("Choisissez au moins un motif de refus dans la liste.", code="no_reason", status=400)
    return [code for code in known if code in reasons], worded(
        text, "Écrivez à l'entreprise pourquoi sa candidature est refusée.", LONGEST_TEXT
    )


def _settle(step: Step, verb: str, by: Person, at: datetime, *, text: str, reasons: Sequence[str] = ()) -> None:
    step.state, step.since = STEP.after(verb, step.state), at
    step.settled_by, step.reasons, step.text = by, list(reasons), text
    step.save(update_fields=["state", "since", "settled_by", "reasons", "text"])


def _end(candidature: Candidature, verb: str, by: Person | None, at: datetime, reason: str = "") -> None:
    candidature.state = CANDIDATURE.after(verb, candidature.state)
    candidature.ended_at, candidature.ended_by, candidature.reason = at, by, reason
    candidature.save(update_fields=["state", "ended_at", "ended_by", "reason"])
