"""Was a little work done? Only the number our own challenge was made from will do, and only in time."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.help.challenge import HARDEST, LASTS, new_challenge, solved
from tests.conftest import AT


def work(challenge):
    """What the browser does: try every number."""
    number = next(n for n in range(HARDEST) if hashlib.sha256(f"{challenge['salt']}{n}".encode()).hexdigest() == challenge["challenge"])
    return {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}


def sent(answer):
    return b64encode(json.dumps(answer).encode()).decode()


def test_a_challenge_answered_in_time_is_taken(at):
    challenge = new_challenge("clé", at=at)
    assert challenge["algorithm"] == "SHA-256"
    answer = work(challenge)
    assert solved(sent(answer), "clé", at=at) == challenge["challenge"]
    assert solved(sent(answer), "clé", at=at + LASTS) == challenge["challenge"]
    assert solved(sent(answer), "clé", at=at + LASTS + timedelta(seconds=1)) is None
    assert solved(sent(answer), "autre clé", at=at) is None


@pytest.mark.parametrize(
    "change",
    [
        {"number": -1},
        {"number": "x"},
        {"number": None},
        {"salt": "abc?expires=99999999999"},
        {"salt": "abc"},
        {"salt": 12},
        {"challenge": "0" * 64},
        {"challenge": None},
        {"signature": "0" * 64},
        {"signature": 1},
    ],
)
def test_one_thing_changed_and_it_is_refused(at, change):
    assert solved(sent(work(new_challenge("clé", at=at)) | change), "clé", at=at) is None


@given(st.text(max_size=80))
def test_whatever_is_sent_is_only_refused(text):
    assert solved(text, "clé", at=AT) is None
    assert solved(b64encode(text.encode()).decode(), "clé", at=AT) is None


def test_no_two_challenges_are_alike(at):
    assert len({new_challenge("clé", at=at)["salt"] for _ in range(50)}) == 50
