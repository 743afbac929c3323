"""Does a transfer keep its word? tus 1.0, header by header, then everything that may go wrong with it."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from psycopg.errors import DiskFull

from foundation.core.clock import now
from foundation.files import store
from foundation.files.models import StoredFile, Upload
from foundation.files.store import spooled
from tests.factories.files import OPEN, Tus, begun, checksum, reference_in
from tests.refusals import remembered

MEBI = 1 << 20
CONTENT = bytes(range(256)) * 40_000  # ten megabytes and some: several acknowledgements


@pytest.fixture
def tus(browse, cast):
    return Tus(browse(cast.claire))


@pytest.fixture
def other(browse, cast):
    return Tus(browse(cast.zoe))


def offset(tus, address):
    answer = tus.ask("HEAD", address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return int(answer["Upload-Offset"])


def told(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()["title"]


# — The protocol —————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("address", ["/depots/", f"/depots/{UUID(int=7)}/"])
def test_it_says_what_it_speaks(tus, address):
    answer = tus.ask("OPTIONS", address, **{"Tus-Resumable": ""})
    assert answer.status_code == 204
    assert (answer["Tus-Resumable"], answer["Tus-Version"], answer["Tus-Max-Size"]) == ("1.0.0", "1.0.0", str(2 << 30))
    assert set(answer["Tus-Extension"].split(",")) == {"creation", "creation-with-upload", "expiration", "checksum", "termination"}
    assert answer["Tus-Checksum-Algorithm"] == "sha256,sha1"


def test_another_version_is_told_which_one_to_speak(tus):
    answer = tus.create(3, **{"Tus-Resumable": "0.2.2"})
    assert answer.status_code == 412
    assert answer["Tus-Version"] == "1.0.0"
    assert not Upload.objects.exists()


def test_a_file_in_two_pieces_arrives_in_quarantine_with_its_hash(tus, cast, folders):
    with remembered("files.UploadBegun", "files.FileReceived", "files.FileRefused"):
        created = tus.create(len(CONTENT), name="../../Étude.txt")
        assert created.status_code == 201
        assert created["Location"].startswith("http://testserver/depots/")
        assert "Upload-Expires" in created
        address = created["Location"].removeprefix("http://testserver")
        assert offset(tus, address) == 0
        half = tus.patch(address, 0, CONTENT[: 5 * MEBI + 7])
        assert (half.status_code, half["Upload-Offset"]) == (204, str(5 * MEBI + 7))
        assert offset(tus, address) == 5 * MEBI + 7
        assert not StoredFile.objects.exists()
        whole = tus.patch(address, 5 * MEBI + 7, CONTENT[5 * MEBI + 7 :])
        assert (whole.status_code, whole["Upload-Offset"]) == (204, str(len(CONTENT)))
    file = StoredFile.objects.get()
    assert (file.name, file.size, file.sha256) == ("Étude.txt", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert (file.company, file.deposited_by, file.about) == (cast.aubepine, cast.claire, OPEN)
    assert file.reference == reference_in(address)
    assert (folders / "files" / file.key).read_bytes() == CONTENT
    assert not spooled(file.reference).exists()
    head = tus.ask("HEAD", address)
    assert (head["Upload-Offset"], head["Upload-Length"], "Upload-Expires" in head) == (str(len(CONTENT)), str(len(CONTENT)), False)


def test_the_bytes_may_come_with_the_creation(tus):
    created = tus.create(len(CONTENT), body=CONTENT[:MEBI])
    assert (created.status_code, created["Upload-Offset"]) == (201, str(MEBI))
    address = created["Location"].removeprefix("http://testserver")
    assert tus.patch(address, MEBI, CONTENT[MEBI:]).status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_piece_is_kept_only_if_it_is_what_was_sent(tus, algorithm):
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    bad = tus.patch(address, 0, CONTENT, **{"Upload-Checksum": checksum(algorithm, CONTENT + b"!")})
    assert (bad.status_code, bad.reason_phrase) == (460, "Checksum Mismatch")
    assert "altérée en chemin" in told(bad)
    assert offset(tus, address) == 0
    assert tus.patch(address, 0, CONTENT, **{"Upload-Checksum": checksum(algorithm, CONTENT)}).status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("header", ["md5 AAAA", "sha256 pas-du-base64!", "sha256"])
def test_a_checksum_that_cannot_be_verified_is_refused(tus, header):
    address = tus.create(3)["Location"].removeprefix("http://testserver")
    assert tus.patch(address, 0, b"abc", **{"Upload-Checksum": header}).status_code in (400, 460)
    assert offset(tus, address) == 0


def test_the_hash_of_the_whole_is_verified_and_nothing_is_kept_of_what_differs(tus, folders):
    good = hashlib.sha256(CONTENT).hexdigest()
    address = tus.create(len(CONTENT), sha256=good)["Location"].removeprefix("http://testserver")
    assert tus.patch(address, 0, CONTENT).status_code == 204
    address = tus.create(len(CONTENT), sha256=good)["Location"].removeprefix("http://testserver")
    with remembered("files.UploadAbandoned"):
        bad = tus.patch(address, 0, CONTENT[:-1] + b"!")
    assert bad.status_code == 460
    assert tus.ask("HEAD", address).status_code == 404
    assert StoredFile.objects.count() == 1
    assert [path for path in (folders / "uploads").iterdir() if path.is_file()] == []


def test_a_transfer_given_up_leaves_nothing(tus):
    address = tus.create(10)["Location"].removeprefix("http://testserver")
    tus.patch(address, 0, b"abc")
    with remembered("files.UploadAbandoned"):
        assert tus.ask("DELETE", address).status_code == 204
    assert tus.ask("HEAD", address).status_code == 404
    assert not spooled(reference_in(address)).exists()


def test_a_file_received_is_no_transfer_to_give_up(tus):
    address = tus.create(3, body=b"abc")["Location"].removeprefix("http://testserver")
    assert tus.ask("DELETE", address).status_code == 409
    assert StoredFile.objects.count() == 1


def test_what_became_of_it_is_told(tus, other):
    address = tus.create(6)["Location"].removeprefix("http://testserver")
    assert tus.ask("GET", address).json() == {"offset": 0, "size": 6, "state": "", "word": "Dépôt en cours", "reason": ""}
    tus.patch(address, 0, b"preuve")
    assert tus.ask("GET", address).json()["state"] in {"quarantined", "clean"}
    assert other.ask("GET", address).status_code == 404


# — What goes wrong ————————————————————————————————————————————————————————————————————————


def test_a_stale_offset_is_told_where_the_transfer_is(tus):
    address = tus.create(10)["Location"].removeprefix("http://testserver")
    tus.patch(address, 0, b"abcde")
    for stale in (0, 3, 7):
        answer = tus.patch(address, stale, b"xyz")
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "5")
    assert tus.patch(address, 5, b"fghij").status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(b"abcdefghij").hexdigest()


def test_more_than_was_announced_never_completes(tus):
    address = tus.create(5)["Location"].removeprefix("http://testserver")
    assert tus.patch(address, 0, b"abcdef").status_code == 400
    assert offset(tus, address) == 0
    assert tus.patch(address, 0, b"abcd").status_code == 204
    assert not StoredFile.objects.exists()


class Broken(io.BytesIO):
    """A body whose end never comes: nothing more, or an error, as servers differ."""

    def __init__(self, content, error=None):
        super().__init__(content)
        self.error = error

    def read(self, size=-1):
        piece = super().read(size)
        if not piece and self.error:
            raise self.error
        return piece


def cut_short(tus, address, content, error=None, **headers):
    line = {"wsgi.input": Broken(content, error), "CONTENT_LENGTH": str(2 * len(content))}
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", **headers}
    return tus.client.generic("PATCH", address, b"x", content_type="application/offset+octet-stream", headers=sent, **line)


@pytest.mark.parametrize("error", [None, OSError("la ligne est coupée")])
def test_less_than_was_announced_never_completes(tus, error):
    """The line breaks before the end of the body: what came is kept, the transfer goes on from there."""
    address = tus.create(2 * len(CONTENT))["Location"].removeprefix("http://testserver")
    assert cut_short(tus, address, CONTENT, error)["Upload-Offset"] == str(len(CONTENT))
    assert offset(tus, address) == len(CONTENT)
    assert not StoredFile.objects.exists()


def test_with_a_checksum_a_piece_cut_short_is_not_kept(tus):
    address = tus.create(2 * len(CONTENT))["Location"].removeprefix("http://testserver")
    assert cut_short(tus, address, CONTENT, **{"Upload-Checksum": checksum("sha256", CONTENT)}).status_code == 460
    assert offset(tus, address) == 0


@pytest.mark.parametrize("size", [(2 << 30) + 1, 10**17])
def test_what_is_larger_than_accepted_is_refused_before_any_byte(tus, size):
    answer = tus.create(size)
    assert answer.status_code == 413
    assert "dépasse 2,1\u00a0Go" in told(answer)


def test_the_largest_accepted_is_a_setting(tus, settings):
    settings.MAX_FILE_SIZE = 10
    assert tus.create(10).status_code == 201
    assert tus.create(11).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "deux"}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Metadata": "about !!"}, 400),
        ({"Upload-Metadata": "about /w=="}, 400),
        ({"Upload-Metadata": "about AAAA"}, 400),
        ({"Upload-Metadata": ""}, 400),
    ],
)
def test_a_creation_that_cannot_be_understood_is_refused(tus, headers, status):
    headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    answer = tus.create(3, **headers)
    assert answer.status_code == status
    assert told(answer)
    assert not Upload.objects.exists()


@pytest.mark.parametrize(("about", "status"), [("test:ferme", 403), ("test:autre", 404), ("inconnu:1", 400), ("test:", 400), ("test", 400)])
def test_a_deposit_is_for_something_that_takes_it(tus, about, status):
    assert tus.create(3, about=about).status_code == status
    assert not Upload.objects.exists()


def test_an_unreadable_hash_is_refused(tus):
    assert tus.create(3, sha256="xyz").status_code == 400


def test_the_transfer_of_someone_else_does_not_exist(tus, other, browse, cast):
    """Not for Zoé, not even for a colleague: a transfer is its author's."""
    address = tus.create(6)["Location"].removeprefix("http://testserver")
    for stranger in (other, Tus(browse(cast.karim))):
        for method in ("HEAD", "PATCH", "DELETE", "GET"):
            answer = stranger.ask(method, address, b"abc" if method == "PATCH" else b"", **{"Upload-Offset": "0"})
            assert answer.status_code == 404
    assert offset(tus, address) == 0


