"""Where does a candidature stand, what does its form hold, what awaits the agency? Reads, always as seen by someone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property

from convergence.candidatures.calls import Call, call_of, document_titles, procedure_of, requirements_of
from convergence.candidatures.forms import Asked, Problem, Value, asked_fields, changed_keys, is_open, problems_of
from convergence.candidatures.models import Candidature, ChangeRequest, FieldValue, Step, Submission
from convergence.candidatures.permissions import can_see_candidature, seen_sql, seen_sql_parameters
from convergence.candidatures.workflow import AWAITED, CANDIDATURE, DISCARDED, DRAFT, SUBMITTED, UNDER_WAY
from convergence.catalogue.models import Enrolment
from convergence.catalogue.permissions import SEEN_SQL, seen_parameters
from convergence.content.conditions import Facts
from convergence.content.library import Library, library
from convergence.content.schema import ExpectedProof, Form, Procedure, Track, steps_before
from convergence.content.schema import Step as StepPiece
from convergence.evidence.actions import slot_of
from convergence.evidence.models import Deposit
from convergence.evidence.queries import Held, deposits_in, held_in
from convergence.evidence.rules import counted_by_slot, is_filled
from convergence.evidence.workflow import IN_PLACE
from foundation.accounts.models import Company, Person
from foundation.accounts.queries import keys_of_people_ever
from foundation.core.language import gettext as _
from foundation.core.rows import Reading, read_rows, read_together, reading, rows_of
from foundation.files.models import StoredFile

# — One candidature ———————————————————————————————————————————————————————————————————————


def candidature_of(number: str, person: Person) -> Candidature:
    """A candidature of the person's company, unless its draft was discarded. Raises `Candidature.DoesNotExist`."""
    rest = f"WHERE thing.number = %(number)s AND {seen_sql('thing', 'enrolment')}"
    return _one(read_rows(Candidature, rest, seen_sql_parameters(person) | {"number": number}, *_AROUND))


def candidature_handed_over(number: str, person: Person) -> Candidature:
    """A candidature the agency has, for one of its people. A draft does not exist for them. Raises `Candidature.DoesNotExist`."""
    found = _one(read_rows(Candidature, "WHERE thing.number = %s AND thing.submitted_at IS NOT NULL", [number], *_AROUND))
    if not can_see_candidature(person, found):
        raise Candidature.DoesNotExist
    return found


_AROUND = ("enrolment", "enrolment__subject", "enrolment__subject__company", "begun_by")


def _one(found: list[Candidature]) -> Candidature:
    if not found:
        raise Candidature.DoesNotExist
    return found[0]


def titles_of_documents(folders: Collection[int]) -> dict[tuple[int, str], str]:
    """What each slot of a form is called, by folder and slot; nothing for the folders of questionnaires. One query."""
    steps = Step.objects.filter(folder__in=folders).select_related("candidature")
    return {
        (step.folder_id, slot): title
        for step in steps
        if step.folder_id is not None
        for slot, title in document_titles(library(), step).items()
    }


def candidatures_of(enrolment: Enrolment) -> list[Candidature]:
    """What was asked of the agency for one procedure followed, the latest first. One query."""
    return list(Candidature.objects.filter(enrolment=enrolment).exclude(state=DISCARDED).order_by("-begun_at", "-pk"))


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step, as the line at the head of a candidature shows it."""

    number: int
    step: Step
    piece: StepPiece
    waits_for: str

    @property
    def is_now(self) -> bool:
        return bool(self.step.awaits)

    @property
    def is_settled(self) -> bool:
        return self.step.settled_by_id is not None


def lines_of(candidature: Candidature) -> list[StepLine]:
    """The steps of a candidature. One query."""
    return _lines(candidature, procedure_of(library(), candidature), _reading_steps(candidature).found)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history: what happened, when, by whom, at which step."""

    kind: str
    at: datetime
    by: str
    fields: Mapping[str, Any]
    is_company: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """A candidature from its first day on."""

    candidature: Candidature
    procedure: Procedure
    track: Track
    lines: list[StepLine]
    submissions: list[Submission]
    requests: list[ChangeRequest]
    history: list[Happening]
    to_examine: Mapping[int, datetime]
    """The steps of which the agency has a section to examine, though the company is still awaited for another; since when."""

    @property
    def profile_titles(self) -> list[str]:
        return _profile_titles(library(), self.procedure, self.candidature.profiles)

    def section_title(self, step: str, code: str) -> str:
        """What a section of an evidence step is called: « INS »."""
        found = requirements_of(library(), self.procedure, self.line(step).piece)
        return next((str(one.short) for one in found.sections if one.code == code), code) if found else code

    def line(self, code: str) -> StepLine:
        return next(line for line in self.lines if line.step.code == code)

    def call(self, step: Step) -> Call:
        return call_of(library(), step)


