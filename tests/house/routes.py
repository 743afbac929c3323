"""Which addresses does the house answer, and to whom? The walk of the resolver, and the table it must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from convergence.assessments.queries import sheet_of
from convergence.candidatures.actions import submit_step
from convergence.candidatures.models import Candidature, Submission
from convergence.catalogue.models import Enrolment
from convergence.evidence.actions import archive_evidence
from convergence.evidence.models import Deposit
from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from ops.demo import EXCHANGING
from tests.factories import candidatures as trials
from tests.factories.catalogue import ETHICS, GDPR, INTEROPERABILITY, SOCLES, WITH_EXCHANGE, WITHOUT_EXCHANGE, enrolled
from tests.factories.evidence import CHARTER, REVIEW, deposited
from tests.factories.files import OPEN, metadata
from tests.factories.pages import Furnished, typed_answers, typed_identification
from web.guard import Side

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    view: Callable[..., Any]

    @property
    def guard(self) -> Any:
        return getattr(self.view, "guard", None)


def routes(patterns: Iterable[URLPattern | URLResolver] | None = None, within: str = "") -> Iterator[Route]:
    """Every route of the resolver, however deep, with the names of the spaces it is in."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{within}{pattern.namespace}:" if pattern.namespace else within
            yield from routes(pattern.url_patterns, space)
        else:
            yield Route(f"{within}{pattern.name}", pattern.callback)


