"""Every write to answers: beginning, saving, validating, and asking for a validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from convergence.assessments.events import (
    AnswersSaved,
    AssessmentBegun,
    AssessmentValidated,
    ValidationRequested,
    ValidationRequestWithdrawn,
    ValidationSentBack,
)
from convergence.assessments.expectations import asked_of, scale_for, use_in
from convergence.assessments.models import Answer, Assessment, Validation
from convergence.assessments.permissions import (
    can_begin_assessment,
    can_request_validation,
    can_save_answers,
    can_send_back_validation,
    can_validate_assessment,
    can_withdraw_validation_request,
)
from convergence.assessments.requests import (
    close_requests,
    pending_request,
    refuse_second_request,
    settle_request,
    waiting_request,
    write_request,
)
from convergence.assessments.rules import missing_criteria
from convergence.assessments.standings import note_answers, refresh_standings, standings_of
from convergence.assessments.workflow import ANSWERS
from convergence.catalogue.models import Enrolment
from convergence.content.library import Library, library
from convergence.content.schema import Use
from foundation.accounts.models import Person
from foundation.core.verdict import Refused
from foundation.journal.action import action

LONGEST_COMMENT = 4000  # characters
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """An answer as someone typed it, over the version they had before their eyes (0: none yet)."""

    level: str
    comment: str
    version: int


@dataclass(frozen=True, slots=True)
class Divergence:
    """Someone else saved in the meantime: both texts, so that the person can choose."""

    criterion: str
    mine: Change
    theirs: Answer


class Diverged(Refused):
    """Nothing was written: `divergences` says what the other person answered, criterion by criterion."""

    def __init__(self, divergences: list[Divergence]) -> None:
        names = ", ".join(sorted({one.theirs.saved_by.name for one in divergences}))
        super().__init__(
            f"{names} a modifié une réponse pendant que vous répondiez. Vos mots sont gardés : choisissez la version à retenir.",
            code="diverged",
            status=409,
        )
        self.divergences = divergences


class Incomplete(Refused):
    """The questionnaire cannot be validated yet; `missing` are the criteria without an answer."""

    def __init__(self, missing: list[str]) -> None:
        count = f"{len(missing)} critère{'s' if len(missing) > 1 else ''}"
        super().__init__(f"Il reste {count} sans réponse. Répondez-y, puis validez.", code="incomplete", status=409)
        self.missing = missing


@action(AssessmentBegun)
def begin_assessment(enrolment: Enrolment, questionnaire: str, *, by: Person, at: datetime) -> AssessmentBegun:
    """« Démarrer »: the first answer is about to be given. The same assessment serves every procedure."""
    can_begin_assessment(by, enrolment, questionnaire).or_refuse()
    _use(library(), enrolment, questionnaire)
    assessment, created = Assessment.objects.get_or_create(
        subject=enrolment.subject, questionnaire=questionnaire, defaults={"begun_at": at, "begun_by": by}
    )
    if not created:
        raise Refused("Ce questionnaire est déjà commencé.", code="duplicate", status=409)
    return AssessmentBegun(
        about=f"assessment:{assessment.pk}",
        company=enrolment.subject.company_id,
        subject=enrolment.subject_id,
        questionnaire=questionnaire,
    )


@action(AnswersSaved)
def save_answers(assessment: Assessment, changes: Mapping[str, Change], *, by: Person, at: datetime) -> AnswersSaved | None:
    """Keep what was typed, for all the criteria given or for none.

    A criterion hidden by the qualification is refused: its answer is kept as it was and comes back with it. Where a
    version is older than the stored one and says something else, nothing is written and both texts are told.
    """
    can_save_answers(by, assessment).or_refuse()
    standings = list(standings_of(assessment))
    asked = [_asked_by(standing.enrolment, assessment) for standing in standings]
    _refuse_malformed(assessment, changes, set().union(*asked))
    rows = assessment.answers.values_list("criterion", "level", "comment", "version")
    stored = {code: (level, comment, version) for code, level, comment, version in rows}
    written: dict[str, Change] = {}
    divergent: list[str] = []
    for code, change in changes.items():
        level, comment, version = stored.get(code, ("", "", 0))
        if (level, comment) == (change.level, change.comment):
            continue
        if code in stored and version != change.version:
            divergent.append(code)
        else:
            written[code] = replace(change, version=version + 1)
    if divergent:
        theirs = {answer.criterion: answer for answer in assessment.answers.filter(criterion__in=divergent).select_related("saved_by")}
        raise Diverged([Divergence(code, changes[code], theirs[code]) for code in divergent])
    if not written:
        return None
    _write(assessment, written, by, at)
    levels = {code: level for code, (level, _, _) in stored.items()} | {code: answer.level for code, answer in written.items()}
    note_answers(standings, asked, {code for code, level in levels.items() if level}, at)
    return AnswersSaved(
        about=f"assessment:{assessment.pk}",
        company=assessment.subject.company_id,
        subject=assessment.subject_id,
        questionnaire=assessment.questionnaire,
        levels={code: answer.level for code, answer in written.items()},
        versions={code: answer.version for code, answer in written.items()},
    )


def _write(assessment: Assessment, answers: Mapping[str, Change], by: Person, at: datetime) -> None:
    """Every answer in one statement, written at each key pause: plain SQL, for a third of what `bulk_create` costs."""
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(answers))
    values = [
        value
        for code, answer in answers.items()
        for value in (assessment.pk, code, answer.level, answer.comment, answer.version, at, by.pk)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO assessments_answer (assessment_id, criterion, level, comment, version, saved_at, saved_by_id)
            VALUES {rows}
            ON CONFLICT (assessment_id, criterion) DO UPDATE SET level = excluded.level, comment = excluded.comment,
                version = excluded.version, saved_at = excluded.saved_at, saved_by_id = excluded.saved_by_id""",  # noqa: S608 - only places
            values,
        )


