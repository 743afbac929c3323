"""An identity provider for the tests: a certified one run by Node, or a forger of our own that answers whatever a test wants."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings

from ops.demo_provider import command, described, written


@dataclass
class Certified:
    """The running provider: two issuers, `isc` for companies (its profile signed), `agence` for the staff."""

    file: Path
    sets: list[dict[str, Any]]

    def says(self, key: str, *accounts: dict[str, Any]) -> None:
        """From now on, this provider knows these people."""
        next(one for one in self.sets if one["key"] == key)["accounts"] = list(accounts)
        self.file.write_text(json.dumps(self.sets))

    def written(self) -> list[dict[str, Any]]:
        """As an operator describes them to us."""
        return written(self.sets)


@contextmanager
def certified(folder: Path, back: str) -> Iterator[Certified]:
    """Start it, for redirections to `back`; stopped by its number."""
    sets = described([back])
    file = folder / "providers.json"
    file.write_text(json.dumps(sets))
    process = subprocess.Popen(command(file), cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield Certified(file, sets)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def go_through(address: str, sub: str, browser: requests.Session) -> str:
    """What a person does over there: follow the provider's pages, choose an account; where it sends the browser back to."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    for _ in range(10):
        answer = browser.get(address, allow_redirects=False, timeout=10)
        if answer.status_code == 200:
            answer = browser.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
        assert answer.status_code in (302, 303), answer.text[:500]
        address = answer.headers["Location"]
        if address.startswith("/"):
            address = origin + address
        if not address.startswith(origin):
            return address
    raise AssertionError("le fournisseur ne renvoie nulle part")


# — The forger ————————————————————————————————————————————————————————————————————————————

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: Any, number: str, **more: str) -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": number, "use": "sig", **more}


def claims_for(issuer: str, **changed: Any) -> dict[str, Any]:
    """A right identity token's claims; None takes one away."""
    now = int(time.time())
    claims = {"iss": issuer, "aud": "us", "sub": "s-1", "iat": now, "exp": now + 7200, "auth_time": now, **changed}
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: dict[str, Any], key: Any = RSA_KEY, algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "rsa", **header})


def unsigned(claims: dict[str, Any]) -> str:
    head, body = ({"alg": "none", "kid": "rsa"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, body)) + "."


def at_hash(access_token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


@dataclass
class Forger:
    """A provider that answers what it is told to: `token`, `profile`, `published` are what a test changes."""

    issuer: str
    token: Any = None
    profile: Any = None
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public(RSA_KEY, "rsa"), public(EC_KEY, "ec")])
    published: dict[str, Any] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    received: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path == "/.well-known/openid-configuration":
            found: Any = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/profile",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/out",
                **self.published,
            }
        elif path == "/keys":
            found = {"keys": self.keys}
        elif path == "/token":
            found = self.token
        else:
            found = self.profile
        if isinstance(found, str):
            return self.status.get(path, 200), "application/jwt; charset=utf-8", found.encode()
        return self.status.get(path, 200), "application/json", json.dumps(found).encode()


@contextmanager
def forger() -> Iterator[Forger]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            where.received.append((self.path, parse_qs(self.rfile.read(length).decode()), dict(self.headers)))
            status, kind, body = where.answer(urlsplit(self.path).path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name the server looks for

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    where = Forger(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield where
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
