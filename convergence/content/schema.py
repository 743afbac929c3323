"""What may a content pack say? The typed shape of every piece, as `docs/how-to/write-content.md` explains it.

A piece is identified by `code` and `edition`; its `key` is « code-edition ». What is published is never changed,
only superseded by another edition. Anything the schema does not name is refused, so a typing error is never silence.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from convergence.content.conditions import Condition, When
from foundation.core.language import language
from foundation.core.typography import french

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,60}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")]


class Origin(StrEnum):
    """Where a text comes from. Shown to whoever writes or checks content; never hidden from the agency."""

    SEED = "seed"  # read in the platform's own user guide
    PUBLIC = "public"  # read in a public text, named in `source`
    ILLUSTRATIVE = "illustrative"  # written by this project; carries no official code


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A text in French, and in English where it is ours to translate. Markdown unless its field says otherwise."""

    fr: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    en: Annotated[str, StringConstraints(strip_whitespace=True)] = ""

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_french(cls, value: Any, info: ValidationInfo) -> Any:
        """Its English may stand beside it, or in the catalogue of the packs, which is given as the context."""
        words = {"fr": value} if isinstance(value, str) else value
        if not isinstance(words, dict) or not isinstance(words.get("fr"), str):
            return words
        told = french(words["fr"])
        known = info.context.get(told.strip()) if info.context and "en" not in words else None
        return {**words, "fr": told} | ({"en": known} if known else {})

    @field_validator("fr", "en")
    @classmethod
    def _no_private_character(cls, text: str) -> str:
        if any("\ue000" <= letter <= "\uf8ff" or letter == "\0" for letter in text):
            raise ValueError("le texte contient un caractère à usage privé")
        return text

    def __str__(self) -> str:
        if not self.en:  # asked thousands of times a page: the language is looked up only where there is a choice
            return self.fr
        return self.en if language() == "en" else self.fr


class Link(Strict):
    label: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>]+$")]


class Sourced(Strict):
    """A text answers for where it comes from: what is not illustrative names its source."""

    origin: Origin | None = None
    source: str = ""

    @model_validator(mode="after")
    def _named_source(self) -> Sourced:
        if self.origin in (Origin.SEED, Origin.PUBLIC) and not self.source:
            raise ValueError("une origine « seed » ou « public » nomme sa « source »")
        return self


class Piece(Sourced):
    """What every file of a pack begins with. The dates count for a procedure: from which day, until which day it is in force."""

    code: Slug
    edition: Slug
    title: Text
    origin: Origin
    order: int = 0
    effective_from: date | None = None
    effective_until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Piece:
        if self.effective_from and self.effective_until and self.effective_until < self.effective_from:
            raise ValueError("« effective_until » précède « effective_from »")
        return self

    @property
    def key(self) -> str:
        return f"{self.code}-{self.edition}"


# — Scales ————————————————————————————————————————————————————————————————————————————————


class Level(Strict):
    """A level with a rank is on the scale; a level without (« Non concerné ») is beside it."""

    code: Slug
    rank: int | None = Field(None, ge=0, le=20)
    title: Text
    short: Text


class Scale(Piece):
    levels: tuple[Level, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ranks_rise(self) -> Scale:
        ranks = [level.rank for level in self.levels if level.rank is not None]
        if ranks != sorted(set(ranks)):
            raise ValueError("les rangs d'une échelle montent, sans doublon")
        return self

    def level(self, code: str) -> Level:
        return next(level for level in self.levels if level.code == code)

    def rank(self, code: str) -> int | None:
        return self.level(code).rank


# — Qualification —————————————————————————————————————————————————————————————————————————


class Choice(Strict):
    code: Slug
    title: Text


class Question(Sourced):
    code: Slug
    title: Text
    short: Text
    help: Text | None = None
    choices: tuple[Choice, ...] = Field(min_length=2)
    required: bool = True
    when: When

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)


