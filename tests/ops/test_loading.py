"""Does a web process load only what its pages need? Each of these costs megabytes in every process, for what few requests or the worker alone do."""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

LATE = {"PIL", "boto3", "markdown_it", "pikepdf", "pyhanko", "pyrage", "qrcode", "ruamel", "typst", "xlsxwriter"}


def test_what_is_slow_to_load_waits_until_it_is_wanted() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, config.wsgi; print(*{name.partition('.')[0] for name in sys.modules})"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert "django" in loaded
    assert loaded & LATE == set()
