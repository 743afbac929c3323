"""Is each file taken for what it is? Good ones pass with their remarks, bad ones are refused with their sentence, soon and cheaply."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from foundation.files.checks import EXTENSIONS, REMARKS, WORDS, Unfit, is_previewed, nature_of
from tests.factories.suspects import BAD, EICAR, GOOD, locked_pdf, locked_zip, nested, old_office, pdf, sealed, written


def seen_as(folder, content, name, **terms):
    return nature_of(written(folder, content), name, **terms)


@pytest.mark.parametrize("case", GOOD)
def test_what_is_sound_is_received(tmp_path, settings, case):
    make, name, media_type, remarks = GOOD[case]
    began = time.perf_counter()
    nature = seen_as(tmp_path, make(), name)
    assert (nature.media_type, nature.sealed, nature.remarks) == (media_type, False, remarks)
    assert time.perf_counter() - began < 10  # making it included; the figure promised is measured below


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_is_refused_with_what_to_do(tmp_path, case):
    make, name, words = BAD[case]
    with pytest.raises(Unfit) as caught:
        seen_as(tmp_path, make(), name)
    reason = caught.value.reason
    assert words in reason
    assert reason.endswith(".")
    assert reason.count(". ") >= 1, "la phrase dit aussi quoi faire"


def test_there_are_as_many_cases_as_promised():
    assert len(GOOD) + len(BAD) >= 60


@pytest.mark.parametrize(
    ("content", "name", "media_type", "remarks"),
    [
        (sealed(), "preuve.age", "application/age", ()),
        (b"ZED!" + bytes(200), "preuve.zed", "application/x-zed", ()),
        (locked_pdf(), "preuve.pdf", "application/pdf", ("locked",)),
        (locked_zip(), "preuve.zip", "application/zip", ("locked",)),
        (old_office("EncryptedPackage"), "preuve.doc", "application/x-ole-storage", ("locked",)),
    ],
)
def test_where_sealed_deposits_are_expected_they_are_not_opened(tmp_path, content, name, media_type, remarks):
    nature = seen_as(tmp_path, content, name, accepts_sealed=True)
    assert (nature.media_type, nature.sealed, nature.remarks) == (media_type, True, remarks)


def test_a_sealed_file_under_another_name_is_refused(tmp_path):
    with pytest.raises(Unfit, match="le contenu est un fichier scellé"):
        seen_as(tmp_path, sealed(), "preuve.pdf", accepts_sealed=True)


def test_only_what_is_expected_here_is_received(tmp_path):
    assert seen_as(tmp_path, pdf(), "a.pdf", accepted=["application/pdf"]).media_type == "application/pdf"
    with pytest.raises(Unfit, match=r"Ici, du texte ne convient pas\. Sont attendus : un PDF, une image PNG\."):
        seen_as(tmp_path, b"texte", "a.txt", accepted=["application/pdf", "image/png"])


def test_what_archives_hold_is_shown_whole(tmp_path):
    shown = []
    seen_as(tmp_path, nested(3, EICAR), "lot.zip", watch=shown.append)
    assert EICAR in b"".join(shown)


def test_every_type_has_its_words_and_its_extension():
    assert set(WORDS) == set(EXTENSIONS)
    assert {remark for *_, remarks in GOOD.values() for remark in remarks} <= set(REMARKS)


@pytest.mark.parametrize(
    ("media_type", "remarks", "shown"),
    [
        ("application/pdf", (), True),
        ("application/pdf", ("javascript",), False),
        ("application/pdf", ("unread",), False),
        ("image/png", (), True),
        ("text/plain", (), True),
        ("video/mp4", (), True),
        ("application/xml", (), False),
        ("application/zip", (), False),
        ("application/vnd.oasis.opendocument.text", (), False),
        ("text/html", (), False),
        ("image/svg+xml", (), False),
        ("", (), False),
    ],
)
def test_only_what_runs_nothing_is_shown_in_place(media_type, remarks, shown):
    assert is_previewed(media_type, remarks) is shown


def test_a_pdf_with_too_many_objects_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("foundation.files.checks.MOST_OBJECTS", 2)
    assert seen_as(tmp_path, pdf(), "a.pdf").remarks == ("unread",)


MEASURE = """
import os, resource, sys, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
from django.conf import settings
settings.configure(UPLOADS_DIR=sys.argv[1], USE_I18N=False)
from pathlib import Path
from foundation.files.checks import Unfit, nature_of
from tests.factories.suspects import pdf, picture
import tests.factories.suspects as suspects
warm = Path(sys.argv[1]) / "warm"
for content, name in ((pdf(), "a.pdf"), (picture("PNG"), "a.png")):
    warm.write_bytes(content)
    nature_of(warm, name)
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
for path in sorted(Path(sys.argv[1]).glob("case-*")):
    open("/proc/self/clear_refs", "w").write("5")
    before, began = peak(), time.process_time()  # of this process: two cores are shared
    try:
        nature_of(path, path.name.partition("~")[2])
    except Unfit:
        pass
    print(path.name, f"{time.process_time() - began:.3f} {peak() - before:.1f}")
"""


@pytest.mark.slow
def test_each_is_judged_in_five_seconds_and_a_hundred_megabytes(tmp_path):
    """Slow: all of them one after the other, in a process of their own whose memory is watched."""
    cases = [(make, name) for make, name, *_ in [*GOOD.values(), *BAD.values()]]
    for rank, (make, name) in enumerate(cases):
        (tmp_path / f"case-{rank:03}~{name}").write_bytes(make())
    told = subprocess.run([sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True, cwd=".")
    figures = [line.rsplit(" ", 2) for line in told.stdout.splitlines()]
    assert len(figures) == len(cases)
    slowest = max(figures, key=lambda one: float(one[1]))
    largest = max(figures, key=lambda one: float(one[2]))
    print(f"{len(figures)} fichiers ; le plus lent {slowest[1]} s ({slowest[0]}), le plus gourmand {largest[2]} Mo ({largest[0]})")
    assert float(slowest[1]) <= 5
    assert float(largest[2]) <= 100