@action(AssessmentValidated)
def validate_assessment(assessment: Assessment, enrolment: Enrolment, *, by: Person, at: datetime) -> AssessmentValidated | None:
    """Freeze the answers as they are. Every criterion the procedure asks has a level; hidden answers stay out.

    Where a colleague had asked for it, the request is settled with it: that is a validation, even of what was validated.
    """
    can_validate_assessment(by, assessment).or_refuse()
    asked, answers = _complete(assessment, enrolment)
    shelf = library()
    pending = pending_request(assessment, ANSWERS)
    kept = set(asked).union(*[_asked_by(standing.enrolment, assessment) for standing in standings_of(assessment)])
    frozen = {
        code: {"level": answer.level, "comment": answer.comment, "saved_by": answer.saved_by_id, "saved_at": answer.saved_at.isoformat()}
        for code, answer in sorted(answers.items())
        if code in kept
    }
    latest = assessment.validations.order_by("-number").first()
    context = {"procedure": enrolment.procedure, "release": shelf.number, "qualification": assessment.subject.qualification}
    unchanged = latest is not None and latest.answers == frozen and all(getattr(latest, name) == value for name, value in context.items())
    if unchanged and pending is None:
        return None  # a button pressed twice: one validation
    validation = Validation.objects.create(
        assessment=assessment,
        number=latest.number + 1 if latest else 1,
        validated_at=at,
        validated_by=by,
        validated_by_name=by.name,
        answers=frozen,
        **context,
    )
    close_requests(assessment, ANSWERS, pending, "validate_assessment", by=by, at=at)
    refresh_standings(assessment.subject, assessment.questionnaire)
    return AssessmentValidated(
        about=f"assessment:{assessment.pk}",
        company=assessment.subject.company_id,
        subject=assessment.subject_id,
        questionnaire=assessment.questionnaire,
        procedure=enrolment.procedure,
        number=validation.number,
        release=shelf.number,
        levels={code: answer.level for code, answer in sorted(answers.items()) if code in kept},
        request=pending.pk if pending else None,
    )


@action(ValidationRequested)
def request_validation(assessment: Assessment, enrolment: Enrolment, *, by: Person, at: datetime) -> ValidationRequested:
    """Ask those who may validate to do so, once all that is asked has an answer. One request waits at a time."""
    can_request_validation(by, assessment).or_refuse()
    refuse_second_request(assessment, ANSWERS, by)
    _complete(assessment, enrolment)
    request = write_request(assessment, ANSWERS, enrolment, by=by, at=at)
    return ValidationRequested(
        about=f"assessment:{assessment.pk}",
        company=assessment.subject.company_id,
        subject=assessment.subject_id,
        questionnaire=assessment.questionnaire,
        procedure=enrolment.procedure,
        request=request.pk,
    )


