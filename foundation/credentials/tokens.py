"""Is this token what it claims to be? Its signature by a key of the issuer, then who it is from, for whom, until when.

OpenID Connect Core 1.0, 3.1.3.7; RFC 8725. The algorithm is one we accept, of the family of the key: never the one the
token proposes because it proposes it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jwt

LEEWAY = 60  # seconds between two clocks
LONGEST = 16_384  # characters


class Untrusted(Exception):
    """A token that must not be believed. The reason is for the log: whoever forged it is told nothing."""


Keys = Callable[[str, bool], Iterable[Mapping[str, Any]]]
"""The issuer's public keys; asked again, fresh, when none has the wanted number (the issuer may just have changed it)."""


def verified(
    token: str, *, keys: Keys, issuer: str, audience: str, algorithms: Iterable[str], require: Iterable[str] = ("exp", "iat", "sub")
) -> dict[str, Any]:
    """The claims of a token signed by its issuer, for us, in force now."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise Untrusted("pas un jeton")  # recorded as it is
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Untrusted(f"en-tête illisible : {error}") from error  # recorded as it is
    algorithm = header.get("alg")
    if algorithm not in set(algorithms):
        raise Untrusted(f"signature « {algorithm} » refusée")  # recorded as it is
    key = _key_for(header.get("kid"), algorithm, keys)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", *require]},
        )
    except jwt.PyJWTError as error:
        raise Untrusted(f"{type(error).__name__} : {error}") from error
    _check_party(claims, audience)
    return claims


def _key_for(number: Any, algorithm: str, keys: Keys) -> Any:
    """The one key of that number; without a number, the only key of the family. Never « any of them will do »."""
    for fresh in (False, True):
        found = [one for one in keys(algorithm, fresh) if number is None or one.get("kid") == number]
        if len(found) == 1:
            try:
                return jwt.PyJWK.from_dict(dict(found[0]), algorithm=algorithm).key
            except (jwt.PyJWTError, ValueError, TypeError) as error:
                raise Untrusted(f"clé inutilisable : {error}") from error  # recorded as it is
        if found:
            raise Untrusted("plusieurs clés possibles")  # recorded as it is
    raise Untrusted(f"clé « {number} » inconnue")  # recorded as it is


def _check_party(claims: Mapping[str, Any], audience: str) -> None:
    """Among several audiences, the authorised party is us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else audience) != audience:
        raise Untrusted("jeton délivré à un autre client")  # recorded as it is


def check_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    """The token answers the very request this browser made."""
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Untrusted("nonce absent ou autre")  # recorded as it is


def check_access_token(claims: Mapping[str, Any], access_token: str, algorithm: str) -> None:
    """`at_hash`, where given: the access token came with this identity token."""
    if "at_hash" in claims:
        size = "512" if algorithm == "EdDSA" else algorithm[-3:]
        digest = hashlib.new(f"sha{size}", access_token.encode()).digest()
        left = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
        if not hmac.compare_digest(str(claims["at_hash"]).encode(), left):
            raise Untrusted("at_hash d'un autre jeton")


def algorithm_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["alg"])


def family_of(algorithm: str) -> str:
    """The kind of key a signature needs: RS and PS an RSA key, ES an elliptic curve, EdDSA an octet pair."""
    return {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}[algorithm[:2]]
