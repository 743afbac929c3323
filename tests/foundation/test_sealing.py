"""Is a sealed paper whole, ours, and dated? As we read it, and as a reader of PDF that is not ours does."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given
from hypothesis import strategies as st

from foundation.documents.sealing import ClockDown, authority_pem, is_sealed_whole, sealed, seals_of
from foundation.documents.typesetting import typeset
from tests.peers.tsa import timestamp_authority

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
PAPER = typeset(
    "candidatures/receipt",
    {"made": "Essai", "subject": "Essai", "facts": [], "digest": "ab" * 32, "blocks": [], "documents": []},
    title="Essai",
    at=AT,
)
ONCE = sealed(PAPER, "entreprise", reason="Signé par l'entreprise", at=AT)
TWICE = sealed(ONCE, "agence", reason="Signé par l'agence", at=AT + timedelta(hours=1))
ROOMS = [match.span(1) for match in re.finditer(rb"/Contents\s*<([0-9a-fA-F]+)>", TWICE)]
"""Where the seals are written."""


def test_each_seal_says_who_why_and_when_in_order() -> None:
    first, second = seals_of(TWICE)
    assert (first.name, first.reason, first.dated) == ("entreprise", "Signé par l'entreprise", AT)
    assert (second.name, second.reason, second.dated) == ("agence", "Signé par l'agence", AT + timedelta(hours=1))
    assert first.signer == "Convergence – cachet"
    assert first.is_good
    assert second.is_good


def test_what_was_sealed_is_still_there_to_the_byte() -> None:
    assert TWICE.startswith(ONCE)
    assert ONCE.startswith(PAPER)
    assert is_sealed_whole(ONCE, PAPER, 1)
    assert is_sealed_whole(TWICE, PAPER, 2)


def test_a_paper_without_a_seal_or_that_is_no_paper_has_none() -> None:
    assert seals_of(PAPER) == []
    assert seals_of(b"") == []
    assert seals_of(b"%PDF-1.7 rien") == []
    assert not is_sealed_whole(PAPER, PAPER, 1)


def test_neither_one_seal_too_few_nor_another_paper_passes() -> None:
    other = sealed(PAPER.replace(b"2026", b"2027"), "entreprise", reason="Autre", at=AT)
    assert not is_sealed_whole(ONCE, PAPER, 2)
    assert not is_sealed_whole(TWICE, PAPER, 1)
    assert not is_sealed_whole(other, PAPER, 1)


@pytest.mark.slow  # reads a hundred papers
@given(place=st.integers(0, len(TWICE) - 1), flip=st.integers(1, 255))
def test_a_paper_altered_by_a_byte_is_refused(place: int, flip: int) -> None:
    """Anywhere: in the text, in a seal, in its timestamp, in the room kept for it. Only the case of its hexadecimal digits says nothing."""
    altered = bytearray(TWICE)
    altered[place] ^= flip
    assert not is_sealed_whole(bytes(altered), PAPER, 2) or altered.lower() == TWICE.lower()


@pytest.mark.slow  # reads a hundred papers
@given(room=st.sampled_from(ROOMS), place=st.integers(0, 2 * 6300), digit=st.sampled_from("0123456789abcdef"))
@example(room=ROOMS[1], place=4, digit="f")
@example(room=ROOMS[1], place=2 * 25 + 1, digit="0")
@example(room=ROOMS[0], place=2 * 36 + 1, digit="0")
@example(room=ROOMS[1], place=2 * 2330, digit="4")
@example(room=ROOMS[1], place=2 * 3115 + 1, digit="0")
@example(room=ROOMS[1], place=2 * 5560, digit="4")
def test_a_seal_altered_by_a_digit_is_refused(room: tuple[int, int], place: int, digit: str) -> None:
    """A byte at random seldom falls on a digit, and stays one: here each does. The examples are what nothing signs in a CMS (RFC 5652)."""
    altered = bytearray(TWICE)
    altered[room[0] + place : room[0] + place + 1] = digit.encode()
    assert not is_sealed_whole(bytes(altered), PAPER, 2) or altered.lower() == TWICE.lower()


def test_a_certificate_that_comes_with_a_seal_is_one_that_was_checked() -> None:
    """The last digits of the authority's copy, which no reader needs: once altered, it is another certificate."""
    authority = x509.load_pem_x509_certificate(authority_pem()).public_bytes(Encoding.DER).hex().encode()
    place = TWICE.lower().rindex(authority) + len(authority) - 1
    altered = bytearray(TWICE)
    altered[place : place + 1] = b"0" if TWICE[place : place + 1] != b"0" else b"1"
    assert all(seal.is_intact for seal in seals_of(bytes(altered)))
    assert [seal.is_bare for seal in seals_of(bytes(altered))].count(False) == 1
    assert not is_sealed_whole(bytes(altered), PAPER, 2)


