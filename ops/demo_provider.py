"""Who plays the identity providers in the demonstration (`make start OIDC=1`)? A certified one, run by Node, on the loopback.

Two of them: one for companies, which signs its profiles, one for the staff. Their accounts are the cast. The claims they
use, and the words of their roles, are illustrative.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from pathlib import Path
from shutil import which
from typing import Any

from django.conf import settings

from foundation.accounts.queries import demo_seats
from foundation.accounts.rights import Role

SCRIPT = Path(settings.BASE_DIR) / "tests" / "peers" / "oidc_provider.mjs"
ROLES = {"mandataire": Role.LEGAL_REPRESENTATIVE.value, "representant": Role.REPRESENTATIVE.value, "salarie": Role.EMPLOYEE.value}
STAFF = {role.value: role.value for role in (Role.REVIEWER, Role.COORDINATOR, Role.BOARD_MEMBER, Role.SIGNATORY, Role.SUPPORT)}


def prepare(port: int) -> tuple[Path, list[dict[str, Any]]]:
    """The file the script reads, and the providers as our settings want them."""
    sets = described([f"http://localhost:{port}", f"http://127.0.0.1:{port}"])
    words = {role: word for word, role in ROLES.items()}
    for seat in demo_seats():
        person = {"sub": f"demo-{seat.person_id}", "name": seat.person.name, "email": seat.person.email, "email_verified": True}
        if seat.company is not None:
            sets[0]["accounts"].append(
                {**person, "siren": seat.company.siren, "organisation": seat.company.name, "roles": [words[seat.role]]}
            )
        else:
            sets[1]["accounts"].append({**person, "groups": [seat.role]})
    file = Path(settings.VAR_DIR) / "providers.json"
    file.write_text(json.dumps(sets))
    return file, written(sets)


def command(file: Path) -> list[str]:
    node = which("node") or str(Path(settings.BASE_DIR) / ".venv" / "bin" / "node")
    return [node, str(SCRIPT), str(file)]


def described(backs: Iterable[str]) -> list[dict[str, Any]]:
    """The two providers as the script wants them, which may send browsers back to these addresses."""
    return [
        _described("isc", "industriels Santé Connect", "company", ["siren", "organisation", "roles"], "ES256", list(backs)),
        _described("agence", "le compte de l'agence", "agency", ["groups"], "RS256", list(backs)),
    ]


def _described(key: str, name: str, side: str, claims: list[str], algorithm: str, backs: list[str]) -> dict[str, Any]:
    port = _free_port()
    client = {
        "client_id": f"convergence-{key}",
        "client_secret": f"{key}-not-a-secret-0123456789",
        "redirect_uris": [f"{back}/connexion/{key}/retour/" for back in backs],
        "post_logout_redirect_uris": [f"{back}/connexion/" for back in backs],
        "id_token_signed_response_alg": algorithm,
        "backchannel_logout_uri": f"{backs[0]}/connexion/{key}/deconnexion/",
        "backchannel_logout_session_required": True,
        **({"userinfo_signed_response_alg": algorithm} if side == "company" else {}),
    }
    issuer = f"http://127.0.0.1:{port}"
    return {"key": key, "name": name, "side": side, "issuer": issuer, "port": port, "client": client, "claims": claims, "accounts": []}


def written(sets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, as an operator describes them in OIDC_PROVIDERS."""
    return [
        {
            "key": one["key"],
            "name": one["name"],
            "side": one["side"],
            "issuer": one["issuer"],
            "client_id": one["client"]["client_id"],
            "client_secret": one["client"]["client_secret"],
            "claims": {"roles": "groups"} if one["side"] == "agency" else {"company_name": "organisation"},
            "roles": STAFF if one["side"] == "agency" else ROLES,
            "opens_companies": [] if one["side"] == "agency" else [Role.LEGAL_REPRESENTATIVE.value],
            "signed_profile": one["side"] == "company",
        }
        for one in sets
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
