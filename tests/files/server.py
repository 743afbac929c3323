"""How does a test have the platform served for real, and killed? Granian, in a group of processes of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client

from foundation.accounts.models import Person


class Server:
    """Two processes of four threads on the test's own database; `kill` is the cable pulled out."""

    def __init__(self, folder: Path, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        entry = connection.settings_dict
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(folder)),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"postgresql://{quote(entry['USER'])}:{quote(entry['PASSWORD'])}@/{entry['NAME']}?host={quote(entry['HOST'])}",
            "SECRET_KEY": settings.SECRET_KEY,
            "VAR_DIR": str(folder),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "tests.serving:application", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.environment, start_new_session=True)
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
                return
            assert self.process.poll() is None, "le serveur ne démarre pas"
            time.sleep(0.05)
        raise AssertionError("le serveur ne répond pas")

    def kill(self) -> None:
        """Every process of it, at once and without warning."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def memory(self) -> float:
        """Megabytes held by the largest of its processes."""
        assert self.process is not None
        told = subprocess.run(["ps", "-o", "rss=", "-g", str(self.process.pid)], capture_output=True, text=True, check=True).stdout
        return max(int(line) for line in told.split()) / 1024


def passport(person: Person) -> dict[str, str]:
    """The headers of someone signed in: their session, and the token of their forms."""
    client = Client()
    client.force_login(person)
    token = secrets.token_hex(16)
    cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; {settings.CSRF_COOKIE_NAME}={token}"
    return {"Cookie": cookies, "X-CSRFToken": token, "Accept": "application/json"}
