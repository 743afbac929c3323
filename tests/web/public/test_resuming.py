"""A form sent after the session ended, without a script: is what was typed there still, and only where it belongs?"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from convergence.assessments.models import Answer
from convergence.catalogue.models import Enrolment, Subject
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.catalogue import INTEROPERABILITY, SECURITY, SOCLES, enrolled, product_at
from tests.factories.pages import address, sheet_address, typed_answers, typed_identification, whole_sheet
from tests.refusals import remembered
from web import resuming

Browse = Callable[[Person | None], StrictClient]
SIGN_IN, DEMO, RESUME = "/connexion/", "/connexion/demonstration/", "Reprendre votre envoi"
WORDS = "« Cité » <script>alert(1)</script>\n{{7*7}} & 'fin'"


class Checking(StrictClient):
    """Tokens are checked, as in a browser."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)


@pytest.fixture
def enrolment(cast: Cast, at: datetime) -> Enrolment:
    return enrolled(product_at("active", cast.claire, at), SOCLES, cast.claire, at)


def fields_of(response: Any, action: str) -> list[dict[str, str]]:
    """The hidden fields of each form sent to an address, as a browser would send them."""
    page = response.content.decode()
    forms = re.findall(rf'<form method="post" action="{re.escape(html.escape(action))}"[^>]*>(.*?)</form>', page, re.DOTALL)
    hidden = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
    return [{html.unescape(name): html.unescape(value) for name, value in hidden.findall(form)} for form in forms]


def signing_in(response: Any, person: Person) -> dict[str, str]:
    return {**fields_of(response, SIGN_IN)[0], "login": person.email, "password": settings.DEMO_PASSWORD}


def test_a_sheet_sent_too_late_is_kept_through_signing_in(cast: Cast, enrolment: Enrolment) -> None:
    """The whole path with tokens checked: nothing is written until the button of the last form is pressed."""
    client, where = Checking(), sheet_address(enrolment)
    client.allow_markup = ("{{7*7}}",)
    client.force_login(cast.claire)
    token = fields_of(client.get(where), "/deconnexion/")[0]["csrfmiddlewaretoken"]
    sheet = {**typed_answers({"A08.1.1": "high"}, comment=WORDS), "csrfmiddlewaretoken": token, "level-A08.1.1": "high"}
    del client.cookies[settings.SESSION_COOKIE_NAME]

    with remembered():
        late = client.post(where, sheet)
    assert late.status_code == 401
    assert "no-store" in late["Cache-Control"]
    assert "ce que vous aviez saisi est gardé" in late.content.decode()

    with remembered("accounts.PersonSignedIn"):
        resumed = client.post(SIGN_IN, signing_in(late, cast.claire))
    assert resumed.status_code == 200
    assert RESUME in resumed.content.decode()
    assert "no-store" in resumed["Cache-Control"]
    (kept,) = fields_of(resumed, where)
    assert kept.pop("csrfmiddlewaretoken") != token
    del sheet["csrfmiddlewaretoken"]
    assert kept == sheet
    assert not Answer.objects.exists()

    (kept,) = fields_of(resumed, where)
    with remembered("assessments.AssessmentBegun", "assessments.AnswersSaved"):
        assert client.post(where, kept)["Location"] == where
    assert (answer := Answer.objects.get()).comment == WORDS
    assert answer.level == "high"


