"""How many queries does each page cost? A literal for each, the same for 1, 3 and 50 rows, and never more than twelve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergence.catalogue.actions import grant_rights
from convergence.catalogue.models import Subject
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.factories.catalogue import (
    INTEROPERABILITY,
    SECURITY,
    SOCLES,
    WITH_EXCHANGE,
    WITHOUT_EXCHANGE,
    answered,
    enrolled,
    followed_products,
    product_at,
    validated,
)
from tests.factories.pages import Furnished, address, furnish, sheet_address, typed_answers, whole_sheet
from web.public.caching import forget_pages

MOST = 10
"""And one more for the bar, which says how many messages are new."""

Address = Callable[[Furnished], str]


def _of(route: str, *path: str, of: str = "active") -> Address:
    return lambda stage: address(route, getattr(stage, of).reference, *path)


def _sheet(route: str, questionnaire: str = INTEROPERABILITY) -> Address:
    return lambda stage: sheet_address(stage.enrolment, questionnaire, route)


PAGES: dict[str, tuple[int, int, Address]] = {
    "dashboard": (7, 7, lambda stage: address("company:dashboard")),
    "product_list": (2, 2, lambda stage: address("company:product_list")),
    "add_product": (2, 2, lambda stage: address("company:add_product")),
    "product": (5, 6, _of("company:product")),
    "identify_product": (3, 4, _of("company:identify_product")),
    "qualify_product": (2, 3, _of("company:qualify_product")),
    "confirm_product": (2, 3, _of("company:confirm_product", of="draft")),
    "product_added": (2, 2, _of("company:product_added")),
    "start_product_version": (2, 2, _of("company:start_product_version")),
    "change_edition": (5, 5, _of("company:change_edition")),
    "grant_rights": (5, 2, _of("company:grant_rights")),
    "new_procedure": (2, 2, _of("company:new_procedure")),
    "new_procedure_in_track": (3, 3, _of("company:new_procedure_in_track", "doctrine")),
    "followed_procedure": (6, 7, _of("company:followed_procedure", SOCLES)),
    "questionnaire": (5, 7, _sheet("company:questionnaire")),
    "questionnaire_of_36": (5, 7, _sheet("company:questionnaire", SECURITY)),
    "results": (5, 6, _sheet("company:results")),
    "results_pdf": (6, 6, _sheet("company:results_pdf")),
    "results_workbook": (6, 6, _sheet("company:results_workbook")),
    "validation": (5, 6, lambda stage: address("company:validation", stage.active.reference, SOCLES, INTEROPERABILITY, 1)),
    "projection": (6, 8, _sheet("company:projection")),
    "roadmap": (4, 5, _sheet("company:roadmap")),
    "projection_validation": (
        5,
        6,
        lambda stage: address("company:projection_validation", stage.active.reference, SOCLES, INTEROPERABILITY, 1),
    ),
    "compare_projection_validations": (5, 5, _sheet("company:compare_projection_validations")),
    "roadmap_calendar": (4, 4, _sheet("company:roadmap_calendar")),
    "product_roadmap": (3, 3, _of("company:product_roadmap")),
    "company_roadmap": (2, 2, lambda stage: address("company:company_roadmap")),
    "compare_validations": (4, 4, _sheet("company:compare_validations")),
    "track": (1, 1, lambda stage: address("company:track", "doctrine")),
    "add_global_strategy": (3, 3, lambda stage: address("company:add_global_strategy", SOCLES)),
    "procedure": (4, 4, lambda stage: address("company:procedure", "doctrine", SOCLES)),
    "choose_product": (2, 2, lambda stage: address("company:choose_product", "mes", WITHOUT_EXCHANGE)),
    "unknown": (2, 2, lambda stage: "/produits/999999999/"),
}
"""Queries for Claire, then for Karim, whose grants are read; the session included."""

LISTS = ("dashboard", "company_roadmap", "product_list", "procedure", "choose_product")


def queries_of(client: Client, where: str) -> int:
    """The queries of the second request, that of the bar apart: the first fills what a process keeps in memory."""
    own, _ = own_and_bar(client, where)
    return own


def own_and_bar(client: Client, where: str) -> tuple[int, int]:
    client.get(where)
    forget_pages()  # what is counted is a page drawn, not one shown again
    with CaptureQueriesContext(connection) as captured:
        client.get(where)
    bar = sum("FROM messaging_conversation" in query["sql"] for query in captured)
    return len(captured) - bar, bar


@pytest.fixture
def claire(cast: Cast) -> Client:
    return _signed_in(cast.claire)


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_every_page_has_its_price(cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at, colleague=cast.karim)
    claire, karim = _signed_in(cast.claire), _signed_in(cast.karim)
    found = {name: (queries_of(claire, where(stage)), queries_of(karim, where(stage))) for name, (_, _, where) in PAGES.items()}
    assert found == {name: (price, employee) for name, (price, employee, _) in PAGES.items()}
    assert max(max(prices) for prices in found.values()) <= MOST


def test_the_bar_costs_one_query_where_it_is_drawn(cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    claire = _signed_in(cast.claire)
    drawn = {name for name, (_, _, where) in PAGES.items() if own_and_bar(claire, where(stage))[1] == 1}
    assert set(PAGES) - drawn == {"results_pdf", "results_workbook", "roadmap_calendar"}
    assert own_and_bar(Client(), "/demarches/segur-vague-2/")[1] == 0


@pytest.mark.slow  # fifty products, each through its five actions
def test_a_list_costs_the_same_for_one_three_or_fifty_rows(claire: Client, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    counts: dict[str, list[int]] = {name: [] for name in LISTS}
    for rows in grown(cast, at, (1, 3, 50)):
        for name in LISTS:
            counts[name].append(queries_of(claire, PAGES[name][2](stage) + "?par=50"))
        assert Subject.objects.filter(state="active").count() == rows
    assert counts == {name: [PAGES[name][0]] * 3 for name in LISTS}


def grown(cast: Cast, at: datetime, sizes: tuple[int, ...]) -> Iterator[int]:
    """A catalogue of each size in turn, every product followed; the stage already has one."""
    for before, after in pairwise((1, *sizes)):
        followed_products(after - before, cast.claire, at)
        yield after


def test_a_product_costs_the_same_whatever_it_follows(claire: Client, cast: Cast, at: datetime) -> None:
    product = product_at("active", cast.claire, at)
    counts = []
    for code in (SOCLES, WITHOUT_EXCHANGE, WITH_EXCHANGE):
        enrolment = enrolled(product, code, cast.claire, at)
        counts.append(queries_of(claire, address("company:product", product.reference)))
    validated(answered(enrolment, INTEROPERABILITY, cast.claire, at), enrolment, cast.claire, at)
    counts.append(queries_of(claire, address("company:product", product.reference)))
    assert counts == [PAGES["product"][0]] * 4


def test_results_cost_the_same_whatever_was_validated(claire: Client, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    counts = []
    for level in ("low", "medium", "high"):
        validated(answered(enrolment, SECURITY, cast.claire, at, level=level), enrolment, cast.claire, at)
        counts.append(queries_of(claire, sheet_address(enrolment, SECURITY, "company:results")))
    assert counts == [PAGES["results"][0]] * 3


def test_saving_costs_the_same_for_one_criterion_or_all(claire: Client, cast: Cast, at: datetime) -> None:
    enrolment = enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)
    claire.post(sheet_address(enrolment, SECURITY), whole_sheet(enrolment, SECURITY, "low"))
    criteria = list(whole_sheet(enrolment, SECURITY))
    one = criteria[0].removeprefix("level-")
    with CaptureQueriesContext(connection) as few:
        claire.post(sheet_address(enrolment, SECURITY), typed_answers({one: "medium"}, version=1))
    everything = whole_sheet(enrolment, SECURITY, "high", version=1) | typed_answers({one: "high"}, version=2)
    with CaptureQueriesContext(connection) as many:
        claire.post(sheet_address(enrolment, SECURITY), everything)
    with CaptureQueriesContext(connection) as alone:
        claire.post(sheet_address(enrolment, SECURITY, "company:save_answer"), typed_answers({one: "low"}, version=3))
    assert (len(few), len(many), len(alone)) == (13, 13, 11)


def test_a_grant_more_costs_nothing_more(cast: Cast, at: datetime) -> None:
    products = [product_at("active", cast.claire, at, name=f"Produit {rank}") for rank in range(3)]
    karim = _signed_in(cast.karim)
    counts = []
    for product in products:
        grant_rights(product, cast.karim, ("view",), by=cast.claire, at=at)
        counts.append(queries_of(karim, address("company:product_list")))
    assert len(set(counts)) == 1


def test_the_agency_and_the_public_pages(cast: Cast) -> None:
    ines, visitor = _signed_in(cast.ines), Client()
    pages = {"/agence/contenus/": ines, f"/agence/contenus/questionnaires/{INTEROPERABILITY}/": ines, "/": visitor, "/demarches/segur-vague-2/": visitor, "/connexion/": visitor, "/etat/": visitor}  # fmt: skip
    assert {where: queries_of(client, where) for where, client in pages.items()} == {
        "/agence/contenus/": 1,
        f"/agence/contenus/questionnaires/{INTEROPERABILITY}/": 1,
        "/": 3,
        "/demarches/segur-vague-2/": 2,
        "/connexion/": 1,
        "/etat/": 0,
    }