class Qualification(Piece):
    """Questions that switch criteria on and off, one set per kind of subject."""

    subject: Literal["product", "global_strategy"]
    questions: tuple[Question, ...] = Field(min_length=1)


# — Evidence expected —————————————————————————————————————————————————————————————————————


class FillableForm(Strict):
    """A form the company takes away, fills in and deposits again: the platform makes the file from its questions."""

    title: Text
    introduction: Text | None = None
    questions: tuple[Text, ...] = Field(min_length=1)


class ExpectedProof(Sourced):
    """A slot: what is to be deposited. `many` allows several files; `sealed` means encrypted before it is sent."""

    code: Code
    title: Text
    help: Text | None = None
    kind: Slug = "document"
    formats: tuple[Slug, ...] = ()
    minimum: int = Field(1, ge=0, le=50)
    many: bool = True
    max_bytes: int | None = Field(None, gt=0)
    sealed: bool = False
    expires: bool = False
    to_fill: FillableForm | None = None
    when: When


# — Questionnaires ————————————————————————————————————————————————————————————————————————


class QuestionnaireKind(StrEnum):
    MATURITY = "maturity"
    CONFORMITY = "conformity"
    DEPOSIT = "deposit"


def _scale_of_kind(code: str, low: tuple[str, Text], high: tuple[str, Text]) -> Scale:
    levels = tuple(
        Level(code=name, rank=rank, title=word, short=Text(fr=word.fr.lower(), en=word.en.lower()))
        for rank, (name, word) in enumerate((low, high))
    )
    source = "Guide, pages 53 et 55"  # recorded as it is
    return Scale(code=code, edition="1", title=high[1], origin=Origin.PUBLIC, source=source, levels=levels)


CONFORM, NOT_CONFORM, DEPOSITED = "conform", "not_conform", "deposited"

SCALE_OF_KIND: dict[QuestionnaireKind, Scale] = {
    QuestionnaireKind.CONFORMITY: _scale_of_kind(
        "conformity", (NOT_CONFORM, Text(fr="Non conforme", en="Not compliant")), (CONFORM, Text(fr="Conforme", en="Compliant"))
    ),
    QuestionnaireKind.DEPOSIT: _scale_of_kind(
        "deposit", ("not_deposited", Text(fr="Non déposé", en="Not deposited")), (DEPOSITED, Text(fr="Déposé", en="Deposited"))
    ),
}
"""Two answers make a scale like another, of which the upper one is expected: decision 0015."""


class Criterion(Sourced):
    """One thing asked. `levels` words each level of the scale for this criterion."""

    code: Code
    title: Text
    short: Text | None = None  # plain text, for the axes of a chart
    aim: Text
    levels: dict[str, Text] = Field(default_factory=dict)
    recommendations: dict[str, Text] = Field(default_factory=dict)  # by the level held today
    proofs: tuple[ExpectedProof, ...] = ()
    links: tuple[Link, ...] = ()
    help_entries: tuple[Slug, ...] = ()
    when: When


