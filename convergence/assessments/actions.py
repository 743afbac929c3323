"""Every write to answers: beginning, saving, validating, and asking for a validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from convergence.assessments.expectations import asked_of, ranks_of, scale_for, use_in
from convergence.assessments.models import Answer, Assessment, Standing, Validation
from convergence.assessments.permissions import (
    can_begin_assessment,
    can_request_validation,
    can_save_answers,
    can_send_back_validation,
    can_validate_assessment,
    can_withdraw_validation_request,
    code_granted,
)
from convergence.assessments.proofs import Filing, filing_of, is_proved
from convergence.assessments.requests import (
    close_requests,
    pending_request,
    refuse_second_request,
    settle_request,
    waiting_request,
    write_request,
)
from convergence.assessments.rules import LONGEST_COMMENT, missing_criteria, unproved
from convergence.assessments.standings import note_answers, refresh_standings, standings_of
from convergence.assessments.workflow import ANSWERS
from convergence.catalogue.models import Enrolment
from convergence.content.library import Library, library
from convergence.content.schema import Use
from convergence.evidence.folders import open_folder
from foundation.accounts.models import Person
from foundation.core.language import agreed
from foundation.core.language import gettext as _
from foundation.core.rows import rows_of
from foundation.core.verdict import Refused, worded
from foundation.journal.action import action

LONGEST_REASON = 1000  # characters


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
            _("{names} a modifié une réponse pendant que vous répondiez. Vos mots sont gardés : choisissez la version à retenir.").format(
                names=names
            ),
            code="diverged",
            status=409,
        )
        self.divergences = divergences


class Left(Refused):
    """The questionnaire is that of an edition the product has left: it is read, and answered no more."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Ce questionnaire n'est plus celui de ce produit, qui est passé à une autre édition. Rien n'a été enregistré ; ce que vous avez "
                "tapé est encore sur la page du questionnaire : recopiez-le dans la nouvelle édition."
            ),
            code="left",
            status=409,
        )


class Incomplete(Refused):
    """The questionnaire cannot be validated yet: `missing` are the criteria without an answer, `unproved` the slots without a file."""

    def __init__(self, missing: list[str], unproved: list[tuple[str, str]] | None = None) -> None:
        self.missing, self.unproved = missing, unproved or []
        lacks = [agreed(len(self.missing), "critère sans réponse,critères sans réponse")] if self.missing else []
        lacks += [agreed(len(self.unproved), "preuve sans fichier,preuves sans fichier")] if self.unproved else []
        told = _("Il reste {lacks}. Complétez, puis validez.").format(lacks=_(" et ").join(lacks))
        super().__init__(told, code="incomplete", status=409)