def test_a_wrong_password_loses_nothing(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client, where = browse(None), sheet_address(enrolment)
    late = client.post(where, whole_sheet(enrolment))
    again = client.post(SIGN_IN, signing_in(late, cast.claire) | {"password": "pas-celui-ci"})
    assert again.status_code == 400
    resumed = client.post(SIGN_IN, signing_in(again, cast.claire))
    assert fields_of(resumed, where)[0].items() >= whole_sheet(enrolment).items()


def test_one_click_of_the_demonstration_carries_it_too(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client, where = browse(None), sheet_address(enrolment)
    late = client.post(where, whole_sheet(enrolment))
    click = next(form for form in fields_of(late, DEMO) if form["email"] == cast.claire.email)
    resumed = client.post(DEMO, click)
    assert client.post(where, fields_of(resumed, where)[0])["Location"] == where
    assert Answer.objects.count() == len(whole_sheet(enrolment)) // 3


def test_someone_else_gets_the_form_and_the_rights_they_have(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    """What comes back was typed in this browser; the product stays another company's."""
    client, where = browse(None), sheet_address(enrolment)
    late = client.post(where, whole_sheet(enrolment))
    resumed = client.post(SIGN_IN, signing_in(late, cast.zoe))
    assert enrolment.subject.name not in resumed.content.decode()
    with remembered():
        assert client.post(where, fields_of(resumed, where)[0]).status_code == 404
    assert not Answer.objects.exists()


def test_a_whole_sheet_of_long_comments_fits(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    client, where = browse(None), sheet_address(enrolment, SECURITY)
    long = {name: "é" * 4000 if name.startswith("comment-") else value for name, value in whole_sheet(enrolment, SECURITY).items()}
    resumed = client.post(SIGN_IN, signing_in(client.post(where, long), cast.claire))
    assert fields_of(resumed, where)[0].items() >= long.items()


def test_any_form_one_can_come_back_to_is_kept(browse: Browse, cast: Cast) -> None:
    client, where = browse(None), address("company:add_product")
    resumed = client.post(SIGN_IN, signing_in(client.post(where, typed_identification(cast.claire)), cast.claire))
    with remembered("catalogue.ProductAdded"):
        assert client.post(where, fields_of(resumed, where)[0]).status_code == 302
    assert Subject.objects.get().name == typed_identification(cast.claire)["name"]


@pytest.mark.parametrize(
    ("changed", "to"),
    [("kept", "forged"), ("kept", ""), ("kept", "a:b:c"), ("kept", "é\ue000:1:2"), ("next", "/produits/ajouter/"), ("next", "https://evil.example/"), ("next", "")],
)  # fmt: skip
def test_what_was_tampered_with_is_no_longer_there(browse: Browse, cast: Cast, enrolment: Enrolment, changed: str, to: str) -> None:
    client = browse(None)
    late = client.post(sheet_address(enrolment), whole_sheet(enrolment))
    response = client.post(SIGN_IN, signing_in(late, cast.claire) | {changed: to})
    assert response.status_code == 302
    assert "evil" not in response["Location"]


def test_what_is_older_than_a_session_is_forgotten(
    browse: Browse, cast: Cast, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(None)
    late = client.post(sheet_address(enrolment), whole_sheet(enrolment))
    monkeypatch.setattr(resuming, "SECONDS", -1)
    assert client.post(SIGN_IN, signing_in(late, cast.claire))["Location"] == sheet_address(enrolment)


def test_neither_tokens_nor_passwords_nor_files_are_carried(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    factory = RequestFactory()
    typed = {"a": "1", "csrfmiddlewaretoken": "t", "password": "p", "new_Password1": "p"}
    back = factory.post(SIGN_IN, {"kept": resuming.keep(factory.post("/a/?b=1", typed))})
    assert resuming.kept_for(back, "/a/?b=1") == [("a", "1")]
    assert resuming.kept_for(back, "/a/") == []
    assert resuming.keep(factory.post("/a/", {"csrfmiddlewaretoken": "t"})) == ""
    assert resuming.keep(factory.post("/a/", {"a": "1", "file": SimpleUploadedFile("x.txt", b"x")})) == ""
    monkeypatch.setattr(resuming, "LONGEST", 10)
    assert resuming.keep(factory.post("/a/", {"a": "1"})) == ""


def test_what_cannot_be_stored_is_refused_at_once(browse: Browse, db: None) -> None:
    assert browse(None).post(address("company:add_product"), {"name": "a\0b"}).status_code == 400


def test_a_page_without_anything_typed_leads_to_signing_in(browse: Browse, cast: Cast, enrolment: Enrolment) -> None:
    where = sheet_address(enrolment, INTEROPERABILITY)
    assert browse(None).post(where)["Location"] == f"/connexion/?next={where}"
