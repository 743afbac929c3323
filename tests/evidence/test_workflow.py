"""Where can a deposit stand? The table, read aloud."""

from __future__ import annotations

from convergence.evidence.workflow import DEPOSIT
from tests.crossing import as_read_aloud, unreachable


def test_the_table_read_aloud():
    assert as_read_aloud(DEPOSIT) == {
        "set_expiry": {"in_place": "in_place", "archived": None},
        "archive_evidence": {"in_place": "archived", "archived": None},
        "restore_evidence": {"in_place": None, "archived": "in_place"},
    }
    assert unreachable(DEPOSIT) == set()
