"""Who reads the journal, what do they find in it, and would a change of it be seen?"""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from convergence.content import library as shelves
from foundation.accounts.actions import give_seat, record_sign_in, welcome_person
from foundation.accounts.models import Person
from foundation.accounts.queries import new_person
from foundation.accounts.rights import Role
from foundation.journal.actor import SYSTEM
from foundation.journal.anchors import anchors_of, breaks_with, write_anchor
from foundation.journal.chain import GENESIS, hash_of
from foundation.journal.models import Entry
from ops.demo import AUBEPINE
from ops.timetable import anchor_journal
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import product_at
from tests.factories.pages import text_of

JOURNAL, VERIFY = "/agence/journal/", "/agence/journal/verification/"
Browse = Callable[[Person | None], StrictClient]


@pytest.fixture
def staff(cast: Cast, at: datetime) -> Callable[[Role], Person]:
    def hired(role: Role) -> Person:
        person = new_person(email=f"{role}@demo.invalid", name=f"Personne {role}")
        welcome_person(person, by=SYSTEM, at=at)
        give_seat(person, role, by=SYSTEM, at=at)
        return Person.objects.get_queryset().get(pk=person.pk)

    return hired


def positions(page: str) -> list[int]:
    return [int(cell.partition("<")[0]) for cell in page.split('<td class="cv-num">')[1:]]


@pytest.mark.parametrize("role", [role for role in Role if role not in ("legal_representative", "representative", "employee")])
def test_the_coordination_and_the_auditors_read_it_and_the_auditors_verify(
    browse: Browse, staff: Callable[[Role], Person], role: Role
) -> None:
    client = browse(staff(role))
    reads, verifies = role in (Role.COORDINATOR, Role.AUDITOR), role is Role.AUDITOR
    for address, allowed in ((JOURNAL, reads), (f"{JOURNAL}export/csv/", reads), (f"{JOURNAL}export/json/", reads), (VERIFY, verifies)):
        assert client.get(address).status_code == (200 if allowed else 404), address
    if reads:
        page = text_of(client.get(JOURNAL))
        assert ("Vérifier le journal" in page) is verifies
        assert f'href="{JOURNAL}">Journal' in page


def test_an_entry_says_when_what_who_from_where_and_of_which_company(
    browse: Browse, cast: Cast, at: datetime, staff: Callable[[Role], Person]
) -> None:
    product_at("active", cast.claire, at)
    page = text_of(browse(staff(Role.AUDITOR)).get(JOURNAL))
    for words in ("catalogue.ProductAdded", "Claire", "Aubépine Santé", "commande", "accounts.SeatGiven", "la plateforme"):
        assert words in page


def test_it_is_searched_by_words_event_company_and_days(browse: Browse, cast: Cast, at: datetime, staff: Callable[[Role], Person]) -> None:
    client = browse(staff(Role.COORDINATOR))
    record_sign_in(cast.zoe, by=cast.zoe, at=at + timedelta(days=3))
    product_at("draft", cast.claire, at + timedelta(days=4))

    def kinds(**asked: str) -> set[str]:
        rows = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{JOURNAL}export/csv/", asked)).decode("utf-8-sig"))))
        assert len(rows) == len(positions(text_of(client.get(JOURNAL, asked)))) or len(rows) > 50
        return {row["kind"] for row in rows}

    assert kinds(q="zoé") == {"accounts.PersonSignedIn", "accounts.TermsAccepted"}
    assert kinds(q=cast.zoe.key) == {"accounts.PersonSignedIn", "accounts.PersonWelcomed", "accounts.TermsAccepted"}
    assert kinds(q="signedin") == {"accounts.PersonSignedIn"}
    assert kinds(quoi="accounts.CompanyRegistered") == {"accounts.CompanyRegistered"}
    assert "catalogue.ProductAdded" in kinds(siren=f"{AUBEPINE[:3]} {AUBEPINE[3:]}")
    assert "accounts.PersonSignedIn" not in kinds(siren=AUBEPINE)
    assert kinds(siren="000000000") == kinds(siren="n'importe quoi") == set()
    day = (at + timedelta(days=3)).date().isoformat()
    assert kinds(du=day, au=day) == {"accounts.PersonSignedIn"}
    assert kinds(du="hier") == kinds()
    assert "Aucune entrée ne répond" in text_of(client.get(JOURNAL, {"q": "<script>"}))


