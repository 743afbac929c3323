"""Is a deposit lost when the platform dies under it? Real servers, real clients, killed at any moment."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import shutil
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connections
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from foundation.files.models import StoredFile, Upload
from tests.factories.files import OPEN, Tus, metadata, reference_in
from tests.files.server import Server, passport
from tests.queue import empty_queue

KILLS = int(os.environ.get("KILLS", "2"))
DEPOSITS = int(os.environ.get("DEPOSITS", "15"))
MEBI = 1 << 20
TOLD = {"filename": "preuve.bin", "about": OPEN}


@pytest.fixture
def server(committed_db, tmp_path):
    found = Server(tmp_path, MAX_FILE_SIZE=str(200 * MEBI))
    found.start()
    yield found
    found.kill()
    empty_queue()
    connections.close_all()


def kept(folder, reference):
    file = StoredFile.objects.get(reference=reference)
    return hashlib.sha256((folder / "files" / file.key).read_bytes()).hexdigest()


def sent_whatever_happens(server, headers, content, until):
    """By tuspy, in pieces; where the server is gone, again from where it says it is. The address of what was acknowledged."""
    client = TusClient(f"{server.url}/depots/", headers={**headers, "Tus-Resumable": "1.0.0"})
    address = None
    while time.monotonic() < until:
        try:
            uploader = client.uploader(file_stream=io.BytesIO(content), chunk_size=256 << 10, metadata=TOLD, url=address)
            address = uploader.url or address
            if address is None:
                uploader.set_url(uploader.create_url())
                address = uploader.url
            uploader.offset = uploader.get_offset()
            uploader.upload()
        except (TusCommunicationError, requests.RequestException, OSError):
            time.sleep(0.05)
        else:
            return address
    raise AssertionError("jamais arrivé")


@pytest.mark.slow  # servers are started and killed
def test_no_acknowledged_deposit_is_lost_by_being_killed(server, cast, tmp_path):
    """`KILLS=50 DEPOSITS=1000` is the promise; fewer are run each time."""
    headers, chance, lock = passport(cast.claire), random.Random(5), threading.Lock()
    contents = [chance.randbytes(chance.randrange(1_000, 1_500_000)) for _ in range(min(DEPOSITS, 60))]
    acknowledged: list[tuple[str, str]] = []
    until = time.monotonic() + 60 + KILLS * 10 + DEPOSITS * 2
    done = threading.Event()

    def deposit(rank):
        content = contents[rank % len(contents)] + rank.to_bytes(4)
        address = sent_whatever_happens(server, headers, content, until)
        with lock:
            acknowledged.append((address, hashlib.sha256(content).hexdigest()))

    def kill():
        """Spread over the deposits, at moments nobody chooses."""
        killed = 0
        while killed < KILLS and not done.is_set():
            wanted = (killed + 1) * DEPOSITS // (KILLS + 1)
            while len(acknowledged) < wanted and not done.is_set():
                time.sleep(0.01)
            time.sleep(chance.random() * 0.3)
            server.kill()
            server.start()
            killed += 1
        return killed

    with ThreadPoolExecutor(1) as killer, ThreadPoolExecutor(4) as people:
        killing = killer.submit(kill)
        list(people.map(deposit, range(DEPOSITS)))
        done.set()
        killed = killing.result()
    lost = [address for address, digest in acknowledged if kept(tmp_path, reference_in(address)) != digest]
    print(f"{len(acknowledged)} dépôts accusés, {killed} arrêts brutaux, {len(lost)} perdus")
    assert (len(acknowledged), killed, lost) == (DEPOSITS, KILLS, [])
    half = Upload.objects.filter(received_at=None).values_list("reference", flat=True)
    assert not StoredFile.objects.filter(reference__in=half).exists()


@pytest.mark.slow  # a server is started and killed
def test_the_browsers_own_client_goes_on_after_each_kill(server, cast, tmp_path):
    if shutil.which("node") is None or not Path("node_modules/tus-js-client").is_dir():
        pytest.skip("tus-js-client n'est pas installé : make node_modules/.tests")
    content = random.Random(7).randbytes(60 * MEBI)
    (tmp_path / "grand.bin").write_bytes(content)
    arguments = [f"{server.url}/depots/", str(tmp_path / "grand.bin"), json.dumps(passport(cast.claire)), json.dumps(TOLD)]
    client = subprocess.Popen(["node", "tests/peers/send.mjs", *arguments], stdout=subprocess.PIPE, text=True)
    for goal in (6, 25, 45):
        while max([0, *Upload.objects.values_list("offset", flat=True)]) < goal * MEBI and client.poll() is None:
            time.sleep(0.02)
        server.kill()
        server.start()
    told, _ = client.communicate(timeout=120)
    assert client.returncode == 0
    assert Upload.objects.count() == 1
    assert kept(tmp_path, reference_in(told.strip())) == hashlib.sha256(content).hexdigest()


def asked(server, headers, method, path, body=b"", length=None, cut=None, **more):
    """One request on a line of its own; `cut` bytes are sent of the body, then the line is pulled out."""
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    line.putrequest(method, path)
    sent = {"Tus-Resumable": "1.0.0", "Content-Length": str(len(body) if length is None else length), **headers, **more}
    if method == "PATCH":
        sent["Content-Type"] = "application/offset+octet-stream"
    for name, value in sent.items():
        line.putheader(name, value)
    line.endheaders()
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before it was all sent: the answer is there to be read
            line.send(body if cut is None else memoryview(body)[:cut])
        if cut is not None:
            return None
        answer = line.getresponse()
        answer.read()
        return answer
    finally:
        line.close()


def created(server, headers, size):
    answer = asked(server, headers, "POST", "/depots/", **{"Upload-Length": str(size), "Upload-Metadata": metadata(TOLD)})
    assert answer.status == 201
    return urlsplit(answer.headers["Location"]).path


def offset(server, headers, path):
    return int(asked(server, headers, "HEAD", path).headers["Upload-Offset"])


@pytest.mark.slow  # a server is started, two hundred megabytes are sent
def test_the_largest_file_cut_twenty_times_arrives_and_little_is_sent_twice(server, cast, tmp_path):
    headers, chance = passport(cast.claire), random.Random(11)
    content = chance.randbytes(200 * MEBI)
    path, at, wasted = created(server, headers, len(content)), 0, []
    for _ in range(20):
        cut = chance.randrange(1, 9_500_000)
        asked(server, headers, "PATCH", path, content[at:], cut=cut, **{"Upload-Offset": str(at)})
        wanted, before = at + cut, at
        for _ in range(200):  # what is still in the pipes arrives
            at = offset(server, headers, path)
            if at == wanted:
                break
            time.sleep(0.02)
        assert before <= at <= wanted
        wasted.append(wanted - at)
    assert asked(server, headers, "PATCH", path, content[at:], **{"Upload-Offset": str(at)}).status == 204
    assert kept(tmp_path, reference_in(path)) == hashlib.sha256(content).hexdigest()
    print(f"envoyé deux fois, au plus : {max(wasted) / MEBI:.2f} Mio")
    assert max(wasted) <= 8 * MEBI


@pytest.mark.slow  # a server is started
def test_a_hundred_at_once_corrupt_nothing(server, cast, tmp_path):
    """Each comes with bytes of its own for the same place, three times over: one is kept, whole; the others are told where it is."""
    headers = passport(cast.claire)
    path = created(server, headers, 3 * MEBI)
    for place in range(3):
        with ThreadPoolExecutor(100) as crowd:
            answers = list(
                crowd.map(
                    lambda one, place=place: asked(
                        server, headers, "PATCH", path, bytes([one]) * MEBI, **{"Upload-Offset": str(place * MEBI)}
                    ),
                    range(100),
                )
            )
        assert Counter(answer.status for answer in answers) == {204: 1, 409: 99}
        assert {answer.headers["Upload-Offset"] for answer in answers} == {str((place + 1) * MEBI)}
    stored = StoredFile.objects.get()
    content = (tmp_path / "files" / stored.key).read_bytes()
    assert [len(set(content[place * MEBI : (place + 1) * MEBI])) for place in range(3)] == [1, 1, 1]
    assert stored.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.slow  # a server is started, a hundred megabytes are sent
def test_memory_does_not_depend_on_the_size(server, cast):
    headers = passport(cast.claire)
    content = bytes(100 * MEBI)
    path = created(server, headers, MEBI)
    asked(server, headers, "PATCH", path, content[:MEBI], **{"Upload-Offset": "0"})
    idle, peak, sending = server.memory(), 0.0, True
    path = created(server, headers, len(content))

    def watch():
        nonlocal peak
        while sending:
            peak = max(peak, server.memory())
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert asked(server, headers, "PATCH", path, content, **{"Upload-Offset": "0"}).status == 204
    sending = False
    watcher.join()
    print(f"au repos {idle:.0f} Mo, au plus {peak:.0f} Mo pendant l'envoi de 100 Mio")
    assert peak - idle <= 60


@pytest.fixture
def small_disk(tmp_path):
    """Eight megabytes, no more."""
    folder = tmp_path / "petit"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"monter un petit disque n'est pas permis ici : {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_really_full_is_told_and_recovers_alone(browse, cast, settings, small_disk):
    settings.UPLOADS_DIR = small_disk
    tus = Tus(browse(cast.claire))
    content = b"preuve " * (5 * MEBI // 7)
    first, second = (tus.create(len(content))["Location"].removeprefix("http://testserver") for _ in range(2))
    assert tus.patch(first, 0, content[: 4 * MEBI]).status_code == 204
    full = tus.patch(second, 0, content)
    assert full.status_code == 507
    assert "n'a plus la place" in full.json()["title"]
    assert tus.create(7 * MEBI).status_code == 507
    at = int(tus.ask("HEAD", second)["Upload-Offset"])
    assert tus.patch(first, 4 * MEBI, content[4 * MEBI :]).status_code in (204, 507)
    (small_disk / f"{reference_in(first).hex}.part").unlink(missing_ok=True)
    assert tus.patch(second, at, content[at:]).status_code == 204
    assert StoredFile.objects.get(reference=reference_in(second)).sha256 == hashlib.sha256(content).hexdigest()
