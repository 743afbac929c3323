"""Where can a deposit stand? The table, read aloud."""

from __future__ import annotations

from convergence.evidence.workflow import DEPOSIT, ERASURE
from tests.crossing import as_read_aloud, unreachable


def test_the_table_read_aloud():
    assert as_read_aloud(DEPOSIT) == {
        "set_expiry": {"in_place": "in_place", "archived": None},
        "archive_evidence": {"in_place": "archived", "archived": None},
        "restore_evidence": {"in_place": None, "archived": "in_place"},
    }
    assert unreachable(DEPOSIT) == set()


def test_erasing_read_aloud():
    assert as_read_aloud(ERASURE) == {
        "propose_erasure": {"asked": "proposed", "proposed": None, "erased": None, "declined": None},
        "decline_erasure": {"asked": "declined", "proposed": "declined", "erased": None, "declined": None},
        "decide_erasure": {"asked": None, "proposed": "erased", "erased": None, "declined": None},
    }
    assert unreachable(ERASURE) == set()