def progress_of(candidature: Candidature, *also: Reading[Any]) -> Progress:
    """Six queries, whatever happened, in one exchange: the steps, what was handed over, what was asked to be corrected, the journal, who is of
    the company, and the sections to examine where evidence is asked; with whatever `also` is to be read.
    """
    shelf = library()
    procedure = procedure_of(shelf, candidature)
    track = shelf.track(procedure.track)
    assert track is not None
    submissions = reading(Submission, "WHERE step.candidature_id = %s ORDER BY thing.id", [candidature.pk], "step")
    of_steps = "WHERE submission__step.candidature_id = %s ORDER BY thing.id"
    requests = reading(ChangeRequest, of_steps, [candidature.pk], "submission", "submission__step")
    steps, entries = _reading_steps(candidature), _reading_history(candidature)
    people = keys_of_people_ever.reading(candidature.enrolment.subject.company)
    to_examine = _reading_to_examine(candidature)
    read_together(submissions, requests, steps, entries, people, *([to_examine] if _asks_for_evidence(procedure) else []), *also)
    latest = {(one.step_id, one.section): one.pk for one in submissions.found}
    return Progress(
        candidature=candidature,
        procedure=procedure,
        track=track,
        lines=_lines(candidature, procedure, steps.found),
        submissions=submissions.found[::-1],
        requests=[one for one in requests.found if _is_pending(one, latest)],
        history=_history(entries.found, people.found),
        to_examine=to_examine.found if _asks_for_evidence(procedure) else {},
    )


def _asks_for_evidence(procedure: Procedure) -> bool:
    return any(piece.kind == "evidence" for piece in procedure.steps)


def _reading_to_examine(candidature: Candidature) -> Reading[dict[int, datetime]]:
    sql = """SELECT section.step_id, min(section.since) FROM candidatures_stepsection section
        JOIN candidatures_step step ON step.id = section.step_id
        WHERE step.candidature_id = %(candidature)s AND section.state = %(submitted)s AND step.state <> %(submitted)s
        GROUP BY section.step_id"""
    return Reading(sql, {"candidature": candidature.pk, "submitted": SUBMITTED}, dict)


def _is_pending(request: ChangeRequest, latest: Mapping[tuple[int, str], int]) -> bool:
    """Whether what was asked still awaits the company: nothing was handed over since."""
    submission = request.submission
    return (bool(submission.section) or submission.step.is_to_correct) and latest[submission.step_id, submission.section] == submission.pk


def _reading_steps(candidature: Candidature) -> Reading[list[Step]]:
    return reading(Step, "WHERE thing.candidature_id = %s ORDER BY thing.rank", [candidature.pk], "settled_by", "folder")


def _lines(candidature: Candidature, procedure: Procedure, steps: Sequence[Step]) -> list[StepLine]:
    pieces = {piece.code: piece for piece in procedure.steps}
    accepted = {step.code for step in steps if step.state == "accepted"}
    lines = []
    for number, step in enumerate(steps, 1):
        step.candidature = candidature
        piece = pieces[step.code]
        before = steps_before(procedure, piece.code)
        near = [code for code in piece.after if code not in accepted]
        waited = [str(one.title) for one in procedure.steps if one.code in (near or before - accepted)]
        why = str(piece.locked_because or "") or (_("S'ouvrira après : {steps}").format(steps=", ".join(waited)) if waited else "")
        lines.append(StepLine(number, step, piece, why if step.state == "locked" else ""))
    return lines