def test_it_is_read_by_pages_from_the_latest(
    browse: Browse, cast: Cast, at: datetime, staff: Callable[[Role], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(staff(Role.AUDITOR))
    for _ in range(60):
        record_sign_in(cast.zoe, by=cast.zoe, at=at)
    first = text_of(client.get(JOURNAL, {"q": "zoé"}))
    found = positions(first)
    assert (len(found), found) == (50, sorted(found, reverse=True))
    assert f"avant={found[-1]}" in first
    second = text_of(client.get(JOURNAL, {"q": "zoé", "avant": str(found[-1])}))
    told = Entry.objects.order_by("-position").values_list("position", "details")
    of_zoe = [position for position, details in told if details is not None and details["by_name"] == "Zoé"]
    assert (found, positions(second)) == (of_zoe[:50], of_zoe[50:])
    assert "Plus anciennes" not in second
    assert client.get(JOURNAL, {"avant": "²"}).status_code == 200
    costs = []
    for asked in ({"q": "zoé"}, {"q": "inès"}):
        monkeypatch.setattr(shelves, "_looked_at", time.monotonic())  # else a slow machine looks for a release meanwhile
        with CaptureQueriesContext(connection) as queries:
            client.get(JOURNAL, asked)
        costs.append(len(queries))
    assert costs == [4, 4]  # the session and whose it is, the entries, the events, the bar; the companies' names where there are some


def test_what_is_downloaded_can_be_verified_without_us(browse: Browse, staff: Callable[[Role], Person]) -> None:
    answer = browse(staff(Role.AUDITOR)).get(f"{JOURNAL}export/json/")
    assert answer["Content-Disposition"] == 'attachment; filename="journal.json"'
    rows = json.loads(b"".join(answer))
    assert len(rows) == Entry.objects.count()
    previous = GENESIS if rows[0]["position"] == 1 else rows[0]["previous"]
    for row in rows:
        assert row["previous"] == previous
        assert hash_of(row["previous"], row["position"], row["body"]) == row["hash"]
        assert json.loads(row["body"])["by"] == row["by"]
        previous = row["hash"]
    assert browse(staff(Role.COORDINATOR)).get(f"{JOURNAL}export/xml/").status_code == 404


def test_a_name_that_is_a_formula_is_text_in_a_spreadsheet(
    browse: Browse, at: datetime, cast: Cast, staff: Callable[[Role], Person]
) -> None:
    person = new_person(email="x@demo.invalid", name="=cmd()|'/c calc'!A1")
    welcome_person(person, by=SYSTEM, at=at)
    record_sign_in(person, by=person, at=at)
    page = b"".join(browse(staff(Role.AUDITOR)).get(f"{JOURNAL}export/csv/")).decode("utf-8-sig")
    names = {row["by_name"] for row in csv.DictReader(io.StringIO(page))}
    assert "'=cmd()|'/c calc'!A1" in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)


def test_erased_details_are_said_to_be(browse: Browse, cast: Cast, at: datetime, staff: Callable[[Role], Person]) -> None:
    record_sign_in(cast.zoe, by=cast.zoe, at=at)
    last = Entry.objects.order_by("-position").first()
    assert last is not None
    Entry.objects.filter(pk=last.pk).update(details=None, salt=None)
    client = browse(staff(Role.AUDITOR))
    assert "<i>effacé</i>" in text_of(client.get(JOURNAL))
    rows = json.loads(b"".join(client.get(f"{JOURNAL}export/json/", {"quoi": last.kind})))
    assert rows[-1]["by_name"] is None
    assert "intact" in text_of(client.post(VERIFY))


# — Whole, or not —————————————————————————————————————————————————————————————————————————


def tampered(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def anchored(settings: Settings, tmp_path: Path) -> Path:
    settings.JOURNAL_ANCHORS = tmp_path / "anchors"
    return tmp_path / "anchors"


def test_a_changed_entry_is_shown_with_its_place(browse: Browse, cast: Cast, at: datetime, staff: Callable[[Role], Person]) -> None:
    client = browse(staff(Role.AUDITOR))
    page = text_of(client.get(VERIFY))
    assert "ne se verrait pas" in page  # nothing is anchored, and it is said
    assert "intact" not in page
    last = Entry.objects.order_by("-position").first()
    assert last is not None
    tampered("UPDATE journal_entry SET kind = 'accounts.Nothing' WHERE position = %s", last.position)
    page = text_of(client.post(VERIFY))
    assert "n’est plus ce qui a été écrit" in page
    assert f"Entrée {last.position} : la colonne « kind » ne dit pas" in page


def test_a_tail_cut_off_is_caught_by_the_anchor(browse: Browse, cast: Cast, at: datetime, staff: Callable[[Role], Person], anchored: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    client = browse(staff(Role.AUDITOR))
    anchor_journal.func(0)
    record_sign_in(cast.zoe, by=cast.zoe, at=at)
    anchor_journal.func(0)
    assert "conforme à 2 ancres" in text_of(client.post(VERIFY))
    call_command("verify_journal")
    last = anchors_of(anchored)[-1]
    tampered("DELETE FROM journal_entry WHERE position = %s", last.position)
    page = text_of(client.post(VERIFY))
    assert f"Entrée {last.position} : l'entrée ancrée" in page
    assert page.count("Entrée ") == 1  # the chain itself is whole: only the anchor knows
    with pytest.raises(CommandError, match="rompu en 1"):
        call_command("verify_journal")
    record_sign_in(cast.claire, by=cast.claire, at=at)  # another entry takes the place of the one cut
    assert "n'est plus celle qui a été ancrée" in breaks_with(anchors_of(anchored))[0].reason


def test_nothing_is_anchored_where_no_place_is_given(cast: Cast, settings: Settings, tmp_path: Path, at: datetime) -> None:
    settings.JOURNAL_ANCHORS = None
    anchor_journal.func(0)
    assert list(tmp_path.iterdir()) == []
    assert anchors_of(tmp_path / "absent") == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM journal_entry")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert write_anchor(tmp_path / "anchors", at) is None
    assert not (tmp_path / "anchors").exists()
