"""How does one come in through an identity provider? Authorization code with PKCE, state and nonce; the identity token believed
only once verified.

Nothing of the provider's is kept but what the claims say and the identity token, which it asks for when one goes out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from urllib3.exceptions import HTTPError

from foundation.accounts.rights import Role
from foundation.core.language import gettext as _
from foundation.core.verdict import Refused
from foundation.credentials.providers import Provider, is_safe
from foundation.credentials.tokens import Untrusted, algorithm_of, check_access_token, check_nonce, family_of, verified

log = logging.getLogger(__name__)

KEPT_FOR = 3600  # seconds: what a provider publishes of itself
ASKED_AGAIN_AFTER = 60  # seconds between two readings of its keys for want of one: a forged number must not make us flood it
WAITS = (3, 10)  # seconds to connect, to answer
LARGEST = 1_000_000  # bytes
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Asked:
    """What this browser went to the provider with; kept in its session, compared with what comes back."""

    state: str
    nonce: str
    verifier: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says of someone, read in our words."""

    subject: str
    email: str
    email_verified: bool
    name: str
    siren: str
    company_name: str
    roles: tuple[Role, ...]
    session: str
    id_token: str
    authenticated_at: int | None


def asked(*, again: bool = False) -> Asked:
    return Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(64), again)


def authorization_address(provider: Provider, ask: Asked, back: str) -> str:
    """Where to send the browser. Asked again, the provider must have the person prove who they are, now."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(ask.verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(provider.scopes),
        "state": ask.state,
        "nonce": ask.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if provider.acr:
        query["acr_values"] = " ".join(provider.acr)
    if ask.again:
        query |= {"prompt": "login", "max_age": "0"}
    address = _endpoint(provider, "authorization_endpoint")
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def claims_from(provider: Provider, ask: Asked, answer: Mapping[str, str], back: str) -> Claims:
    """What the provider says of whoever came back, once everything it sent has been verified."""
    try:
        return _claims_from(provider, ask, answer, back)
    except Untrusted as fault:
        log.warning("réponse refusée de %s : %s", provider.key, fault)  # recorded as it is
        raise Refused(
            _("La réponse de {provider} n'a pas pu être vérifiée. Recommencez ; si cela se reproduit, prévenez le support.").format(
                provider=provider.name
            ),
            code="provider",
            status=400,
        ) from fault


def _claims_from(provider: Provider, ask: Asked, answer: Mapping[str, str], back: str) -> Claims:
    if answer.get("error") == "access_denied":
        raise Refused(
            _("Vous n'êtes pas connecté : {provider} ne l'a pas permis. Vous pouvez recommencer.").format(provider=provider.name),
            code="provider",
            status=400,
        )
    if not secrets.compare_digest(answer.get("state", "").encode(), ask.state.encode()):
        raise Untrusted("state d'une autre demande")  # recorded as it is
    published = _published(provider)
    issuer = answer.get("iss") or (None if published.get("authorization_response_iss_parameter_supported") else provider.issuer)
    if issuer != provider.issuer:
        raise Untrusted("iss d'un autre fournisseur (RFC 9207)")
    if not answer.get("code"):
        raise Untrusted(f"sans code : {answer.get('error', 'rien')}"[:200])  # recorded as it is
    tokens = _exchanged(provider, answer["code"], ask.verifier, back)
    id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise Untrusted("réponse sans jeton")  # recorded as it is
    claims = _verified(provider, id_token)
    check_nonce(claims, ask.nonce)
    check_access_token(claims, access_token, algorithm_of(id_token))
    if provider.acr and claims.get("acr") not in provider.acr:
        raise Untrusted("niveau de garantie insuffisant (acr)")  # recorded as it is
    profile = _profile(provider, access_token) if provider.reads_profile else {}
    if profile and profile.get("sub") != claims["sub"]:
        raise Untrusted("profil d'une autre personne")  # recorded as it is
    return _read(provider, {**profile, **claims}, id_token)


def _read(provider: Provider, claims: Mapping[str, Any], id_token: str) -> Claims:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Untrusted("sujet inutilisable")
    told = provider.word("roles", claims)
    words = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    roles = {provider.roles[word] for word in words if isinstance(word, str) and word in provider.roles}
    moment = claims.get("auth_time")
    return Claims(
        subject=subject,
        email=_text(provider.word("email", claims), 254),
        email_verified=provider.trusts_email or provider.word("email_verified", claims) is True,
        name=_text(provider.word("name", claims), 120),
        siren="".join(_text(provider.word("siren", claims), 20).split()),
        company_name=_text(provider.word("company_name", claims), 200),
        roles=tuple(role for role in Role if role in roles),
        session=_text(claims.get("sid"), 255),
        id_token=id_token,
        authenticated_at=moment if isinstance(moment, int) else None,
    )


def _text(said: Any, longest: int) -> str:
    """A claim as text the database can keep; anything else is as if nothing were said."""
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    if not isinstance(said, str):
        return ""
    return "".join(letter for letter in said if letter.isprintable()).strip()[:longest]


# — Going out —————————————————————————————————————————————————————————————————————————————


def logout_address(provider: Provider, id_token: str, back: str) -> str | None:
    """Where to end the session held at the provider (RP-initiated logout), if it can be."""
    try:
        address = _endpoint(provider, "end_session_endpoint")
    except Refused:
        return None
    except Untrusted:
        return None
    query = {"client_id": provider.client_id, "id_token_hint": id_token, "post_logout_redirect_uri": back}
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Who the provider says is out: one of its sessions, or everyone known by a subject."""

    number: str
    subject: str
    session: str