def test_whoever_is_not_signed_in_is_told_so_as_a_script_reads_it(browse, tus):
    address = tus.create(6)["Location"].removeprefix("http://testserver")
    visitor = Tus(browse(None))
    assert visitor.create(3).status_code == 401
    assert visitor.patch(address, 0, b"abc").status_code == 401


def test_without_its_token_nothing_is_taken(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.claire)
    assert Tus(client).create(3).status_code == 403
    assert Tus(client).patch(f"/depots/{uuid4()}/", 0, b"abc").status_code == 403
    assert not Upload.objects.exists()


def test_another_type_of_body_is_refused(tus):
    address = tus.create(3)["Location"].removeprefix("http://testserver")
    assert tus.patch(address, 0, b"abc", **{"Content-Type": "text/plain"}).status_code == 415


def test_what_has_expired_is_gone(tus, cast):
    upload = begun(cast.claire, now() - timedelta(days=8), size=3)
    address = f"/depots/{upload.reference}/"
    assert tus.ask("HEAD", address).status_code == 410
    answer = tus.patch(address, 0, b"abc")
    assert answer.status_code == 410
    assert "a expiré" in told(answer)


def test_too_many_at_once_is_not_someone_depositing_files(tus, monkeypatch):
    monkeypatch.setattr("foundation.files.actions.MOST_AT_ONCE", 2)
    assert [tus.create(3).status_code for _ in range(3)] == [201, 201, 429]