DRAFTS = ("candidatures.FormSaved", "candidatures.RequestReplied", "reviews.VerdictSaved", "reviews.RequirementSeen")
"""What a history leaves out: each keystroke kept, each look."""


def _reading_history(candidature: Candidature) -> Reading[list[tuple[Any, ...]]]:
    told = """SELECT entry.kind, entry.at, entry.by, entry.details->>'by_name', entry.body FROM journal_entry entry
        WHERE entry.about = %(about)s AND entry.company = %(company)s AND entry.kind <> ALL(%(drafts)s)
        ORDER BY entry.at DESC, entry.position DESC"""
    company = candidature.enrolment.subject.company_id
    asked = {"about": f"candidature:{candidature.pk}", "company": company, "drafts": list(DRAFTS)}
    return Reading(told, asked, list)


def _history(entries: Iterable[tuple[Any, ...]], own: Collection[str]) -> list[Happening]:
    """A name is None once it is erased. Whoever is not, and never was, of the company is the agency: no event can be forgotten, and name one of its people to a company."""
    found = []
    for kind, at, by, name, body in entries:
        told = _("Une personne dont le nom est effacé") if name is None else name
        found.append(Happening(kind.partition(".")[2], at, told, json.loads(body)["fields"], by in own))
    return found


def _profile_titles(shelf: Library, procedure: Procedure, codes: Iterable[str]) -> list[str]:
    piece: Any = shelf.piece("requirements", procedure.profiles_from) if procedure.profiles_from else None
    return [str(one.title) for one in piece.profiles if one.code in set(codes)] if piece else []


def submission_of(candidature: Candidature, receipt: str) -> Submission:
    """What a receipt of this candidature is for. Raises `Submission.DoesNotExist`."""
    return Submission.objects.select_related("step").get(step__candidature=candidature, receipt=receipt)