def test_what_is_added_after_the_last_seal_is_noticed() -> None:
    assert not is_sealed_whole(TWICE + b"\n% un mot de plus\n", PAPER, 2)


@pytest.mark.parametrize("pdf", [ONCE, TWICE], ids=["once", "twice"])
def test_another_reader_finds_every_seal_valid(pdf: bytes, tmp_path: Path) -> None:
    """`pdfsig` (poppler): `make test` installs it, and there the test cannot be skipped."""
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig manque : apt install poppler-utils")
    file = tmp_path / "scelle.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert said.count("Signature is Valid.") == len(seals_of(pdf))
    assert said.count("ETSI.CAdES.detached") == len(seals_of(pdf))
    assert "Total document signed" in said
    altered = bytearray(pdf)
    altered[pdf.index(b"/Type")] ^= 1
    file.write_bytes(bytes(altered))
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." not in said


@pytest.mark.slow  # makes RSA keys, and asks a real authority
def test_an_outside_authority_dates_where_one_is_named(settings, tmp_path: Path) -> None:
    with timestamp_authority(tmp_path) as authority:
        settings.TIMESTAMP_URL = authority.url
        before = datetime.now(UTC) - timedelta(seconds=2)
        pdf = sealed(PAPER, "entreprise", reason="Daté ailleurs", at=AT)
        assert seals_of(pdf)[0].dated is None, "une autorité que personne n'a dite digne de foi ne date rien"
        settings.TRUSTED_AUTHORITIES = authority.root
        (seal,) = seals_of(pdf)
        assert seal.is_good
        assert seal.dated is not None
        assert before <= seal.dated <= datetime.now(UTC) + timedelta(seconds=2)


def test_nothing_is_sealed_while_the_authority_does_not_answer(settings) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(ClockDown, match="ne répond pas"):
        sealed(PAPER, "entreprise", reason="Sans date", at=AT)


@pytest.mark.slow  # makes RSA keys
def test_a_key_of_elsewhere_seals_nothing_we_trust(settings, tmp_path: Path) -> None:
    ours = settings.SEALING_KEY
    settings.SEALING_KEY = tmp_path / "sealing.pem"
    stranger = sealed(PAPER, "entreprise", reason="D'ailleurs", at=AT)
    assert seals_of(stranger)[0].is_good
    settings.SEALING_KEY = ours
    assert seals_of(stranger)[0].is_intact
    assert not seals_of(stranger)[0].is_trusted
    assert not is_sealed_whole(stranger, PAPER, 1)


@pytest.mark.slow  # makes RSA keys
def test_keys_are_made_once_for_their_owner_alone(settings, tmp_path: Path) -> None:
    settings.SEALING_KEY, settings.TIMESTAMP_KEY = tmp_path / "a" / "sealing.pem", tmp_path / "a" / "timestamps.pem"
    first = authority_pem()
    assert authority_pem() == first
    assert b"PRIVATE" not in first
    assert x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    sealed(PAPER, "entreprise", reason="Essai", at=AT)
    made = sorted((tmp_path / "a").iterdir())
    assert [one.name for one in made] == ["authority.pem", "sealing.pem", "timestamps.pem"]
    assert {one.stat().st_mode & 0o777 for one in made} == {0o600}


def test_sealing_takes_less_than_four_tenths_of_a_second() -> None:
    """Of this processor's time, whoever else uses it: dating by an outside authority comes on top."""
    began = time.process_time()
    sealed(PAPER, "entreprise", reason="Essai", at=AT)
    taken = time.process_time() - began
    print(f"cachet : {taken * 1000:.0f} ms")
    assert taken < 0.4
