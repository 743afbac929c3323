"""What a company types and hands over: beginning, filling in, submitting, giving up."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from convergence.candidatures.calls import Call, call_of, opening, opens_next, requirements_of
from convergence.candidatures.events import (
    CandidatureBegun,
    CandidatureWithdrawn,
    DraftDiscarded,
    FormSaved,
    StepSubmitted,
)
from convergence.candidatures.forms import Problem, Value, is_open, problems_of, tidied
from convergence.candidatures.handing import LONGEST_TEXT, freeze, latest_of, refuse_late, refuse_late_profile
from convergence.candidatures.models import Candidature, FieldValue, Step
from convergence.candidatures.permissions import (
    can_begin_candidature,
    can_discard_draft,
    can_save_form,
    can_submit_step,
    can_withdraw_candidature,
)
from convergence.candidatures.queries import documents_in, filled_slots, unanswered
from convergence.candidatures.turns import end, open_next, refuse_ended
from convergence.candidatures.workflow import CANDIDATURE, LOCKED, STEP
from convergence.catalogue.models import Enrolment
from convergence.content.library import library
from convergence.evidence.folders import open_folder
from convergence.evidence.models import Deposit, Folder
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused, worded
from foundation.journal.action import action


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
            _(
                "{names} a modifié le formulaire pendant que vous le remplissiez. Vos mots sont gardés : choisissez ce qu'il faut retenir."
            ).format(names=names),
            code="diverged",
            status=409,
        )
        self.crossings = crossings


class NotReady(Refused):
    """The form cannot be submitted yet: `problems` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        number = len(problems)
        if number == 1:
            sentence = _("Il reste un point à régler avant de soumettre. Ils sont listés ci-dessous.")
        else:
            sentence = _("Il reste {number} points à régler avant de soumettre. Ils sont listés ci-dessous.")
        super().__init__(sentence.format(number=number), code="incomplete", status=409)
        self.problems = problems


@action(CandidatureBegun)
def begin_candidature(enrolment: Enrolment, *, by: Person, at: datetime) -> CandidatureBegun:
    """« Candidater »: a number, a draft, and the steps of the procedure. One candidature is alive at a time."""
    can_begin_candidature(by, enrolment).or_refuse()
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    assert procedure is not None
    if procedure.closed_because is not None or not procedure.steps:
        raise Refused(str(procedure.closed_because or _("Cette démarche ne demande pas de candidature.")), status=409)
    alive = Candidature.objects.alive().filter(enrolment=enrolment).first()
    if alive is not None:
        raise Refused(
            _("La candidature n° {number} est déjà commencée : reprenez-la.").format(number=alive.number), code="duplicate", status=409
        )
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
        number = "".join(secrets.choice(string.ascii_uppercase) for _rank in range(10))
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
            raise Refused(_("Seuls les champs dont l'agence a demandé la modification sont ouverts. Rechargez la page."), status=409)
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
        versions={key: version for key, (_value, version) in sorted(written.items())},
    )


def _tidied(call: Call, stored: dict[str, Value], typed: Mapping[str, Typed]) -> dict[str, Value]:
    """What was sent, field by field, as it is kept. A field that is not in the form, or could not have been typed there, is refused."""
    every = {one.key: one for one in call.asked(stored | {key: _as_value(one) for key, one in typed.items()}, spare=1)}
    kept: dict[str, Value] = {}
    for key, one in typed.items():
        asked = every.get(key)
        if asked is None or asked.field.kind == "file":
            if not _is_known(call, key):
                raise Refused(_("Ce champ n'est pas dans le formulaire. Rechargez la page."), status=400)
            continue  # a field that another answer has just hidden
        value = tidied(asked.field, one.raw, call.profiles)
        if value is None:
            raise Refused(
                _("« {title} » : ce texte est trop long, ou ce choix n'existe pas.").format(title=asked.field.title),
                code="too_long",
                status=400,
            )
        kept[key] = value
    return kept


def _as_value(typed: Typed) -> Value:
    return list(typed.raw) if len(typed.raw) > 1 else "".join(typed.raw)


def _is_known(call: Call, key: str) -> bool:
    """Whether the form has such a field, asked today or not."""
    code, _dot, number = key.partition(".")
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
    latest = latest_of(step)
    before = frozenset(one.key for one in call.asked(dict(latest.values)))
    requested = frozenset(latest.requests.values_list("field", flat=True))
    return frozenset(one.key for one in call.asked(values, spare=1) if not is_open(one, before, requested))


@action(DraftDiscarded)
def discard_draft(candidature: Candidature, *, by: Person, at: datetime) -> DraftDiscarded:
    """« Supprimer ce brouillon »: it leaves the screens; its number is not given again, and nothing of it reaches the agency."""
    can_discard_draft(by, candidature).or_refuse()
    end(candidature, "discard_draft", by, at)
    return DraftDiscarded(
        **candidature.heading,
    )


@action(CandidatureWithdrawn)
def withdraw_candidature(candidature: Candidature, reason: str, *, by: Person, at: datetime) -> CandidatureWithdrawn:
    """The company gives up, at any time before the decision. What was handed over stays readable by both."""
    can_withdraw_candidature(by, candidature).or_refuse()
    end(
        candidature,
        "withdraw_candidature",
        by,
        at,
        worded(reason, _("Dites en une phrase pourquoi vous retirez cette candidature."), LONGEST_TEXT),
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
    call = call_of(library(), step)
    refuse_late(call, step, at)
    values = {one.field: one.value for one in step.values.all()}
    asked = call.asked(values)
    deposits = _deposits(step.folder)
    documents = documents_in(deposits)
    if problems := problems_of(asked, values, filled_slots(call, deposits), call.profiles):
        raise NotReady(problems)
    _refuse_unanswered(call, step, values, documents)
    chosen = call.chosen(values)
    refuse_late_profile(call, chosen or (), at)
    frozen = {one.key: values[one.key] for one in asked if values.get(one.key)}
    submission = freeze(step, "", frozen, documents, by, at)
    step.state, step.since = state, at
    step.save(update_fields=["state", "since"])
    candidature.state, candidature.submitted_at = reached, candidature.submitted_at or at
    candidature.profiles = candidature.profiles if chosen is None else chosen
    candidature.save(update_fields=["state", "submitted_at", "profiles"])
    if any(piece.opens == "submitted" for piece in call.procedure.steps):
        open_next(candidature, call.procedure, at)
    return StepSubmitted(
        **step.heading,
        step_key=step.pk,
        submission=submission.pk,
        receipt=submission.receipt,
        digest=submission.digest,
    )


def _deposits(folder: Folder | None) -> list[Deposit]:
    return list(folder.deposits.select_related("file").order_by("pk")) if folder else []


def _refuse_unanswered(call: Call, step: Step, values: Mapping[str, Value], documents: list[dict[str, object]]) -> None:
    """Where changes were requested, each field or document asked is another than the one handed over."""
    if not step.is_to_correct:
        return
    latest = latest_of(step)
    if same := unanswered(call, latest, latest.requests.all(), values, documents):
        raise NotReady(same)
