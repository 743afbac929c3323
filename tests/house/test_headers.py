"""What does every answer tell the browser? And what does Django say of the settings of a real installation?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import Cast
from tests.house.headers import check_headers


@pytest.mark.parametrize("address", ["/nulle-part/", "/produits/0/", "/?q=%00", "/produits/999999999999999999999999/"])
def test_the_pages_of_errors_carry_them_too(address: str, cast: Cast, browse: object) -> None:
    for person in (cast.claire, None):
        client = Client()
        if person is not None:
            client.force_login(person)
        response = client.get(address)
        assert response.status_code in (302, 400, 404)
        check_headers(response, signed_in=person is not None and hasattr(response.wsgi_request, "user"))


def test_the_sign_in_page_is_kept_by_no_cache(db: None) -> None:
    assert "no-store" in Client().get("/connexion/")["Cache-Control"]


def test_the_cookies_are_out_of_reach_of_scripts(cast: Cast) -> None:
    client = Client()
    response = client.post("/connexion/", {"login": cast.claire.email, "password": settings.DEMO_PASSWORD})
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get("/connexion/").status_code == 302
    assert Client().get("/connexion/").cookies[settings.CSRF_COOKIE_NAME]["httponly"] is True


@pytest.mark.slow  # two interpreters are started
def test_a_real_installation_has_nothing_to_be_told(db: None) -> None:
    """`check --deploy` with the settings of production: no warning at all."""
    done = _manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.slow  # an interpreter is started
def test_a_real_installation_is_secure_and_shows_no_demonstration(db: None) -> None:
    script = (
        "from django.conf import settings as s; "
        "print(s.DEMO, s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000, s.DEMO_PASSWORD == '')"
    )
    done = _manage("shell", "--no-imports", "-c", script)
    assert done.stdout.split() == ["False", "False", "True", "True", "True", "True", "True"], done.stderr


@pytest.mark.slow  # two interpreters are started
def test_a_real_installation_with_its_providers_has_nothing_to_be_told_either(db: None) -> None:
    """Forms may lead to the providers, and nowhere else; one badly described stops everything, with its reason."""
    provider = {"key": "isc", "name": "iSC", "side": "company", "issuer": "https://isc.example/realms/a", "client_id": "us", "origins": ["https://sso.example"]}  # fmt: skip
    script = (
        "from django.conf import settings as s; from django.core.management import call_command as c; "
        "c('check', deploy=True, fail_level='WARNING'); "
        "print(*s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'], s.OIDC_PROVIDERS[0]['client_secret'])"
    )
    done = _manage("shell", "--no-imports", "-c", script, OIDC_PROVIDERS=json.dumps([provider]), OIDC_SECRET_ISC="s3cret")
    assert done.stdout.splitlines()[-1] == "'self' https://isc.example https://sso.example s3cret", done.stderr
    done = _manage("check", OIDC_PROVIDERS=json.dumps([{**provider, "algorithms": ["none"]}]))
    assert (done.returncode, "signature refusée : none" in done.stderr) == (1, True)


@pytest.mark.slow  # an interpreter is started
def test_a_real_installation_without_its_secret_is_told(db: None) -> None:
    done = _manage("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


@pytest.mark.slow  # an interpreter is started
def test_a_real_installation_without_an_antivirus_is_told(db: None) -> None:
    done = _manage("check", "--deploy", "--fail-level", "WARNING", CLAMD="")
    assert done.returncode != 0
    assert "files.W001" in done.stderr


def _manage(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    production = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/tmp"),  # noqa: S108 - only where none is set
        "VAR_DIR": str(settings.VAR_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "0",
        "SECRET_KEY": "".join(chr(33 + (rank * 37) % 90) for rank in range(64)),
        "ALLOWED_HOSTS": "example.org",
        "DATABASE_URL": _database_url(),
        "CLAMD": "/run/clamav/clamd.ctl",
        **changed,
    }
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, env=production, capture_output=True, text=True, timeout=60, check=False)  # fmt: skip


def _database_url() -> str:
    """The scratch server, as an operator would give it."""
    entry = settings.DATABASES["default"]
    host = entry["HOST"]
    query = {"host": host} if host.startswith("/") else {}
    place = "" if query else host
    return f"postgresql://{quote(entry['USER'])}:{quote(entry['PASSWORD'])}@{place}/{entry['NAME']}?{urlencode(query)}"


def test_no_template_goes_round_the_policy() -> None:
    """Nothing inline is written anywhere, so that the policy has nothing to refuse."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    found = {
        str(page): match.group(0) for page in settings.BASE_DIR.glob("templates/**/*.html") if (match := inline.search(page.read_text()))
    }
    assert found == {}
