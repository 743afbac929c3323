"""Which identity providers does this installation trust, and how are their claims read? From its settings, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from foundation.accounts.rights import AGENCY_ROLES, COMPANY_ROLES, Role

COMPANY, AGENCY = "company", "agency"
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signed by a private key of the provider's. Neither « none » nor a shared secret proves who signed."""


class Misdescribed(ValueError):
    """A provider is described in a way that cannot be obeyed."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of OpenID Connect. `claims` names where its tokens say things; `roles` turns its words into ours."""

    key: str
    name: str
    side: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    claims: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    acr: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    reads_profile: bool = True
    signed_profile: bool = False
    trusts_email: bool = False
    opens_companies: tuple[Role, ...] = ()

    def __post_init__(self) -> None:
        is_key = self.key.isascii() and self.key.replace("-", "").isalnum()
        _expect(is_key, f"« {self.key} » n'est pas une clé (lettres, chiffres, tirets)")  # recorded as it is
        _expect(self.side in (COMPANY, AGENCY), f"{self.key} : « side » vaut « company » ou « agency »")  # recorded as it is
        where = "l'adresse de l'émetteur commence par https:// (http:// en local seulement)"  # recorded as it is
        _expect(is_safe(self.issuer), f"{self.key} : {where}")
        _expect(bool(self.client_id), f"{self.key} : « client_id » manque")  # recorded as it is
        _expect("openid" in self.scopes, f"{self.key} : la portée « openid » manque")  # recorded as it is
        unsafe = sorted(set(self.algorithms) - ALGORITHMS)
        is_signed = bool(self.algorithms) and not unsafe
        _expect(is_signed, f"{self.key} : signature refusée : {', '.join(unsafe) or 'aucune'}")  # recorded as it is
        wrong = sorted({*self.roles.values(), *self.opens_companies} - (AGENCY_ROLES if self.side == AGENCY else COMPANY_ROLES))
        _expect(not wrong, f"{self.key} : rôle d'un autre côté : {', '.join(wrong)}")  # recorded as it is

    def word(self, name: str, claims: Mapping[str, Any]) -> Any:
        """What the claims say under the name this provider gives it: a name as it stands, else a path with dots."""
        wanted = self.claims.get(name, name)
        if wanted in claims:
            return claims[wanted]
        found: Any = claims
        for step in wanted.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


def is_safe(address: str) -> bool:
    """Over TLS, or on this very machine (the tests, the demonstration)."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")))


def providers() -> tuple[Provider, ...]:
    """Those of `OIDC_PROVIDERS`, in its order."""
    found = tuple(provider_from(written) for written in settings.OIDC_PROVIDERS)
    _expect(len({provider.key for provider in found}) == len(found), "une clé est donnée deux fois")  # recorded as it is
    return found


def provider_of(key: str) -> Provider | None:
    return next((provider for provider in providers() if provider.key == key), None)


def provider_from(written: Mapping[str, Any]) -> Provider:
    """From one object of the settings. What is not known here is refused: a misspelt restriction must not be silently lost."""
    known = set(Provider.__dataclass_fields__)
    _expect(isinstance(written, Mapping) and "key" in written, "chaque fournisseur est un objet avec une clé « key »")  # recorded as it is
    unknown = sorted(set(written) - known)
    _expect(not unknown, f"{written['key']} : réglage inconnu : {', '.join(unknown)}")  # recorded as it is
    missing = sorted({"name", "side", "issuer", "client_id"} - set(written))
    _expect(not missing, f"{written['key']} : il manque {', '.join(missing)}")
    roles = dict(written.get("roles", {}))
    openers = tuple(written.get("opens_companies", ()))
    strange = sorted({*roles.values(), *openers} - {role.value for role in Role})
    _expect(not strange, f"{written['key']} : rôle inconnu : {', '.join(strange)}")  # recorded as it is
    lists = {name: tuple(written[name]) for name in ("scopes", "algorithms", "acr", "origins") if name in written}
    return Provider(
        **{**written, **lists, "roles": {word: Role(role) for word, role in roles.items()}, "opens_companies": tuple(map(Role, openers))}
    )


def _expect(so: bool, otherwise: str) -> None:
    if not so:
        raise Misdescribed(otherwise)
