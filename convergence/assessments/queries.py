"""What do the company's pages show of answers? Reads across tables, always as seen by someone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from convergence.assessments.expectations import asked_of, edition_asking, expectations_by_criterion, ranks_of, scale_for, use_in
from convergence.assessments.models import OUTCOME_WORDS, Answer, Assessment, Standing, Validation
from convergence.assessments.proofs import Filing, filing_of
from convergence.assessments.rules import (
    Expectation,
    Given,
    Outcome,
    changed_criteria,
    gaps,
    is_met,
    missing_ranks,
    outcome_of,
)
from convergence.assessments.workflow import PENDING, SENT_BACK, TARGETS
from convergence.catalogue.models import Enrolment, Subject
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.catalogue.queries import enrolment_with_subject
from convergence.content.library import Library, library
from convergence.content.schema import Criterion, Level, Procedure, Questionnaire, Scale, Section, Text, Track, Use
from foundation.accounts.models import Person
from foundation.core.language import gettext as _
from foundation.core.rows import columns, row_as, rows_of

# — The procedure page ————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class QuestionnaireCard:
    """One questionnaire of a procedure, as its card shows it."""

    questionnaire: Questionnaire
    use: Use
    standing: Standing
    shared_with: tuple[tuple[Track, Procedure], ...]


def cards_of(enrolment: Enrolment, day: date) -> list[QuestionnaireCard]:
    """The cards of a procedure page, in the order of the pack, with the procedures open that day that share them. One query."""
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    assert procedure is not None
    cards = []
    for standing in Standing.objects.filter(enrolment=enrolment):
        use = use_in(shelf, procedure, standing.questionnaire, enrolment.subject)
        questionnaire = shelf.questionnaire(standing.questionnaire)
        assert use is not None
        assert questionnaire is not None
        others = tuple(
            (track, other)
            for other, _use in shelf.procedures_using(standing.questionnaire, enrolment.subject.kind, day)
            if other.code != procedure.code and (track := shelf.track(other.track))
        )
        cards.append(QuestionnaireCard(questionnaire, use, standing, others))
    return cards


def questionnaires_of(enrolment: Enrolment) -> list[Questionnaire]:
    """The questionnaires of a procedure, in the order of the pack. One query."""
    shelf = library()
    found = [shelf.questionnaire(key) for key in Standing.objects.filter(enrolment=enrolment).values_list("questionnaire", flat=True)]
    return [questionnaire for questionnaire in found if questionnaire is not None]


@dataclass(frozen=True, slots=True)
class SharedQuestionnaire:
    """One questionnaire of a product, and what each procedure followed says of it."""

    questionnaire: Questionnaire
    standings: tuple[tuple[Procedure, Track, Standing], ...]


def shared_questionnaires_of(subject: Subject) -> list[SharedQuestionnaire]:
    """Every questionnaire of a product with its verdicts, procedure by procedure. One query."""
    shelf = library()
    found: dict[str, list[tuple[Procedure, Track, Standing]]] = {}
    for standing in Standing.objects.filter(enrolment__subject=subject).select_related("enrolment").order_by("order", "enrolment"):
        procedure, track = shelf.procedure(standing.enrolment.procedure), shelf.track(standing.enrolment.track)
        assert procedure is not None
        assert track is not None
        found.setdefault(standing.questionnaire, []).append((procedure, track, standing))
    return [
        SharedQuestionnaire(questionnaire, tuple(standings))
        for key, standings in found.items()
        if (questionnaire := shelf.questionnaire(key))
    ]


# — Answers ———————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """Today's answer to one criterion, and who saved it."""

    level: str
    comment: str
    version: int
    saved_at: datetime
    saved_by: str
    carried_from: str = ""

    @property
    def given(self) -> Given:
        return Given(self.level, self.comment)


def answers_of(subject: Subject, questionnaire: str) -> dict[str, SavedAnswer]:
    """Today's answers to a questionnaire, by criterion."""
    return {row[0]: SavedAnswer(*row[1:]) for row in rows_of(_ANSWERS, [subject.pk, questionnaire])}


