"""The project's settings, on a scratch embedded server of its own: quick commits, plain static names, a known theme."""

import hashlib
import os
from pathlib import Path

os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "tests"))
os.environ["DEMO"] = "1"

from config.settings import *  # noqa: F403
from config.settings import DATABASES, TEMPLATES

DATABASES["default"]["OPTIONS"] |= {"options": "-c convergence.scratch=on -c synchronous_commit=off"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; Argon2 has its own test
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DEMO_CLOCK = False  # the tests are passed their time; those of the clock move it themselves
SITE_ADDRESS = ""  # the tests of the mails say where they lead
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


class Undefined(str):
    """A variable no view gave: the page fails, instead of showing nothing."""

    def __mod__(self, missing: object) -> str:
        raise AssertionError(f"variable de gabarit inconnue : {missing}")

    def __contains__(self, text: object) -> bool:
        return text == "%s"


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")


def _stage_name() -> str:
    """One test database per state of the packs, the migrations and the stage: `--reuse-db` never meets an old one."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for file in sorted(
        [
            *root.glob("packs/**/*.yaml"),
            *root.glob("packs/*.po"),
            *root.glob("packs/**/*.md"),
            *root.glob("foundation/help/*.py"),
            *root.glob("*/*/migrations/*.py"),
            *root.glob("convergence/content/*.py"),
            root / "ops/demo.py",
        ]
    ):
        digest.update(file.read_bytes())
    return f"test_{digest.hexdigest()[:12]}"


DATABASES["default"]["TEST"] = {"NAME": _stage_name()}
