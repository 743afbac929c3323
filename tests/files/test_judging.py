"""Is each file judged by what it is, and by nothing else than an antivirus that answers? With the embedded checks, then with clamd."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import pytest

from foundation.files import jobs
from foundation.files.actions import condemn_file, hold_file, pass_file, refuse_file
from foundation.files.clamav import Clamd, Embedded, NotScanned, TooLarge, has_antivirus
from foundation.files.jobs import scan_file, scan_what_waits
from foundation.files.models import StoredFile
from foundation.files.workflow import CLEAN, ERASED, FILE, HELD, INFECTED, QUARANTINED, REFUSED
from foundation.journal.actor import SYSTEM
from tests.crossing import as_read_aloud
from tests.factories.files import SEALED, file_at, received
from tests.factories.suspects import EICAR, MEBI, nested, pdf, scripted_pdf, sealed, zipped
from tests.queue import empty_queue, waiting, work_off
from tests.refusals import refused, remembered

CLAMD = which("clamd") or "/usr/sbin/clamd"
SIGNATURE = "Eicar-Test:0:*:" + EICAR.hex()
LONGEST = 30 * MEBI


@pytest.fixture(scope="session")
def clamd():
    """A real clamd, on a socket of its own, which knows one signature: official ones cannot be fetched everywhere."""
    if not Path(CLAMD).exists():
        pytest.skip("clamd n'est pas installé : sudo apt install clamav-daemon")
    with TemporaryDirectory(prefix="clamd-") as folder:
        home = Path(folder)
        (home / "signatures").mkdir()
        (home / "signatures" / "test.ndb").write_text(SIGNATURE + "\n")
        (home / "clamd.conf").write_text(
            f"LocalSocket {home}/clamd\nDatabaseDirectory {home}/signatures\nForeground yes\nTemporaryDirectory {home}\n"
            f"StreamMaxLength 30M\nMaxFileSize 30M\nMaxScanSize 100M\nAlertExceedsMax yes\n"
        )
        process = subprocess.Popen([CLAMD, f"--config-file={home}/clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(600):
                if (home / "clamd").exists():
                    break
                assert process.poll() is None, "clamd ne démarre pas"
                time.sleep(0.1)
            yield str(home / "clamd")
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def scanned(settings, clamd):
    settings.CLAMD = clamd


def judged(owner, at, content, name="rapport.txt", **about):
    """The file, once its queued scan is done."""
    file = received(owner, at, content, name=name, **about)
    work_off()
    return StoredFile.objects.get(pk=file.pk)


# — The table ————————————————————————————————————————————————————————————————————————————


def test_the_table_read_aloud():
    everywhere = dict.fromkeys(FILE.states)
    assert as_read_aloud(FILE) == {
        "pass_file": everywhere | {QUARANTINED: CLEAN, HELD: CLEAN},
        "condemn_file": everywhere | {QUARANTINED: INFECTED, HELD: INFECTED, CLEAN: INFECTED},
        "refuse_file": everywhere | {QUARANTINED: REFUSED, HELD: REFUSED},
        "hold_file": everywhere | {QUARANTINED: HELD},
        "erase_file": everywhere | dict.fromkeys((CLEAN, HELD, INFECTED, REFUSED), ERASED),
    }


def _pass(file, by, at):
    return pass_file(file, media_type="text/plain", engine="x", by=by, at=at)


ACTS = {
    "pass_file": _pass,
    "condemn_file": lambda file, by, at: condemn_file(file, found="x", engine="x", by=by, at=at),
    "refuse_file": lambda file, by, at: refuse_file(file, reason="x", engine="x", by=by, at=at),
    "hold_file": lambda file, by, at: hold_file(file, engine="x", by=by, at=at),
}


@pytest.mark.parametrize("state", FILE.states)
@pytest.mark.parametrize("verb", ACTS)
def test_every_verb_from_every_state(cast, at, verb, state):
    file = file_at(state, cast.claire, at)
    if FILE.allows(verb, state):
        ACTS[verb](file, SYSTEM, at)
        file.refresh_from_db()
        assert file.state == FILE.after(verb, state)
        assert file.scanned_at == at
    else:
        with refused("Cette action n'est plus possible", code="wrong_state", status=409):
            ACTS[verb](file, SYSTEM, at)


@pytest.mark.parametrize("verb", ACTS)
def test_nobody_judges_a_file(cast, at, verb):
    file = file_at(QUARANTINED, cast.claire, at)
    with refused("jugé par la plateforme seule"):
        ACTS[verb](file, cast.claire, at)


def test_what_is_sealed_passes_only_where_it_is_expected(cast, at):
    file = file_at(QUARANTINED, cast.claire, at)
    with refused("n'est pas attendu ici", status=409):
        pass_file(file, media_type="application/age", engine="", sealed=True, by=SYSTEM, at=at)


def test_a_file_released_says_no_reason_any_more(cast, at):
    file = file_at(HELD, cast.claire, at)
    assert "trop volumineux" in file.reason
    _pass(file, SYSTEM, at)
    file.refresh_from_db()
    assert file.reason == ""


# — Without an antivirus ———————————————————————————————————————————————————————————————————


def test_the_demonstration_says_it_has_none(cast, at):
    assert not has_antivirus()
    with remembered("files.UploadBegun", "files.FileReceived", "files.FilePassed"):
        file = judged(cast.claire, at, pdf(), "a.pdf")
    assert (file.state, file.media_type, file.engine) == (CLEAN, "application/pdf", "contrôles intégrés, sans antivirus")
    assert file.state_word == "Vérifié, sans antivirus"


@pytest.mark.parametrize(
    "content",
    [EICAR, b"avant " * 90_000 + EICAR + b" apres", zipped({"a": EICAR}), nested(3, EICAR)],
    ids=["seule", "au milieu", "dans un zip", "au fond de trois zips"],
)
def test_the_test_string_is_found_all_the_same(cast, at, content):
    name = "a.zip" if content.startswith(b"PK") else "a.txt"
    with remembered("files.UploadBegun", "files.FileReceived", "files.FileCondemned"):
        file = judged(cast.claire, at, content, name)
    assert file.state == INFECTED
    assert "Eicar" in file.reason


def test_it_is_found_across_two_pieces():
    found = Embedded()
    found.look(b"x" * 100 + EICAR[:30])
    found.look(EICAR[30:])
    assert found._found


def test_a_refusal_keeps_its_sentence_and_what_it_was(cast, at):
    with remembered("files.UploadBegun", "files.FileReceived", "files.FileRefused"):
        file = judged(cast.claire, at, pdf(), "a.exe")
    assert (file.state, file.media_type) == (REFUSED, "application/pdf")
    assert "Renommez le fichier" in file.reason


def test_remarks_stay_with_the_file(cast, at):
    file = judged(cast.claire, at, scripted_pdf(), "a.pdf")
    assert (file.state, file.remarks) == (CLEAN, ["javascript"])


def test_a_sealed_file_is_not_looked_into_and_says_so(cast, at, settings):
    settings.CLAMD = "/nulle/part"  # nobody is asked
    file = judged(cast.claire, at, sealed(), "a.age", about=SEALED)
    assert (file.state, file.sealed, file.state_word) == (CLEAN, True, "Scellé, contenu non analysé")
    assert judged(cast.claire, at, sealed(), "a.age").state == REFUSED


# — With clamd ———————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    ("content", "name", "state"),
    [
        (b"une preuve", "a.txt", CLEAN),
        (EICAR, "a.txt", INFECTED),
        (zipped({"a": EICAR}), "a.zip", INFECTED),
        (nested(3, EICAR), "a.zip", INFECTED),
        (pdf(), "a.pdf", CLEAN),
    ],
)
def test_clamd_says_what_it_finds(cast, at, scanned, content, name, state):
    file = judged(cast.claire, at, content, name)
    assert file.state == state
    assert file.engine.startswith("ClamAV")
    assert file.state_word == FILE.states[state]
    if state == INFECTED:
        assert "Eicar-Test" in file.reason


def test_longer_than_clamd_accepts_is_not_scanned_and_never_clean(cast, at, scanned):
    with remembered("files.UploadBegun", "files.FileReceived", "files.FileHeld"):
        file = judged(cast.claire, at, b"a" * (LONGEST + 1))
    assert (file.state, file.is_clean) == (HELD, False)
    assert "trop volumineux" in file.reason
    scan_file(file=file.pk)  # held again: nothing is said twice
    file.refresh_from_db()
    assert file.state == HELD


def test_as_long_as_clamd_accepts_is_scanned(cast, at, scanned):
    assert judged(cast.claire, at, b"a" * (LONGEST - len(EICAR)) + EICAR).state == INFECTED


def test_down_it_is_asked_again_and_the_file_waits(cast, at, settings, clamd, tmp_path):
    settings.CLAMD = str(tmp_path / "personne")
    file = received(cast.claire, at, b"une preuve")
    with pytest.raises(NotScanned, match="ne répond pas"):
        scan_file(file=file.pk)
    file.refresh_from_db()
    assert (file.state, file.engine) == (QUARANTINED, "")
    settings.CLAMD = clamd
    work_off()
    file.refresh_from_db()
    assert file.state == CLEAN


def test_what_no_job_looks_at_any_more_is_queued_again_once(cast, at):
    file = received(cast.claire, at, b"une preuve")
    file_at(CLEAN, cast.claire, at)
    empty_queue()
    assert scan_what_waits() == 1
    assert scan_what_waits() == 1
    assert waiting() == [("scan_file", {"file": file.pk})]


def test_a_job_done_twice_judges_once(cast, at):
    file = received(cast.claire, at, b"une preuve")
    work_off()
    with remembered():
        scan_file(file=file.pk)


def test_judged_by_another_worker_meanwhile_it_is_left_as_it_is(cast, at, monkeypatch):
    file = received(cast.claire, at, b"une preuve")
    judge = jobs.judgment_of

    def meanwhile(found, at):
        judgment = judge(found, at)
        work_off()
        return judgment

    monkeypatch.setattr(jobs, "judgment_of", lambda found, at: monkeypatch.undo() or meanwhile(found, at))
    with remembered("files.FilePassed"):
        scan_file(file=file.pk)
    file.refresh_from_db()
    assert file.state == CLEAN


# — A clamd that answers as it should not ———————————————————————————————————————————————————


@contextlib.contextmanager
def answering(told: bytes, *, reading: bool = True, reset: bool = False):
    """Someone at clamd's door, who says one thing."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer():
            line, _ = door.accept()
            with line:
                while reading and not (read := line.recv(1 << 16)).endswith(b"\0\0\0\0") and read:
                    if read.endswith(b"zVERSION\0"):
                        break
                if reset:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                line.sendall(told)

        thread = threading.Thread(target=answer)
        thread.start()
        yield Clamd(f"127.0.0.1:{door.getsockname()[1]}")
        thread.join(timeout=10)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (b"stream: OK\0", ""),
        (b"stream: Win.Test.X-1 FOUND\0", "Win.Test.X-1"),
        (b"INSTREAM size limit exceeded. ERROR\0", TooLarge),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", TooLarge),
        (b"stream: Can't allocate memory ERROR\0", NotScanned),
        (b"OK\0", NotScanned),
        (b"", NotScanned),
        (b"\xff\xfe\0", NotScanned),
    ],
)
def test_anything_but_ok_is_not_ok(tmp_path, told, expected):
    (tmp_path / "a").write_bytes(b"preuve")
    with answering(told) as someone:
        if isinstance(expected, str):
            assert someone.scan(tmp_path / "a") == expected
        else:
            with pytest.raises(expected):
                someone.scan(tmp_path / "a")