# — A full disk ——————————————————————————————————————————————————————————————————————————


def test_no_room_is_told_before_any_byte(tus, monkeypatch):
    monkeypatch.setattr("foundation.files.actions.room_left", lambda: 2)
    answer = tus.create(3)
    assert answer.status_code == 507
    assert "n'a plus la place" in told(answer)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_keeps_what_was_acknowledged_and_goes_on_by_itself(tus, monkeypatch, error):
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    tus.patch(address, 0, CONTENT[:MEBI])
    real = os.pwrite
    with monkeypatch.context() as full:
        full.setattr(store.os, "pwrite", lambda descriptor, piece, offset: _half_then(error, real, descriptor, piece, offset))
        answer = tus.patch(address, MEBI, CONTENT[MEBI:])
    assert answer.status_code == 507
    assert "Ce qui est déjà reçu est gardé" in told(answer)
    assert offset(tus, address) == MEBI
    assert tus.patch(address, MEBI, CONTENT[MEBI:]).status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def small_disk(tmp_path, settings):
    """A disk of sixteen mebibytes where deposits arrive, for real."""
    place = tmp_path / "disque"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"monter un petit disque demande d'être root : {mounted.stderr.strip()}")
    settings.UPLOADS_DIR = place
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_small_disk_that_fills_up_for_real_refuses_clearly_and_recovers_alone(tus, small_disk):
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    assert tus.patch(address, 0, CONTENT[:MEBI]).status_code == 204
    neighbour = small_disk / "voisin"
    with suppress(OSError), neighbour.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    assert store.room_left() == 0
    refused = tus.patch(address, MEBI, CONTENT[MEBI:])
    assert refused.status_code == 507
    assert "Ce qui est déjà reçu est gardé" in told(refused)
    assert tus.create(3).status_code == 507
    assert offset(tus, address) == MEBI
    neighbour.unlink()
    assert tus.patch(address, MEBI, CONTENT[MEBI:]).status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