_ANSWERS = """SELECT answer.criterion, answer.level, answer.comment, answer.version, answer.saved_at, saver.name, answer.carried_from
    FROM assessments_assessment assessment
    JOIN assessments_answer answer ON answer.assessment_id = assessment.id
    JOIN accounts_person saver ON saver.id = answer.saved_by_id
    WHERE assessment.subject_id = %s AND assessment.questionnaire = %s"""


def assessment_of(subject: Subject, questionnaire: str) -> Assessment | None:
    """The assessment, once a first answer was given."""
    return Assessment.objects.filter(subject=subject, questionnaire=questionnaire).first()


def last_validations(subject: Subject, keys: Iterable[str]) -> dict[str, Validation]:
    """The last validation of each of these questionnaires, where there is one. One query."""
    rows = (
        Validation.objects.filter(assessment__subject=subject, assessment__questionnaire__in=keys)
        .select_related("assessment")
        .order_by("assessment_id", "-number")
        .distinct("assessment_id")
    )
    return {validation.assessment.questionnaire: validation for validation in rows}


def begun_enrolment_of(reference: int, code: str, questionnaire: str, person: Person) -> tuple[Enrolment, Assessment | None]:
    """One enrolment the person may see, and the assessment of one questionnaire once a first answer was given. One query.

    The assessment comes as its key alone: an action reads its row again. Raises `Enrolment.DoesNotExist`.
    """
    parameters = seen_parameters(person) | {"reference": reference, "code": code, "questionnaire": questionnaire}
    rows = rows_of(_BEGUN_ENROLMENT, parameters)
    if not rows:
        raise Enrolment.DoesNotExist
    enrolment, begun = enrolment_with_subject(rows[0]), rows[0][-1]
    return enrolment, Assessment.from_db(enrolment._state.db, ["id"], [begun]) if begun else None


_BEGUN_ENROLMENT = f"""SELECT {columns(Enrolment, "enrolment")}, {columns(Subject, "subject")}, begun.id
    FROM catalogue_enrolment enrolment
    JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
    LEFT JOIN assessments_assessment begun ON begun.subject_id = subject.id AND begun.questionnaire = %(questionnaire)s
    WHERE {SEEN_SQL} AND subject.reference = %(reference)s AND enrolment.code = %(code)s"""  # noqa: S608 - made of our own columns


# — Requests for validation ———————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for validation that still speaks: it waits, or it was sent back and nothing came after."""

    matter: str
    state: str
    requester: int
    requested_by: str
    requested_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    reason: str
    is_outdated: bool = False  # something was saved after it was made

    @property
    def is_pending(self) -> bool:
        return self.state == PENDING

    @property
    def is_of_targets(self) -> bool:
        return self.matter == TARGETS

    def beside(self, saved_at: datetime | None) -> Asking:
        """The same, beside what was saved last: it says whether that came after the request."""
        return replace(self, is_outdated=saved_at is not None and saved_at > self.requested_at)


def askings_of(subject: Subject) -> dict[tuple[str, str], Asking]:
    """The requests of a subject that still speak, by questionnaire and matter: the answers, the targets. One query."""
    rows = rows_of(_ASKINGS, {"subject": subject.pk, "pending": PENDING, "sent_back": SENT_BACK})
    return {(row[0], row[1]): Asking(*row[1:]) for row in rows}


_ASKINGS = """SELECT assessment.questionnaire, request.matter, request.state, request.requested_by_id, requester.name, request.requested_at,
           settler.name, request.settled_at, request.reason
    FROM assessments_assessment assessment
    JOIN assessments_validationrequest request ON request.assessment_id = assessment.id
    JOIN accounts_person requester ON requester.id = request.requested_by_id
    LEFT JOIN accounts_person settler ON settler.id = request.settled_by_id
    WHERE assessment.subject_id = %(subject)s
      AND (request.state = %(pending)s OR request.state = %(sent_back)s AND request.followed_at IS NULL)"""