@action(ValidationSentBack)
def send_back_validation(assessment: Assessment, reason: str, matter: str = ANSWERS, *, by: Person, at: datetime) -> ValidationSentBack:
    """Who may validate says why not yet. Answers and targets stay as they are; who asked reads the reason and may ask again."""
    can_send_back_validation(by, assessment).or_refuse()
    reason = reason.strip()
    if not reason:
        raise Refused("Écrivez le motif du renvoi : votre collègue doit savoir quoi reprendre.", code="no_reason", status=400)
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"Le motif compte au plus {LONGEST_REASON} caractères ; celui-ci en a {len(reason)}. Raccourcissez-le.",
            code="too_long",
            status=400,
        )
    request = waiting_request(assessment, matter)
    settle_request(request, "send_back_validation", by=by, at=at, reason=reason)
    return ValidationSentBack(
        about=f"assessment:{assessment.pk}",
        company=assessment.subject.company_id,
        subject=assessment.subject_id,
        questionnaire=assessment.questionnaire,
        matter=matter,
        request=request.pk,
    )


@action(ValidationRequestWithdrawn)
def withdraw_validation_request(assessment: Assessment, matter: str = ANSWERS, *, by: Person, at: datetime) -> ValidationRequestWithdrawn:
    """Who asked takes the request back, while it waits."""
    request = waiting_request(assessment, matter)
    can_withdraw_validation_request(by, request).or_refuse()
    settle_request(request, "withdraw_validation_request", by=by, at=at)
    return ValidationRequestWithdrawn(
        about=f"assessment:{assessment.pk}",
        company=assessment.subject.company_id,
        subject=assessment.subject_id,
        questionnaire=assessment.questionnaire,
        matter=matter,
        request=request.pk,
    )


def _complete(assessment: Assessment, enrolment: Enrolment) -> tuple[tuple[str, ...], dict[str, Answer]]:
    """The criteria the procedure asks and the answers that have a level; refused where one is missing."""
    if enrolment.subject_id != assessment.subject_id:
        raise Refused("Cette évaluation est celle d'un autre produit.", status=400)
    shelf = library()
    asked = asked_of(shelf, _use(shelf, enrolment, assessment.questionnaire), assessment.subject)
    answers = {answer.criterion: answer for answer in assessment.answers.exclude(level="")}
    if missing := missing_criteria(asked, answers):
        raise Incomplete(missing)
    return asked, answers


def _use(shelf: Library, enrolment: Enrolment, questionnaire: str) -> Use:
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, questionnaire, enrolment.subject) if procedure else None
    if use is None:
        raise Refused("Ce questionnaire ne fait pas partie de cette démarche.", status=404)
    return use


def _asked_by(enrolment: Enrolment, assessment: Assessment) -> tuple[str, ...]:
    """The criteria one of the procedures followed asks."""
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, assessment.questionnaire, assessment.subject) if procedure else None
    return asked_of(shelf, use, assessment.subject) if use else ()


def _refuse_malformed(assessment: Assessment, changes: Mapping[str, Change], asked: set[str]) -> None:
    _, scale = scale_for(library(), assessment.questionnaire)
    levels = {level.code for level in scale.levels}
    for code, change in changes.items():
        if code not in asked:
            raise Refused(
                "Un des critères n'est pas demandé pour ce produit. Rechargez la page : la qualification a peut-être changé.",
                code="not_asked",
                status=409,
            )
        if change.level and change.level not in levels:
            raise Refused("Ce niveau n'existe pas. Choisissez l'un de ceux qui sont proposés.", status=400)
        if len(change.comment) > LONGEST_COMMENT:
            raise Refused(
                f"Un commentaire compte au plus {LONGEST_COMMENT} caractères ; celui-ci en a {len(change.comment)}. Raccourcissez-le.",
                code="too_long",
                status=400,
            )
