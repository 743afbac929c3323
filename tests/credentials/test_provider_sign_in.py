"""How does one come in through a provider? With a certified one, then with one that lies."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from pytest_django.fixtures import Settings

from config.providers import form_origins, providers_written
from foundation.accounts.models import Person, Seat
from foundation.accounts.terms import terms_in_force
from foundation.core.verdict import Refused
from foundation.credentials import oidc
from foundation.credentials.models import BrowserSession, Identity
from foundation.credentials.oidc import LARGEST, LOGOUT_EVENT, authorization_address, claims_from, forget_published, logged_out
from foundation.credentials.oidc import asked as ask_again
from foundation.credentials.providers import Provider, provider_from, provider_of
from foundation.credentials.tokens import Untrusted
from ops.demo import AUBEPINE, BOREE
from tests.cast import Cast
from tests.client import check_html
from tests.factories.pages import text_of
from tests.peers.oidc import EC_KEY, RSA_KEY, Certified, Forger, at_hash, claims_for, go_through, public, signed, unsigned
from tests.refusals import remembered

CLAIRE = {"sub": "c-1", "name": "Claire", "email": "Claire@Demo.invalid", "email_verified": True, "siren": AUBEPINE, "organisation": "Aubépine Santé", "roles": ["mandataire"]}  # fmt: skip
INES = {"sub": "i-1", "name": "Inès", "email": "ines@demo.invalid", "email_verified": True, "groups": ["reviewer", "board_member"]}
REFUSED = "n'a pas pu être vérifiée"


def leave(client: Client, key: str, **typed: str) -> str:
    """Press the button; where the browser is sent."""
    answer = client.post(f"/connexion/{key}/aller/", typed)
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer["Location"])


def come_back(client: Client, address: str) -> Any:
    parts = urlsplit(address)
    answer = client.get(f"{parts.path}?{parts.query}")
    check_html(answer)
    return answer


def through(client: Client, key: str, sub: str, browser: requests.Session | None = None, **typed: str) -> Any:
    with browser or requests.Session() as session:
        return come_back(client, go_through(leave(client, key, **typed), sub, session))


# — With a certified provider —————————————————————————————————————————————————————————————


def test_someone_of_a_company_comes_in_and_lands_where_they_were_going(trusted: Certified, cast: Cast) -> None:
    trusted.says("isc", CLAIRE)
    client = Client()
    with remembered("credentials.IdentityLinked", "credentials.ProviderFollowed", "accounts.PersonSignedIn"):
        answer = through(client, "isc", "c-1", next="/produits/")
    assert (answer.status_code, answer["Location"]) == (302, "/produits/")
    assert client.get("/produits/").status_code == 200
    row = BrowserSession.objects.get(person=cast.claire)
    assert (row.means, row.provider, bool(row.provider_session)) == ("provider", "isc", True)


def test_the_staff_come_in_by_theirs_with_the_roles_it_tells_and_no_second_factor_of_ours(trusted: Certified, cast: Cast) -> None:
    trusted.says("agence", INES)
    client = Client()
    assert through(client, "agence", "i-1")["Location"] == "/"
    assert client.get("/agence/contenus/").status_code == 200
    assert {seat.role for seat in Seat.objects.held().filter(person=cast.ines)} == {"reviewer", "board_member"}


def test_what_the_provider_says_next_time_is_followed(trusted: Certified, cast: Cast) -> None:
    trusted.says("isc", CLAIRE)
    assert through(Client(), "isc", "c-1").status_code == 302
    trusted.says("isc", {**CLAIRE, "siren": BOREE, "roles": ["salarie"], "email": "autre@demo.invalid"})
    client = Client()
    assert through(client, "isc", "c-1").status_code == 302
    assert "Éditions Borée" in text_of(client.get("/tableau-de-bord/"))
    assert Person.objects.get(pk=cast.claire.pk).email == "claire@demo.invalid"


def test_a_new_legal_representative_brings_their_company(trusted: Certified, cast: Cast) -> None:
    trusted.says(
        "isc",
        {**CLAIRE, "sub": "n-1", "name": "Mandataire", "email": "mandataire@neuve.invalid", "siren": "732829320", "organisation": "Neuve"},
    )
    client = Client()
    assert through(client, "isc", "n-1").status_code == 302
    assert client.get("/tableau-de-bord/")["Location"].startswith("/conditions/")
    client.post("/conditions/accepter/", {"accepted": "1", "version": terms_in_force().version})
    assert "Neuve" in text_of(client.get("/tableau-de-bord/"))


def test_whoever_gives_up_over_there_is_told(trusted: Certified, cast: Cast) -> None:
    trusted.says("isc", CLAIRE)
    answer = through(Client(), "isc", "")
    assert answer.status_code == 400
    assert "Vous n'êtes pas connecté" in text_of(answer)


def test_an_answer_is_used_once_and_by_the_browser_that_asked(trusted: Certified, cast: Cast) -> None:
    trusted.says("isc", CLAIRE)
    client = Client()
    back = go_through(leave(client, "isc"), "c-1", requests.Session())
    assert "a expiré ou a déjà servi" in text_of(come_back(Client(), back))  # the victim of a link: nobody is signed in
    assert come_back(client, back).status_code == 302
    again = come_back(Client(), back)
    assert again.status_code == 400
    second = Client()
    leave(second, "isc")
    assert REFUSED in text_of(come_back(second, back))  # another state
    assert not BrowserSession.objects.filter(session_key=second.session.session_key).exclude(person=None).exists()


def test_an_answer_too_late_is_not_taken(trusted: Certified, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted.says("isc", CLAIRE)
    client = Client()
    back = go_through(leave(client, "isc"), "c-1", requests.Session())
    monkeypatch.setattr("web.public.providers.ASKED_FOR", -1)
    assert "a expiré" in text_of(come_back(client, back))


def test_the_answer_of_one_provider_is_not_that_of_another(trusted: Certified, cast: Cast) -> None:
    trusted.says("isc", CLAIRE)
    client = Client()
    back = go_through(leave(client, "isc"), "c-1", requests.Session())
    assert come_back(client, back.replace("/isc/", "/agence/")).status_code == 400


def test_a_changed_verifier_gets_nothing(trusted: Certified, cast: Cast) -> None:
    """PKCE: whoever steals the code cannot use it."""
    trusted.says("isc", CLAIRE)
    client = Client()
    back = go_through(leave(client, "isc"), "c-1", requests.Session())
    session = client.session
    session["provider_asked"] = {**session["provider_asked"], "verifier": "x" * 64}
    session.save()
    assert REFUSED in text_of(come_back(client, back))


def test_going_out_goes_out_over_there_too(trusted: Certified, cast: Cast) -> None:
    trusted.says("isc", CLAIRE)
    client, browser = Client(), requests.Session()
    through(client, "isc", "c-1", browser)
    answer = client.post("/deconnexion/")
    address = str(answer["Location"])
    query = parse_qs(urlsplit(address).query)
    assert query["post_logout_redirect_uri"] == ["http://testserver/connexion/"]
    assert client.get("/tableau-de-bord/").status_code == 302
    page = browser.get(address, timeout=10)
    assert page.status_code == 200
    assert "Se déconnecter" in page.text


def test_it_is_told_to_us_when_someone_goes_out_over_there(forged: Forger, cast: Cast) -> None:
    """Back-channel: each of the ways it may be said, and everything that is not it."""
    forged.token = {"access_token": "a"}
    forged.profile = {"sub": "s-1"}
    client = Client()
    forged_answer(forged, client, email=cast.claire.email, email_verified=True, sid="over-there")
    assert client.get("/tableau-de-bord/").status_code == 200
    right = {"sub": None, "sid": "over-there", "jti": "j-1", "events": {LOGOUT_EVENT: {}}, "auth_time": None}
    wrong = [
        {"events": None},
        {"events": {"other": {}}},
        {"events": {LOGOUT_EVENT: None}},
        {"nonce": "n"},
        {"jti": None},
        {"sid": None},
        {"iss": "https://evil.example"},
        {"aud": "them"},
        {"exp": int(time.time()) - 600},
    ]
    outside = Client(enforce_csrf_checks=True)
    with remembered():
        for change in wrong:
            sent = {"logout_token": signed(claims_for(forged.issuer, **{**right, **change}))}
            assert outside.post("/connexion/faux/deconnexion/", sent).status_code == 400, change
        for bare in ("", unsigned(claims_for(forged.issuer, **right))):
            assert outside.post("/connexion/faux/deconnexion/", {"logout_token": bare}).status_code == 400
    assert client.get("/tableau-de-bord/").status_code == 200
    token = signed(claims_for(forged.issuer, **right))
    with remembered("credentials.SessionClosed"):
        assert outside.post("/connexion/faux/deconnexion/", {"logout_token": token}).status_code == 200
    assert client.get("/tableau-de-bord/").status_code == 302
    assert outside.post("/connexion/faux/deconnexion/", {"logout_token": token}).status_code == 400  # once


def test_someone_out_everywhere_over_there_is_out_of_all_of_ours(forged: Forger, cast: Cast) -> None:
    browsers = [Client(), Client()]
    for client in browsers:
        forged_answer(forged, client, email=cast.claire.email, email_verified=True)
    by_password = Client()
    by_password.force_login(cast.claire)
    token = signed(claims_for(forged.issuer, jti="j-2", events={LOGOUT_EVENT: {}}))
    assert Client().post("/connexion/faux/deconnexion/", {"logout_token": token}).status_code == 200
    assert [client.get("/tableau-de-bord/").status_code for client in browsers] == [302, 302]
    assert by_password.get("/tableau-de-bord/").status_code == 200  # not one of the provider's


def test_who_came_in_by_a_provider_shows_again_who_they_are_over_there(trusted: Certified, cast: Cast, settings: Settings) -> None:
    trusted.says("isc", CLAIRE, {**CLAIRE, "sub": "z-1", "name": "Zoé", "email": "zoe@demo.invalid", "siren": BOREE})
    client, browser = Client(), requests.Session()
    through(client, "isc", "c-1", browser)
    settings.PROOF_LASTS = -1
    assert client.get("/compte/securite/double-authentification/")["Location"].startswith("/connexion/confirmer/?next=")
    page = text_of(client.get("/connexion/confirmer/"))
    assert "Confirmer avec industriels Santé Connect" in page
    assert client.post("/connexion/confirmer/", {"password": "x"}).status_code == 400
    with remembered():  # someone else's account over there is no proof
        assert "n'a pas confirmé que c'est vous" in text_of(through(client, "isc", "z-1", next="/compte/securite/"))
    with remembered("credentials.IdentityConfirmed"):
        address = leave(client, "isc", next="/compte/securite/double-authentification/")
        assert parse_qs(urlsplit(address).query)["max_age"] == ["0"]
        answer = come_back(client, go_through(address, "c-1", browser))
    settings.PROOF_LASTS = 600
    assert answer["Location"] == "/compte/securite/double-authentification/"
    assert client.get(answer["Location"]).status_code == 200


def test_the_page_offers_each_provider_and_the_policy_lets_the_form_lead_there(trusted: Certified, db: None) -> None:
    page = text_of(Client().get("/connexion/?next=/produits/"))
    for words in ("Continuer avec industriels Santé Connect", "Continuer avec le compte de l'agence", "Compte local de cette installation"):
        assert words in page
    assert page.count('<input type="hidden" name="next" value="/produits/">') >= 3
    written = [{"issuer": "https://isc.example/realms/a", "origins": ["https://sso.example"]}, {}]
    assert form_origins(written) == ["https://isc.example", "https://sso.example"]


def test_the_settings_are_read_with_their_secrets_beside_them() -> None:
    found = providers_written({"OIDC_PROVIDERS": '[{"key": "isc-2"}]', "OIDC_SECRET_ISC_2": "s"})
    assert found == [{"key": "isc-2", "client_secret": "s"}]
    assert providers_written({}) == []
    with pytest.raises(ValueError, match="liste JSON"):
        providers_written({"OIDC_PROVIDERS": "{}"})


def test_a_provider_described_wrongly_is_said_at_start(settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [{"key": "isc", "name": "x", "side": "company", "issuer": "http://far.example", "client_id": "us"}]
    with pytest.raises(SystemCheckError, match=r"credentials\.E001"):
        call_command("check")


# — With a provider that lies —————————————————————————————————————————————————————————————


def forged_answer(forged: Forger, client: Client, *, token: Any = None, back: dict[str, str] | None = None, **claims: Any) -> Any:
    """Leave, and come back with whatever the forger says. A token given is sent as it is; else a right one with these claims."""
    query = parse_qs(urlsplit(leave(client, "faux")).query)
    assert query["code_challenge_method"] == ["S256"]
    nonce = query["nonce"][0]
    right = signed(claims_for(forged.issuer, **{"nonce": nonce, **claims}))
    forged.token = {"access_token": "a", "token_type": "Bearer", "id_token": token(nonce) if token else right}
    forged.profile = forged.profile or {"sub": claims.get("sub", "s-1")}
    answer = client.get("/connexion/faux/retour/", {"state": query["state"][0], "code": "c", **(back or {})})
    check_html(answer)
    return answer


LIES: dict[str, Any] = {
    "no signature": {
        "token": lambda nonce: unsigned({"nonce": nonce, "iss": "x", "aud": "us", "sub": "s-1", "exp": 9_999_999_999, "iat": 1})
    },
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "them"},
    "another nonce": {"nonce": "forged"},
    "no nonce": {"nonce": None},
    "expired": {"exp": int(time.time()) - 600},
    "another access token": {"at_hash": at_hash("b")},
    "a subject that is no text": {"sub": "\n"},
    "a subject too long": {"sub": "s" * 256},
    "a token that is a number": {"token": lambda nonce: 12},
    "no token": {"token": lambda nonce: None},
    "the state of another": {"back": {"state": "forged"}},
    "no state": {"back": {"state": ""}},
    "no code": {"back": {"code": ""}},
    "an error": {"back": {"code": "", "error": "server_error"}},
    "the issuer of another": {"back": {"iss": "https://evil.example"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_opens_nothing(forged: Forger, cast: Cast, lie: str) -> None:
    client = Client()
    with remembered():
        answer = forged_answer(forged, client, **{"email": cast.claire.email, "email_verified": True, **LIES[lie]})
    assert answer.status_code == 400, lie
    assert REFUSED in text_of(answer)
    assert client.get("/tableau-de-bord/").status_code == 302


def test_the_truth_opens(forged: Forger, cast: Cast) -> None:
    """Beside the lies: the very same way, told truly."""
    client = Client()
    answer = forged_answer(forged, client, email=cast.claire.email, email_verified=True, at_hash=at_hash("a"))
    assert answer.status_code == 302
    assert client.get("/tableau-de-bord/").status_code == 200
    _, form, headers = next(one for one in forged.received if one[0] == "/token")
    assert headers["Authorization"].startswith("Basic dXM6YSUyMHNlY3JldCUzQSUyMHdpdGglMjBzaWducw")  # encoded, RFC 6749 2.3.1
    assert set(form) == {"grant_type", "code", "redirect_uri", "code_verifier"}


def test_an_address_the_provider_did_not_verify_opens_nobody_s_account(forged: Forger, cast: Cast) -> None:
    for verified in (False, None, "true", 1):
        answer = forged_answer(forged, Client(), email=cast.claire.email, email_verified=verified)
        assert answer.status_code == 403
        assert "n'a pas vérifié votre adresse" in text_of(answer)
    assert not Identity.objects.exists()


def test_a_profile_of_someone_else_or_badly_signed_is_refused(forged: Forger, cast: Cast) -> None:
    right = {"sub": "s-1", "email": cast.claire.email, "email_verified": True}
    party = {"iss": forged.issuer, "aud": "us"}
    for profile in (
        {**right, "sub": "s-2"},
        signed({**right, **party, "sub": "s-2"}),
        signed({**right, "iss": "https://evil.example", "aud": "us"}),
        signed({**right, "iss": forged.issuer, "aud": "them"}),
        unsigned({**right, **party}),
        ["s-1"],
    ):
        forged.profile = profile
        assert forged_answer(forged, Client()).status_code == 400, profile
    for profile in (right, signed({**right, **party}), signed({**right, **party}, EC_KEY, "ES256", kid="ec")):
        forged.profile = profile
        assert forged_answer(forged, Client()).status_code == 302, profile


def test_a_profile_must_be_signed_where_the_settings_say_so(forged: Forger, cast: Cast, settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [{**settings.OIDC_PROVIDERS[0], "signed_profile": True}]
    forged.profile = {"sub": "s-1", "email": cast.claire.email, "email_verified": True}
    assert forged_answer(forged, Client()).status_code == 400


def test_without_a_profile_the_token_is_enough_where_the_settings_say_so(forged: Forger, cast: Cast, settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [{**settings.OIDC_PROVIDERS[0], "reads_profile": False, "trusts_email": True}]
    assert forged_answer(forged, Client(), email=cast.claire.email).status_code == 302
    assert all(path != "/profile" for path, _, _ in forged.received)


def test_the_level_of_assurance_asked_for_is_required(forged: Forger, cast: Cast, settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [{**settings.OIDC_PROVIDERS[0], "acr": ["two-factors"]}]
    right = {"email": cast.claire.email, "email_verified": True}
    assert parse_qs(urlsplit(leave(Client(), "faux")).query)["acr_values"] == ["two-factors"]
    assert forged_answer(forged, Client(), **right).status_code == 400
    assert forged_answer(forged, Client(), **right, acr="one").status_code == 400
    assert forged_answer(forged, Client(), **right, acr="two-factors").status_code == 302


def test_a_provider_that_hides_its_name_when_it_promised_to_tell_it_is_refused(forged: Forger, cast: Cast) -> None:
    """RFC 9207: the mixed-up answer of another provider."""
    forged.published = {"authorization_response_iss_parameter_supported": True}
    forget_published()
    right = {"email": cast.claire.email, "email_verified": True}
    assert forged_answer(forged, Client(), **right).status_code == 400
    assert forged_answer(forged, Client(), **right, back={"iss": forged.issuer}).status_code == 302


def test_claims_that_are_no_text_say_nothing(forged: Forger, provider: Provider, cast: Cast) -> None:
    claims = {"email": ["x"], "name": "A\x00\u202eB", "siren": 834217697, "roles": "mandataire", "sid": True, "auth_time": "now"}
    ask = ask_again()
    token = signed(claims_for(forged.issuer, nonce=ask.nonce, **claims))
    forged.token, forged.profile = {"access_token": "a", "id_token": token}, {"sub": "s-1"}
    found = claims_from(provider, ask, {"state": ask.state, "code": "c"}, "http://testserver/")
    assert (found.email, found.name, found.siren, found.roles, found.session, found.authenticated_at) == ("", "AB", "834217697", ("legal_representative",), "", None)  # fmt: skip
    for roles, read in (({"a": 1}, ()), (["salarie", 3, "inconnu", "mandataire"], ("legal_representative", "employee"))):
        forged.token["id_token"] = signed(claims_for(forged.issuer, nonce=ask.nonce, roles=roles))
        assert claims_from(provider, ask, {"state": ask.state, "code": "c"}, "http://testserver/").roles == read


# — A provider that does not answer ———————————————————————————————————————————————————————


def test_a_provider_that_is_silent_broken_or_elsewhere_is_told_as_such(forged: Forger, cast: Cast, settings: Settings) -> None:
    client = Client()
    for path, status, expected, words in (
        ("/.well-known/openid-configuration", 500, 503, "ne répond pas"),
        ("/.well-known/openid-configuration", 302, 503, "mal configuré"),
        ("/.well-known/openid-configuration", 404, 503, "mal configuré"),
    ):
        forged.status = {path: status}
        forget_published()
        answer = client.post("/connexion/faux/aller/")
        assert (answer.status_code, words in text_of(answer)) == (expected, True), status
    forged.status = {}
    for published in ({"issuer": "https://evil.example"}, {"authorization_endpoint": "http://far.example/"}, {"authorization_endpoint": 3}):
        forged.published = published
        forget_published()
        assert "mal configuré" in text_of(client.post("/connexion/faux/aller/"))
    forged.published = {"big": "x" * LARGEST}
    forget_published()
    assert "mal configuré" in text_of(client.post("/connexion/faux/aller/"))
    settings.OIDC_PROVIDERS = [{**settings.OIDC_PROVIDERS[0], "issuer": "http://127.0.0.1:9"}]
    answer = client.post("/connexion/faux/aller/")
    assert (answer.status_code, "ne répond pas" in text_of(answer)) == (503, True)


def test_what_it_publishes_is_read_once_and_its_keys_again_at_most_each_minute(
    forged: Forger, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        authorization_address(provider, ask_again(), "http://testserver/")
    for _ in range(5):
        with pytest.raises(Untrusted):
            logged_out(provider, signed(claims_for(forged.issuer), kid="unknown"))
    asked = [path for path, _, _ in forged.received]
    assert (asked.count("/.well-known/openid-configuration"), asked.count("/keys")) == (1, 1)
    monkeypatch.setattr(oidc, "ASKED_AGAIN_AFTER", -1)
    forged.keys = [public(RSA_KEY, "new"), {"kty": "RSA", "use": "enc", "kid": "x"}, 3]  # type: ignore[list-item]
    token = signed(claims_for(forged.issuer, jti="1", sid="s", events={LOGOUT_EVENT: {}}), kid="new")
    assert logged_out(provider, token).session == "s"


def test_nothing_that_is_no_object_is_read(forged: Forger, provider: Provider) -> None:
    for answer in (["x"], "not json at all"):
        forged.token = answer
        with pytest.raises(Refused, match="pas pu être vérifiée"):
            claims_from(provider, ask := ask_again(), {"state": ask.state, "code": "c"}, "http://testserver/")


def test_where_it_offers_no_way_out_ours_is_enough(forged: Forger, cast: Cast) -> None:
    client = Client()
    forged_answer(forged, client, email=cast.claire.email, email_verified=True)
    forged.published = {"end_session_endpoint": None}
    forget_published()
    assert client.post("/deconnexion/")["Location"] == "/connexion/"
    forged_answer(forged, client, email=cast.claire.email, email_verified=True)
    forged.status = {"/.well-known/openid-configuration": 500}
    forget_published()
    assert client.post("/deconnexion/")["Location"] == "/connexion/"


def test_where_it_takes_no_basic_header_the_secret_goes_in_the_form(forged: Forger, cast: Cast) -> None:
    forged.published = {
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "authorization_endpoint": f"{forged.issuer}/authorize?tenant=a",
    }
    forget_published()
    assert leave(Client(), "faux").startswith(f"{forged.issuer}/authorize?tenant=a&response_type=code")
    assert forged_answer(forged, Client(), email=cast.claire.email, email_verified=True).status_code == 302
    _, form, headers = [one for one in forged.received if one[0] == "/token"][-1]
    assert form["client_secret"] == ["a secret: with signs"]
    assert "Authorization" not in headers


def test_leaving_again_and_again_must_wait(forged: Forger, db: None) -> None:
    client = Client()
    statuses = [client.post("/connexion/faux/aller/").status_code for _ in range(31)]
    assert statuses == [302] * 30 + [429]


def test_an_unknown_provider_is_no_page(forged: Forger, db: None) -> None:
    assert provider_of("faux") is not None
    for address, method in (("aller", "post"), ("retour", "get"), ("deconnexion", "post")):
        assert getattr(Client(), method)(f"/connexion/inconnu/{address}/").status_code == 404
    assert provider_from({"key": "a", "name": "A", "side": "agency", "issuer": "https://a.example", "client_id": "us"}).side == "agency"


def test_the_session_opened_is_not_the_one_that_asked(forged: Forger, cast: Cast, at: datetime) -> None:
    """Session fixation: whoever planted a session in this browser is not in with its owner."""
    client = Client()
    leave(client, "faux")
    planted = client.session.session_key
    forged_answer(forged, client, email=cast.claire.email, email_verified=True)
    assert client.session.session_key != planted
    assert not BrowserSession.objects.filter(session_key=planted).exists()
    assert at < at + timedelta(seconds=1)