# — The questionnaire page ————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class Sheet:
    """A questionnaire to be answered, for one product, from one procedure."""

    library: Library
    enrolment: Enrolment
    procedure: Procedure
    questionnaire: Questionnaire
    use: Use
    scale: Scale
    answers: Mapping[str, SavedAnswer]
    asked: tuple[str, ...]
    bars: tuple[Bar, ...]
    filing: Filing

    @property
    def shape(self) -> tuple[object, ...]:
        """All that a criterion's markup depends on, its answer apart: pages of the same shape share it."""
        return (
            self.library.number,
            self.questionnaire.key,
            self.enrolment.subject.kind,
            *((bar.procedure.key, bar.enrolled, bar.here) for bar in self.bars),
        )

    @property
    def answered(self) -> int:
        return sum(1 for code in self.asked if code in self.answers and self.answers[code].level)

    @property
    def carried(self) -> list[str]:
        """The criteria asked whose answer was taken from another edition, and not read again since."""
        return [code for code in self.asked if code in self.answers and self.answers[code].carried_from]

    def sections(self) -> list[tuple[Section, list[Criterion]]]:
        """The sections that ask something, each with the criteria asked."""
        wanted = set(self.asked)
        found: dict[str, tuple[Section, list[Criterion]]] = {}
        for section, criterion in self.library.criteria(self.questionnaire.key):
            if criterion.code in wanted:
                found.setdefault(section.code, (section, []))[1].append(criterion)
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Bar:
    """What one procedure expects of a questionnaire: its own column beside the criterion."""

    track: Track
    procedure: Procedure
    enrolled: bool
    here: bool
    expectations: Mapping[str, Expectation]
    left_out: frozenset[str]


def criteria_asked(enrolment: Enrolment, questionnaire: str) -> tuple[str, ...]:
    """The criteria a procedure asks of its subject. Raises `Enrolment.DoesNotExist` where it does not ask the questionnaire."""
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, questionnaire, enrolment.subject) if procedure else None
    if use is None:
        raise Enrolment.DoesNotExist
    return asked_of(shelf, use, enrolment.subject)


def level_word(questionnaire: str, level: str) -> str:
    """What a level is called; an answer may have a comment and no level."""
    return str(scale_for(library(), questionnaire)[1].level(level).short) if level else _("sans réponse")


def version_of(subject: Subject, questionnaire: str, criterion: str) -> int:
    """The version of an answer as it is stored, whoever saved it; 0 while there is none."""
    rows = Answer.objects.filter(assessment__subject=subject, assessment__questionnaire=questionnaire, criterion=criterion)
    return rows.values_list("version", flat=True).first() or 0


def saved_sheet_of(enrolment: Enrolment, questionnaire: str) -> tuple[Sheet, int] | None:
    """What is told of one answer just saved, to the procedures followed: the sheet without its answers, and how many criteria
    have one. One query."""
    standings = rows_of(_ANSWERED, [enrolment.subject_id, questionnaire])
    sheet = _sheet(enrolment, questionnaire, {}, {code: procedure for _key, code, procedure, _answered in standings}, Filing())
    if sheet is None:
        return None
    return sheet, next(answered for key, _code, _procedure, answered in standings if key == enrolment.pk)


_ANSWERED = """SELECT enrolment.id, enrolment.code, enrolment.procedure, standing.answered
    FROM catalogue_enrolment enrolment
    JOIN assessments_standing standing ON standing.enrolment_id = enrolment.id
    WHERE enrolment.subject_id = %s AND standing.questionnaire = %s"""


def sheet_of(enrolment: Enrolment, questionnaire: str, *, day: date | None = None) -> Sheet | None:
    """Everything a questionnaire page shows, or None where the procedure does not ask it. Two queries, three where evidence is asked.

    With a day, the procedures one could enrol in that day are compared too.
    """
    filing = filing_of(library(), enrolment.subject, questionnaire)
    return _sheet(enrolment, questionnaire, answers_of(enrolment.subject, questionnaire), _followed(enrolment.subject), filing, day)


def _followed(subject: Subject) -> dict[str, str]:
    """The edition of each procedure a subject follows, by code."""
    return dict(rows_of("SELECT code, procedure FROM catalogue_enrolment WHERE subject_id = %s", [subject.pk]))


