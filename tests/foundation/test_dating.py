"""Does a token prove a moment? Ours and another authority's, read by us and by a reader that is not ours; altered, it proves nothing."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundation.documents.dating import moment_told, token_over
from foundation.documents.sealing import ClockDown, authority_pem
from foundation.journal.anchors import anchors_of, breaks_of_tokens, write_anchor
from tests.cast import Cast
from tests.peers.tsa import timestamp_authority

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
MESSAGE = b"12 abcdef"


def test_our_own_clock_tells_the_moment_of_this_message_only() -> None:
    token = token_over(MESSAGE, AT)
    assert moment_told(token, MESSAGE) == AT
    assert moment_told(token, MESSAGE + b" ") is None
    for spoilt in (b"", token[:-1], token + b"\0", b"\0" * 400):
        assert moment_told(spoilt, MESSAGE) is None


def test_each_byte_of_a_token_counts() -> None:
    token = token_over(MESSAGE, AT)
    told = [moment_told(token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :], MESSAGE) for place in range(0, len(token), 97)]
    assert set(told) <= {None, AT}  # a byte of a certificate that nothing rests on may change, never the moment
    signature = len(token) - 40
    assert moment_told(token[:signature] + bytes([token[signature] ^ 1]) + token[signature + 1 :], MESSAGE) is None


def test_another_reader_of_tokens_agrees(tmp_path: Path) -> None:
    for name, content in (("token", token_over(MESSAGE, AT)), ("message", MESSAGE), ("root.pem", authority_pem())):
        (tmp_path / name).write_bytes(content)
    read = subprocess.run(
        ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "message", "-CAfile", "root.pem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verification: OK" in read.stdout, read.stderr


def test_an_authority_of_elsewhere_is_asked_where_one_is_named(tmp_path: Path, settings: Any) -> None:
    with timestamp_authority(tmp_path) as authority:
        settings.TIMESTAMP_URL, settings.TRUSTED_AUTHORITIES = authority.url, authority.root
        token = token_over(MESSAGE, AT)
        told = moment_told(token, MESSAGE)
        assert told is not None
        assert abs(told - datetime.now(UTC)) < timedelta(minutes=2)  # its clock, not ours
    with pytest.raises(ClockDown):
        token_over(MESSAGE, AT)


def test_an_anchor_carries_its_token_and_goes_without_where_nobody_answers(cast: Cast, tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "anchors"
    write_anchor(path, AT, token_over)
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    write_anchor(path, AT, token_over)
    settings.TIMESTAMP_URL = ""
    first, second = anchors_of(path)
    assert (bool(first.token), bool(second.token)) == (True, False)
    assert breaks_of_tokens([first, second], moment_told) == []


def test_an_anchor_rewritten_later_is_found_out(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "anchors"
    write_anchor(path, AT, token_over)
    text = path.read_text()
    (kept,) = anchors_of(path)
    for before, after in (
        (kept.hash, "0" * 64),
        (f'"position": {kept.position}', f'"position": {kept.position + 1}'),
        ("09:00:00", "09:20:00"),
    ):
        assert text.count(before) >= 1
        path.write_text(text.replace(before, after))
        (found,) = breaks_of_tokens(anchors_of(path), moment_told)
        assert "ne prouve pas cette date" in found.reason
    path.write_text(text)
    assert breaks_of_tokens(anchors_of(path), moment_told) == []