class Section(Sourced):
    """Criteria or, in a deposit questionnaire, zones."""

    code: Code
    title: Text
    introduction: Text | None = None
    links: tuple[Link, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    zones: tuple[ExpectedProof, ...] = ()
    when: When

    @property
    def asked(self) -> tuple[Criterion, ...]:
        """What the section asks: a zone is a criterion with one expected proof, itself (decision 0015)."""
        return self.criteria + tuple(
            Criterion(
                code=zone.code,
                title=zone.title,
                aim=zone.help or zone.title,
                proofs=(zone,),
                origin=zone.origin,
                source=zone.source,
                when=zone.when,
            )
            for zone in self.zones
        )


class Questionnaire(Piece):
    kind: QuestionnaireKind
    subject: Literal["product", "global_strategy"] = "product"
    scale: str | None = None
    introduction: Text | None = None
    sections: tuple[Section, ...] = Field(min_length=1)

    @property
    def is_maturity(self) -> bool:
        return self.kind is QuestionnaireKind.MATURITY

    @property
    def is_conformity(self) -> bool:
        return self.kind is QuestionnaireKind.CONFORMITY

    @property
    def is_deposit(self) -> bool:
        return self.kind is QuestionnaireKind.DEPOSIT

    @model_validator(mode="after")
    def _scale_where_levels(self) -> Questionnaire:
        if (self.kind is QuestionnaireKind.MATURITY) != (self.scale is not None):
            raise ValueError("un questionnaire de maturité nomme son échelle (« scale »), les autres n'en ont pas")
        return self


# — Requirements, scenarios, profiles —————————————————————————————————————————————————————


class Profile(Sourced):
    """Selects what is to be proved. Exclusive and implied profiles are named by code; a mandatory one is always chosen."""

    code: Slug
    title: Text
    mandatory: bool = False
    excludes: tuple[Slug, ...] = ()
    implies: tuple[Slug, ...] = ()
    until: Slug | None = None  # milestone after which it can no longer be added


class Scenario(Sourced):
    """One way to show a requirement. Its own `profile`, where it has one, replaces that of the requirement.

    `applies_if` says in words what no profile says: the company may answer that it does not apply, and the reviewer judges.
    """

    code: Code
    text: Text
    applies_if: Text | None = None
    proofs: tuple[ExpectedProof, ...] = Field(min_length=1)
    profile: Slug | None = None
    when: When


class Requirement(Sourced):
    """What a product must do. It is asked as soon as one of its scenarios is."""

    code: Code
    block: Text
    function: Text
    text: Text
    reference: Text | None = None  # the rule of another text it comes from
    applies_if: Text | None = None
    nature: Literal["requirement", "recommendation"] = "requirement"
    criticality: Literal["minor", "major", "critical"] | None = None
    profile: Slug
    scenarios: tuple[Scenario, ...] = Field(min_length=1)
    when: When


class RequirementSection(Sourced):
    code: Slug
    short: Text  # as the agency calls it: « INS », « PGSSI-S IEU »
    title: Text
    requirements: tuple[Requirement, ...] = Field(min_length=1)


class RequirementSet(Piece):
    """Its edition is the version its authors gave it, with its dots."""

    edition: Version
    profiles: tuple[Profile, ...] = Field(min_length=1)
    sections: tuple[RequirementSection, ...] = Field(min_length=1)


# — Forms —————————————————————————————————————————————————————————————————————————————————


class FieldChoice(Choice):
    """An answer of a form. `brings`: the profiles that come with it, among those of the procedure's requirements."""

    brings: tuple[Slug, ...] = ()


class FormField(Sourced):
    """One thing to fill in. `taken_from` is where its first value comes from; `profiles` are those of the procedure's requirements."""

    code: Slug
    kind: Literal[
        "text", "long_text", "choice", "choices", "date", "number", "email", "phone", "siren", "nil", "address",
        "person", "product_reference", "file", "yes_no", "profiles",
    ]  # fmt: skip
    title: Text
    help: Text | None = None
    required: bool = False
    choices: tuple[FieldChoice, ...] = ()
    proof: ExpectedProof | None = None
    taken_from: Annotated[str, StringConstraints(pattern=r"^(company|subject|step)\.[a-z_.]+$")] | None = None
    when: When

    @property
    def brings(self) -> bool:
        """Whether an answer decides of profiles."""
        return any(one.brings for one in self.choices)


class FormBlock(Sourced):
    """Fields under one title. `repeats`: how many times the whole block may be filled in; a field is required where its entry is begun."""

    code: Slug
    title: Text
    introduction: Text | None = None
    repeats: int | None = Field(None, ge=2, le=50)
    fields: tuple[FormField, ...] = Field(min_length=1)
    when: When


class Form(Piece):
    """What a step of a candidature asks in writing."""

    blocks: tuple[FormBlock, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fields_hold(self) -> Form:
        for block in self.blocks:
            for field in block.fields:
                if (field.kind == "file") != (field.proof is not None):
                    raise ValueError(f"le champ « {field.code} » : une pièce (« file ») dit ce qu'elle attend (« proof »), et elle seule")
                if (field.kind in ("choice", "choices")) != bool(field.choices):
                    raise ValueError(f"le champ « {field.code} » : un choix donne ses réponses (« choices »), et lui seul")
                if block.repeats is not None and (field.kind in ("file", "profiles") or field.brings):
                    raise ValueError(f"le champ « {field.code} » : ni pièce ni profil dans un bloc répété")
        return self


# — Time ——————————————————————————————————————————————————————————————————————————————————


class Milestone(Sourced):
    """A Paris date and time. `at` empty means « à paraître »: the agency will set it, with a record."""

    code: Slug
    title: Text
    at: datetime | None = None
    effect: Literal["closes", "last_correction", "no_new_profile", "informs"] = "closes"


CLOCK_EVENTS = (
    "step_submitted",  # a form is handed over
    "evidence_complete",  # all the evidence asked is, for the first time
    "changes_requested",  # the agency asks for a correction or a complement
    "resubmitted",  # the company answers it
    "step_accepted",
    "step_rejected",
)
"""What may start a clock, stop it or start it again: `candidatures/clocks.py` reads them in the journal."""


class Clock(Sourced):
    """A delay: what starts, pauses and resumes it are event names; what happens at its end is one of a closed list."""

    code: Slug
    title: Text
    length: int = Field(gt=0)
    unit: Literal["calendar_days", "working_days", "elapsed_hours", "months"]
    starts: Slug
    pauses: tuple[Slug, ...] = ()
    resumes: tuple[Slug, ...] = ()
    at_end: Literal["reject", "abandon", "lose_place", "warn"]
    reminders_days: tuple[int, ...] = (7, 2, 1)


# — Steps, examination, agreement, outcome ————————————————————————————————————————————————


class ReasonCode(Strict):
    code: Slug
    title: Text
    template: Text | None = None


class ControlPoints(Sourced):
    """Points of a control report, with how many negatives each gravity tolerates."""

    code: Slug
    title: Text
    tolerated: dict[str, int]


class Appointment(Sourced):
    code: Slug
    title: Text
    propose_within_days: int = Field(gt=0)
    proof: ExpectedProof | None = None


class Redeposit(Strict):
    """What a board finds fault with may be deposited again: at which step, and until which milestone (none: without a limit)."""

    step: Slug
    until: Slug | None = None


class Board(Sourced):
    """How a board judges: how many opinions it takes, what they come to together, and what may be deposited again."""

    quorum: int = Field(ge=1)  # members who give an opinion, those who abstain included
    rule: Literal["majority", "unanimity"] = "majority"  # of the opinions for or against; an abstention is neither
    redeposit: Redeposit | None = None


class Step(Sourced):
    code: Slug
    kind: Literal["form", "evidence", "advice", "agreement", "examination", "board", "decision"]
    title: Text
    introduction: Text | None = None
    acts: Literal["company", "agency"] = "company"
    after: tuple[Slug, ...] = ()
    opens: Literal["accepted", "submitted"] = "accepted"  # what must have become of the steps it comes after
    form: str | None = None
    requirements: str | None = None
    agreement: str | None = None
    board: Board | None = None
    closes: Slug | None = None
    clocks: tuple[Slug, ...] = ()
    target_days: int | None = Field(None, gt=0)  # what the agency gives itself to answer, in calendar days; past it, the file is late
    second_look: bool = False  # another reviewer confirms before anything is accepted
    blind_second_look: bool = False  # without seeing what the first one said
    locked_because: Text | None = None
    messages: dict[Slug, Text] = Field(default_factory=dict)
    reasons: tuple[ReasonCode, ...] = ()
    control_points: tuple[ControlPoints, ...] = ()
    appointments: tuple[Appointment, ...] = ()

    @model_validator(mode="after")
    def _blind_is_a_second_look(self) -> Step:
        if self.blind_second_look and not self.second_look:
            raise ValueError("« blind_second_look » précise « second_look », qui manque")
        return self


class Article(Strict):
    """Plain text; an empty line parts two paragraphs."""

    title: Text
    text: Text


class Agreement(Piece):
    """What both parties sign: a sheet of `templates/paper/agreements`, who signs, in which order, and with what."""

    template: Slug = "agreement"
    agency: Text
    preamble: Text | None = None
    articles: tuple[Article, ...] = Field(min_length=1)
    signatories: tuple[Literal["legal_representative", "signatory"], ...] = ("legal_representative", "signatory")
    provider: Literal["embedded", "yousign"] = "embedded"

    @model_validator(mode="after")
    def _company_then_agency(self) -> Agreement:
        if self.signatories != ("legal_representative", "signatory"):
            raise ValueError("« signatories » : le mandataire de l'entreprise signe, puis le signataire de l'agence")
        return self


class Change(Sourced):
    """A change to declare once certified, and within how long."""

    code: Slug
    title: Text
    within_days: int = Field(gt=0)


class Outcome(Sourced):
    kind: Literal["results", "certificate", "attestation", "listing_number", "label", "opinion", "door"]
    title: Text
    template: Slug | None = None
    level: Text | None = None
    level_from: Slug | None = None  # the field of a form, a choice, where the level was asked for
    validity_months: int | None = Field(None, gt=0)
    renewable: bool = True
    next_control_months: int | None = Field(None, gt=0)
    next_steps: tuple[Text, ...] = ()
    portal: Link | None = None  # where the company goes next, outside the platform
    logo_terms: Text | None = None
    directory_columns: tuple[Slug, ...] = ()
    changes: tuple[Change, ...] = ()
    appeal: Text | None = None


# — Tracks and procedures —————————————————————————————————————————————————————————————————


class Track(Piece):
    """A family of procedures: the card of the dashboard and its presentation page."""

    short: Text  # plain text, for the navigation bar
    summary: Text
    steps: tuple[Text, ...] = ()
    presentation: Text
    links: tuple[Link, ...] = ()


class UseException(Strict):
    criterion: Code
    obligation: bool | None = None
    required: Slug | None = None
    accepts_not_concerned: bool | None = None


class Use(Strict):
    """How a procedure uses a shared questionnaire: what counts, and how high. Criteria left out are not asked there."""

    questionnaire: str
    obligation: bool = True
    required: Slug | None = None
    accepts_not_concerned: bool = True
    exceptions: tuple[UseException, ...] = ()
    left_out: tuple[Code, ...] = ()
    projection: bool = False
    read_by: tuple[Slug, ...] = ()  # partners who may read the results
    note: Text | None = None


class Procedure(Piece):
    """What a subject is enrolled in: questionnaires, then steps, time and outcome."""

    track: Slug
    subjects: tuple[Literal["product", "global_strategy"], ...] = ("product",)
    summary: Text
    presentation: Text
    how_to: tuple[Text, ...] = ()
    documents: tuple[Text, ...] = ()
    links: tuple[Link, ...] = ()
    level_word: Literal["recommended", "minimum"] = "recommended"
    uses: tuple[Use, ...] = ()
    profiles_from: str | None = None
    milestones: tuple[Milestone, ...] = ()
    clocks: tuple[Clock, ...] = ()
    steps: tuple[Step, ...] = ()
    queue: Literal["none", "complete_candidature", "complete_chapter"] = "none"
    outcome: Outcome
    opens_into: str | None = None  # a door: another procedure of the platform
    closed_because: Text | None = None  # not open to enrolment, and why


def steps_before(procedure: Procedure, code: str) -> frozenset[str]:
    """Every step a step comes after, near or far. A circle, or a name that leads nowhere, is the checks' business."""
    after = {piece.code: piece.after for piece in procedure.steps}
    found: set[str] = set()
    waiting = set(after.get(code, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting |= set(after.get(one, ()))
    return frozenset(found)


# — Editions ——————————————————————————————————————————————————————————————————————————————


class Carries(StrEnum):
    """What the answer to a criterion gives to those that take its place, as a draft."""

    LEVEL_AND_COMMENT = "level_and_comment"
    COMMENT = "comment"
    NOTHING = "nothing"


class Relation(StrEnum):
    """What becomes of criteria from one edition to the next."""

    SAME = "same"
    CHANGED = "changed"
    SPLIT = "split"
    MERGED = "merged"
    GONE = "gone"
    NEW = "new"


NONE, ONE, SOME, SEVERAL = (0, 0), (1, 1), (1, 99), (2, 99)
SHAPES = {
    Relation.SAME: (ONE, ONE),
    Relation.CHANGED: (ONE, ONE),
    Relation.SPLIT: (ONE, SEVERAL),
    Relation.MERGED: (SEVERAL, ONE),
    Relation.GONE: (SOME, NONE),
    Relation.NEW: (NONE, SOME),
}
"""How many criteria a line names in the old edition, then in the new one."""


class MapLine(Strict):
    """What becomes of one criterion, or of those that are merged or split. `note` says what changes, to whoever moves."""

    old: tuple[Code, ...] = ()
    new: tuple[Code, ...] = ()
    relation: Relation
    carries: Carries = Carries.NOTHING
    note: Text | None = None

    @model_validator(mode="after")
    def _shape_of_its_relation(self) -> MapLine:
        for name, codes, expected in zip(("old", "new"), (self.old, self.new), SHAPES[self.relation], strict=True):
            if not expected[0] <= len(codes) <= expected[1]:
                raise ValueError(
                    f"« {self.relation} » nomme "
                    + {NONE: "aucun critère", ONE: "un critère", SOME: "des critères", SEVERAL: "plusieurs critères"}[expected]
                    + f" dans « {name} »"
                )
        if self.relation in (Relation.GONE, Relation.NEW) and self.carries is not Carries.NOTHING:
            raise ValueError(f"« {self.relation} » ne reprend rien : retirez « carries »")
        if self.relation is Relation.SAME and self.carries is not Carries.LEVEL_AND_COMMENT:
            raise ValueError("« same » reprend tout : « carries: level_and_comment », ou dites « changed »")
        return self


class EditionMap(Piece):
    """From one edition of a questionnaire to the next: what is carried over."""

    old: str
    new: str
    lines: tuple[MapLine, ...] = Field(min_length=1)


# — Public presentation ———————————————————————————————————————————————————————————————————


class PresentedCard(Strict):
    """One of several cases, side by side."""

    title: Text
    text: Text


class PresentedTable(Strict):
    """Rules that read better in rows; every row is as long as the heading."""

    columns: tuple[Text, ...] = Field(min_length=2)
    rows: tuple[tuple[Text, ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole_rows(self) -> PresentedTable:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("chaque ligne du tableau a autant de cases qu'il a de colonnes")
        return self


class PresentedBlock(Sourced):
    """A part of the page; `phase` numbers those that follow one another."""

    code: Slug
    title: Text
    phase: int | None = Field(None, ge=1, le=9)
    text: Text | None = None
    cards: tuple[PresentedCard, ...] = ()
    table: PresentedTable | None = None


class Presentation(Piece):
    """The public page of a procedure, in more words than the procedure's own. Dates and delays stay where they are ruled."""

    procedure: Slug
    lead: Text
    blocks: tuple[PresentedBlock, ...] = Field(min_length=1)


FOLDERS: dict[str, type[Piece]] = {
    "scales": Scale,
    "qualification": Qualification,
    "questionnaires": Questionnaire,
    "requirements": RequirementSet,
    "forms": Form,
    "agreements": Agreement,
    "tracks": Track,
    "procedures": Procedure,
    "maps": EditionMap,
    "presentations": Presentation,
}
"""The folder a file stands in says what it is."""

__all__ = ["FOLDERS", "Condition", "Piece"]