# — Its form ——————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True)
class FormSheet:
    """The form of a step: what is asked, what was typed, what was handed over, what is to be corrected."""

    step: Step
    call: Call
    form: Form
    stored: dict[str, FieldValue]
    taken: dict[str, str]
    deposits: list[Deposit]
    submissions: list[Submission]
    requests: dict[str, ChangeRequest]

    @property
    def candidature(self) -> Candidature:
        return self.step.candidature

    @property
    def values(self) -> dict[str, Value]:
        """What is stored; until the form is first saved, what is already known elsewhere."""
        return {key: one.value for key, one in self.stored.items()} if self.stored else dict(self.taken)

    @property
    def latest(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None

    @property
    def saved(self) -> FieldValue | None:
        """The last thing typed: « Brouillon enregistré le … par … »."""
        return max(self.stored.values(), key=lambda one: one.saved_at, default=None)

    def every(self, values: dict[str, Value]) -> list[Asked]:
        """The fields of the form, asked or not, with a spare entry in each repeated block."""
        bare = self.form.model_copy(
            update={
                "blocks": tuple(
                    block.model_copy(update={"when": None, "fields": tuple(one.model_copy(update={"when": None}) for one in block.fields)})
                    for block in self.form.blocks
                )
            }
        )
        blocks = {block.code: block for block in self.form.blocks}
        fields = {field.code: field for block in self.form.blocks for field in block.fields}
        found = asked_fields(bare, values, Facts(), spare=1)
        return [Asked(one.key, blocks[one.block.code], fields[one.field.code], one.number) for one in found]

    def is_open(self, one: Asked) -> bool:
        """Whether a field may change now: in a form not handed over yet, every one; after a request, those it opens."""
        if not self.step.is_to_correct:
            return self.step.awaits == "company"
        assert self.latest is not None
        before = frozenset(asked.key for asked in self.call.asked(dict(self.latest.values)))
        return is_open(one, before, frozenset(self.requests))

    def proof(self, slot: str) -> tuple[Asked, ExpectedProof] | None:
        """The document a slot expects, where it is asked."""
        for one in self.call.asked(self.values):
            if one.field.proof is not None and one.field.proof.code == slot:
                return one, one.field.proof
        return None

    def expected(self, slot: str) -> ExpectedProof | None:
        found = self.proof(slot)
        return found[1] if found else None

    def takes(self, slot: str) -> bool:
        """Whether the document of a slot may change now."""
        found = self.proof(slot)
        return found is not None and self.candidature.is_alive and self.is_open(found[0])

    @cached_property
    def held(self) -> Held:
        return held_in(self.deposits)

    def problems(self) -> list[Problem]:
        """What keeps it from being submitted: missing, malformed, or asked by the agency and still the same."""
        values = {key: one.value for key, one in self.stored.items()}
        found = problems_of(self.call.asked(values), values, filled_slots(self.call, self.deposits), self.call.profiles)
        if found or not self.step.is_to_correct:
            return found
        assert self.latest is not None
        return unanswered(self.call, self.latest, self.requests.values(), values, documents_in(self.deposits))

    @property
    def changed(self) -> frozenset[str]:
        """What differs between the last two forms handed over."""
        if len(self.submissions) < 2:
            return frozenset()
        past, latest = self.submissions[-2:]
        return changed_keys(latest.values, latest.documents, past.values, past.documents)


def form_sheet(candidature: Candidature, code: str) -> FormSheet:
    """The form of a step of this candidature. Raises `Step.DoesNotExist` where there is no such step, or it has no form."""
    step = candidature.steps.select_related("folder", "settled_by").get(code=code)
    step.candidature = candidature
    call = call_of(library(), step)
    if call.form is None or step.folder is None:
        raise Step.DoesNotExist
    stored = {one.field: one for one in step.values.select_related("saved_by")}
    submissions = list(step.submissions.order_by("number"))
    requests = ChangeRequest.objects.filter(submission=submissions[-1] if submissions else None)
    return FormSheet(
        step=step,
        call=call,
        form=call.form,
        stored=stored,
        taken={} if stored else _taken(call.form, step),
        deposits=deposits_in(candidature.enrolment.subject, [step.folder.name]),
        submissions=submissions,
        requests={one.field: one for one in requests},
    )


def _taken(form: Form, step: Step) -> dict[str, str]:
    """First values that are known already: from the company, from the product, from what was typed at another step."""
    subject = step.candidature.enrolment.subject
    sources = {"company": subject.company, "subject": subject}
    wanted = {field.code: field.taken_from for block in form.blocks if not block.repeats for field in block.fields if field.taken_from}
    named = {path.rpartition(".")[2] for path in wanted.values() if path.startswith("step.")}
    typed: dict[str, Any] = {}
    if named:
        others = FieldValue.objects.filter(step__candidature=step.candidature, field__in=named).exclude(step=step)
        typed = {one.field: one.value for one in others.order_by("saved_at")}
    found = {}
    for code, path in wanted.items():
        source, _dot, name = path.partition(".")
        value = typed.get(name.rpartition(".")[2]) if source == "step" else getattr(sources[source], name, "")
        if isinstance(value, str) and value:
            found[code] = value
    return found


def filled_slots(call: Call, deposits: Iterable[Deposit]) -> frozenset[str]:
    """The slots of the form that hold enough files."""
    counted = counted_by_slot([one.filed for one in deposits])
    proofs = [field.proof for block in (call.form.blocks if call.form else ()) for field in block.fields if field.proof is not None]
    return frozenset(proof.code for proof in proofs if is_filled(slot_of(proof), counted))


def documents_in(deposits: Iterable[Deposit]) -> list[dict[str, object]]:
    """The documents in place, with what proves later that they are the same."""
    return [
        {"slot": one.slot, "name": one.file.name, "size": one.file.size, "sha256": one.file.sha256, "deposit": one.pk}
        for one in deposits
        if one.state == IN_PLACE and not one.is_rejected
    ]


def unanswered(call: Call, latest: Submission, requests: Iterable[ChangeRequest], values: Mapping[str, Value], documents: Sequence[Mapping[str, object]]) -> list[Problem]:  # fmt: skip
    """Where changes were requested, the fields and documents that are still those handed over."""
    slots = {one.key: one.field.proof.code for one in call.asked(dict(values) | latest.values) if one.field.proof is not None}
    changed = changed_keys(values, documents, latest.values, latest.documents)
    return [
        Problem(request.field, _("L'agence a demandé une modification : « {text} »").format(text=request.text))
        for request in requests
        if slots.get(request.field, request.field) not in changed
    ]


def file_handed_over(candidature: Candidature, deposit: int) -> StoredFile:
    """A document of something handed over, for who may see the candidature. Any other does not exist: `StoredFile.DoesNotExist`."""
    handed = Submission.objects.filter(step__candidature=candidature).values_list("documents", flat=True)
    if not any(one["deposit"] == deposit for documents in handed for one in documents):
        raise StoredFile.DoesNotExist
    return Deposit.objects.select_related("file").get(pk=deposit).file


def files_handed_over(submission: Submission) -> dict[int, StoredFile]:
    """The documents of a submission, as they now are: clean, still examined, or found infected since. One query."""
    keys = [one["deposit"] for one in submission.documents]
    return {one.pk: one.file for one in Deposit.objects.filter(pk__in=keys).select_related("file")}


# — Lists —————————————————————————————————————————————————————————————————————————————————


@dataclass(frozen=True, slots=True)
class CandidatureLine:
    """One candidature of a list: of what, where it stands, who is awaited since when."""

    number: str
    procedure: Procedure
    state: str
    submitted_at: datetime | None
    ended_at: datetime | None
    reference: int
    name: str
    version: str
    company: str
    step: str
    step_state: str
    since: datetime

    @property
    def state_word(self) -> str:
        return CANDIDATURE.states[self.state]

    @property
    def awaits(self) -> str:
        return AWAITED.get(self.step_state, "") if self.state in (DRAFT, UNDER_WAY) else ""

    @property
    def step_title(self) -> str:
        return next((str(piece.title) for piece in self.procedure.steps if piece.code == self.step), "")


_FROM = """FROM candidatures_candidature candidature
    JOIN catalogue_enrolment enrolment ON enrolment.id = candidature.enrolment_id
    JOIN catalogue_subject subject ON subject.id = enrolment.subject_id
    JOIN accounts_company company ON company.id = subject.company_id"""

_LINES = f"""SELECT candidature.number, candidature.procedure, candidature.state, candidature.submitted_at, candidature.ended_at,
        subject.reference, subject.name, subject.version, company.name, coalesce(step.code, ''), coalesce(step.state, ''),
        coalesce(candidature.ended_at, step.since, candidature.begun_at) AS since, count(*) OVER ()
    {_FROM}
    LEFT JOIN LATERAL (SELECT s.code, s.state, s.since FROM candidatures_step s
        WHERE s.candidature_id = candidature.id AND s.state IN ('submitted', 'changes_requested', 'open')
        ORDER BY s.state = 'submitted' DESC, s.since, s.rank LIMIT 1) step ON true"""  # noqa: S608 - made of our own constants


def candidatures_of_company(person: Person, company: Company, *, words: str = "", limit: int, offset: int = 0) -> tuple[list[CandidatureLine], int]:  # fmt: skip
    """Those of a company that the person sees: what is under way first, the latest moved first. One query."""
    conditions = [SEEN_SQL, "subject.company_id = %(company)s", "candidature.state <> 'discarded'"]
    parameters = seen_parameters(person) | {"company": company.pk, "limit": limit, "offset": offset}
    return _listed(conditions, parameters, words, "candidature.state IN ('draft', 'under_way') DESC, since DESC, candidature.id DESC")


def _listed(conditions: list[str], parameters: dict[str, Any], words: str, order: str) -> tuple[list[CandidatureLine], int]:
    for rank, word in enumerate(words.split()[:8]):
        wanted = f"%(word_{rank})s"
        conditions.append(f"position({wanted} in lower(candidature.number || ' ' || subject.searched || ' ' || company.name)) > 0")
        parameters[f"word_{rank}"] = word.lower()
    sql = f"{_LINES} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"
    rows = rows_of(sql, parameters)
    shelf = library()
    found = []
    for row in rows:
        procedure = shelf.procedure(row[1])
        assert procedure is not None
        found.append(CandidatureLine(row[0], procedure, *row[2:-1]))
    return found, rows[0][-1] if rows else 0