def _sheet(enrolment: Enrolment, questionnaire: str, answers: Mapping[str, SavedAnswer], followed: Mapping[str, str], filing: Filing, day: date | None = None) -> Sheet | None:  # fmt: skip
    shelf = library()
    procedure = shelf.procedure(enrolment.procedure)
    use = use_in(shelf, procedure, questionnaire, enrolment.subject) if procedure else None
    if procedure is None or use is None:
        return None
    piece, scale = scale_for(shelf, questionnaire)
    return Sheet(
        library=shelf,
        enrolment=enrolment,
        procedure=procedure,
        questionnaire=piece,
        use=use,
        scale=scale,
        answers=answers,
        asked=asked_of(shelf, use, enrolment.subject),
        bars=_bars(shelf, enrolment, questionnaire, followed, day),
        filing=filing,
    )


def _bars(shelf: Library, enrolment: Enrolment, questionnaire: str, followed: Mapping[str, str], day: date | None = None) -> tuple[Bar, ...]:  # fmt: skip
    """The procedures that share the questionnaire: the one at hand first, then those followed, then the others open that day.

    `followed` gives the edition of each procedure the subject follows: that edition counts, in force or not.
    """
    subject = enrolment.subject
    sharing = [(code, shelf.procedure(key), True) for code, key in followed.items()]
    if day is not None:
        open_today = shelf.procedures_using(questionnaire, subject.kind, day)
        sharing += [(procedure.code, procedure, False) for procedure, _use in open_today if procedure.code not in followed]
    bars = []
    for code, procedure, enrolled in sharing:
        use = use_in(shelf, procedure, questionnaire, subject) if procedure else None
        track = shelf.track(procedure.track) if procedure else None
        if procedure is None or use is None or track is None:
            continue
        here = code == enrolment.code
        bars.append(Bar(track, procedure, enrolled, here, expectations_by_criterion(shelf, use), frozenset(use.left_out)))
    return tuple(sorted(bars, key=lambda bar: (not bar.here, not bar.enrolled)))


# — Results ———————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One criterion of the results: what was validated, what is expected, what to do next."""

    number: str
    section: Section
    criterion: Criterion
    expectation: Expectation
    expected: Level
    given: Given | None
    level: Level | None
    draft: Level | None
    draft_given: Given | None
    met: bool
    missing: int
    recommendation: Text | None
    evidence: Sequence[Mapping[str, Any]]

    @property
    def is_gap(self) -> bool:
        return not self.met

    @property
    def axis(self) -> str:
        return str(self.criterion.short or self.criterion.title)


@dataclass(frozen=True, slots=True)
class VerdictOfProcedure:
    """What one procedure says of the validated answers."""

    track: Track
    procedure: Procedure
    here: bool
    outcome: Outcome
    gaps: int
    obligations: int

    @property
    def outcome_word(self) -> str:
        return str(OUTCOME_WORDS[self.outcome])


@dataclass(frozen=True, slots=True)
class HistoryLine:
    validation: Validation
    outcome: Outcome
    gaps: int

    @property
    def outcome_word(self) -> str:
        return str(OUTCOME_WORDS[self.outcome])


@dataclass(frozen=True, slots=True)
class Results:
    """The results page of one questionnaire, seen from one procedure."""

    enrolment: Enrolment
    track: Track
    procedure: Procedure
    questionnaire: Questionnaire
    scale: Scale
    use: Use
    validation: Validation | None
    draft_saved_at: datetime | None
    draft_saved_by: str
    draft_changes: list[str]
    rows: list[ResultRow]
    verdicts: list[VerdictOfProcedure]
    history: list[HistoryLine]
    spoiled: frozenset[str]  # whose evidence was rejected since

    @property
    def is_left(self) -> bool:
        """Whether the product has left this edition: what was answered is read, and answered no more."""
        return self.procedure.key != self.enrolment.procedure

    @property
    def gap_rows(self) -> list[ResultRow]:
        """The criteria under what is expected, those that miss most first."""
        return sorted((row for row in self.rows if row.is_gap), key=lambda row: -row.missing)

    @property
    def here(self) -> VerdictOfProcedure:
        return next(verdict for verdict in self.verdicts if verdict.here)


def editions_followed(shelf: Library, subject: Subject, questionnaire: str) -> dict[str, str]:
    """The procedures a subject follows, each in the edition that asks a questionnaire, followed now or before. One query."""
    return editions_among(shelf, subject.enrolments.order_by("pk"), subject, questionnaire)


