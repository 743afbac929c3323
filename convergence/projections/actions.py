"""Every write to projections: beginning, dating, validating, asking for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from convergence.assessments.actions import Left
from convergence.assessments.expectations import asked_of, expected_of, ranks_of, scale_for, use_in
from convergence.assessments.models import Validation
from convergence.assessments.queries import has_left, last_validations
from convergence.assessments.requests import close_requests, pending_request, refuse_second_request, write_request
from convergence.assessments.rules import Ranks
from convergence.assessments.workflow import TARGETS
from convergence.catalogue.models import Enrolment, Subject
from convergence.content.library import library
from convergence.content.schema import Level, Scale, Use
from convergence.projections.events import ProjectionBegun, ProjectionValidated, ProjectionValidationRequested, TargetsSaved
from convergence.projections.models import PlannedTarget, Projection, ProjectionValidation
from convergence.projections.outlooks import note_targets, refresh_outlooks
from convergence.projections.permissions import (
    can_begin_projection,
    can_request_projection_validation,
    can_save_targets,
    can_validate_projection,
)
from convergence.projections.rules import Fault, Target, faults_of, undecided_criteria
from convergence.projections.surroundings import Surroundings, surroundings_of
from convergence.projections.targets import target_from, targets_from, written
from foundation.accounts.models import Person
from foundation.core.language import agreed
from foundation.core.language import gettext as _
from foundation.core.quarter import Quarter
from foundation.core.verdict import Refused
from foundation.journal.action import action

FURTHEST = 40  # quarters: ten years ahead are enough to plan


@dataclass(frozen=True, slots=True)
class Plan:
    """What someone typed for one criterion: « 2027-T1 » by level code, over the version they had before their eyes."""

    quarters: Mapping[str, str] = field(default_factory=dict)
    not_applicable: bool = False
    version: int = 0


class Misdated(Refused):
    """Nothing was written: `faults` says, criterion by criterion and level by level, what to correct."""

    def __init__(self, faults: dict[str, dict[str, str]]) -> None:
        count = sum(len(levels) for levels in faults.values())
        dates = agreed(count, "date à corriger,dates à corriger")
        super().__init__(_("{dates}. Rien de ce que vous avez saisi n'est perdu.").format(dates=dates), code="misdated", status=400)
        self.faults = faults


class Overtaken(Refused):
    """Nothing was written: someone else changed `theirs` in the meantime; both texts are shown, one is to be chosen."""

    def __init__(self, theirs: dict[str, PlannedTarget]) -> None:
        names = ", ".join(sorted({one.saved_by.name for one in theirs.values()}))
        super().__init__(
            _("{names} a modifié une date pendant que vous planifiiez. Vos dates sont gardées : choisissez la version à retenir.").format(
                names=names
            ),
            code="diverged",
            status=409,
        )
        self.theirs = theirs


class Undecided(Refused):
    """The projection cannot be validated yet; `missing` are the criteria without a date nor « cible non applicable »."""

    def __init__(self, missing: list[str]) -> None:
        untargeted = agreed(len(missing), "critère sans cible,critères sans cible")
        super().__init__(
            _("Il reste {untargeted}. Donnez un trimestre ou cochez « Cible non applicable », puis validez.").format(untargeted=untargeted),
            code="undecided",
            status=409,
        )
        self.missing = missing


@action(ProjectionBegun)
def begin_projection(enrolment: Enrolment, questionnaire: str, *, by: Person, at: datetime) -> ProjectionBegun:
    """The first date is about to be given. Closed until the evaluation is validated and covers all that is asked."""
    can_begin_projection(by, enrolment, questionnaire).or_refuse()
    use = _projected_use(enrolment, questionnaire)
    _evaluated(enrolment.subject, use, last_validations(enrolment.subject, [questionnaire]).get(questionnaire))
    projection, created = Projection.objects.get_or_create(
        subject=enrolment.subject, questionnaire=questionnaire, defaults={"begun_at": at, "begun_by": by}
    )
    if not created:
        raise Refused(_("Cette projection est déjà commencée."), code="duplicate", status=409)
    return ProjectionBegun(
        about=f"projection:{projection.pk}",
        company=enrolment.subject.company_id,
        subject=enrolment.subject_id,
        questionnaire=questionnaire,
    )


@action(TargetsSaved)
def save_targets(projection: Projection, enrolment: Enrolment, plans: Mapping[str, Plan], *, by: Person, at: datetime) -> TargetsSaved | None:  # fmt: skip
    """Keep the dates given, for all the criteria or for none.

    A new date is not over, is for a level above today's, and never before that of a lower level; beside « cible non
    applicable » there is none. A date kept as it was is not judged again while drafting: it may have become late.
    """
    can_save_targets(by, projection).or_refuse()
    around = surroundings_of(projection.subject, projection.questionnaire)
    _use, evaluation, ranks, scale = _opened(projection, enrolment, around)
    stored = {target.criterion: target for target in projection.targets.select_related("saved_by")}
    changed: dict[str, Plan] = {}
    overtaken: dict[str, PlannedTarget] = {}
    for code, plan in plans.items():
        target = stored.get(code)
        told = (dict(plan.quarters), plan.not_applicable)
        if told == ((target.quarters, target.not_applicable) if target else ({}, False)):
            continue
        if target is not None and target.version != plan.version:
            overtaken[code] = target
        changed[code] = plan
    _refuse_faults(scale, ranks, changed, stored, Quarter.of(at))
    if overtaken:
        raise Overtaken(overtaken)
    if not changed:
        return None
    rows = [
        PlannedTarget(
            projection=projection,
            criterion=code,
            quarters=dict(plan.quarters),
            not_applicable=plan.not_applicable,
            version=stored[code].version + 1 if code in stored else 1,
            saved_at=at,
            saved_by=by,
        )
        for code, plan in changed.items()
    ]
    PlannedTarget.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["projection", "criterion"],
        update_fields=["quarters", "not_applicable", "version", "saved_at", "saved_by"],
    )
    kept = {code: (one.quarters, one.not_applicable) for code, one in {**stored, **{row.criterion: row for row in rows}}.items()}
    targets = {code: target_from(scale, *one) for code, one in kept.items()}
    note_targets(projection, around.outlooks, ranks_of(scale, evaluation.given), targets, at)
    return TargetsSaved(
        about=f"projection:{projection.pk}",
        company=projection.subject.company_id,
        subject=projection.subject_id,
        questionnaire=projection.questionnaire,
        targets={row.criterion: written(row.quarters, row.not_applicable) for row in rows},
        versions={row.criterion: row.version for row in rows},
    )


@action(ProjectionValidated)
def validate_projection(projection: Projection, enrolment: Enrolment, *, by: Person, at: datetime) -> ProjectionValidated | None:
    """Freeze the dates. Every criterion below what the procedure recommends is dated or set aside, and every date holds.

    Where a colleague had asked for it, the request is settled with it: that is a validation, even of what was validated.
    """
    can_validate_projection(by, projection).or_refuse()
    kept, evaluation = _complete(projection, enrolment, at)
    assessment = evaluation.assessment
    pending = pending_request(assessment, TARGETS)
    latest = projection.validations.order_by("-number").first()
    frozen = (kept, enrolment.procedure, evaluation.number)
    if pending is None and latest is not None and (latest.targets, latest.procedure, latest.assessment) == frozen:
        return None  # a button pressed twice: one validation
    release = library().number
    validation = ProjectionValidation.objects.create(
        projection=projection,
        number=latest.number + 1 if latest else 1,
        validated_at=at,
        validated_by=by,
        validated_by_name=by.name,
        procedure=enrolment.procedure,
        release=release,
        assessment=evaluation.number,
        targets=kept,
    )
    close_requests(assessment, TARGETS, pending, "validate_projection", by=by, at=at)
    refresh_outlooks(projection.subject, projection.questionnaire)
    return ProjectionValidated(
        about=f"projection:{projection.pk}",
        company=projection.subject.company_id,
        subject=projection.subject_id,
        questionnaire=projection.questionnaire,
        procedure=enrolment.procedure,
        number=validation.number,
        release=release,
        assessment=evaluation.number,
        targets={code: written(one["quarters"], one["not_applicable"]) for code, one in kept.items()},
        request=pending.pk if pending else None,
    )


@action(ProjectionValidationRequested)
def request_projection_validation(projection: Projection, enrolment: Enrolment, *, by: Person, at: datetime) -> ProjectionValidationRequested:  # fmt: skip
    """Ask those who may validate to do so, once the dates could be. One request waits at a time, as for the answers."""
    can_request_projection_validation(by, projection).or_refuse()
    _targets, evaluation = _complete(projection, enrolment, at)
    refuse_second_request(evaluation.assessment, TARGETS, by)
    request = write_request(evaluation.assessment, TARGETS, enrolment, by=by, at=at)
    return ProjectionValidationRequested(
        about=f"projection:{projection.pk}",
        company=projection.subject.company_id,
        subject=projection.subject_id,
        questionnaire=projection.questionnaire,
        procedure=enrolment.procedure,
        request=request.pk,
    )


def _complete(projection: Projection, enrolment: Enrolment, at: datetime) -> tuple[dict[str, Any], Validation]:
    """The targets as they would be frozen, and the evaluation they start from; refused where one is missing or cannot hold."""
    use, evaluation, ranks, scale = _opened(projection, enrolment, surroundings_of(projection.subject, projection.questionnaire))
    shelf = library()
    asked = asked_of(shelf, use, projection.subject)
    rows = [row for row in projection.targets.all() if row.criterion in asked and (row.quarters or row.not_applicable)]
    kept = {row.criterion: _still_ahead(scale, ranks.get(row.criterion), row) for row in rows}
    if missing := undecided_criteria(expected_of(shelf, use, projection.subject), ranks, targets_from(scale, kept)):
        raise Undecided(missing)
    _refuse_faults(scale, ranks, {code: Plan(one["quarters"], one["not_applicable"]) for code, one in kept.items()}, {}, Quarter.of(at))
    return kept, evaluation


def _projected_use(enrolment: Enrolment, questionnaire: str) -> Use:
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, questionnaire, enrolment.subject) if procedure else None
    if use is None or not use.projection:
        raise Refused(_("Cette démarche ne demande pas de projection sur ce thème."), status=404)
    return use


def _evaluated(subject: Subject, use: Use, found: Validation | None) -> Validation:
    """The last validated evaluation, if it answers all that is asked; or a refusal that says what opens the projection."""
    if found is None or any(code not in found.answers for code in asked_of(library(), use, subject)):
        closed = (
            _("Afin de procéder à une projection sur ce thème, vous devez d'abord évaluer votre produit et valider l'évaluation.")
            if subject.is_product
            else _(
                "Afin de procéder à une projection sur ce thème, vous devez d'abord évaluer votre stratégie globale et valider l'évaluation."
            )
        )
        raise Refused(closed, code="closed", status=409)
    return found


def _opened(projection: Projection, enrolment: Enrolment, around: Surroundings) -> tuple[Use, Validation, Ranks, Scale]:
    """How the procedure uses the questionnaire, the evaluation, and today's rank of each criterion asked: no other may be planned."""
    if enrolment.subject_id != projection.subject_id:
        raise Refused(_("Cette projection est celle d'un autre produit."), status=400)
    held = around.enrolment(enrolment.pk)
    if has_left(held, projection.questionnaire):
        raise Left
    use = _projected_use(held, projection.questionnaire)
    _questionnaire, scale = scale_for(library(), projection.questionnaire)
    evaluation = _evaluated(projection.subject, use, around.evaluation)
    ranks = ranks_of(scale, evaluation.given)
    return use, evaluation, {code: ranks[code] for code in asked_of(library(), use, projection.subject)}, scale


