"""What is shown when something went wrong? A sentence and a way out, with the right status, and never a 500."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import requests
from django.db import DataError, InterfaceError, OperationalError
from django.test import Client, RequestFactory
from psycopg import errors

from convergence.assessments.models import Answer
from foundation.accounts.models import Person
from tests.cast import Cast
from tests.client import StrictClient, check_html
from tests.factories.pages import address, furnish, sheet_address, text_of, typed_answers, typed_identification
from tests.files.server import Server
from tests.refusals import remembered
from web.public.errors import is_unreachable, server_error

Browse = Callable[[Person | None], StrictClient]


@pytest.mark.parametrize("name", ["claire", "ines", None])
def test_an_address_that_leads_nowhere(browse: Browse, cast: Cast, name: str | None) -> None:
    response = browse(getattr(cast, name) if name else None).get("/nulle-part/")
    assert response.status_code == 404
    assert "Page introuvable" in text_of(response)
    assert "Revenir à l’accueil" in text_of(response)


def test_a_form_too_old_is_refused_with_its_reason(cast: Cast) -> None:
    client = StrictClient(enforce_csrf_checks=True)
    response = client.post("/connexion/", {"login": cast.claire.email, "password": "x"})
    assert response.status_code == 403
    assert "restée ouverte trop longtemps" in text_of(response)


def test_a_host_that_is_not_ours_is_refused(browse: Browse, db: None) -> None:
    for host in ("evil.example", "testserver.evil.example", "testserver:80:80", "a b"):
        assert browse(None).get("/", HTTP_HOST=host).status_code == 400


def test_the_last_resort_needs_neither_database_nor_person(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Ce n’est pas de votre fait" in text_of(response)
    check_html(response)


def test_without_its_database_the_platform_says_to_come_back(tmp_path: Path, db: None) -> None:
    """A real server whose database cannot be reached: 503 and when to try again, as a page or for a script; its state says so too."""
    server = Server(tmp_path, DATABASE_URL=f"postgresql://personne@/rien?host={tmp_path}")
    server.start()
    try:
        for path in ("/connexion/", "/etat/", "/"):
            for accept, kind in (("text/html", "text/html"), ("application/json", "application/problem+json")):
                answer = requests.get(server.url + path, headers={"Accept": accept}, timeout=30)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), path
                assert answer.headers["Content-Type"].startswith(kind)
                assert "momentanément indisponible" in (answer.text if kind == "text/html" else answer.json()["title"])
    finally:
        server.kill()


def test_a_database_that_refuses_is_not_one_that_is_away(db: None) -> None:
    """A deadlock, a value too long or a full disk are no reason to say « come back in a minute »."""

    def caused(kind: type[Exception], state: type[Exception] | None) -> Exception:
        error = kind("x")
        error.__cause__ = state("x") if state else None
        return error

    away = [caused(OperationalError, one) for one in (None, errors.AdminShutdown, errors.CannotConnectNow, errors.TooManyConnections)]
    assert all(is_unreachable(one) for one in [*away, caused(InterfaceError, None)])
    others = [caused(OperationalError, one) for one in (errors.DeadlockDetected, errors.DiskFull, errors.QueryCanceled)]
    assert not any(is_unreachable(one) for one in [*others, DataError("x"), ValueError("x"), None])


UNSTORABLE = ["\0", "avant\0après", "\ud800", "fin \udfff"]


@pytest.mark.parametrize("text", UNSTORABLE)
def test_a_character_that_cannot_be_stored_is_refused_in_an_address(browse: Browse, cast: Cast, text: str) -> None:
    sent = text.encode("utf-8", "surrogatepass")
    escaped = "".join(f"%{byte:02X}" for byte in sent)
    for page in ("company:dashboard", "company:product_list"):
        response = browse(cast.claire).get(f"{address(page)}?q={escaped}&produit={escaped}")
        assert response.status_code in (200, 400)  # bytes that are no UTF-8 become « � » before anyone reads them
        if "\0" in text:
            assert response.status_code == 400


@pytest.mark.parametrize("encoded", ["%00", "a%00b", "%ED%A0%80", "%EF%BF%BE%00"])
def test_a_character_that_cannot_be_stored_is_refused_in_a_form(browse: Browse, cast: Cast, at: datetime, encoded: str) -> None:
    """In every text a form may hold: the wizard, a comment, the sign-in. Nothing is written, nothing breaks."""
    stage = furnish(cast.claire, at)
    client = browse(cast.claire)
    person = str(cast.claire.pk)
    bodies = {
        address("company:add_product"): f"name={encoded}&version=1&type=core&responsible={person}&description={encoded}",
        address(
            "company:identify_product", stage.active.reference
        ): f"name=a&version={encoded}&type=core&responsible={person}&description=d",
        address("company:qualify_product", stage.draft.reference): f"mes_listing={encoded}&delivery=saas",
        sheet_address(stage.enrolment): f"level-A08.1.1=low&comment-A08.1.1={encoded}&version-A08.1.1=1",
        sheet_address(stage.enrolment, route="company:save_answer"): f"level-A08.1.1={encoded}&version-A08.1.1=1",
        "/connexion/demonstration/": f"email={encoded}",
    }
    for target, body in bodies.items():
        response = client.post(target, body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in (302, 400, 404), target
        if "%00" in encoded:
            assert response.status_code == 400, target
    assert not Answer.objects.filter(comment__contains="\ufffe").exists()


def test_half_a_character_sent_as_json_would_be_is_refused(browse: Browse, cast: Cast, at: datetime, rf: RequestFactory) -> None:
    """No browser sends one, but a part declared in another charset decodes to one."""
    stage = furnish(cast.claire, at)
    body = "level-A08.1.1=low&version-A08.1.1=1&comment-A08.1.1=%2BdFA-"
    kind = "application/x-www-form-urlencoded; charset=utf-7"
    with remembered():
        response = browse(cast.claire).generic("POST", sheet_address(stage.enrolment), body.encode(), kind)
    assert response.status_code == 400


def test_more_than_a_thousand_fields_are_refused(browse: Browse, cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    many = {f"field-{rank}": "x" for rank in range(1001)}
    for target in (address("company:add_product"), sheet_address(stage.enrolment), "/connexion/", "/deconnexion/"):
        with remembered():
            assert browse(cast.claire).post(target, many).status_code == 400, target
    many.popitem()
    assert browse(cast.claire).post(address("company:add_product"), many).status_code == 400  # read, and asked to be filled in
    assert "Saisissez le nom du produit." in text_of(browse(cast.claire).post(address("company:add_product"), many))


def test_a_body_of_several_megabytes_is_refused(browse: Browse, cast: Cast) -> None:
    form = typed_identification(cast.claire, description="x" * 3_000_000)
    with remembered():
        response = browse(cast.claire).post(address("company:add_product"), form, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (400, 413)


def test_a_script_gets_its_refusal_as_a_problem(browse: Browse, cast: Cast, at: datetime) -> None:
    """RFC 9457: the status, the sentence, and nothing to be parsed out of a page."""
    stage = furnish(cast.claire, at)
    where = sheet_address(stage.enrolment, route="company:save_answer")
    response = browse(cast.claire).post(where, typed_answers({"A08.1.1": "inconnu"}, version=1), HTTP_ACCEPT="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Ce niveau n'existe pas. Choisissez l'un de ceux qui sont proposés."
    assert response.json()["status"] == 400


def test_a_script_whose_session_has_ended_is_told_so(cast: Cast, at: datetime) -> None:
    stage = furnish(cast.claire, at)
    where = sheet_address(stage.enrolment, route="company:save_answer")
    response = Client().post(where, typed_answers({"A08.1.1": "low"}, version=1), HTTP_ACCEPT="application/json")
    assert response.status_code == 401
    assert "Votre session est terminée" in response.json()["title"]
