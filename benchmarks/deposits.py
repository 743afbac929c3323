"""`python -m benchmarks.deposits`: a hundred mebibytes taken by the platform and by a bare server in turn; memory; time to a verdict.

Loopback only, bounded. clamd (Debian) gives the verdicts, with one signature: official ones cannot be fetched everywhere.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from benchmarks.__main__ import AT, ROOT

VAR = ROOT / "var" / "bench-deposits"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
DEPOSITS = int(os.environ.get("BENCH_DEPOSITS", "30"))
LARGE, MIDDLE = 100 << 20, 20_000_000
PORT, BARE_PORT = 8473, 8474


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from config.database import start_embedded, stop_embedded

    shutil.rmtree(VAR, ignore_errors=True)
    environment = {
        "DATABASE_URL": start_embedded(VAR / "postgres"), "DEMO": "0", "HTTPS": "0", "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "127.0.0.1", "VAR_DIR": str(VAR), "DJANGO_SETTINGS_MODULE": "config.settings", "CLAMD": str(VAR / "clamd"),
    }  # fmt: skip
    os.environ.update(environment)
    try:
        _measure()
    finally:
        stop_embedded(VAR / "postgres")


def _measure() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from foundation.accounts.queries import person_of
    from ops.demo import seat_cast

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    from django.conf import settings

    settings.DEMO_PASSWORD = secrets.token_urlsafe(12)
    seat_cast(AT)
    claire = person_of("claire@demo.invalid")
    assert claire is not None
    headers = _passport(claire)
    with _server("benchmarks.taking:application", PORT, BENCH_PLATFORM="1") as pid, _server("benchmarks.taking:bare", BARE_PORT):
        _pace(headers, pid)
        with _clamd(), _worker():
            _verdicts(headers)


def _pace(headers: dict[str, str], pid: int) -> None:
    body = secrets.token_bytes(LARGE)
    _deposit(headers, body[: 1 << 20])
    _sent(BARE_PORT, "PATCH", "/", body, {})
    _deposit(headers, body)
    _forget_large()
    idle, ratios, peak = _memory(pid), [], 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        _sent(BARE_PORT, "PATCH", "/", body, {})
        bare = time.perf_counter() - began
        began = time.perf_counter()
        _deposit(headers, body)
        ours = time.perf_counter() - began
        _forget_large()
        ratios.append((bare / ours, bare, ours))
    for _ in range(ROUNDS):  # apart: to watch takes time from what is watched
        with _watched(pid) as seen:
            _deposit(headers, body)
        peak = max(peak, seen[0])
        _forget_large()
    ratio, bare, ours = sorted(ratios)[len(ratios) // 2]
    mebi = LARGE >> 20
    print(f"100 Mio : {mebi / ours:.0f} Mio/s, nu {mebi / bare:.0f} Mio/s, rapport {ratio:.2f} (visé 0,50)")
    print(f"mémoire : {idle:.0f} Mo au repos, {peak:.0f} Mo au plus, soit {peak - idle:.0f} Mo de plus (visé 60)")


def _forget_large() -> None:
    """What both wrote: each round then writes in the memory of the round before, which a virtual machine already has from its host."""
    for path in VAR.rglob("*"):
        if path.is_file() and path.stat().st_size == LARGE:
            path.unlink()


def _verdicts(headers: dict[str, str]) -> None:
    times = []
    for rank in range(DEPOSITS):
        path = _deposit(headers, b"%08d" % rank + secrets.token_bytes(MIDDLE // 2).hex().encode()[: MIDDLE - 8])
        began = time.perf_counter()
        while json.loads(_sent(PORT, "GET", path, b"", headers)[1])["state"] == "quarantined":
            if time.perf_counter() - began > 120:
                sys.exit("pas de verdict en deux minutes")
            time.sleep(0.05)
        times.append(time.perf_counter() - began)
    print(
        f"du dépôt au verdict, 20 Mo, clamd : médiane {median(times):.2f} s, p95 {quantiles(times, n=20)[18]:.2f} s (visé 10) sur {len(times)}"
    )


def _deposit(headers: dict[str, str], body: bytes) -> str:
    told = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in {"filename": "a.txt", "about": "bench:1"}.items()
    )
    answer, _ = _sent(PORT, "POST", "/depots/", b"", {**headers, "Upload-Length": str(len(body)), "Upload-Metadata": told})
    path = "/" + answer.headers["Location"].split("/", 3)[3]
    _sent(PORT, "PATCH", path, body, {**headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
    return path


def _sent(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    if answer.status >= 400:
        sys.exit(f"{method} {path} : {answer.status} {content[:300]!r}")
    return answer, content


def _passport(person: object) -> dict[str, str]:
    from benchmarks.__main__ import _session

    token = secrets.token_hex(16)
    cookie = f"sessionid={_session(person.pk)}; csrftoken={token}"  # type: ignore[attr-defined]
    return {"Cookie": cookie, "X-CSRFToken": token, "Tus-Resumable": "1.0.0", "Accept": "application/json"}


@contextmanager
def _server(application: str, port: int, **more: str) -> Iterator[int]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "1", "--log-level", "error"]
    with _running(command, **more) as process:
        for _ in range(300):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=2).close()
                break
            time.sleep(0.1)
        yield process.pid


@contextmanager
def _clamd() -> Iterator[None]:
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(program).exists():
        sys.exit("La mesure a besoin de clamd : sudo apt install clamav-daemon")
    signatures = VAR / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Test:0:*:{b'convergence-bench'.hex()}\n")
    (VAR / "clamd.conf").write_text(
        f"LocalSocket {VAR}/clamd\nDatabaseDirectory {signatures}\nForeground yes\nStreamMaxLength 2000M\nMaxFileSize 2000M\nMaxScanSize 2000M\n"
    )
    with _running([program, f"--config-file={VAR}/clamd.conf"]):
        while not (VAR / "clamd").exists():
            time.sleep(0.1)
        yield


@contextmanager
def _worker() -> Iterator[None]:
    with _running([sys.executable, "manage.py", "procrastinate", "worker"]):
        yield


@contextmanager
def _running(command: list[str], **more: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **more}, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _memory(pid: int) -> float:
    """The largest of the web processes, in megabytes."""
    workers = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True).stdout.split()
    return max(
        int(next(line for line in Path(f"/proc/{one}/status").read_text().splitlines() if line.startswith("VmRSS:")).split()[1]) / 1024
        for one in workers
    )


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    seen, watching = [0.0], True

    def watch() -> None:
        while watching:
            seen[0] = max(seen[0], _memory(pid))
            time.sleep(0.02)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        watching = False
        thread.join()


if __name__ == "__main__":
    started = datetime.now(UTC)
    main()
    print(f"en {(datetime.now(UTC) - started).seconds} s")
