"""Someone deposits large files over a line that breaks: in a browser, then without JavaScript."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import expect

from foundation.files.models import StoredFile, Upload
from tests.factories.suspects import EICAR, pdf
from tests.journeys.visitor import Visitor
from tests.queue import work_off

MEBI = 1 << 20
LARGE = b"Une ligne de preuve.\n" * (1_500_000)  # thirty megabytes of text

pytestmark = pytest.mark.journey


@pytest.fixture
def claire(settings, tmp_path, visit, cast) -> Visitor:
    settings.ROOT_URLCONF = "tests.deposit_page"
    settings.UPLOADS_DIR = tmp_path / "uploads"
    visitor = visit(cast.claire)
    visitor.open("/essai/depot/")
    return visitor


def chosen(visitor, folder, name, content):
    path = folder / name
    if not path.exists():  # the same file, chosen again: not one written since
        path.write_bytes(content)
    visitor.page.get_by_label("Vos preuves").set_input_files(path)


def lines(visitor):
    return visitor.page.locator(".cv-transfer")


def slow_line(visitor, rate):
    """A line of so many bytes a second, both ways."""
    line = visitor.page.context.new_cdp_session(visitor.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 5, "downloadThroughput": rate, "uploadThroughput": rate})
    return line


def test_several_files_are_sent_and_told_apart(claire, tmp_path, cast):
    for name, content in (("rapport.pdf", pdf()), ("virus.txt", EICAR), ("page.html", b"<html>")):
        (tmp_path / name).write_bytes(content)
    with claire.expecting():
        claire.page.get_by_label("Vos preuves").set_input_files([tmp_path / "rapport.pdf", tmp_path / "virus.txt", tmp_path / "page.html"])
        expect(lines(claire).filter(has_text="vérification en cours")).to_have_count(3)
        claire.pictures("depot-verification")
        work_off()
        expect(lines(claire).filter(has_text="rapport.pdf")).to_contain_text("Vérifié", timeout=20_000)
        expect(lines(claire).filter(has_text="virus.txt")).to_contain_text("Infecté", timeout=20_000)
        expect(lines(claire).filter(has_text="page.html")).to_contain_text("Exportez-le en PDF", timeout=20_000)
    assert {file.name: file.state for file in StoredFile.objects.all()} == {
        "rapport.pdf": "clean",
        "virus.txt": "infected",
        "page.html": "refused",
    }


def test_suspended_it_waits_and_goes_on(claire, tmp_path):
    line = slow_line(claire, 6 * MEBI)
    chosen(claire, tmp_path, "grand.txt", LARGE)
    expect(lines(claire)).to_contain_text("Envoi en cours")
    claire.page.get_by_role("button", name="Suspendre : grand.txt").click()
    expect(lines(claire)).to_contain_text("Suspendu à")
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    claire.page.get_by_role("button", name="Reprendre : grand.txt").click()
    expect(lines(claire)).to_contain_text("vérification en cours", timeout=30_000)
    assert StoredFile.objects.get().sha256 == hashlib.sha256(LARGE).hexdigest()


def test_after_a_reload_the_same_file_goes_on_from_where_it_was(claire, tmp_path):
    line = slow_line(claire, 6 * MEBI)
    chosen(claire, tmp_path, "grand.txt", LARGE)
    while lines(claire).locator("progress").evaluate("bar => bar.value") < 9e6:
        claire.page.wait_for_timeout(100)
    claire.page.once("dialog", lambda dialog: dialog.accept())
    claire.page.reload()
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    expect(lines(claire)).to_contain_text("choisissez de nouveau ce fichier")
    claire.pictures("depot-interrompu")
    before = Upload.objects.get()
    assert before.offset >= 8 * MEBI
    chosen(claire, tmp_path, "grand.txt", LARGE)
    expect(lines(claire)).to_contain_text("vérification en cours", timeout=30_000)
    assert Upload.objects.get().pk == before.pk
    assert StoredFile.objects.get().sha256 == hashlib.sha256(LARGE).hexdigest()


def test_without_network_it_waits_for_it(claire, tmp_path):
    line = slow_line(claire, 6 * MEBI)
    with claire.expecting("ERR_INTERNET_DISCONNECTED", "Failed to load resource"):
        chosen(claire, tmp_path, "grand.txt", LARGE)
        expect(lines(claire)).to_contain_text("Envoi en cours")
        line.send("Network.emulateNetworkConditions", {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        expect(lines(claire)).to_contain_text("Pas de réseau")
        line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        expect(lines(claire)).to_contain_text("vérification en cours", timeout=40_000)
    assert StoredFile.objects.get().sha256 == hashlib.sha256(LARGE).hexdigest()


def test_abandoned_it_leaves_nothing(claire, tmp_path):
    slow_line(claire, 2 * MEBI)
    chosen(claire, tmp_path, "grand.txt", LARGE)
    expect(lines(claire)).to_contain_text("Envoi en cours")
    claire.page.get_by_role("button", name="Abandonner : grand.txt").click()
    expect(lines(claire)).to_have_count(0)
    expect(claire.page.get_by_label("Vos preuves")).to_be_focused()


def test_refused_it_says_why(claire, tmp_path, settings):
    settings.MAX_FILE_SIZE = 1000
    with claire.expecting("413"):
        chosen(claire, tmp_path, "grand.txt", LARGE)
        expect(lines(claire)).to_contain_text("Ce fichier dépasse 1")
    expect(claire.page.get_by_role("button", name="Reprendre : grand.txt")).to_be_hidden()


def test_without_javascript_a_small_file_is_deposited_all_the_same(settings, tmp_path, visit, cast):
    settings.ROOT_URLCONF = "tests.deposit_page"
    settings.UPLOADS_DIR = tmp_path / "uploads"
    visitor = visit(cast.claire, java_script_enabled=False)
    visitor.open("/essai/depot/")
    chosen(visitor, tmp_path, "note.txt", b"une preuve")
    visitor.presses("Déposer")
    expect(visitor.page.get_by_text("est reçu. Il est en cours de vérification.")).to_be_visible()
    assert StoredFile.objects.get().size == 10