@pytest.mark.parametrize("reset", [False, True])
def test_a_line_cut_while_sending_is_not_a_scan(tmp_path, reset):
    (tmp_path / "a").write_bytes(b"a" * (8 * MEBI))
    with answering(b"", reading=False, reset=reset) as someone, pytest.raises(NotScanned):
        someone.scan(tmp_path / "a")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (b"ClamAV 1.4.3\0", None),
        (b"ClamAV 1.4.3/27830/Mon Nov 16 08:01:02 2026\0", None),
        (b"ClamAV 1.4.3/27830/Mon Nov  9 09:00:00 2026\0", None),
        (b"ClamAV 1.4.3/27800/Sun Nov  8 23:59:59 2026\0", "trop anciennes"),
        (b"UNKNOWN COMMAND\0", "clamd répond"),
    ],
)
def test_signatures_of_more_than_a_week_are_waited_for(told, says):
    at = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
    with answering(told) as someone:
        if says is None:
            assert someone.engine(at) == told.decode().rstrip("\0")
        else:
            with pytest.raises(NotScanned, match=says):
                someone.engine(at)


def test_nobody_at_all_is_not_a_scan(tmp_path):
    for address in ("127.0.0.1:1", str(tmp_path / "absent")):
        with pytest.raises(NotScanned, match="ne répond pas"):
            Clamd(address).engine(datetime(2026, 11, 16, tzinfo=UTC) + timedelta())
