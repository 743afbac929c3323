"""How many threads has a web process? One where somebody else waits for the slow, several where nobody does."""

from __future__ import annotations

from typing import Any

import pytest

from ops.management.commands.start import Command, threads_wanted


@pytest.mark.parametrize(("asked", "behind_proxy", "wanted"), [("", True, 1), ("", False, 4), ("2", True, 2), ("2", False, 2)])
def test_threads(asked: str, behind_proxy: bool, wanted: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BEHIND_PROXY = behind_proxy
    monkeypatch.setenv("WEB_THREADS", asked)
    assert threads_wanted() == wanted


def test_the_server_listens_to_this_machine_alone_and_is_given_its_threads() -> None:
    told = Command._server(8123, 3, 4)
    assert [told[told.index(name) + 1] for name in ("--host", "--port", "--workers", "--blocking-threads")] == [
        "127.0.0.1",
        "8123",
        "3",
        "4",
    ]