def faults(found: Iterable[Route]) -> list[str]:
    """What is wrong with these routes, before anyone asks for one of them."""
    wrong, seen = [], set()
    for route in found:
        if route.guard is None:
            wrong.append(f"{route.name} : aucune garde")
        if route.name.rpartition(":")[2] != route.view.__name__:
            wrong.append(f"{route.name} : la fonction se nomme {route.view.__name__}")
        if route.name in seen:
            wrong.append(f"{route.name} : deux fois")
        seen.add(route.name)
    return wrong


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the table: who may open the route and how, with what, and what the two ordinary answers are.

    `of` names the product of the address; what Karim, who may neither add nor archive nor enrol, is answered to a POST
    is `employee` (for the agency: what Hugo, who examines nothing, is). `theirs` marks what belongs to Aubépine without a product
    in its address. A product's page is for its company alone; the others are for everyone on their side. What speaks a
    protocol of its own sends `headers` and answers its author as `said`, method by method.
    """

    side: Side
    methods: tuple[str, ...] = ("GET",)
    right: Right | None = None
    of: str = ""
    path: tuple[str, ...] = ()
    body: Callable[[Person, Furnished], Mapping[str, str]] = field(default=lambda sender, stage: {})
    got: int = 200
    posted: int = 302
    employee: int | None = None
    tail: Callable[[Furnished], tuple[str, ...]] = field(default=lambda stage: ())
    headers: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, int] = field(default_factory=dict)
    theirs: bool = False

    def address(self, name: str, stage: Furnished) -> str:
        return self.address_of(name, getattr(stage, self.of).reference if self.of else None, stage)

    def address_of(self, name: str, reference: object, stage: Furnished) -> str:
        """The same page, of any product. `tail` furnishes what only this page needs, and gives the end of its address."""
        end = self.tail(stage)
        return reverse(name, args=[*([] if reference is None else [reference]), *self.path, *end])


def _identified(sender: Person, stage: Furnished) -> dict[str, str]:
    return typed_identification(sender)


def _identified_strategy(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"name": "Stratégie", "responsible": str(sender.pk), "certifications": ""}


def _whole_sheet(sender: Person, stage: Furnished) -> dict[str, str]:
    sheet = sheet_of(stage.enrolment, INTEROPERABILITY)
    assert sheet is not None
    return typed_answers(dict.fromkeys(sheet.asked, "high"), version=1)


def _one_answer(sender: Person, stage: Furnished) -> dict[str, str]:
    return typed_answers({"A08.1.1": "low"}, version=1)


def _dated(sender: Person, stage: Furnished) -> dict[str, str]:
    return {"date-ILL-INT-01-medium": "2035-T2", "version-ILL-INT-01": "1"}


def _proved(stage: Furnished) -> tuple[str, ...]:
    """The active product follows a procedure that takes evidence, and has some: one file in place."""
    if not Deposit.objects.filter(folder__subject=stage.active).exists():
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        deposited(enrolled(stage.active, WITH_EXCHANGE, owner, at), CHARTER, owner, at)
    return ()


def _in_place(stage: Furnished) -> tuple[str, ...]:
    _proved(stage)
    return (str(Deposit.objects.get(folder__subject=stage.active, slot=CHARTER).pk),)


def _archived(stage: Furnished) -> tuple[str, ...]:
    (key,) = _in_place(stage)
    deposit = Deposit.objects.get(pk=key)
    if deposit.is_in_place:
        archive_evidence(deposit, by=stage.active.responsible, at=stage.enrolment.enrolled_at)
    return (key,)


def _trial(stage: Furnished) -> Enrolment:
    """The active product of the stage, in the made-up procedure with steps."""
    return trials.trial_of(stage.active, stage.active.responsible, stage.enrolment.enrolled_at)


def _followed_trial(stage: Furnished) -> tuple[str, ...]:
    _trial(stage)
    return ()


def _applied(stage: Furnished) -> Candidature:
    """The active product of the stage, whose first form was handed over with two documents, the second still examined."""
    found = Candidature.objects.filter(enrolment__subject=stage.active).first()
    if found is None:
        owner, at = stage.active.responsible, stage.enrolment.enrolled_at
        found = trials.drafted(_trial(stage), owner, at)
        trials.give_document(trials.step_of(found), "CARTE", owner, at, state="quarantined", content=b"carte")
        submit_step(trials.step_of(found), by=owner, at=at)
    return found


def _drafted(stage: Furnished) -> Candidature:
    return Candidature.objects.filter(enrolment__subject=stage.active).first() or trials.drafted(
        _trial(stage), stage.active.responsible, stage.enrolment.enrolled_at
    )


def _number(stage: Furnished) -> tuple[str, ...]:
    return (_applied(stage).number,)


def _draft_number(stage: Furnished) -> tuple[str, ...]:
    return (_drafted(stage).number,)


def _step(stage: Furnished) -> tuple[str, ...]:
    return (*_number(stage), "dossier")


def _draft_step(stage: Furnished) -> tuple[str, ...]:
    return (*_draft_number(stage), "dossier")


def _draft_slot(stage: Furnished) -> tuple[str, ...]:
    return (*_draft_step(stage), "CARTE")


def _draft_document(stage: Furnished) -> tuple[str, ...]:
    return (*_draft_step(stage), str(Deposit.objects.get(folder__name=f"candidature:{_drafted(stage).number}:dossier").pk))


def _draft_archived(stage: Furnished) -> tuple[str, ...]:
    found = _draft_document(stage)
    deposit = Deposit.objects.get(pk=found[-1])
    if deposit.is_in_place:
        archive_evidence(deposit, by=stage.active.responsible, at=stage.enrolment.enrolled_at)
    return found


def _receipt(stage: Furnished) -> tuple[str, ...]:
    return (*_number(stage), Submission.objects.get(step__candidature=_applied(stage)).receipt)


def _handed(stage: Furnished) -> tuple[str, ...]:
    return (*_number(stage), str(Submission.objects.get(step__candidature=_applied(stage)).documents[1]["deposit"]))


TUS = {"Tus-Resumable": "1.0.0"}
PAGE, FORM, ACT = ("GET",), ("GET", "POST"), ("POST",)
SHEET = (SOCLES, INTEROPERABILITY)
PROVED = (WITH_EXCHANGE, ETHICS)
COMPANY, PUBLIC, AGENCY = Side.COMPANY, Side.PUBLIC, Side.AGENCY

ACCESS: dict[str, Access] = {
    "public:home": Access(PUBLIC),
    "public:accessibility": Access(PUBLIC),
    "public:health": Access(PUBLIC),
    "public:signing_key": Access(PUBLIC),
    "public:sign_in": Access(PUBLIC, FORM),
    "public:enter_demo": Access(PUBLIC, ACT, body=lambda sender, stage: {"email": sender.email}),
    "public:sign_out": Access(PUBLIC, ACT),
    "company:dashboard": Access(COMPANY),
    "company:product_list": Access(COMPANY),
    "company:add_product": Access(COMPANY, FORM, body=_identified, employee=403),
    "company:add_global_strategy": Access(COMPANY, FORM, path=(SOCLES,), body=_identified_strategy, employee=403),
    "company:product": Access(COMPANY, of="active"),
    "company:identify_product": Access(COMPANY, FORM, of="active", body=_identified),
    "company:qualify_product": Access(COMPANY, FORM, of="active", body=lambda sender, stage: {**EXCHANGING, "confirmed": "1"}),
    "company:confirm_product": Access(COMPANY, FORM, of="draft"),
    "company:product_added": Access(COMPANY, of="active"),
    "company:duplicate_product": Access(COMPANY, ACT, of="active", employee=403),
    "company:start_product_version": Access(COMPANY, FORM, of="active", body=lambda sender, stage: {"version": "4.0"}, employee=403),
    "company:archive_product": Access(COMPANY, ACT, of="active", employee=403),
    "company:restore_product": Access(COMPANY, ACT, of="archived", employee=403),
    "company:change_edition": Access(COMPANY, FORM, of="active", posted=409, employee=403),
    "company:grant_rights": Access(COMPANY, FORM, of="active", employee=403),
    "company:new_procedure": Access(COMPANY, of="active"),
    "company:new_procedure_in_track": Access(COMPANY, of="active", path=("doctrine",)),
    "company:enrol_product": Access(COMPANY, ACT, of="active", path=(WITHOUT_EXCHANGE,), employee=403),
    "company:followed_procedure": Access(COMPANY, of="active", path=(SOCLES,)),
    "company:questionnaire": Access(COMPANY, FORM, of="active", path=SHEET, body=_whole_sheet),
    "company:save_answer": Access(COMPANY, ACT, of="active", path=SHEET, body=_one_answer, posted=200),
    "company:send_back_validation": Access(
        COMPANY, ACT, of="active", path=SHEET, body=lambda sender, stage: {"reason": "À reprendre."}, employee=403
    ),
    "company:withdraw_validation_request": Access(COMPANY, ACT, of="active", path=SHEET, posted=403, employee=302),
    "company:results": Access(COMPANY, of="active", path=SHEET),
    "company:results_pdf": Access(COMPANY, of="active", path=SHEET),
    "company:results_workbook": Access(COMPANY, of="active", path=SHEET),
    "company:validation": Access(COMPANY, of="active", path=(*SHEET, "1")),
    "company:projection": Access(COMPANY, FORM, of="active", path=SHEET, body=_dated),
    "company:save_target": Access(COMPANY, ACT, of="active", path=SHEET, body=_dated, posted=200),
    "company:roadmap": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_pdf": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_workbook": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_calendar": Access(COMPANY, of="active", path=SHEET),
    "company:projection_validation": Access(COMPANY, of="active", path=(*SHEET, "1")),
    "company:compare_projection_validations": Access(COMPANY, of="active", path=SHEET),
    "company:product_roadmap_calendar": Access(COMPANY, of="active"),
    "company:company_roadmap_calendar": Access(COMPANY),
    "company:product_roadmap": Access(COMPANY, of="active"),
    "company:product_roadmap_pdf": Access(COMPANY, of="active"),
    "company:product_roadmap_workbook": Access(COMPANY, of="active"),
    "company:company_roadmap": Access(COMPANY),
    "company:company_roadmap_pdf": Access(COMPANY),
    "company:company_roadmap_workbook": Access(COMPANY),
    "company:compare_validations": Access(COMPANY, of="active", path=SHEET),
    "company:procedure_results": Access(COMPANY, of="active", path=(SOCLES,)),
    "company:deposit_evidence": Access(COMPANY, ACT, of="active", path=PROVED, tail=_proved, body=lambda sender, stage: {"slot": CHARTER}),
    "company:reuse_evidence": Access(COMPANY, FORM, of="active", path=(*PROVED, REVIEW), tail=_proved, posted=400),
    "company:archived_evidence": Access(COMPANY, of="active", path=PROVED, tail=_proved),
    "company:proof_form": Access(COMPANY, of="active", path=(WITH_EXCHANGE, GDPR, "RGPD-Q"), tail=_proved),
    "company:archive_evidence": Access(COMPANY, ACT, of="active", path=PROVED, tail=_in_place),
    "company:restore_evidence": Access(COMPANY, ACT, of="active", path=PROVED, tail=_archived),
    "company:set_expiry": Access(COMPANY, ACT, of="active", path=PROVED, tail=_in_place),
    "company:candidature_list": Access(COMPANY),
    "company:begin_candidature": Access(COMPANY, ACT, of="active", path=(trials.TRIAL,), tail=_followed_trial),
    "company:candidature": Access(COMPANY, tail=_number, theirs=True),
    "company:discard_draft": Access(COMPANY, FORM, tail=_draft_number, theirs=True),
    "company:withdraw_candidature": Access(
        COMPANY, FORM, tail=_number, body=lambda sender, stage: {"reason": "Trop tôt."}, employee=403, theirs=True
    ),
    "company:receipt": Access(COMPANY, tail=_receipt, theirs=True),
    "company:save_form": Access(
        COMPANY, FORM, tail=_draft_step, body=lambda sender, stage: {"field-pilot": "Zoé", "version-pilot": "1"}, theirs=True
    ),
    "company:submit_step": Access(COMPANY, FORM, tail=_draft_step, employee=403, theirs=True),
    "company:deposit_document": Access(COMPANY, ACT, tail=_draft_step, body=lambda sender, stage: {"slot": "CARTE"}, theirs=True),
    "company:archived_documents": Access(COMPANY, tail=_draft_step, theirs=True),
    "company:reuse_document": Access(COMPANY, FORM, tail=_draft_slot, posted=400, theirs=True),
    "company:archive_document": Access(COMPANY, ACT, tail=_draft_document, theirs=True),
    "company:restore_document": Access(COMPANY, ACT, tail=_draft_archived, theirs=True),
    "company:date_document": Access(COMPANY, ACT, tail=_draft_document, theirs=True),
    "company:evidence_list": Access(COMPANY),
    "company:evidence_file": Access(COMPANY, of="active", tail=_in_place, got=409),
    "company:uploads": Access(
        COMPANY,
        ("POST", "OPTIONS"),
        headers={**TUS, "Upload-Length": "3", "Upload-Metadata": metadata({"about": OPEN, "filename": "a.txt"})},
        said={"POST": 201, "OPTIONS": 204},
    ),
    "company:upload": Access(
        COMPANY,
        ("GET", "HEAD", "PATCH", "DELETE", "OPTIONS"),
        of="upload",
        headers=TUS,
        said={"GET": 200, "HEAD": 200, "PATCH": 415, "DELETE": 204, "OPTIONS": 204},
    ),
    "company:deposit_file": Access(COMPANY, ACT),
    "company:track": Access(COMPANY, path=("doctrine",)),
    "company:procedure": Access(COMPANY, path=("doctrine", SOCLES)),
    "company:choose_product": Access(COMPANY, path=("doctrine", SOCLES)),
    "agency:welcome": Access(AGENCY, right=Right.USE_AGENCY_SPACE),
    "agency:candidature_list": Access(AGENCY, right=Right.SEE_CANDIDATURES),
    "agency:candidature": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_number, theirs=True),
    "agency:examine_step": Access(
        AGENCY, FORM, right=Right.SEE_CANDIDATURES, tail=_step, body=lambda sender, stage: {"accept": "1"}, employee=403, theirs=True
    ),
    "agency:document": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_handed, got=409, theirs=True),
    "agency:receipt": Access(AGENCY, right=Right.SEE_CANDIDATURES, tail=_receipt, theirs=True),
    "agency:content_list": Access(AGENCY, right=Right.READ_CONTENT),
    "agency:piece": Access(AGENCY, right=Right.READ_CONTENT, path=("questionnaires", INTEROPERABILITY)),
}
