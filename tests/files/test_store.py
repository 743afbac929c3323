"""Are the bytes kept alike in a folder and in an S3 store? And when the store does not answer, is that ever taken for a success?"""

from __future__ import annotations

import copy
import errno
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.config import Config
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from foundation.files import store
from foundation.files.actions import clear_uploads
from foundation.files.models import StoredFile, Upload
from foundation.files.reconciliation import reconcile
from foundation.files.store import forget_bytes, keep, on_disk, open_kept, pieces_kept, spooled, write_piece
from tests.factories.files import Tus, begun, received
from tests.factories.suspects import pdf
from tests.queue import work_off
from tests.refusals import remembered
from web.downloads import download

MEBI = 1 << 20
CONTENT = b"une preuve de plus\n" * 600_000  # eleven megabytes: S3 takes it in parts


class Peer:
    """A real S3 store over a folder: `rclone serve s3`."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder, self.key, self.secret = folder, secrets.token_hex(8), secrets.token_hex(16)
        (folder / "preuves").mkdir(parents=True)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        rclone = shutil.which("rclone") or Path(sys.executable).with_name("rclone")
        self.process = subprocess.Popen(
            [rclone, "serve", "s3", str(self.folder), "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{self.key},{self.secret}", "--vfs-cache-mode", "off", "--config", os.devnull],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("rclone ne répond pas")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


@pytest.fixture
def peer(settings, tmp_path):
    found = Peer(tmp_path / "s3")
    found.start()
    stores = copy.deepcopy(settings.STORAGES)
    stores["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "preuves",
            "endpoint_url": f"http://127.0.0.1:{found.port}",
            "access_key": found.key,
            "secret_key": found.secret,
            "region_name": "us-east-1",
            "client_config": Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, connect_timeout=2, read_timeout=20),
        },
    }
    settings.STORAGES = stores
    yield found
    found.stop()


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.slow  # a store is started
def test_in_an_s3_store_a_deposit_is_received_judged_given_and_compared(browse, cast, peer, folders):
    tus = Tus(browse(cast.claire))
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    assert tus.patch(address, 0, CONTENT[: 5 * MEBI]).status_code == 204
    assert tus.patch(address, 5 * MEBI, CONTENT[5 * MEBI :]).status_code == 204
    file = StoredFile.objects.get()
    assert (file.state, file.sha256) == ("clean", hashlib.sha256(CONTENT).hexdigest())
    assert not spooled(file.reference).exists()
    assert [path for path in (folders / "uploads").iterdir() if path.is_file()] == []
    assert (peer.folder / "preuves" / file.key).read_bytes() == CONTENT
    ask = RequestFactory().get
    assert body(download(ask("/"), file)) == CONTENT
    assert body(download(ask("/", headers={"Range": "bytes=7-1500006"}), file)) == CONTENT[7:1_500_007]
    assert list(pieces_kept(file.key, 0, 0)) == []
    found = reconcile()
    assert (found.compared, found.damages, found.orphans) == (1, 0, [])
    storages["default"].delete(file.key)
    assert reconcile().missing == [str(file.reference)]


@pytest.mark.slow  # a store is started and stopped
def test_a_store_that_is_down_is_told_and_the_transfer_goes_on_when_it_is_back(browse, cast, peer, monkeypatch):
    monkeypatch.setattr("web.company.uploads.ACKNOWLEDGED", 4 * MEBI)
    tus = Tus(browse(cast.claire))
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    peer.stop()
    answer = tus.patch(address, 0, CONTENT)
    assert answer.status_code == 503
    assert "ne répond pas" in answer.json()["title"]
    assert not StoredFile.objects.exists()
    at = int(tus.ask("HEAD", address)["Upload-Offset"])
    assert at == 8 * MEBI
    peer.start()
    assert tus.patch(address, at, CONTENT[at:]).status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_where_the_spool_is_another_disk_the_file_is_copied(cast, at, folders, monkeypatch):
    def elsewhere(*_):
        raise OSError(errno.EXDEV, "un autre disque")

    monkeypatch.setattr(store.os, "link", elsewhere)
    file = received(cast.claire, at, CONTENT)
    with open_kept(file.key) as kept:
        assert kept.read() == CONTENT
    assert (folders / "files" / file.key).stat().st_mode & 0o077 == 0


def test_a_link_refused_for_another_reason_is_not_hidden(cast, at, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "disque abîmé")

    monkeypatch.setattr(store.os, "link", broken)
    with pytest.raises(OSError, match="abîmé"):
        received(cast.claire, at, CONTENT)


def test_another_name_given_by_the_store_is_no_success(cast, at, settings, monkeypatch):
    stores = copy.deepcopy(settings.STORAGES)
    stores["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = stores
    upload = begun(cast.claire, at, size=3)
    write_piece(upload.reference, 0, b"abc")
    keep(upload.reference, upload.key)
    keep(upload.reference, upload.key)  # done twice, it is done once
    with on_disk(upload.key) as path:
        assert path.read_bytes() == b"abc"
    assert not path.exists()
    monkeypatch.setattr(store.storages["default"], "save", lambda name, content: f"{name}_autre")
    with pytest.raises(store.StoreDown):
        keep(upload.reference, upload.key)


@pytest.mark.parametrize("sizes", [[11], [4, 4, 3], [1] * 11])
def test_what_one_request_brings_whole_is_hashed_as_it_comes(sizes):
    body, offset = b"une epreuve", 0
    with store.Running() as running:
        for size in sizes:
            running.take(offset, body[offset : offset + size])
            offset += size
        assert running.of(len(body)) == hashlib.sha256(body).hexdigest()
        assert running.of(len(body) + 1) is None  # not all of it came this way


@pytest.mark.parametrize("taken", [[(1, b"bc")], [(0, b"a"), (2, b"c")], [(0, b"abc"), (0, b"abd")]])
def test_what_did_not_come_whole_and_in_order_is_read_back(cast, at, taken):
    upload = begun(cast.claire, at, size=3)
    write_piece(upload.reference, 0, b"abc")
    with store.Running() as running:
        for offset, piece in taken:
            write_piece(upload.reference, offset, piece, running)
        written = spooled(upload.reference).read_bytes()
        assert store.digest_of_spooled(upload.reference, 3, running) == hashlib.sha256(written).hexdigest()


def test_giving_up_removes_what_a_crash_had_put_away(cast, at, folders):
    upload = begun(cast.claire, at, size=3)
    write_piece(upload.reference, 0, b"abc")
    keep(upload.reference, upload.key)
    forget_bytes(upload.reference, upload.key)
    assert [path for path in folders.rglob("*") if path.is_file()] == []


def test_what_has_expired_is_cleared_and_what_was_received_stays(cast, at, django_capture_on_commit_callbacks):
    file = received(cast.claire, at, b"une preuve")
    work_off()
    upload = begun(cast.claire, at, size=3)
    write_piece(upload.reference, 0, b"ab")
    fresh = begun(cast.claire, at + timedelta(days=5), size=3)
    with remembered("files.UploadAbandoned"), django_capture_on_commit_callbacks(execute=True):
        assert clear_uploads(at=at + timedelta(days=7)) == 1
    assert not spooled(upload.reference).exists()
    assert list(Upload.objects.all()) == [fresh]
    assert StoredFile.objects.get() == file
    with open_kept(file.key) as kept:
        assert kept.read() == b"une preuve"


def test_a_file_kept_never_changes_nor_goes(cast, at):
    file = received(cast.claire, at, pdf())
    for change in ({"sha256": "0" * 64}, {"size": 1}, {"key": "x"}, {"name": "autre"}, {"company_id": cast.boree.pk}):
        with pytest.raises(IntegrityError, match="as it was received"), transaction.atomic():
            StoredFile.objects.filter(pk=file.pk).update(**change)
    with pytest.raises(IntegrityError, match="as it was received"), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).delete()
