"""Which addresses does the house answer, and to whom? The walk of the resolver, and the table it must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from convergence.assessments.queries import sheet_of
from foundation.accounts.models import Person
from foundation.accounts.rights import Right
from ops.demo import EXCHANGING
from tests.factories.catalogue import INTEROPERABILITY, SOCLES, WITHOUT_EXCHANGE
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

    `of` names the product of the address; what the agency's staff are answered to a POST on a page of everyone's is `staff`; what Karim, who may neither add nor archive nor enrol, is answered to a POST
    is `employee`. A product's page is for its company alone; the others are for everyone on their side.
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
    staff: int | None = None
    recent: bool = False
    signed: bool = False

    def address(self, name: str, stage: Furnished) -> str:
        reference = [getattr(stage, self.of).reference] if self.of else []
        return reverse(name, args=[*reference, *self.path])


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
    return {"date-ILL-INT-01-medium": "2035-T1", "version-ILL-INT-01": "0"}


PAGE, FORM, ACT = ("GET",), ("GET", "POST"), ("POST",)
SHEET = (SOCLES, INTEROPERABILITY)
COMPANY, PUBLIC, AGENCY, PERSON = Side.COMPANY, Side.PUBLIC, Side.AGENCY, Side.PERSON

ACCESS: dict[str, Access] = {
    "public:home": Access(PUBLIC),
    "public:accessibility": Access(PUBLIC),
    "public:health": Access(PUBLIC),
    "public:sign_in": Access(PUBLIC, FORM),
    "public:enter_demo": Access(PUBLIC, ACT, body=lambda sender, stage: {"email": sender.email}),
    "public:sign_out": Access(PUBLIC, ACT),
    "public:second_factor": Access(PUBLIC, FORM),
    "public:begin_provider": Access(PUBLIC, ACT, path=("inconnu",), posted=404),
    "public:provider_callback": Access(PUBLIC, path=("inconnu",), got=404),
    "public:provider_logout": Access(PUBLIC, ACT, path=("inconnu",), posted=404, signed=True),
    "public:confirm_identity": Access(PERSON, FORM),
    "public:security": Access(PERSON),
    "public:enable_second_factor": Access(PERSON, FORM, body=lambda sender, stage: {"code": "000000"}, posted=400, recent=True),
    "public:disable_second_factor": Access(PERSON, ACT, staff=403, recent=True),
    "public:renew_recovery_codes": Access(PERSON, ACT, posted=409, recent=True),
    "public:close_session": Access(PERSON, ACT, path=("0" * 32,), posted=404),
    "public:close_other_sessions": Access(PERSON, ACT),
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
    "company:roadmap": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_pdf": Access(COMPANY, of="active", path=SHEET),
    "company:roadmap_workbook": Access(COMPANY, of="active", path=SHEET),
    "company:product_roadmap": Access(COMPANY, of="active"),
    "company:product_roadmap_pdf": Access(COMPANY, of="active"),
    "company:product_roadmap_workbook": Access(COMPANY, of="active"),
    "company:company_roadmap": Access(COMPANY),
    "company:company_roadmap_pdf": Access(COMPANY),
    "company:company_roadmap_workbook": Access(COMPANY),
    "company:compare_validations": Access(COMPANY, of="active", path=SHEET),
    "company:track": Access(COMPANY, path=("doctrine",)),
    "company:procedure": Access(COMPANY, path=("doctrine", SOCLES)),
    "company:choose_product": Access(COMPANY, path=("doctrine", SOCLES)),
    "agency:welcome": Access(AGENCY, right=Right.USE_AGENCY_SPACE),
    "agency:content_list": Access(AGENCY, right=Right.READ_CONTENT),
    "agency:journal": Access(AGENCY, right=Right.READ_JOURNAL),
    "agency:journal_export": Access(AGENCY, right=Right.READ_JOURNAL, path=("csv",)),
    "agency:verify_journal": Access(AGENCY, FORM, right=Right.VERIFY_JOURNAL),
    "agency:piece": Access(AGENCY, right=Right.READ_CONTENT, path=("questionnaires", INTEROPERABILITY)),
}