@action(AssessmentBegun)
def begin_assessment(enrolment: Enrolment, questionnaire: str, *, by: Person, at: datetime) -> AssessmentBegun:
    """« Démarrer »: the first answer or the first file is about to come. The same assessment serves every procedure."""
    can_begin_assessment(by, enrolment, questionnaire).or_refuse()
    _use(library(), enrolment, questionnaire)
    folder = None
    if is_proved(library(), questionnaire):
        folder = open_folder(enrolment.subject, questionnaire, code_granted(questionnaire), by=by, at=at)
    assessment, created = Assessment.objects.get_or_create(
        subject=enrolment.subject, questionnaire=questionnaire, defaults={"begun_at": at, "begun_by": by, "folder": folder}
    )
    if not created:
        raise Refused(_("Ce questionnaire est déjà commencé."), code="duplicate", status=409)
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
    standings = standings_of(assessment)
    if not standings:
        raise Left
    asked = [_asked_by(standing.enrolment, assessment) for standing in standings]
    _refuse_malformed(assessment, changes, set().union(*asked))
    rows = rows_of("SELECT criterion, level, comment, version FROM assessments_answer WHERE assessment_id = %s", [assessment.pk])
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
    levels = {code: level for code, (level, *_comment) in stored.items()} | {code: answer.level for code, answer in written.items()}
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
                version = excluded.version, saved_at = excluded.saved_at, saved_by_id = excluded.saved_by_id, carried_from = ''""",  # noqa: S608 - only places
            values,
        )


@action(AssessmentValidated)
def validate_assessment(assessment: Assessment, enrolment: Enrolment, *, by: Person, at: datetime) -> AssessmentValidated | None:
    """Freeze the answers as they are, with the files that prove them and their hashes.

    Every criterion the procedure asks has a level, every proof it calls for a file; hidden answers stay out.

    Where a colleague had asked for it, the request is settled with it: that is a validation, even of what was validated.
    """
    can_validate_assessment(by, assessment).or_refuse()
    standings = standings_of(assessment)
    shelf = library()
    filing = filing_of(shelf, assessment.subject, assessment.questionnaire)
    asked, answers = _complete(assessment, enrolment, filing, standings)
    pending = pending_request(assessment, ANSWERS)
    kept = set(asked).union(*[_asked_by(standing.enrolment, assessment) for standing in standings])
    frozen = {
        code: {"level": answer.level, "comment": answer.comment, "saved_by": answer.saved_by_id, "saved_at": answer.saved_at.isoformat()}
        | ({"evidence": evidence} if (evidence := filing.frozen(code)) else {})
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
    assessment.answers.exclude(carried_from="").update(carried_from="")  # whoever validates has read them
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
    filing = filing_of(library(), assessment.subject, assessment.questionnaire)
    _complete(assessment, enrolment, filing, standings_of(assessment))
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
    reason = worded(reason, _("Écrivez le motif du renvoi : votre collègue doit savoir quoi reprendre."), LONGEST_REASON)
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


def _complete(assessment: Assessment, enrolment: Enrolment, filing: Filing, standings: Sequence[Standing]) -> tuple[tuple[str, ...], dict[str, Answer]]:  # fmt: skip
    """The criteria the procedure asks and the answers that have a level; refused where one is missing, or one of its proofs.

    `standings` are read under the lock: an enrolment fetched before a move of edition is a stale sight of it.
    """
    if enrolment.subject_id != assessment.subject_id:
        raise Refused(_("Cette évaluation est celle d'un autre produit."), status=400)
    shelf = library()
    asked = asked_of(shelf, _use(shelf, enrolment, assessment.questionnaire), assessment.subject)
    if enrolment.pk not in {standing.enrolment_id for standing in standings}:
        raise Left
    answers = {answer.criterion: answer for answer in assessment.answers.exclude(level="")}
    ranks = ranks_of(scale_for(shelf, assessment.questionnaire)[1], {code: answer.given for code, answer in answers.items()})
    missing, lacking = missing_criteria(asked, answers), unproved(asked, ranks, filing.slots, filing.counted)
    if missing or lacking:
        raise Incomplete(missing, lacking)
    return asked, answers


def _use(shelf: Library, enrolment: Enrolment, questionnaire: str) -> Use:
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, questionnaire, enrolment.subject) if procedure else None
    if use is None:
        raise Refused(_("Ce questionnaire ne fait pas partie de cette démarche."), status=404)
    return use


def _asked_by(enrolment: Enrolment, assessment: Assessment) -> tuple[str, ...]:
    """The criteria one of the procedures followed asks."""
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, assessment.questionnaire, assessment.subject) if procedure else None
    return asked_of(shelf, use, assessment.subject) if use else ()


def _refuse_malformed(assessment: Assessment, changes: Mapping[str, Change], asked: set[str]) -> None:
    piece, scale = scale_for(library(), assessment.questionnaire)
    if piece.is_deposit:
        raise Refused(_("Ce questionnaire se remplit en déposant des documents dans ses zones."), status=400)
    levels = {level.code for level in scale.levels}
    for code, change in changes.items():
        if code not in asked:
            raise Refused(
                _("Un des critères n'est pas demandé pour ce produit. Rechargez la page : la qualification a peut-être changé."),
                code="not_asked",
                status=409,
            )
        if change.level and change.level not in levels:
            raise Refused(_("Ce niveau n'existe pas. Choisissez l'un de ceux qui sont proposés."), status=400)
        if len(change.comment) > LONGEST_COMMENT:
            raise Refused(
                _("Un commentaire compte au plus {longest} caractères ; celui-ci en a {count}. Raccourcissez-le.").format(
                    longest=LONGEST_COMMENT, count=len(change.comment)
                ),
                code="too_long",
                status=400,
            )
