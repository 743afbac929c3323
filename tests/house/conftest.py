"""What the walks stand on: a company, its people and the agency's, made once for all the addresses of a module and put back for each."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from foundation.accounts.models import Person
from foundation.accounts.rights import Role
from tests.cast import cast_on_stage
from tests.factories.pages import Furnished, furnish
from tests.factories.people import everyone, furnish_accounts, someone
from tests.queue import work_off


@dataclass(frozen=True, slots=True)
class Made:
    """`unshared`: products nobody granted Karim. `cookies`: of someone signed in beforehand. `sent`: the mails of all this."""

    people: dict[str, Person]
    stage: Furnished
    unshared: Furnished
    cookies: dict[str, SimpleCookie]
    sent: list[Any]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, at: datetime) -> Iterator[Made]:
    """One transaction around the tests of the module: each undoes its own writes, and this is undone after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        mail.outbox.clear()  # what another module sent
        cast = cast_on_stage()
        people = {**everyone(cast, at), "disabled": someone("ancienne", Role.REPRESENTATIVE, cast.aubepine, at)}
        stage = replace(furnish(cast.claire, at, colleague=cast.karim), accounts=furnish_accounts(cast, people, at))
        unshared = furnish(cast.claire, at)
        cookies = {name: _signed_in(person) for name, person in people.items()}
        Person.objects.get_queryset().filter(pk=people["disabled"].pk).update(is_active=False)
        work_off()
        yield Made(people, stage, unshared, cookies, list(mail.outbox))
        transaction.set_rollback(True)


def _signed_in(person: Person) -> SimpleCookie:
    client = Client()
    client.force_login(person)
    return client.cookies


@pytest.fixture
def people(made: Made, db: None) -> dict[str, Person]:
    """One person of each role, and a representative of Aubépine whose account is closed after signing in. No action closes one yet."""
    return deepcopy(made.people)


@pytest.fixture
def stage(made: Made, db: None) -> Furnished:
    return deepcopy(made.stage)


@pytest.fixture
def doors(made: Made, db: None, settings: Any) -> dict[str, Client]:
    """A browser for each person, signed in beforehand. Not the strict one: how a page is written is its own test's business."""
    settings.PROOF_LASTS = 24 * 3600  # the walk is long
    browsers = {"anonymous": Client()}
    for name, cookies in made.cookies.items():
        browsers[name] = Client()
        browsers[name].cookies = deepcopy(cookies)
    return browsers