def editions_among(shelf: Library, enrolments: Iterable[Enrolment], subject: Subject, questionnaire: str) -> dict[str, str]:
    """The same, of enrolments read already. No query."""
    found = {}
    for enrolment in enrolments:
        asking = edition_asking(shelf, enrolment.editions, questionnaire, subject)
        found[enrolment.code] = asking[0].key if asking else enrolment.procedure
    return found


def has_left(enrolment: Enrolment, questionnaire: str) -> bool:
    """Whether a questionnaire is that of an edition the procedure was followed in before, and is no more."""
    shelf = library()
    asked_now = edition_asking(shelf, [enrolment.procedure], questionnaire, enrolment.subject)
    return asked_now is None and edition_asking(shelf, enrolment.past_editions, questionnaire, enrolment.subject) is not None


def results_of(enrolment: Enrolment, questionnaire: str, *, number: int | None = None) -> Results | None:
    """The results of the last validation, or of the one numbered; None where there is no such thing to show.

    A questionnaire of an edition the product has left is read as it was asked then.

    Never validated: the draft alone, said as such. Three queries, four where evidence is asked, whatever the number of criteria.
    """
    shelf = library()
    asking = edition_asking(shelf, enrolment.editions, questionnaire, enrolment.subject)
    track = shelf.track(enrolment.track)
    rows = rows_of(_VALIDATED, [enrolment.subject_id, questionnaire])
    if asking is None or track is None or not rows:
        return None
    procedure, use = asking
    validations = [row_as(Validation, row) for row in rows if row[0] is not None]
    chosen = next((v for v in validations if number is None or v.number == number), None)
    if number is not None and chosen is None:
        return None
    piece, scale = scale_for(shelf, questionnaire)
    answers = answers_of(enrolment.subject, questionnaire)
    filing = filing_of(shelf, enrolment.subject, questionnaire)
    drafted = {code: replace(answer.given, proofs=filing.named(code)) for code, answer in answers.items() if answer.level or answer.comment}
    validated = chosen.given if chosen else None
    spoiled = frozenset(filing.spoiled(chosen)) if chosen else frozenset()
    standing_answers = {code: given for code, given in validated.items() if code not in spoiled} if validated is not None else None
    bars = _bars(shelf, enrolment, questionnaire, editions_followed(shelf, enrolment.subject, questionnaire))
    asked = asked_of(shelf, use, enrolment.subject)
    expectations = expectations_by_criterion(shelf, use)
    expected = [expectations[code] for code in asked]
    latest = max(answers.values(), key=lambda answer: answer.saved_at, default=None)
    kept = {code: given for code, given in drafted.items() if code in asked}
    return Results(
        enrolment=enrolment,
        track=track,
        procedure=procedure,
        questionnaire=piece,
        scale=scale,
        use=use,
        validation=chosen,
        draft_saved_at=latest.saved_at if latest else None,
        draft_saved_by=latest.saved_by if latest else "",
        draft_changes=changed_criteria({c: g for c, g in (validated or {}).items() if c in asked}, kept) if validated else [],
        rows=_rows(shelf, questionnaire, asked, expectations, scale, validated, kept, _evidence(chosen, filing, asked)),
        verdicts=[_verdict(shelf, bar, enrolment.subject, scale, questionnaire, standing_answers) for bar in bars],
        spoiled=spoiled,
        history=[history_line(validation, expected, scale) for validation in validations],
    )


_VALIDATED = f"""SELECT {columns(Validation, "validation")}
    FROM assessments_assessment assessment
    LEFT JOIN assessments_validation validation ON validation.assessment_id = assessment.id
    WHERE assessment.subject_id = %s AND assessment.questionnaire = %s
    ORDER BY validation.number DESC"""  # noqa: S608 - made of our own columns
"""Each validation of what was begun, the last first; one empty row where nothing was ever validated."""


