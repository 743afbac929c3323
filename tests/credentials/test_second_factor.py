"""What opens after the password, and what does not?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings as in_force
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from convergence.content import library as shelves
from foundation.accounts.models import Person
from foundation.core.verdict import Refused
from foundation.credentials.actions import (
    confirm_identity,
    disable_second_factor,
    enable_second_factor,
    record_failed_code,
    renew_recovery_codes,
    spend_recovery_code,
)
from foundation.credentials.queries import recovery_codes_of, second_factor_of
from foundation.credentials.rules import Means, is_strong
from foundation.credentials.second_factor import Secrets, address_for_application, is_right_code, new_secret, square
from foundation.journal.actor import SYSTEM
from foundation.journal.models import Entry
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.pages import text_of
from tests.refusals import refused, remembered
from tests.totp import code_at
from web.public.entrance import TOO_MANY_CODES, WRONG_CODE

SIGN_IN, CODE, ENABLE, CONFIRM = "/connexion/", "/connexion/code/", "/compte/securite/double-authentification/", "/connexion/confirmer/"
Browse = Callable[[Person | None], StrictClient]


def protected(person: Person, at: datetime) -> str:
    """Give someone a second factor; its secret."""
    secret = new_secret()
    enable_second_factor(person, secret, code_at(secret), by=person, at=at)
    return secret


def password(person: Person, **more: str) -> dict[str, str]:
    return {"login": person.email, "password": in_force.DEMO_PASSWORD, **more}


def other_code(secret: str) -> str:
    return f"{(int(code_at(secret)) + 500_000) % 1_000_000:06}"


# — Signing in ————————————————————————————————————————————————————————————————————————————


def test_the_password_alone_opens_nothing_and_the_code_does(browse: Browse, cast: Cast, at: datetime) -> None:
    secret = protected(cast.claire, at)
    client = browse(None)
    with remembered():
        page = client.post(SIGN_IN, password(cast.claire, next="/produits/"))
    assert "Votre mot de passe est juste" in text_of(page)
    assert client.get("/produits/").status_code == 302
    before = client.session.session_key
    with remembered("accounts.PersonSignedIn"):
        answer = client.post(CODE, {"code": f" {code_at(secret)[:3]} {code_at(secret)[3:]} ", "next": "/produits/"})
    assert answer["Location"] == "/produits/"
    assert client.get("/produits/").status_code == 200
    assert client.session["means"] == "password_and_code"
    assert client.session.session_key != before  # session fixation


def test_a_code_opens_once(browse: Browse, cast: Cast, at: datetime) -> None:
    """Nor a while later, when it is still one of the three that are right."""
    code = code_at(protected(cast.claire, at))
    for expected in (302, 400):
        client = browse(None)
        client.post(SIGN_IN, password(cast.claire))
        assert client.post(CODE, {"code": code}).status_code == expected


def test_a_used_code_stays_used_as_long_as_it_would_open(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = protected(cast.claire, at)
    now = time.time()
    code = code_at(secret, now)
    assert is_right_code(cast.claire, code)
    monkeypatch.setattr(time, "time", lambda: now + 31)
    assert not is_right_code(cast.claire, code)
    assert not is_right_code(cast.claire, code_at(secret, now + 120))


def test_a_wrong_code_is_refused_and_remembered(browse: Browse, cast: Cast, at: datetime) -> None:
    secret = protected(cast.claire, at)
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    for wrong in (other_code(secret), "", "abc", "1" * 300, "١٢٣٤٥٦"):
        with remembered("credentials.SecondFactorFailed") as entries:
            answer = client.post(CODE, {"code": wrong})
        assert answer.status_code == 400
        assert str(WRONG_CODE) in text_of(answer)
        assert (entries[0].by, entries[0].about) == ("system", cast.claire.key)


def test_a_million_codes_are_not_tried(browse: Browse, cast: Cast, at: datetime) -> None:
    """Five tries in five minutes, whichever browser; then the right one waits like the others."""
    secret = protected(cast.claire, at)
    for _ in range(5):
        client = browse(None)
        client.post(SIGN_IN, password(cast.claire))
        assert client.post(CODE, {"code": other_code(secret)}).status_code == 400
    assert str(TOO_MANY_CODES) in text_of(client.post(CODE, {"code": code_at(secret)}))


def test_without_the_password_there_is_no_code_to_give(browse: Browse, cast: Cast, at: datetime) -> None:
    secret = protected(cast.claire, at)
    client = browse(None)
    assert client.get(CODE)["Location"] == SIGN_IN
    assert client.post(CODE, {"code": code_at(secret)})["Location"] == SIGN_IN
    assert browse(cast.claire).get(CODE)["Location"] == "/"


def test_the_code_is_awaited_ten_minutes(browse: Browse, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = protected(cast.claire, at)
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    assert client.get(f"{CODE}?next=/produits/").status_code == 200
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.post(CODE, {"code": code_at(secret, later)})["Location"] == SIGN_IN


def test_what_was_typed_before_the_session_ended_goes_through_the_code_too(browse: Browse, cast: Cast, at: datetime) -> None:
    secret = protected(cast.claire, at)
    client = browse(None)
    page = client.post("/produits/ajouter/", {"name": "Un produit"})
    kept = re.search(r'name="kept" value="([^"]+)"', page.content.decode())
    assert kept
    carried = {"next": "/produits/ajouter/", "kept": kept.group(1)}
    page = client.post(SIGN_IN, password(cast.claire, **carried))
    assert kept.group(1) in page.content.decode()
    page = client.post(CODE, {"code": other_code(secret), **carried})
    assert kept.group(1) in page.content.decode()
    assert "Un produit" in text_of(client.post(CODE, {"code": code_at(secret), **carried}))


def test_a_recovery_code_opens_once(browse: Browse, cast: Cast, at: datetime) -> None:
    protected(cast.claire, at)
    code = recovery_codes_of(cast.claire)[0]
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    with remembered("credentials.RecoveryCodeSpent", "accounts.PersonSignedIn") as entries:
        assert client.post(CODE, {"code": f"{code[:4]}-{code[4:]}"}).status_code == 302
    assert '"left":9' in entries[0].body
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    assert client.post(CODE, {"code": code}).status_code == 400


# — The agency ————————————————————————————————————————————————————————————————————————————


def test_a_password_alone_does_not_open_the_agency(browse: Browse, cast: Cast) -> None:
    """In the demonstration as elsewhere; Inès is led to add a code, then to where she was going."""
    client = browse(None)
    client.post(SIGN_IN, password(cast.ines))
    for address in ("/agence/", "/agence/contenus/"):
        assert client.get(address)["Location"] == f"{ENABLE}?next={address}"
    assert client.get("/agence/contenus/", headers={"accept": "application/json"}).status_code == 403
    page = client.get(f"{ENABLE}?next=/agence/contenus/")
    assert "L’espace de l’agence ne s’ouvre pas à un mot de passe seul" in text_of(page)
    with remembered("credentials.SecondFactorEnabled"):
        page = client.post(ENABLE, {"code": code_at(client.session["second_factor_secret"]), "next": "/agence/contenus/"})
    assert 'href="/agence/contenus/">J’ai noté mes codes' in text_of(page)
    assert client.get("/agence/contenus/").status_code == 200


@pytest.mark.parametrize("means", ["", "password", "demo", "other"])
def test_no_other_means_opens_the_agency_of_a_real_installation(browse: Browse, cast: Cast, settings: Settings, means: str) -> None:
    settings.DEMO = False
    client = browse(cast.ines)
    session = client.session
    session["means"] = means
    session.save()
    assert client.get("/agence/contenus/").status_code == 302


def test_what_is_strong_enough_for_the_agency() -> None:
    assert {means for means in Means if is_strong(means, demonstration=True)} == set(Means) - {Means.PASSWORD}
    assert {means for means in Means if is_strong(means, demonstration=False)} == {Means.PASSWORD_AND_CODE, Means.PROVIDER}
    assert not is_strong("", demonstration=True)


# — Enabling, renewing, disabling —————————————————————————————————————————————————————————


def test_an_application_is_trusted_once_it_gave_a_right_code(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    page = text_of(client.get(ENABLE))
    secret = client.session["second_factor_secret"]
    assert " ".join(secret[i : i + 4] for i in range(0, 32, 4)) in page
    with remembered():
        refused_page = client.post(ENABLE, {"code": other_code(secret)})
    assert refused_page.status_code == 400
    assert "n'est pas celui de l'application" in text_of(refused_page)
    assert client.session["second_factor_secret"] == secret  # the square already read stays the right one
    with remembered("credentials.SecondFactorEnabled"):
        page = text_of(client.post(ENABLE, {"code": code_at(secret)}))
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert codes == recovery_codes_of(cast.claire)
    assert len(set(codes)) == 10
    assert "second_factor_secret" not in client.session
    assert "Il vous reste 10 codes de secours" in text_of(client.get("/compte/securite/"))


def test_a_secret_never_shown_is_not_trusted(browse: Browse, cast: Cast, at: datetime) -> None:
    assert browse(cast.claire).post(ENABLE, {"code": code_at("")}).status_code == 400
    with refused("n'est pas celui", code="wrong_code", status=400):
        enable_second_factor(cast.claire, "", code_at(""), by=cast.claire, at=at)


def test_enabling_again_replaces_the_application_and_the_codes(cast: Cast, at: datetime) -> None:
    former, codes = protected(cast.claire, at), recovery_codes_of(cast.claire)
    protected(cast.claire, at)
    assert not is_right_code(cast.claire, code_at(former))
    assert not set(codes) & set(recovery_codes_of(cast.claire))
    assert Authenticator.objects.filter(user_id=cast.claire.pk).count() == 2


def test_codes_are_renewed_at_will(browse: Browse, cast: Cast, at: datetime) -> None:
    client = browse(cast.claire)
    assert client.post("/compte/securite/codes-de-secours/").status_code == 409
    protected(cast.claire, at)
    codes = recovery_codes_of(cast.claire)
    with remembered("credentials.RecoveryCodesRenewed"):
        page = text_of(client.post("/compte/securite/codes-de-secours/"))
    assert not set(codes) & set(re.findall(r"<code>(\d{8})</code>", page))
    assert spend_recovery_code(cast.claire, codes[0], by=cast.claire, at=at) is None


def test_a_company_may_go_back_to_the_password_and_the_agency_may_not(browse: Browse, cast: Cast, at: datetime) -> None:
    for person in (cast.claire, cast.ines):
        protected(person, at)
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    client.post(CODE, {"code": recovery_codes_of(cast.claire)[0]})
    with remembered("credentials.SecondFactorDisabled"):
        answer = client.post("/compte/securite/double-authentification/desactiver/", follow=True)
    assert "est désactivée" in text_of(answer)
    assert client.session["means"] == "password"
    assert second_factor_of(cast.claire) is None
    with remembered():
        assert client.post("/compte/securite/double-authentification/desactiver/").status_code == 302
        answer = browse(cast.ines).post("/compte/securite/double-authentification/desactiver/")
    assert answer.status_code == 403
    assert "obligatoire à l'agence" in text_of(answer)
    assert "Désactiver" not in text_of(browse(cast.ines).get("/compte/securite/"))


def test_whoever_lost_everything_is_helped_by_the_operator(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    protected(cast.ines, at)
    with remembered("credentials.SecondFactorDisabled") as entries:
        call_command("remove_second_factor", "INES@demo.invalid")
    assert entries[0].by == "system"
    assert "retirée" in capsys.readouterr().out
    for email in ("ines@demo.invalid", "personne@demo.invalid"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", email)


def test_each_touches_their_own(cast: Cast, at: datetime) -> None:
    secret = new_secret()
    protected(cast.karim, at)
    for act in (
        lambda: enable_second_factor(cast.karim, secret, code_at(secret), by=cast.claire, at=at),
        lambda: disable_second_factor(cast.karim, by=cast.claire, at=at),
        lambda: renew_recovery_codes(cast.karim, by=cast.claire, at=at),
        lambda: spend_recovery_code(cast.karim, recovery_codes_of(cast.karim)[0], by=cast.claire, at=at),
        lambda: record_failed_code(cast.karim, by=cast.claire, at=at),
        lambda: confirm_identity(cast.karim, Means.PASSWORD, by=cast.claire, at=at),
    ):
        with remembered(), pytest.raises(Refused):
            act()
    record_failed_code(cast.karim, by=SYSTEM, at=at)


# — What is stored ————————————————————————————————————————————————————————————————————————


def test_what_the_table_holds_is_of_no_use_without_the_installation_s_key(cast: Cast, at: datetime, settings: Settings) -> None:
    secret = protected(cast.claire, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = "".join(row[0] for row in cursor.fetchall())
    assert secret not in stored
    assert secret not in str(list(Entry.objects.values_list("body", "details")))
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [former]
    assert is_right_code(cast.claire, code_at(secret))  # the key is being changed
    settings.SECRET_KEY_FALLBACKS = []
    cache.clear()
    with pytest.raises(InvalidToken):
        is_right_code(cast.claire, code_at(secret))


def test_a_recovery_code_of_nobody_s_opens_nothing(cast: Cast, at: datetime) -> None:
    assert recovery_codes_of(cast.claire) == []
    assert spend_recovery_code(cast.claire, "12345678", by=cast.claire, at=at) is None
    assert not is_right_code(cast.claire, "123456")


def test_the_square_is_drawn_as_the_norm_says(cast: Cast) -> None:
    """Three finder patterns seven modules wide, four modules of margin; it says whose account of which place."""
    address = address_for_application(cast.claire, "ABCD")
    assert address == "otpauth://totp/claire%40demo.invalid?secret=ABCD&issuer=Convergence"
    side, path = square(address)
    for x, y in ((4, 4), (side - 11, 4), (4, side - 11)):
        assert all(f"M{x + i} {y}h1v1h-1z" in path and f"M{x} {y + i}h1v1h-1z" in path for i in range(7))
    assert all(int(x) >= 4 and int(y) >= 4 for x, y in re.findall(r"M(\d+) (\d+)h", path))
    assert Secrets().decrypt(Secrets().encrypt("é")) == "é"


# — Showing again who one is ——————————————————————————————————————————————————————————————


@pytest.fixture
def _long_ago(settings: Settings) -> None:
    settings.PROOF_LASTS = -1


@pytest.mark.usefixtures("_long_ago")
def test_a_sensitive_act_asks_again(browse: Browse, cast: Cast) -> None:
    client = browse(cast.claire)
    assert client.get(ENABLE)["Location"] == f"{CONFIRM}?next={ENABLE}"
    for address in ("codes-de-secours/", "double-authentification/desactiver/"):
        assert client.post(f"/compte/securite/{address}")["Location"] == f"{CONFIRM}?next=/compte/securite/"
    assert client.get(ENABLE, headers={"accept": "application/json"}).status_code == 401
    page = client.post(ENABLE, {"code": "123456"})
    assert page.status_code == 401
    assert "est gardé, et vous pourrez l’envoyer ensuite" in text_of(page)


def test_the_password_then_the_code_show_who_one_is(browse: Browse, cast: Cast, at: datetime, settings: Settings) -> None:
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    settings.PROOF_LASTS = -1
    page = text_of(client.get(f"{CONFIRM}?next={ENABLE}"))
    assert 'name="password"' in page
    assert 'name="code"' not in page
    with remembered("accounts.SignInFailed"):
        assert "n'est pas le vôtre" in text_of(client.post(CONFIRM, {"password": "pas-celui-ci", "next": ENABLE}))
    before = client.session.session_key
    with remembered("credentials.IdentityConfirmed"):
        assert client.post(CONFIRM, {"password": in_force.DEMO_PASSWORD, "next": ENABLE})["Location"] == ENABLE
    assert client.session.session_key != before
    secret = protected(cast.claire, at)
    assert 'name="code"' in text_of(client.get(CONFIRM))
    with remembered("credentials.SecondFactorFailed"):
        assert client.post(CONFIRM, {"password": in_force.DEMO_PASSWORD, "code": other_code(secret)}).status_code == 400
    with remembered("credentials.IdentityConfirmed"):
        assert client.post(CONFIRM, {"password": in_force.DEMO_PASSWORD, "code": code_at(secret)}).status_code == 302
    settings.PROOF_LASTS = 600
    assert client.get(ENABLE).status_code == 200


def test_what_was_typed_meanwhile_is_given_back(browse: Browse, cast: Cast, settings: Settings) -> None:
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    settings.PROOF_LASTS = -1
    kept = re.search(r'name="kept" value="([^"]+)"', client.post(ENABLE, {"code": "123456"}).content.decode())
    assert kept
    form = {"next": ENABLE, "kept": kept.group(1)}
    assert kept.group(1) in client.post(CONFIRM, {"password": "non", **form}).content.decode()
    assert 'name="code" value="123456"' in client.post(CONFIRM, {"password": in_force.DEMO_PASSWORD, **form}).content.decode()


def test_the_demonstration_s_click_confirms_in_the_demonstration_only(browse: Browse, cast: Cast, settings: Settings) -> None:
    client = browse(cast.claire)
    assert "Installation de démonstration : un clic suffit" in text_of(client.get(CONFIRM))
    assert client.post(CONFIRM).status_code == 302
    settings.DEMO = False
    assert client.post(CONFIRM).status_code == 400
    assert "un clic suffit" not in text_of(client.get(CONFIRM))


def test_trying_passwords_there_must_wait_too(browse: Browse, cast: Cast) -> None:
    client = browse(None)
    client.post(SIGN_IN, password(cast.claire))
    for _ in range(5):
        client.post(CONFIRM, {"password": "pas-celui-ci"})
    assert "Trop d'essais" in text_of(client.post(CONFIRM, {"password": in_force.DEMO_PASSWORD}))


def test_the_page_costs_as_much_whatever_it_shows(browse: Browse, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    protected(cast.claire, at)
    client, costs = browse(cast.claire), []
    for others in (0, 3):
        for _ in range(others):
            Client().force_login(cast.claire)
        client.get("/compte/securite/")
        monkeypatch.setattr(shelves, "_looked_at", time.monotonic())  # else a slow machine looks for a release meanwhile
        with CaptureQueriesContext(connection) as queries:
            client.get("/compte/securite/")
        costs.append(len(queries))
    assert costs == [5, 5]
