"""Is a file given only when it is clean, and so that nothing in it runs? States, types, and parts of a file."""

from __future__ import annotations

import hashlib

import pytest
from django.test import RequestFactory

from foundation.files.workflow import CLEAN, FILE
from tests.factories.files import file_at
from tests.refusals import refused
from web.downloads import download, is_shown_in_place

CONTENT = bytes(range(256)) * 5000  # more than a piece
PDF = "application/pdf"


def asked(method="GET", **headers):
    return RequestFactory().generic(method, "/", headers=headers)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("state", FILE.states)
def test_nothing_that_is_not_clean_is_ever_given(cast, at, state, sealed, in_place):
    """To anybody: no role is even asked."""
    file = file_at(state, cast.claire, at, CONTENT, sealed=sealed, media_type=PDF)
    if state == CLEAN:
        assert body(download(asked(), file, in_place=in_place)) == CONTENT
        return
    for method in ("GET", "HEAD"):
        for headers in ({}, {"Range": "bytes=0-10"}):
            with refused("ne peut", code="not_clean", status=409):
                download(asked(method, **headers), file, in_place=in_place)


SHOWN = {
    PDF: "application/pdf",
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "text/plain": "text/plain; charset=utf-8",
    "video/mp4": "video/mp4",
    "video/webm": "video/webm",
}
KEPT = [
    "application/xml",
    "application/zip",
    "application/age",
    "text/html",
    "image/svg+xml",
    "application/vnd.oasis.opendocument.text",
    "",
]


@pytest.mark.parametrize("media_type", [*SHOWN, *KEPT])
def test_only_what_runs_nothing_is_shown_in_place(cast, at, media_type):
    file = file_at(CLEAN, cast.claire, at, CONTENT, media_type=media_type, name="Étude « A ».pdf")
    for in_place in (False, True):
        response = download(asked(), file, in_place=in_place)
        shown = in_place and media_type in SHOWN
        assert response["Content-Type"] == (SHOWN[media_type] if shown else "application/octet-stream")
        kind, _, name = response["Content-Disposition"].partition("; ")
        assert kind == ("inline" if shown else "attachment")
        assert name == "filename*=utf-8''%C3%89tude%20%C2%AB%20A%20%C2%BB.pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Cache-Control"] == "private, no-store"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "script-src" not in response["Content-Security-Policy"]
        assert ("sandbox" in response["Content-Security-Policy"]) is not (shown and media_type == PDF)
        assert response["Content-Length"] == str(len(CONTENT))


@pytest.mark.parametrize(("remarks", "sealed"), [(("javascript",), False), (("macros",), False), ((), True), (("unread",), False)])
def test_what_deserves_care_is_only_ever_kept(cast, at, remarks, sealed):
    file = file_at(CLEAN, cast.claire, at, CONTENT, media_type=PDF, remarks=remarks, sealed=sealed)
    assert not is_shown_in_place(file)
    assert download(asked(), file, in_place=True)["Content-Disposition"].startswith("attachment")


SIZE = len(CONTENT)


@pytest.mark.parametrize(
    ("wanted", "status", "start", "end"),
    [
        ("bytes=0-", 200, 0, SIZE),
        ("bytes=0-0", 206, 0, 1),
        ("bytes=5-9", 206, 5, 10),
        (f"bytes={SIZE - 1}-", 206, SIZE - 1, SIZE),
        (f"bytes=10-{SIZE * 2}", 206, 10, SIZE),
        ("bytes=-7", 206, SIZE - 7, SIZE),
        (f"bytes=-{SIZE * 3}", 200, 0, SIZE),
        ("bytes=9-5", 200, 0, SIZE),
        ("bytes=0-1,5-6", 200, 0, SIZE),
        ("bytes=-", 200, 0, SIZE),
        ("lignes=1-2", 200, 0, SIZE),
        ("", 200, 0, SIZE),
    ],
)
def test_a_part_of_it_is_given_where_it_is_asked_for(cast, at, wanted, status, start, end):
    file = file_at(CLEAN, cast.claire, at, CONTENT)
    response = download(asked(**({"Range": wanted} if wanted else {})), file)
    assert response.status_code == status
    assert body(response) == CONTENT[start:end]
    assert response["Content-Length"] == str(end - start)
    assert response.get("Content-Range") == (f"bytes {start}-{end - 1}/{SIZE}" if status == 206 else None)


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_part_out_of_the_file_is_refused(cast, at, wanted):
    response = download(asked(Range=wanted), file_at(CLEAN, cast.claire, at, CONTENT))
    assert (response.status_code, response["Content-Range"], body(response)) == (416, f"bytes */{SIZE}", b"")


def test_a_download_taken_up_again_is_of_the_same_file(cast, at):
    file = file_at(CLEAN, cast.claire, at, CONTENT)
    tag = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert download(asked(), file)["ETag"] == tag
    assert download(asked(Range="bytes=5-", **{"If-Range": tag}), file).status_code == 206
    assert download(asked(Range="bytes=5-", **{"If-Range": '"autre"'}), file).status_code == 200


def test_asked_for_its_headers_it_gives_no_byte(cast, at):
    response = download(asked("HEAD"), file_at(CLEAN, cast.claire, at, CONTENT))
    assert (response["Content-Length"], body(response)) == (str(SIZE), b"")
