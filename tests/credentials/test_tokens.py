"""Is a forged token ever believed? One thing wrong at a time, over a token that is right."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from foundation.credentials.tokens import (
    LEEWAY,
    LONGEST,
    Untrusted,
    algorithm_of,
    check_access_token,
    check_nonce,
    family_of,
    verified,
)
from tests.peers.oidc import EC_KEY, RSA_KEY, STRANGER, at_hash, claims_for, public, signed, unsigned

ISSUER = "https://isc.example"
PUBLISHED = [public(RSA_KEY, "rsa"), public(EC_KEY, "ec")]


def keys_of(*published: dict[str, Any]) -> Callable[[str, bool], list[dict[str, Any]]]:
    return lambda algorithm, fresh: [one for one in published if one["kty"] == family_of(algorithm)]


def believed(token: Any, keys: Any = None, algorithms: tuple[str, ...] = ("RS256", "ES256"), **more: Any) -> dict[str, Any]:
    return verified(token, keys=keys or keys_of(*PUBLISHED), issuer=ISSUER, audience="us", algorithms=algorithms, **more)


def test_a_right_token_is_believed_under_either_signature() -> None:
    assert believed(signed(claims_for(ISSUER)))["sub"] == "s-1"
    assert believed(signed(claims_for(ISSUER), EC_KEY, "ES256", kid="ec"))["sub"] == "s-1"
    assert believed(signed(claims_for(ISSUER, aud=["us", "them"], azp="us")))["aud"] == ["us", "them"]
    assert believed(signed(claims_for(ISSUER, aud=["us"])))["aud"] == ["us"]


NOW = int(time.time())
WRONG: dict[str, tuple[str, str]] = {
    "not signed": (unsigned(claims_for(ISSUER)), "« none » refusée"),
    "signed with a shared secret": (jwt.encode(claims_for(ISSUER), "x" * 32, "HS256", {"kid": "rsa"}), "« HS256 » refusée"),
    "signed otherwise than we accept": (signed(claims_for(ISSUER), algorithm="RS512"), "« RS512 » refusée"),
    "signed by a stranger": (signed(claims_for(ISSUER), STRANGER), "InvalidSignatureError"),
    "signed by the other key": (signed(claims_for(ISSUER), RSA_KEY, "RS256", kid="ec"), "clé « ec » inconnue"),
    "signed by a key never published": (signed(claims_for(ISSUER), kid="nowhere"), "clé « nowhere » inconnue"),
    "with an extension that must be understood": (signed(claims_for(ISSUER), crit=["x"], x="1"), "critical"),
    "from another issuer": (signed(claims_for("https://evil.example")), "InvalidIssuerError"),
    "from an issuer with a slash more": (signed(claims_for(f"{ISSUER}/")), "InvalidIssuerError"),
    "from nobody": (signed(claims_for(ISSUER, iss=None)), "MissingRequiredClaimError"),
    "for someone else": (signed(claims_for(ISSUER, aud="them")), "InvalidAudienceError"),
    "for nobody": (signed(claims_for(ISSUER, aud=None)), "MissingRequiredClaimError"),
    "for several, and no one authorised": (signed(claims_for(ISSUER, aud=["us", "them"])), "autre client"),
    "for us, but given to another": (signed(claims_for(ISSUER, azp="them")), "autre client"),
    "expired": (signed(claims_for(ISSUER, exp=NOW - LEEWAY - 5)), "ExpiredSignatureError"),
    "that never expires": (signed(claims_for(ISSUER, exp=None)), "MissingRequiredClaimError"),
    "made tomorrow": (signed(claims_for(ISSUER, iat=NOW + 86_400)), "ImmatureSignatureError"),
    "not in force yet": (signed(claims_for(ISSUER, nbf=NOW + 86_400)), "ImmatureSignatureError"),
    "made at no time": (signed(claims_for(ISSUER, iat=None)), "MissingRequiredClaimError"),
    "about nobody": (signed(claims_for(ISSUER, sub=None)), "MissingRequiredClaimError"),
    "whose body was changed": (
        ".".join(
            (
                signed(claims_for(ISSUER)).split(".")[0],
                signed(claims_for(ISSUER, sub="s-2")).split(".")[1],
                signed(claims_for(ISSUER)).split(".")[2],
            )
        ),
        "InvalidSignatureError",
    ),
    "that is no token": ("rien", "en-tête illisible"),
    "that is empty": ("", "en-tête illisible"),
    "as large as a book": (signed(claims_for(ISSUER, book="x" * LONGEST)), "pas un jeton"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_with_one_thing_wrong_is_not(wrong: str) -> None:
    token, reason = WRONG[wrong]
    with pytest.raises(Untrusted, match=reason):
        believed(token)


@pytest.mark.parametrize("token", [None, 12, {"alg": "RS256"}, b"x"])
def test_what_is_not_text_is_not(token: Any) -> None:
    with pytest.raises(Untrusted, match="pas un jeton"):
        believed(token)


def test_a_clock_a_little_late_is_forgiven() -> None:
    assert believed(signed(claims_for(ISSUER, exp=int(time.time()) - LEEWAY + 20)))


def test_without_a_number_the_only_key_of_the_family_serves_and_no_guess_is_made() -> None:
    token = jwt.encode(claims_for(ISSUER), RSA_KEY, "RS256")
    assert believed(token)
    with pytest.raises(Untrusted, match="plusieurs clés"):
        believed(token, keys_of(*PUBLISHED, public(STRANGER, "other")))


def test_a_key_just_changed_is_looked_for_again() -> None:
    asked: list[bool] = []

    def keys(algorithm: str, fresh: bool) -> list[dict[str, Any]]:
        asked.append(fresh)
        return [public(RSA_KEY, "rsa")] if fresh else [public(STRANGER, "old")]

    assert believed(signed(claims_for(ISSUER)), keys)
    assert asked == [False, True]


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(Untrusted, match="clé inutilisable"):
        believed(signed(claims_for(ISSUER)), keys_of({"kty": "RSA", "kid": "rsa", "n": "?"}))


def test_the_nonce_must_be_the_one_sent() -> None:
    check_nonce({"nonce": "n-1"}, "n-1")
    for claims in ({"nonce": "n-2"}, {}, {"nonce": None}, {"nonce": ["n-1"]}):
        with pytest.raises(Untrusted, match="nonce"):
            check_nonce(claims, "n-1")


def test_the_access_token_must_be_the_one_that_came_with_it() -> None:
    check_access_token({}, "a-1", "RS256")
    check_access_token({"at_hash": at_hash("a-1")}, "a-1", "RS256")
    with pytest.raises(Untrusted, match="at_hash"):
        check_access_token({"at_hash": at_hash("a-2")}, "a-1", "RS256")
    with pytest.raises(Untrusted, match="at_hash"):
        check_access_token({"at_hash": at_hash("a-1")}, "a-1", "EdDSA")


def test_each_signature_has_its_family_of_keys() -> None:
    assert {name: family_of(name) for name in ("RS256", "PS384", "ES512", "EdDSA")} == {"RS256": "RSA", "PS384": "RSA", "ES512": "EC", "EdDSA": "OKP"}  # fmt: skip
    assert algorithm_of(signed(claims_for(ISSUER))) == "RS256"
