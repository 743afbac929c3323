"""Is every address behind a door, and does every door refuse? URL × method × person, the database watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import astuple
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from foundation.accounts.actions import welcome_person
from foundation.accounts.models import Person
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Right, Role, has_right
from foundation.journal.actor import SYSTEM
from tests.cast import Cast
from tests.factories.pages import CANARY, Furnished, body_of
from tests.factories.people import ACCOUNT_CANARY
from tests.house.conftest import Made
from tests.house.headers import check_headers
from tests.house.rights_page import PAGE, drawn
from tests.house.routes import ACCESS, COMPANY_PEOPLE, METHODS, PEOPLE, ROLES, Access, Route, faults, routes
from tests.queue import work_off
from web.guard import Side, guarded

UNKNOWN = 999_999_999


# — The table and the resolver ————————————————————————————————————————————————————————————


def test_every_route_is_guarded_once_and_named_as_its_function() -> None:
    assert faults(routes()) == []


def test_the_table_lists_every_route_and_no_other() -> None:
    assert {route.name for route in routes()} == set(ACCESS)


def test_the_guards_say_what_the_table_says() -> None:
    said = {route.name: astuple(route.guard) for route in routes()}
    assert said == {name: (row.side, row.methods, row.right, row.recent, row.signed) for name, row in ACCESS.items()}


def test_the_page_of_rights_is_that_of_todays_tables() -> None:
    assert PAGE.read_text() == drawn(), "lancez « make draw »"


def test_every_role_is_walked() -> None:
    assert set(ROLES.values()) == set(Role)


def test_a_view_without_a_guard_is_noticed() -> None:
    """Each view of the house in turn, its guard taken away."""
    for one in routes():
        bare = one.view.__wrapped__.__wrapped__
        assert faults([Route(one.name, bare)]) == [f"{one.name} : aucune garde"]


def test_a_route_named_otherwise_or_twice_is_noticed() -> None:
    view = guarded(Side.PUBLIC)(_page)
    found = list(routes([path("a/", view, name="other"), path("b/", view, name="other")]))
    assert faults(found) == [
        "other : la fonction se nomme _page",
        "other : la fonction se nomme _page",
        "other : deux fois",
    ]


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ouvert")


# — The walk ——————————————————————————————————————————————————————————————————————————————


WRITING = ("POST", "PUT", "PATCH", "DELETE")
"""What is undone once looked at, where it is allowed: what it wrote is nobody else's stage."""


@pytest.mark.parametrize("name", ACCESS)
def test_every_cell_of_the_walk(name: str, doors: dict[str, Client], people: dict[str, Person], cast: Cast, stage: Furnished) -> None:
    """98 cells: the status is the table's, the headers are there, a refusal writes nothing, and nothing of Aubépine reaches anyone outside it."""
    row = ACCESS[name]
    address = row.address(name, stage)
    for person in PEOPLE:
        before = writes()
        body = row.body(cast.claire if person in ("anonymous", "disabled") else people[person], stage)
        for method in METHODS:
            if method in WRITING and row.expected(person, method) < 400:
                continue
            with unmoved(doors[person]):
                response = doors[person].generic(method, address, headers=row.headers, **_sent(method, body))
            check(name, row, person, method, response, typed=bool(body))
        assert writes() == before, f"{name} {person} : la base a changé"
        for method in (one for one in WRITING if one in row.methods and row.expected(person, one) < 400):
            before = writes()
            with rolled_back(), unmoved(doors[person]):
                response = doors[person].generic(method, address, headers=row.headers, **_sent(method, body))
                check(name, row, person, method, response, typed=bool(body))
                if row.side is not Side.PUBLIC and person in ("anonymous", "disabled"):
                    assert writes() == before, f"{name} {method} {person} : la base a changé"
                work_off()
                check_mails(person, people, mail.outbox)
    if row.of:
        is_like_no_product_at_all(name, row, doors["zoe"], cast.zoe, stage)
    if "POST" in row.methods and not row.signed:
        is_refused_without_its_token(row, address, cast.claire, stage)


def check(name: str, row: Access, person: str, method: str, response: HttpResponse, *, typed: bool) -> None:
    """One cell: its status, where it leads who is not signed in, and what it lets out."""
    cell = f"{name} {method} {person}"
    assert response.status_code == row.expected(person, method, typed=typed), cell
    check_headers(response, signed_in=person not in ("anonymous", "disabled") and _is_still_there(response), name=name)
    if row.side is not Side.PUBLIC and response.status_code == 302 and person in ("anonymous", "disabled"):
        assert response["Location"].startswith(reverse("public:sign_in") + "?next="), cell
    if response.status_code == 405:
        assert response["Allow"] == ", ".join(row.methods), cell
    handed_over = row.side is Side.AGENCY and row.theirs and row.is_on_that_side(person)
    if person not in COMPANY_PEOPLE and not handed_over:
        answer = whole_answer(response)
        assert CANARY not in answer, f"{cell} : le canari d'Aubépine est sorti"
        if person not in ROLES or not has_right(ROLES[person], Right.READ_ACCOUNTS):
            assert ACCOUNT_CANARY not in answer, f"{cell} : le canari des comptes est sorti"


