"""How does an operator describe the identity providers? In `OIDC_PROVIDERS`, a JSON list of objects; secrets stay beside it.

    key              a short name, in addresses: « isc » (the secret is then OIDC_SECRET_ISC)
    name             shown on the button: « industriels Santé Connect »
    side             « company » or « agency »: whose seats it decides
    issuer           its address, as its configuration says it, exactly
    client_id        ours, as registered there
    scopes           ["openid", "profile", "email"] by default
    algorithms       signatures accepted: ["RS256", "ES256"] by default
    claims           where it says things: {"siren": "…", "company_name": "…", "roles": "…"}; a path has dots
    roles            its words for our roles: {"…": "legal_representative"}
    acr              levels of assurance asked for; one of them is then required
    reads_profile    ask its user-info address too (true by default)
    signed_profile   refuse user-info that is not signed (false by default)
    trusts_email     take its addresses as verified without its saying so (false by default)
    opens_companies  the roles which, told of an unknown SIREN, register the company: ["legal_representative"]
    origins          other origins its sign-in pages go through, for the browser to allow it

To register with it: <SITE>/connexion/<key>/retour/ (redirect), <SITE>/connexion/ (after signing out) and
<SITE>/connexion/<key>/deconnexion/ (back-channel logout).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit


def providers_written(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """The list as written, each with its secret. What it means is checked by the room that obeys it."""
    written = json.loads(environment.get("OIDC_PROVIDERS") or "[]")
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        raise ValueError("OIDC_PROVIDERS doit être une liste JSON d'objets.")
    return [{"client_secret": environment.get(_secret_name(one), ""), **one} for one in written]


def form_origins(written: Iterable[Mapping[str, Any]]) -> list[str]:
    """The origins a form may lead to through a redirection, for the content security policy."""
    found = [f"{parts.scheme}://{parts.netloc}" for one in written for parts in [urlsplit(str(one.get("issuer", "")))] if parts.netloc]
    return sorted({*found, *(origin for one in written for origin in one.get("origins", ()))})


def _secret_name(one: Mapping[str, Any]) -> str:
    return f"OIDC_SECRET_{str(one.get('key', '')).upper().replace('-', '_')}"