def _still_ahead(scale: Scale, today: int | None, row: PlannedTarget) -> dict[str, Any]:
    """A target without the levels held since: they are reached, and ask for no date any more."""
    ahead = {code: quarter for code, quarter in row.quarters.items() if today is None or (scale.rank(code) or 0) > today}
    return {"quarters": ahead, "not_applicable": row.not_applicable}


def _refuse_faults(scale: Scale, ranks: Ranks, plans: Mapping[str, Plan], stored: Mapping[str, PlannedTarget], present: Quarter) -> None:
    """Refuse what is not a date, or cannot hold. A date equal to the stored one may be past: it is late, not wrong."""
    levels = {level.code: level for level in scale.levels if level.rank is not None}
    by_rank = {level.rank: level for level in levels.values()}
    faults: dict[str, dict[str, str]] = {}
    for code, plan in plans.items():
        if code not in ranks:
            raise Refused(
                _("Un des critères n'est pas demandé pour ce produit. Rechargez la page : la qualification a peut-être changé."),
                code="not_asked",
                status=409,
            )
        found: dict[str, str] = {}
        for name, text in plan.quarters.items():
            quarter = Quarter.read(text)
            if name not in levels:
                raise Refused(_("Ce niveau n'existe pas. Choisissez l'un de ceux qui sont proposés."), status=400)
            if quarter is None or quarter > present.after(FURTHEST):
                found[name] = _("Ce trimestre n'existe pas ou est trop lointain. Choisissez-en un dans la liste.")
        target = target_from(scale, plan.quarters, plan.not_applicable)
        before = stored[code].quarters if code in stored else {}
        for rank, fault in faults_of(target, ranks[code], present).items():
            level = by_rank[rank]
            if fault is Fault.PAST and before.get(level.code) == plan.quarters[level.code]:
                continue
            found.setdefault(level.code, _sentence(fault, str(level.title), target, rank, present, by_rank))
        if found:
            faults[code] = found
    if faults:
        raise Misdated(faults)


def _sentence(fault: Fault, level: str, target: Target, rank: int, present: Quarter, by_rank: Mapping[int | None, Level]) -> str:
    match fault:
        case Fault.PAST:
            return _("Le trimestre {quarter} est passé. Choisissez {present} ou un trimestre suivant.").format(
                quarter=target.quarters[rank], present=present
            )
        case Fault.HELD:
            return _("« {level} » est déjà acquis. Retirez cette date, ou visez un niveau plus haut.").format(level=level)
        case Fault.CONTRADICTED:
            return _("Choisissez : une date, ou « Cible non applicable ».")
        case Fault.BACKWARDS:
            lower = max((one for one in target.quarters if one < rank), key=lambda one: target.quarters[one])
            return _("« {level} » ne peut pas précéder « {lower} » ({quarter}).").format(
                level=level, lower=by_rank[lower].title, quarter=target.quarters[lower]
            )