def logged_out(provider: Provider, token: str) -> LoggedOut:
    """What a logout token says (back-channel logout 1.0, 2.6), once verified. An identity token is not one: it has a nonce."""
    claims = _verified(provider, token, require=("exp", "iat", "jti"))
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise Untrusted("pas un jeton de déconnexion")  # recorded as it is
    if "nonce" in claims:
        raise Untrusted("jeton d'identité donné pour une déconnexion")  # recorded as it is
    subject, session = _text(claims.get("sub"), 255), _text(claims.get("sid"), 255)
    if not subject and not session:
        raise Untrusted("jeton de déconnexion de personne")  # recorded as it is
    return LoggedOut(_text(claims["jti"], 255), subject, session)


# — What is asked of the provider —————————————————————————————————————————————————————————


def _verified(provider: Provider, token: str, require: Iterable[str] = ("exp", "iat", "sub")) -> dict[str, Any]:
    return verified(
        token,
        keys=lambda algorithm, fresh: _keys(provider, algorithm, fresh=fresh),
        issuer=provider.issuer,
        audience=provider.client_id,
        algorithms=provider.algorithms,
        require=require,
    )


def _exchanged(provider: Provider, code: str, verifier: str, back: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    methods = _published(provider).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = None
    if "client_secret_basic" in methods:
        basic = (quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))  # RFC 6749, 2.3.1
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return _json(_asked(provider, "POST", _endpoint(provider, "token_endpoint"), data=form, auth=basic)[0])


def _profile(provider: Provider, access_token: str) -> dict[str, Any]:
    """The user-info answer: signed where the provider signs it, and then verified like an identity token."""
    address = _endpoint(provider, "userinfo_endpoint")
    body, kind = _asked(provider, "GET", address, headers={"Authorization": f"Bearer {access_token}"})
    if kind == "application/jwt":
        return _verified(provider, body.decode("ascii", "replace").strip(), require=("sub",))
    if provider.signed_profile:
        raise Untrusted("profil sans signature")  # recorded as it is
    return _json(body)


_kept: dict[str, tuple[float, Any]] = {}
"""What each address last published, and when it was read."""


def _published(provider: Provider) -> dict[str, Any]:
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found: dict[str, Any] = _read_once(provider, address, KEPT_FOR)
    if found.get("issuer") != provider.issuer:
        raise Untrusted("configuration d'un autre émetteur")  # recorded as it is
    return found


def _endpoint(provider: Provider, name: str) -> str:
    address = _published(provider).get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise Untrusted(f"« {name} » absent ou sans TLS")  # recorded as it is
    return address


def _keys(provider: Provider, algorithm: str, *, fresh: bool) -> list[Mapping[str, Any]]:
    """The provider's keys that can bear a signature of this kind."""
    published = _read_once(provider, _endpoint(provider, "jwks_uri"), ASKED_AGAIN_AFTER if fresh else KEPT_FOR).get("keys")
    return [
        one
        for one in (published if isinstance(published, list) else [])
        if isinstance(one, Mapping)
        and one.get("kty") == family_of(algorithm)
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
    ]


def _read_once(provider: Provider, address: str, kept_for: float) -> dict[str, Any]:
    read_at, found = _kept.get(address, (0.0, None))
    if found is None or time.monotonic() - read_at > kept_for:
        found = _json(_asked(provider, "GET", address)[0])
        _kept[address] = (time.monotonic(), found)
    return dict(found)


def forget_published() -> None:
    """Read everything again: the tests' providers change under the same address."""
    _kept.clear()


def _asked(provider: Provider, method: str, address: str, **sent: Any) -> tuple[bytes, str]:
    """Body and kind of one answer. No redirection is followed, no large body read; a silence is told as such."""
    try:
        with requests.request(method, address, timeout=WAITS, allow_redirects=False, stream=True, **sent) as answer:
            body = answer.raw.read(LARGEST + 1, decode_content=True)
            status, kind = answer.status_code, answer.headers.get("Content-Type", "")
    except (requests.RequestException, HTTPError, OSError) as error:
        log.warning("%s ne répond pas : %s", provider.key, type(error).__name__)  # recorded as it is
        raise Refused(
            _("{provider} ne répond pas. Réessayez dans quelques minutes.").format(provider=provider.name), code="provider", status=503
        ) from error
    if status >= 500:
        log.warning("%s répond %s", provider.key, status)  # recorded as it is
        raise Refused(
            _("{provider} ne répond pas. Réessayez dans quelques minutes.").format(provider=provider.name), code="provider", status=503
        )
    if status != 200 or len(body) > LARGEST:
        raise Untrusted(f"réponse {status}, {len(body)} octets")  # recorded as it is
    return body, kind.partition(";")[0].strip().lower()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Untrusted("réponse illisible") from error  # recorded as it is
    if not isinstance(found, dict):
        raise Untrusted("réponse d'une autre forme")  # recorded as it is
    return found