def _half_then(error, real, descriptor, piece, offset):
    if len(piece) < MEBI:
        raise OSError(error, "plein")
    return real(descriptor, piece[: len(piece) // 2], offset)


def _database_full(*_, **__):
    raise OperationalError("could not extend file") from DiskFull("could not extend file")


def _disk_full(*_, **__):
    raise OSError(errno.ENOSPC, "plein")


@pytest.mark.parametrize("full", [_database_full, _disk_full])
def test_a_database_that_is_full_is_told_too(tus, monkeypatch, full):
    monkeypatch.setattr("web.company.uploads.begin_upload", full)
    answer = tus.create(3)
    assert answer.status_code == 507
    assert "n'a plus de place" in told(answer)


@pytest.mark.parametrize("error", [OperationalError("autre"), OSError(errno.EIO, "autre")])
def test_another_failure_is_not_taken_for_a_full_disk(tus, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("web.company.uploads.begin_upload", fail)
    with pytest.raises(type(error), match="autre"):
        tus.create(3)


def test_a_reception_that_fails_after_storing_is_done_again_under_the_same_key(tus, folders, monkeypatch):
    """As if killed between the store and the commit: the same file in the same place, once."""
    monkeypatch.setattr("web.company.uploads.ACKNOWLEDGED", 4 * MEBI)
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    with monkeypatch.context() as dying:
        dying.setattr("foundation.files.actions.StoredFile.objects.create", _die)
        with pytest.raises(KeyboardInterrupt):
            tus.patch(address, 0, CONTENT)
    assert offset(tus, address) == 8 * MEBI
    assert len(kept(folders)) == 1
    assert tus.patch(address, 8 * MEBI, CONTENT[8 * MEBI :]).status_code == 204
    file = StoredFile.objects.get()
    assert kept(folders) == [folders / "files" / file.key]
    assert kept(folders)[0].read_bytes() == CONTENT


def _die(**_):
    raise KeyboardInterrupt


def kept(folders):
    return [path for path in (folders / "files").rglob("*") if path.is_file()]


def test_on_a_slow_line_what_came_is_acknowledged_though_it_is_little(tus, monkeypatch):
    """Each piece late: killed at the last one, all those before are acknowledged."""
    monkeypatch.setattr("web.company.uploads.PATIENCE", -1)
    address = tus.create(len(CONTENT))["Location"].removeprefix("http://testserver")
    with monkeypatch.context() as dying:
        dying.setattr("foundation.files.actions.StoredFile.objects.create", _die)
        with pytest.raises(KeyboardInterrupt):
            tus.patch(address, 0, CONTENT)
    assert offset(tus, address) == len(CONTENT) // MEBI * MEBI


def test_bytes_written_but_never_acknowledged_are_written_over(tus, cast, at):
    address = tus.create(8)["Location"].removeprefix("http://testserver")
    tus.patch(address, 0, b"abcd")
    with spooled(reference_in(address)).open("ab") as torn:
        torn.write(b"jamais accuses, et trop longs")
    assert tus.patch(address, 4, b"efgh").status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(b"abcdefgh").hexdigest()


# — Without JavaScript ———————————————————————————————————————————————————————————————————


def upload_of(name, content):
    return SimpleUploadedFile(name, content)


def test_a_plain_form_ends_in_the_same_file(browse, cast):
    client = browse(cast.claire)
    files = [upload_of("a\u202e.txt", b"un"), upload_of("b.txt", CONTENT), upload_of("vide.txt", b"")]
    answer = client.post("/depots/formulaire/", {"about": OPEN, "next": "/produits/?page=2", "file": files}, follow=True)
    assert answer.redirect_chain == [("/produits/?page=2", 302)]
    assert {(file.name, file.size) for file in StoredFile.objects.all()} == {("a.txt", 2), ("b.txt", len(CONTENT))}
    page = answer.content.decode()
    assert "est reçu" in page
    assert "Ce fichier est vide" in page


@pytest.mark.parametrize("elsewhere", ["//evil.invalid/", "https://evil.invalid/", "javascript:alert(1)", ""])
def test_a_plain_form_leads_back_to_the_house_only(browse, cast, elsewhere):
    answer = browse(cast.claire).post("/depots/formulaire/", {"about": OPEN, "next": elsewhere, "file": upload_of("a.txt", b"un")})
    assert answer["Location"] == "/tableau-de-bord/"


def test_a_plain_form_without_a_file_says_so(browse, cast):
    answer = browse(cast.claire).post("/depots/formulaire/", {"about": OPEN, "next": "/produits/"}, follow=True)
    assert "Aucun fichier n'a été choisi" in answer.content.decode().replace("&#x27;", "'").replace("’", "'")


def test_a_form_too_heavy_is_refused_before_it_is_read(browse, cast, settings):
    settings.MAX_PLAIN_FILE_SIZE = 1000
    client = browse(cast.claire)
    unread = {"wsgi.input": Broken(b"", AssertionError("lu")), "CONTENT_LENGTH": str(3 * MEBI)}
    answer = client.generic("POST", "/depots/formulaire/", b"x", content_type="multipart/form-data; boundary=x", **unread)
    assert answer.status_code == 413
    assert "trop lourd" in answer.content.decode()
    assert client.post("/depots/formulaire/", {"about": OPEN, "file": upload_of("a.txt", b"un")}).status_code == 302