def _is_still_there(response: HttpResponse) -> bool:
    """Whether who asked is still signed in: not once they have left, or closed their account."""
    return bool(response.wsgi_request.user.is_authenticated)  # type: ignore[attr-defined]


def check_mails(person: str, people: dict[str, Person], sent: list[Any]) -> None:
    """Of what was sent meanwhile, only Aubépine's own people read anything of it."""
    own = {people[name].email for name in COMPANY_PEOPLE} | {"delegated@demo.invalid"}
    for message in sent:
        if not set(message.to) <= own:
            assert CANARY not in message.subject + str(message.body), (person, message.to)
    sent.clear()


def test_what_was_sent_of_a_company_is_read_by_its_people_alone(made: Made) -> None:
    assert made.sent
    check_mails("personne en particulier", made.people, list(made.sent))


def _sent(method: str, body: Mapping[str, str]) -> dict[str, Any]:
    """The form, as a browser sends it; the other methods carry the same, to no avail."""
    if method in ("GET", "HEAD"):
        return {}
    return {"data": urlencode(body), "content_type": "application/x-www-form-urlencoded"}


def _about_it(row: Access) -> list[str]:
    """The methods that speak of the thing itself: OPTIONS only says what the server knows."""
    return [method for method in row.methods if method != "OPTIONS"]


def is_like_no_product_at_all(name: str, row: Access, browser: Client, zoe: Person, stage: Furnished) -> None:
    """Zoé cannot tell a product of Aubépine from one that never was: same status, same page, same headers."""
    real = row.address(name, stage)
    unknown = row.address_of(name, UUID(int=UNKNOWN) if row.of == "upload" else UNKNOWN, stage)
    for method in _about_it(row):
        answers = [browser.generic(method, one, headers=row.headers, **_sent(method, row.body(zoe, stage))) for one in (real, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert body_of(answers[0]) == body_of(answers[1])
        assert sorted(answers[0].headers) == sorted(answers[1].headers)


def is_refused_without_its_token(row: Access, address: str, claire: Person, stage: Furnished) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(claire)
    before = writes()
    response = client.post(address, dict(row.body(claire, stage)))
    assert response.status_code == 403
    assert "rien n&#x27;a été enregistré" in response.content.decode()
    assert writes() == before


@pytest.mark.parametrize("name", [name for name, row in ACCESS.items() if row.of])
def test_a_colleague_sees_only_the_products_entrusted_to_him(name: str, doors: dict[str, Client], cast: Cast, made: Made) -> None:
    """Karim, without a grant: as if the product were another company's."""
    stage = deepcopy(made.unshared)
    row = ACCESS[name]
    for method in _about_it(row):
        response = doors["karim"].generic(
            method, row.address(name, stage), headers=row.headers, **_sent(method, row.body(cast.karim, stage))
        )
        assert response.status_code == 404
        assert CANARY not in whole_answer(response)


def test_the_tables_are_all_watched(stage: Furnished) -> None:
    """Each thing a refusal must not write is noticed: a row more, a row changed even to what it was, an entry of the journal."""
    before = writes()
    stage.draft.save(update_fields=["name"])
    changed = writes()
    assert changed.pop("catalogue_subject") == before.get("catalogue_subject", 0) + 1
    assert changed.items() <= before.items()
    with rolled_back():
        welcome_person(new_person(email="x@demo.invalid", name="X"), by=SYSTEM, at=stage.draft.created_at)
    moved = {table for table, count in writes().items() if count != before.get(table)}
    assert moved == {"catalogue_subject", "accounts_person", "journal_entry"}


# — What is watched ———————————————————————————————————————————————————————————————————————

UNWATCHED = {"django_session", "credentials_browsersession", "shared_cache"}
"""A session slides while one reads; attempts are counted, so as to be slowed down."""


def writes() -> dict[str, int]:
    """How many rows were inserted, changed or deleted so far in this transaction, table by table, undone since or not."""
    with connection.cursor() as cursor:
        cursor.execute("""SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
            WHERE n_tup_ins + n_tup_upd + n_tup_del > 0""")
        return {table: count for table, count in cursor.fetchall() if table not in UNWATCHED}


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def unmoved(browser: Client) -> Iterator[None]:
    """The browser keeps the session it had: the row of another one was rolled back."""
    cookies = deepcopy(browser.cookies)
    yield
    browser.cookies = cookies


def whole_answer(response: HttpResponse) -> str:
    """Body and headers, as text; a file is searched as it is."""
    headers = "".join(f"{name}: {value}\n" for name, value in response.items())
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return headers + body.decode("utf-8", "replace")


def test_the_walk_is_complete() -> None:
    """Printed, so that the figure is seen: routes × methods × people."""
    cells = len(ACCESS) * len(METHODS) * len(PEOPLE)
    print(f"{len(ACCESS)} adresses × {len(METHODS)} méthodes × {len(PEOPLE)} personnes = {cells} cases")
    assert cells == 261 * 7 * 14