def _rows(shelf: Library, key: str, asked: Sequence[str], expectations: Mapping[str, Expectation], scale: Scale, validated: Mapping[str, Given] | None, draft: Mapping[str, Given], evidence: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[ResultRow]:  # fmt: skip
    levels = {level.code: level for level in scale.levels}
    by_rank = {level.rank: level for level in scale.levels if level.rank is not None}
    shown = validated if validated is not None else draft
    ranks = ranks_of(scale, shown)
    wanted = set(asked)
    rows = []
    for section, criterion in shelf.criteria(key):
        if criterion.code not in wanted:
            continue
        expectation = expectations[criterion.code]
        given, drafted = shown.get(criterion.code), draft.get(criterion.code)
        met = is_met(expectation, ranks)
        rows.append(
            ResultRow(
                number=shelf.number_of(key, criterion.code),
                section=section,
                criterion=criterion,
                expectation=expectation,
                expected=by_rank[expectation.rank],
                given=given,
                level=levels.get(given.level) if given else None,
                draft=levels.get(drafted.level) if drafted else None,
                draft_given=drafted,
                met=met,
                missing=missing_ranks(expectation, ranks),
                recommendation=criterion.recommendations.get(given.level) if given and not met else None,
                evidence=evidence.get(criterion.code, ()),
            )
        )
    return rows


def _evidence(chosen: Validation | None, filing: Filing, asked: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The files shown beside each answer: those frozen with the validation or, never validated, those of today."""
    return chosen.evidence if chosen else {code: filing.frozen(code) for code in asked}


def _verdict(shelf: Library, bar: Bar, subject: Subject, scale: Scale, key: str, validated: Mapping[str, Given] | None) -> VerdictOfProcedure:  # fmt: skip
    use = use_in(shelf, bar.procedure, key, subject)
    assert use is not None
    expected = [bar.expectations[code] for code in asked_of(shelf, use, subject)]
    ranks = ranks_of(scale, validated) if validated is not None else None
    outcome = outcome_of(expected, ranks)
    return VerdictOfProcedure(
        track=bar.track,
        procedure=bar.procedure,
        here=bar.here,
        outcome=outcome,
        gaps=len(gaps(expected, ranks)) if ranks is not None and outcome is not Outcome.UNKNOWN else 0,
        obligations=sum(1 for expectation in expected if expectation.obligation),
    )


def history_line(validation: Validation, expected: Sequence[Expectation], scale: Scale) -> HistoryLine:
    """What a past validation amounts to, for the criteria it answered: those that came later are left out."""
    ranks = ranks_of(scale, validation.given)
    then = [expectation for expectation in expected if expectation.criterion in ranks]
    return HistoryLine(validation, outcome_of(then, ranks), len(gaps(then, ranks)))


# — One answer ————————————————————————————————————————————————————————————————————————————


def outcomes_of_answer(sheet: Sheet, code: str, level: str) -> list[tuple[Bar, Expectation, int]]:
    """For each procedure followed that asks the criterion: what is expected, and how many levels are missing."""
    if not level:
        return []
    ranks = {code: sheet.scale.rank(level)}
    return [
        (bar, bar.expectations[code], missing_ranks(bar.expectations[code], ranks))
        for bar in sheet.bars
        if bar.enrolled and code not in bar.left_out
    ]


# — What a change of qualification would do ———————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class CriteriaChange:
    """The criteria of one questionnaire that would appear or disappear, in one procedure or several."""

    questionnaire: Questionnaire
    appearing: list[tuple[str, Criterion]]
    disappearing: list[tuple[str, Criterion]]


def changes_of_criteria(subject: Subject, qualification: dict[str, str]) -> list[CriteriaChange]:
    """What would change in the questionnaires of the procedures followed, if the qualification became this one."""
    shelf = library()
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for key in subject.enrolments.values_list("procedure", flat=True):
        procedure = shelf.procedure(key)
        for use in shelf.uses_of(procedure, subject.kind) if procedure else ():
            before.setdefault(use.questionnaire, set()).update(shelf.asked(use, subject.qualification_items, subject.kind))
            after.setdefault(use.questionnaire, set()).update(shelf.asked(use, frozenset(qualification.items()), subject.kind))
    found = []
    for key in before:
        questionnaire = shelf.questionnaire(key)
        assert questionnaire is not None
        criteria = [(shelf.number_of(key, criterion.code), criterion) for _section, criterion in shelf.criteria(key)]
        appearing = [line for line in criteria if line[1].code in after[key] - before[key]]
        disappearing = [line for line in criteria if line[1].code in before[key] - after[key]]
        if appearing or disappearing:
            found.append(CriteriaChange(questionnaire, appearing, disappearing))
    return found
